"""One person's journey, session by session."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.text import Text

from sojourn.base.counted import counted
from sojourn.base.timespan import SECOND_US
from sojourn.cli.drawing.figures import duration
from sojourn.cli.viewing.known import draw_known
from sojourn.cli.viewing.words import plain_table, total_of
from sojourn.insight.overview.person import Person, PersonEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from sojourn.insight.answer import Answer


def draw_person(console: Console, answer: Answer[object], timezone: str) -> None:
    """Draw a timeline: a sentence, then the sessions with their events."""
    rows = [row for row in answer.rows if isinstance(row, PersonEvent)]
    extra = answer.extra or {}
    events = total_of(extra, "totals", "events")
    sessions = total_of(extra, "totals", "sessions")
    within = f" in {sessions:,} sessions" if sessions > 1 else ""
    line = Text(str(extra.get("person", "")), style="bold")
    line.append(f"  {events:,} event{'' if events == 1 else 's'}{within}", style="not bold")
    console.print(line)
    draw_known(console, extra, ZoneInfo(timezone))
    if not rows:
        console.print("Nothing to show: no event of this person meets the question.")
        return
    gap = answer.spec.session_gap_us / SECOND_US if isinstance(answer.spec, Person) else 0.0
    for session, part in groupby(rows, key=_session):
        console.print()
        _session_rows(console, list(part), session, (ZoneInfo(timezone), gap))


def _session(row: PersonEvent) -> int | None:
    return row.session


def _session_rows(
    console: Console,
    rows: Sequence[PersonEvent],
    session: int | None,
    shown: tuple[ZoneInfo, float],
) -> None:
    zone, gap_seconds = shown
    first, last = rows[0], rows[-1]
    if first.time is not None and last.time is not None:
        length = (last.time - first.time).total_seconds()
        title = Text(f"{first.time.astimezone(zone):%a %Y-%m-%d %H:%M}", style="bold")
        title.append(f"  session {session} · {counted(len(rows), 'event')}", style="dim")
        title.append(f" · {duration(length)}" if length else "", style="dim")
        if first.gap_seconds and first.gap_seconds > gap_seconds:
            title.append(f" · {duration(first.gap_seconds)} later", style="dim")
        elif first.gap_seconds is not None:
            title.append(" · begins earlier", style="dim")
        console.print(title)
    table = plain_table(header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True, style="dim")
    table.add_column(no_wrap=True, overflow="ellipsis", min_width=10)
    table.add_column(overflow="fold", style="dim")
    constant = _constant(rows)
    for at, row in enumerate(rows):
        clock = f"  {row.time.astimezone(zone):%H:%M:%S}" if row.time else f"  {at + 1}"
        gap = f"+{duration(row.gap_seconds)}" if at and row.gap_seconds else ""
        table.add_row(clock, gap, row.event, _properties(row, constant))
    console.print(table)
    if constant:
        pairs = " · ".join(f"{name} {_value(value)}" for name, value in sorted(constant))
        console.print(f"  throughout: {pairs}", style="dim")


def _constant(rows: Sequence[PersonEvent]) -> set[tuple[str, str | float]]:
    """Return the properties that all events of a session share, if there are several events."""
    if len(rows) < 2:
        return set()
    shared = set(rows[0].properties.items())
    for row in rows[1:]:
        shared &= set(row.properties.items())
    return shared


def _properties(row: PersonEvent, hidden: set[tuple[str, str | float]]) -> str:
    return " · ".join(
        f"{name} {_value(value)}"
        for name, value in row.properties.items()
        if (name, value) not in hidden
    )


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"
