"""Whole paths as a table, the commonest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sojourn.cli.drawing.figures import bar, count_people, percent
from sojourn.cli.viewing.words import (
    duration_cell,
    numbers,
    path_text,
    plain_table,
    print_table,
    share_cell,
    total_of,
)
from sojourn.insight.process.variants import VariantRow, Variants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from sojourn.insight.answer import Answer

_BAR = 8
_LINES = 3


def draw_variants(console: Console, answer: Answer[object]) -> None:
    """Draw whole paths: a sentence on how many there are, then the commonest."""
    rows = [row for row in answer.rows if isinstance(row, VariantRow)]
    if not rows:
        console.print("Nothing to show: nobody has an event that meets the question.")
        return
    spec = answer.spec if isinstance(answer.spec, Variants) else Variants()
    names = ("journeys", "people", "variants", "once", "other_variants", "other_journeys")
    totals = {name: total_of(answer.extra, "totals", name) for name in names}
    people = count_people(totals["people"])
    whose = f"{totals['journeys']:,} sessions of {people}"
    whose = whose if spec.view.unit == "session" else f"the journeys of {people}"
    console.print(f"{totals['variants']:,} different paths in {whose}.", style="bold")
    console.print(_coverage(answer, totals))
    console.print()
    _paths(console, rows, timed=any(duration_cell(row.median) != "—" for row in rows))
    if totals["other_variants"]:
        part = percent(totals["other_journeys"] / totals["journeys"])
        console.print(
            f"{totals['other_variants']:,} more paths ({totals['other_journeys']:,} journeys, "
            f"{part}); --top N shows more.",
            style="dim",
        )


def _coverage(answer: Answer[object], totals: dict[str, int]) -> str:
    half = total_of(answer.extra, "totals", "cover_50_percent")
    most = total_of(answer.extra, "totals", "cover_80_percent")
    once = percent(totals["once"] / totals["variants"])
    return (
        f"{'The commonest makes' if half == 1 else f'The {half:,} commonest make'} half of all "
        f"journeys, {most:,} {'makes' if most == 1 else 'make'} 80%; "
        f"{totals['once']:,} ({once}) happened once."
    )


def _paths(console: Console, rows: Sequence[VariantRow], *, timed: bool) -> None:
    wide = console.width >= 110
    table = plain_table()
    numbers(table, "journeys")
    if wide:
        table.add_column("", no_wrap=True, min_width=_BAR)
    numbers(table, "share (95 %)" if wide else "share", "so far")
    if timed:
        numbers(table, "median")
    table.add_column("path", overflow="fold")
    taken = 10 + (_BAR + 2 if wide else 0) + (21 if wide else 8) + 8 + (9 if timed else 0)
    most = rows[0].count
    for row in rows:
        cells: list[str | Text] = [f"{row.count:,}"]
        if wide:
            cells.append(Text(bar(row.count, most, _BAR), style="cyan"))
        cells += [share_cell(row.share, wide=wide), percent(row.cumulative)]
        if timed:
            cells.append(duration_cell(row.median))
        cells.append(path_text(row.path, _LINES * max(20, console.width - taken)))
        table.add_row(*cells)
    print_table(console, table)
