"""Events and properties as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.text import Text

from sojourn.base.counted import counted
from sojourn.cli.drawing.figures import MISSING, bar, count_people, percent
from sojourn.cli.viewing.words import more, numbers, plain_table, print_table, share_cell, total_of
from sojourn.insight.overview.events import EventRow
from sojourn.insight.overview.properties import PropertyRow

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from sojourn.insight.answer import Answer

_BAR = 10
_VALUE = 24
_TELLING = 0.005
"""A commonest value rarer than this is an example, not a finding."""
_KINDS = {"codes": "words", "number": "numbers", "money": "money", "text": "many words"}


def draw_events(console: Console, answer: Answer[object], shown: int, timezone: str) -> None:
    """Draw event names, the commonest first."""
    rows = [row for row in answer.rows if isinstance(row, EventRow)]
    if not rows:
        console.print("Nothing to show: no event meets the question.")
        return
    events, people = (total_of(answer.extra, "totals", name) for name in ("events", "people"))
    console.print(
        f"{counted(events, 'event')} of {counted(len(rows), 'kind')} by {count_people(people)}.",
        style="bold",
    )
    console.print()
    wide = console.width >= 110
    table = plain_table()
    table.add_column("event", overflow="ellipsis", no_wrap=True)
    numbers(table, "count")
    if wide:
        table.add_column("", no_wrap=True, min_width=_BAR)
    numbers(table, "people", "of people (95 %)" if wide else "of people", "each")
    timed = rows[0].first_seen is not None
    if timed:
        numbers(table, "first", "last")
    for row in rows[:shown]:
        cells: list[str | Text] = [row.event, f"{row.count:,}"]
        if wide:
            cells.append(Text(bar(row.count, rows[0].count, _BAR), style="cyan"))
        cells += [f"{row.people:,}", share_cell(row.share, wide=wide), f"{row.per_person:,.1f}"]
        if timed:
            cells += [_day(row.first_seen, timezone), _day(row.last_seen, timezone)]
        table.add_row(*cells)
    print_table(console, table)
    rest = rows[shown:]
    if rest:
        left = sum(row.count for row in rest)
        more(console, f"{len(rest):,} more events ({left:,} times, {percent(left / events)}) are")


def draw_properties(console: Console, answer: Answer[object]) -> None:
    """Draw properties, the most often filled first."""
    rows = [row for row in answer.rows if isinstance(row, PropertyRow)]
    if not rows:
        console.print("Nothing to show: these events have no properties.")
        return
    events = total_of(answer.extra, "totals", "events")
    console.print(
        f"{counted(len(rows), 'property', 'properties')} on {counted(events, 'event')}.",
        style="bold",
    )
    console.print()
    table = plain_table()
    table.add_column("property", overflow="ellipsis", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    numbers(table, "filled", "values")
    table.add_column("commonest, or from … to", overflow="fold")
    for row in rows:
        table.add_row(
            row.property,
            _KINDS[row.kind],
            share_cell(row.share, wide=False),
            f"{row.distinct:,}" if isinstance(row.distinct, int) else MISSING,
            _values(row),
        )
    print_table(console, table)


def _values(row: PropertyRow) -> Text:
    if row.low is not None:
        return Text(f"{row.low} … {row.high}")
    line = Text()
    apart = bool(row.top) and row.top[0].count / row.filled < _TELLING
    for value in row.top[:3] if apart else row.top:
        name = value.value if len(value.value) <= _VALUE else f"{value.value[: _VALUE - 1]}…"
        line.append(" · " if line else "such as " if apart else "").append(name or "(empty)")
        if not apart:
            line.append(f" {percent(value.count / row.filled)}", style="dim")
    return line


def _day(moment: datetime | None, timezone: str) -> str:
    return MISSING if moment is None else f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%d}"
