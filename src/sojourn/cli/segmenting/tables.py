"""Segments as tables on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.estimate import Estimate
from sojourn.cli.drawing.figures import interval, percent
from sojourn.cli.viewing.words import numbers, plain_table, print_table
from sojourn.segments.ask.members import SizeRow
from sojourn.segments.ask.why import WhyRow

if TYPE_CHECKING:
    from rich.console import Console

    from sojourn.app.segmenting.documents import KeptSegment
    from sojourn.insight.answer import Answer


def draw_sizes(
    console: Console, answer: Answer[object], kept: tuple[KeptSegment, ...], korean: bool
) -> None:
    """Draw how many people are in each segment."""
    table = plain_table()
    table.add_column("세그먼트" if korean else "segment", no_wrap=True)
    table.add_column("이름" if korean else "title", overflow="ellipsis", no_wrap=True)
    numbers(table, *(("버전", "명", "비율") if korean else ("version", "people", "share")), "")
    rows = [row for row in answer.rows if isinstance(row, SizeRow)]
    for row, each in zip(rows, kept, strict=True):
        title = each.segment.title
        share = row.share
        table.add_row(
            row.segment + ("" if each.segment.active else " (retired)"),
            (title.ko or title.en) if korean else title.en,
            str(each.document.version),
            f"{row.people:,}",
            percent(share.value) if isinstance(share, Estimate) else "–",
            interval(share) if isinstance(share, Estimate) else "",
        )
    print_table(console, table)


def draw_why(console: Console, answer: Answer[object], korean: bool) -> None:
    """Draw the rules as a tree, each with whether it holds and what it counts."""
    table = plain_table(header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    for row in answer.rows:
        if not isinstance(row, WhyRow):
            continue
        rule = row.rule_ko if korean else row.rule
        table.add_row("✓" if row.holds else "✗", "  " * row.depth + rule, _evidence(row, korean))
    console.print(table)


def _evidence(row: WhyRow, korean: bool) -> str:
    parts = list(row.events)
    if row.counted > len(row.events):
        more = row.counted - len(row.events)
        parts.append(f"외 {more:,}건" if korean else f"and {more:,} more")
    if row.changes is not None:
        until = f"{row.changes:%Y-%m-%d %H:%M:%S}"
        parts.append(f"{until}에 바뀔 수 있어요" if korean else f"may change at {until}")
    return "\n".join(parts)
