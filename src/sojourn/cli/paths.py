"""``sojourn paths``: paths step by step, from or to an event; and path patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sojourn.base.predicate import ALWAYS
from sojourn.cli.options import Asked, question_options
from sojourn.cli.viewing.options import Viewed, view_options

if TYPE_CHECKING:
    from sojourn.base.grammar import StepText


@click.command("paths")
@click.option("--after", metavar="STEP", help="What came after this event [the start].")
@click.option("--before", metavar="STEP", help="What came before this event; or 'end'.")
@click.option("--until", metavar="STEP", help="A path that comes to this has reached its goal.")
@click.option(
    "--which",
    type=click.Choice(["first", "last", "every"]),
    default="first",
    show_default=True,
    help="Which of a journey's events of that kind.",
)
@click.option("--depth", default=4, show_default=True, help="Steps shown: 1 to 50.")
@click.option(
    "--within",
    default="14d",
    show_default=True,
    metavar="TIME|none",
    help="Steps further away do not count.",
)
@click.option(
    "--min-share",
    default=3.0,
    show_default=True,
    metavar="PERCENT",
    help="Rarer events of a step are joined as Other.",
)
@click.option(
    "--top", type=click.IntRange(min=1), default=10, show_default=True, help="Whole paths shown."
)
@click.option("--no-times", is_flag=True, help="Leave out how long steps took (quicker).")
@click.option(
    "--pattern",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Instead: how many journeys match 'a -> [b|c] -> any* -> end'.",
)
@view_options
@question_options
def command(
    asked: Asked,
    viewed: Viewed,
    after: str | None,
    before: str | None,
    until: str | None,
    which: str,
    depth: int,
    within: str,
    min_share: float,
    top: int,
    no_times: bool,
    patterns: tuple[str, ...],
) -> None:
    """Show paths step by step, from or to an event.

    Who is where one, two, three steps after (or before) an event, and who ended there; for every
    event at every step what comes in equals what goes on and what ended. With --pattern, how many
    journeys match a path pattern: -> is directly after, any* anything, [^a] anything but a.
    """
    from sojourn.base.timespan import parse_duration
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.viewing.steps import draw_matches, draw_paths
    from sojourn.insight.process.matches import Matches
    from sojourn.insight.process.path_words import Direction, Occurrence
    from sojourn.insight.process.paths import Paths, one_anchor

    named = one_anchor(after or "", before or "")
    workspace = asked.open()
    scope = asked.scope(workspace.about.timezone)
    if patterns:
        question = Matches(patterns=patterns, scope=scope, view=viewed.view())
        ask_and_show(asked, workspace, question, draw_matches)
        return
    anchor = _step(named)
    goal = _step(until)
    spec = Paths(
        scope=scope,
        view=viewed.view(),
        anchor=anchor.predicate if anchor else None,
        anchor_title=anchor.title if anchor else "",
        direction=Direction.BEFORE if before else Direction.AFTER,
        occurrence=Occurrence(which),
        depth=depth,
        within_us=None if within == "none" else parse_duration(within),
        until=goal.predicate if goal else None,
        until_title=goal.title if goal else "",
        min_share=min_share / 100,
        times=not no_times,
        top=top,
    )
    ask_and_show(asked, workspace, spec, draw_paths, anchor.predicate if anchor else ALWAYS)


def _step(text: str | None) -> StepText | None:
    from sojourn.base.grammar import parse_step

    return parse_step(text) if text else None
