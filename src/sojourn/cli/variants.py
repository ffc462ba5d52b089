"""``sojourn variants``: whole journeys, the most common first."""

from __future__ import annotations

import click

from sojourn.cli.options import Asked, question_options
from sojourn.cli.viewing.options import Viewed, view_options


@click.command("variants")
@click.option("--top", default=15, show_default=True, help="Paths shown, also in --json.")
@click.option("--all", "every", is_flag=True, help="Every path, however rare.")
@click.option("--first", type=int, metavar="N", help="Look only at the first N events of each.")
@click.option("--no-times", is_flag=True, help="Leave out how long paths took (quicker).")
@view_options
@question_options
def command(
    asked: Asked, viewed: Viewed, top: int, every: bool, first: int | None, no_times: bool
) -> None:
    """List whole journeys, the most common first.

    Which paths people take from their first event to their last, how many journeys are exactly
    each, and how long those took. Counts are exact: equal hashes are compared event by event.
    """
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.viewing.whole import draw_variants
    from sojourn.insight.process.variants import Variants

    workspace = asked.open()
    spec = Variants(
        scope=asked.scope(workspace.about.timezone),
        view=viewed.view(),
        first=first,
        top=None if every else top,
        times=not no_times,
    )
    ask_and_show(asked, workspace, spec, draw_variants)
