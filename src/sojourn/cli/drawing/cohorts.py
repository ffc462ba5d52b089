"""Retention as a triangle: people, or what they brought."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sojourn.base.estimate import Estimate, NotEstimable
from sojourn.base.money import exponent
from sojourn.cli.drawing.figures import HATCH, money, short
from sojourn.cli.drawing.triangle import Cell, Line, draw_triangle
from sojourn.insight.retention.question import Retention
from sojourn.insight.retention.values import RetentionCell, RevenueCell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from sojourn.insight.answer import Answer

MOST_COHORTS = 60
FEW = 10
"""Cells of fewer people are not shaded: their share says too little."""
ALL = "all"


def draw_retention(console: Console, answer: Answer[object]) -> None:
    """Draw an answer of retention."""
    unit = answer.spec.unit.value if isinstance(answer.spec, Retention) else "period"
    people = [row for row in answer.rows if isinstance(row, RetentionCell)]
    revenue = [row for row in answer.rows if isinstance(row, RevenueCell)]
    if people and any(row.people for row in people):
        _draw_people(console, people, unit)
    elif revenue:
        for currency, rows in groupby(revenue, key=_currency):
            _draw_revenue(console, list(rows), currency, unit)
    else:
        console.print("Nobody entered: no start event in the range, or no timed events.")


def _draw_people(console: Console, rows: Sequence[RetentionCell], unit: str) -> None:
    cohorts = [list(part) for _, part in groupby(rows, key=_cohort)]
    together, each = cohorts[0], cohorts[1:]
    lines = [
        Line(
            label=ALL, count=f"{together[0].people:,}", bold=True,
            cells=tuple(_people_cell(row) for row in together),
        ),
        Line(
            label="95% from", count="", faint=True,
            cells=tuple(Cell(text=_bound(row, low=True)) for row in together),
        ),
        Line(
            label="to", count="", faint=True,
            cells=tuple(Cell(text=_bound(row, low=False)) for row in together),
        ),
        Line(
            label="of people", count="", faint=True,
            cells=tuple(Cell(text=short(row.n) if row.n else "") for row in together),
        ),
    ]  # fmt: skip
    lines += [
        Line(
            label=first_day(part[0].cohort or "", unit),
            count=f"{part[0].people:,}",
            cells=tuple(_people_cell(row) for row in part),
        )
        for part in each[-MOST_COHORTS:]
    ]
    columns = [_age(row) for row in together]
    shown = draw_triangle(console, (unit, "people"), columns, lines)
    _legend(
        console,
        f"% that came back, by {unit}s since entry",
        columns,
        shown,
    )
    _earlier(console, len(each), unit)


def _people_cell(row: RetentionCell) -> Cell:
    if isinstance(row.share, NotEstimable):
        return Cell(hatched=True) if row.people else Cell()
    few = row.n < FEW
    return Cell(text=_percent(row.share.value), shade=None if few else row.share.value)


def _bound(row: RetentionCell, *, low: bool) -> str:
    if not isinstance(row.share, Estimate):
        return ""
    return _percent(row.share.low if low else row.share.high)


def _draw_revenue(console: Console, rows: Sequence[RevenueCell], currency: str, unit: str) -> None:
    cohorts = [list(part) for _, part in groupby(rows, key=_cohort)]
    most = max((_each(row) for row in rows), default=0.0)
    lines = [_revenue_line(part, most, unit) for part in cohorts]
    together = cohorts[0]
    share = tuple(
        Cell(text="" if isinstance(row.of_first, NotEstimable) else _percent(row.of_first))
        for row in together
    )
    lines[1:1] = [
        Line(label="95% from", count="", cells=_revenue_bounds(together, low=True), faint=True),
        Line(label="to", count="", cells=_revenue_bounds(together, low=False), faint=True),
        Line(label="% of first", count="", cells=share, faint=True),
    ]
    columns = [_age(row) for row in together]
    name = "" if currency == "XXX" else f" {currency}"
    shown = draw_triangle(console, (unit, "people"), columns, lines[: 4 + MOST_COHORTS])
    total = sum(row.amount_minor for row in together)
    _legend(
        console,
        f"revenue{name} per person of the cohort, by {unit}s since entry; "
        f"{money(total, currency)} in the periods shown",
        columns,
        shown,
    )


def _revenue_line(part: Sequence[RevenueCell], most: float, unit: str) -> Line:
    whole = part[0].cohort is None
    return Line(
        label=ALL if whole else first_day(part[0].cohort or "", unit),
        count=f"{part[0].people:,}",
        bold=whole,
        cells=tuple(_revenue_cell(row, most) for row in part),
    )


def _revenue_cell(row: RevenueCell, most: float) -> Cell:
    if not row.n:
        return Cell(hatched=True)
    shade = _each(row) / most if most > 0 else 0.0
    return Cell(text=_major(_each(row), row), shade=None if row.n < FEW else shade)


def _revenue_bounds(rows: Sequence[RevenueCell], *, low: bool) -> tuple[Cell, ...]:
    return tuple(
        Cell(text=_major(each.low if low else each.high, row))
        if isinstance(each := row.per_person_minor, Estimate) else Cell()
        for row in rows
    )  # fmt: skip


def _major(minor: float, row: RevenueCell) -> str:
    return short(minor / 10 ** exponent(row.currency))


def _each(row: RevenueCell) -> float:
    """Return what each brought, be they so few that nothing follows for others."""
    return row.amount_minor / row.n if row.n else 0.0


def _percent(share: float) -> str:
    return f"{share * 100:.1f}" if share < 0.9995 else "100"


def _age(row: RetentionCell | RevenueCell) -> str:
    if row.until is None:
        return f"{row.age}+"
    return str(row.age) if row.until == row.age else f"{row.age}–{row.until}"


def first_day(day: str, unit: str) -> str:
    """Return how an interval is labelled: its first day, or its month."""
    return day[:7] if unit == "month" else day


def _cohort(row: RetentionCell | RevenueCell) -> str:
    return row.cohort or ""


def _currency(row: RevenueCell) -> str:
    return row.currency


def _legend(console: Console, what: str, columns: Sequence[str], shown: int) -> None:
    console.print()
    console.print(what, style="dim")
    console.print(f"{HATCH * 3} not over yet · not shaded: under {FEW} people", style="dim")
    if shown < len(columns):
        left = columns[shown] if shown == len(columns) - 1 else f"{columns[shown]} to {columns[-1]}"
        console.print(f"Not shown for want of room: {left}; see --csv or --json.", style="dim")


def _earlier(console: Console, cohorts: int, unit: str) -> None:
    if cohorts > MOST_COHORTS:
        hidden = cohorts - MOST_COHORTS
        console.print(f"{hidden:,} earlier {unit}s are in --csv and --json.", style="dim")
