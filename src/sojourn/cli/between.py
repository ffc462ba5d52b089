"""``sojourn between``: the time from one event to another."""

from __future__ import annotations

import click

from sojourn.cli.options import Asked, question_options


@click.command("between")
@click.argument("first", help="The event that begins the wait.")
@click.argument("then", help="The event that ends it.")
@click.option(
    "--pairs",
    type=click.Choice(["first-next", "first-first", "every"]),
    default="first-next",
    show_default=True,
    help="Which two events make a pair.",
)
@question_options
def command(asked: Asked, first: str, then: str, pairs: str) -> None:
    """Measure the time from one event to another.

    Median, quartiles and histogram of the time from FIRST to THEN, and the Kaplan-Meier median,
    which counts people who still wait for as long as they have waited.

    first-next: a person's first FIRST and the next THEN after it; first-first: both their first
    ever; every: each time they begin to wait.
    """
    from sojourn.base.grammar import parse_step
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.drawing.waits import draw_between
    from sojourn.insight.rhythm.between import Between, Pairing

    workspace = asked.open()
    start, end = parse_step(first), parse_step(then)
    spec = Between(
        scope=asked.scope(workspace.about.timezone),
        start=start.predicate,
        end=end.predicate,
        start_title=start.title,
        end_title=end.title,
        pairing=Pairing(pairs),
    )
    ask_and_show(asked, workspace, spec, draw_between, entry=spec.start)
