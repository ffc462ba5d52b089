"""``sojourn retention``: how many come back, by cohort."""

from __future__ import annotations

import re

import click

from sojourn.base.errors import InputError
from sojourn.cli.options import Asked, question_options


class BracketError(InputError):
    """Brackets of periods cannot be read. Remedy: write them as 0,1-3,4-7."""

    code = "brackets"


@click.command("retention")
@click.option("--begin", metavar="STEP", help="The event that enters a cohort [any].")
@click.option("--return", "back", metavar="STEP", help="The event that is a return [as --begin].")
@click.option(
    "--every",
    type=click.Choice(["auto", "day", "week", "month"]),
    default="auto",
    show_default=True,
    help="Length of a period; auto: by how long the data are.",
)
@click.option("--on-or-after", is_flag=True, help="Returned in the period or later (unbounded).")
@click.option("--brackets", metavar="0,1-3,4-7", help="Returned in any period of a bracket.")
@click.option("--rolling", is_flag=True, help="Count periods of 24 h from the entry.")
@click.option("--recurring", is_flag=True, help="Enter a cohort in every period, not only once.")
@click.option(
    "--periods",
    type=click.IntRange(min=1),
    help="Last period shown [14 days, 12 weeks, 12 months].",
)
@click.option("--money", metavar="PROPERTY", default="", help="Also what returns brought.")
@question_options
def command(
    asked: Asked,
    begin: str | None,
    back: str | None,
    every: str,
    on_or_after: bool,
    brackets: str | None,
    rolling: bool,
    recurring: bool,
    periods: int | None,
    money: str,
) -> None:
    """Count how many come back, by cohort.

    People enter the cohort of the day, week or month of their first event that meets --begin. The
    table says which share of them came back in each period after it, with a Wilson interval over
    all cohorts; periods that are not over yet are hatched and in no rate.

    STEP is an event's name, with a condition if need be: "order where value > 10".
    """
    from sojourn.base.calendar import unit_named
    from sojourn.base.grammar import parse_step
    from sojourn.base.predicate import ALWAYS
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.drawing.cohorts import draw_retention
    from sojourn.insight.retention.question import Retention
    from sojourn.insight.retention.values import Clock, Entering, Kind

    workspace = asked.open()
    entering = parse_step(begin) if begin else None
    returning = parse_step(back) if back else entering
    kind = Kind.BRACKET if brackets else Kind.ON_OR_AFTER if on_or_after else Kind.ON
    spec = Retention(
        scope=asked.scope(workspace.about.timezone),
        start=entering.predicate if entering else ALWAYS,
        returning=returning.predicate if returning else ALWAYS,
        start_title=entering.title if entering else "",
        return_title=returning.title if returning else "",
        unit=unit_named(every, workspace.catalog.first_us, workspace.catalog.as_of_us),
        kind=kind,
        clock=Clock.ROLLING if rolling else Clock.CALENDAR,
        entering=Entering.RECURRING if recurring else Entering.FIRST,
        periods=periods or 0,
        brackets=_brackets(brackets) if brackets else (),
        money=money,
    )
    ask_and_show(asked, workspace, spec, draw_retention, entry=spec.start)


def _brackets(text: str) -> tuple[tuple[int, int], ...]:
    found = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)(?:\s*[-–]\s*(\d+))?\s*", part)
        if not match:
            raise BracketError(f"{part!r} is no bracket.", allowed="brackets such as 0,1-3,4-7")
        found.append((int(match[1]), int(match[2] or match[1])))
    return tuple(found)
