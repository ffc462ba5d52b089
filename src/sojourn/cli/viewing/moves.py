"""The directly-follows graph as a table of moves, with its starts, ends and loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sojourn.base.counted import counted
from sojourn.cli.drawing.figures import bar, count_people, percent
from sojourn.cli.viewing.words import (
    duration_cell,
    more,
    name_of,
    numbers,
    of_estimate,
    plain_table,
    print_table,
    rows_of,
    share_cell,
    total_of,
)
from sojourn.insight.process.graph import Graph
from sojourn.insight.process.graph_answer import GraphRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from sojourn.insight.answer import Answer

_BAR = 10
_EDGES = 6
_NODES = 25


def draw_graph(console: Console, answer: Answer[object], shown: int) -> None:
    """Draw a graph: a sentence, the commonest moves, starts and ends, loops if asked for."""
    rows = [row for row in answer.rows if isinstance(row, GraphRow)]
    if not rows:
        console.print("Nothing to show: nobody has an event that meets the question.")
        return
    spec = answer.spec if isinstance(answer.spec, Graph) else Graph()
    totals = {name: total_of(answer.extra, "totals", name) for name in
              ("journeys", "people", "moves", "kinds_of_move", "kinds_of_event")}  # fmt: skip
    what = f"{counted(totals['journeys'], 'session')} of " if spec.view.unit == "session" else ""
    console.print(
        f"{counted(totals['moves'], 'move')} between "
        f"{counted(totals['kinds_of_event'], 'event')} in {what}"
        f"{'the journeys of ' if not what else ''}{count_people(totals['people'])}; "
        f"{counted(totals['kinds_of_move'], 'kind')} of move.",
        style="bold",
    )
    console.print()
    inner = [row for row in rows if row.source is not None and row.target is not None]
    _moves(console, inner[:shown], spec)
    rest = inner[shown:]
    if rest:
        left = sum(row.count for row in rest)
        part = percent(left / totals["moves"])
        more(console, f"{len(rest):,} more kinds of move ({left:,} moves, {part}) are")
    console.print()
    _edges(console, "begin with", [row for row in rows if row.source is None])
    _edges(console, "end with", [row for row in rows if row.target is None])
    if spec.loops:
        console.print()
        _loops(console, answer)


def _moves(console: Console, rows: Sequence[GraphRow], spec: Graph) -> None:
    wide = console.width >= 110
    table = plain_table()
    table.add_column("from", overflow="ellipsis", no_wrap=True)
    table.add_column("to", overflow="ellipsis", no_wrap=True)
    numbers(table, "moves")
    if wide:
        table.add_column("", no_wrap=True, min_width=_BAR)
    numbers(table, "of from" if not wide else "of from (95 %)")
    if spec.people:
        numbers(table, "people")
    timed = spec.times and any(row.median is not None for row in rows)
    if timed:
        numbers(table, "median", "90 %")
    most = rows[0].count if rows else 0
    for row in rows:
        again = row.source == row.target
        target = Text(f"→ {row.target}", style="yellow" if again else "")
        cells: list[str | Text] = [row.source or "", target, f"{row.count:,}"]
        if wide:
            cells.append(Text(bar(row.count, most, _BAR), style="cyan"))
        cells.append(share_cell(row.share, wide=wide))
        if spec.people:
            cells.append(f"{row.people or 0:,}")
        if timed:
            cells += [duration_cell(row.median), duration_cell(row.p90)]
        table.add_row(*cells)
    print_table(console, table)


def _edges(console: Console, title: str, rows: Sequence[GraphRow]) -> None:
    total = sum(row.count for row in rows)
    named = [
        f"{name_of(row.target or row.source or '')} {row.count:,} ({percent(row.count / total)})"
        for row in rows[:_EDGES]
    ]
    if len(rows) > _EDGES:
        left = sum(row.count for row in rows[_EDGES:])
        named.append(f"{len(rows) - _EDGES} others {left:,}")
    line = plain_table(header=False)
    line.add_column(style="bold", no_wrap=True, min_width=10)
    line.add_column()
    line.add_row(title, " · ".join(named))
    console.print(line)


def _loops(console: Console, answer: Answer[object]) -> None:
    nodes = rows_of(answer.extra, "nodes")
    table = plain_table()
    table.add_column("event", overflow="ellipsis", no_wrap=True)
    numbers(table, "times", "journeys", "more than once", "in a row", "there and back")
    for node in nodes[:_NODES]:
        table.add_row(
            str(node["event"]),
            f"{node['count']:,}",
            f"{node['journeys'] or 0:,}",
            of_estimate(node["repeated"], wide=console.width >= 110),
            f"{node['self_loops'] or 0:,}",
            f"{node['back_and_forth'] or 0:,}",
        )
    print_table(console, table)
    if len(nodes) > _NODES:
        more(console, f"{len(nodes) - _NODES:,} more events are")
