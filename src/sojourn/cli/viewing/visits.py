"""Sessions: key figures, lengths, where they begin and end, and the course over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.text import Text

from sojourn.cli.drawing.figures import MISSING, bar, count_people, duration_estimate, percent
from sojourn.cli.viewing.words import (
    duration_cell,
    number_cell,
    numbers,
    of_estimate,
    plain_table,
    print_table,
    rows_of,
    share_cell,
)
from sojourn.insight.overview.sessions_answer import SessionRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from sojourn.insight.answer import Answer

_BAR = 20
_EDGES = 8


def draw_sessions(console: Console, answer: Answer[object]) -> None:
    """Draw sessions: all together, then each period if asked for."""
    rows = [row for row in answer.rows if isinstance(row, SessionRow)]
    if "not_estimable" in (answer.extra or {}):
        return  # the definition below says why
    if not rows or not rows[0].sessions:
        console.print("Nothing to show: no session begins in the range.")
        return
    whole = rows[0]
    console.print(
        f"{whole.sessions:,} sessions of {count_people(whole.people)}, "
        f"{number_cell(whole.per_person)} each.",
        style="bold",
    )
    console.print()
    _figures(console, whole)
    console.print()
    _lengths(console, answer)
    console.print()
    edges = [_edges(answer, "entries", "begin with"), _edges(answer, "exits", "end with")]
    console.print(Columns(edges, padding=(0, 4)))
    if len(rows) > 1:
        console.print()
        _periods(console, rows[1:])


def _figures(console: Console, row: SessionRow) -> None:
    table = plain_table(header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    mean, median = number_cell(row.length_mean), number_cell(row.length_median)
    table.add_row("length", f"{median} events median, {mean} mean")
    table.add_row("depth", f"{number_cell(row.depth_median)} kinds of event median")
    table.add_row("duration", f"{duration_estimate(row.duration)} median")
    table.add_row("", f"{duration_cell(row.duration_p90)} or less in nine of ten")
    table.add_row("bounces", f"{share_cell(row.bounce, wide=True)}, {row.bounces:,} sessions")
    print_table(console, table)


def _lengths(console: Console, answer: Answer[object]) -> None:
    table = plain_table()
    numbers(table, "events", "sessions", "share")
    table.add_column("", no_wrap=True)
    parts = rows_of(answer.extra, "lengths")
    most = max(int(str(part["count"])) for part in parts)
    for part in parts:
        low, high = part["from"], part["to"]
        label = f"{low}+" if high is None else f"{low}" if low == high else f"{low}–{high}"
        count = int(str(part["count"]))
        table.add_row(
            label, f"{count:,}", of_estimate(part["share"], wide=False),
            Text(bar(count, most, _BAR), style="cyan"),
        )  # fmt: skip
    print_table(console, table)


def _edges(answer: Answer[object], name: str, title: str) -> Table:
    rows = rows_of(answer.extra, name)
    table = plain_table()
    table.add_column(title, overflow="ellipsis", no_wrap=True, max_width=30)
    numbers(table, "sessions", "share")
    for row in rows[:_EDGES]:
        count = int(str(row["count"]))
        table.add_row(str(row["event"]), f"{count:,}", of_estimate(row["share"], wide=False))
    rest = rows[_EDGES:]
    if rest:
        left = sum(int(str(row["count"])) for row in rest)
        total = left + sum(int(str(row["count"])) for row in rows[:_EDGES])
        table.add_row("others", f"{left:,}", percent(left / total), style="dim")
    return table


def _periods(console: Console, rows: Sequence[SessionRow]) -> None:
    table = plain_table()
    table.add_column("from", no_wrap=True)
    numbers(table, "sessions", "people", "each", "events", "median", "bounces")
    if console.width >= 100:
        table.add_column("", no_wrap=True)
    most = max(row.sessions for row in rows)
    for row in rows:
        cells: list[str | Text] = [
            row.period or MISSING,
            f"{row.sessions:,}",
            f"{row.people:,}",
            number_cell(row.per_person),
            number_cell(row.length_mean),
            duration_cell(row.duration),
            share_cell(row.bounce, wide=False),
        ]
        if console.width >= 100:
            cells.append(Text(bar(row.sessions, most, _BAR), style="cyan"))
        table.add_row(*cells)
    print_table(console, table)
