"""Stages and their moves as readable tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sojourn.base.estimate import Estimate
from sojourn.cli.drawing.figures import MISSING, duration, share
from sojourn.stages.ask.overview import StageRow

if TYPE_CHECKING:
    from rich.console import Console

    from sojourn.base.estimate import MaybeEstimate
    from sojourn.base.json import JsonObject
    from sojourn.insight.answer import Answer

_PEOPLE = (
    "stage",
    "at start",
    "entered",
    "left",
    "now",
    "ever",
    "direct",
    "converted",
    "too young",
)


def draw_stages(console: Console, answer: Answer[object]) -> None:
    """Draw the stages of a range: people and conversion, then stays and where leavers were."""
    from rich.table import Table

    rows = [row for row in answer.rows if isinstance(row, StageRow)]
    people = Table(box=None, pad_edge=False, header_style="bold")
    for head in _PEOPLE:
        people.add_column(head, justify="left" if head == "stage" else "right")
    for row in rows:
        counts = (row.at_start, row.entered, row.left, row.at_end, row.ever, row.direct)
        people.add_row(
            row.stage, *(f"{count:,}" for count in counts), share(row.conversion),
            f"{row.immature:,}",
        )  # fmt: skip
    console.print(people)
    console.print()
    stays = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("stage", "median stay", "last seen before leaving"):
        stays.add_column(head)
    for row in rows:
        leaks = ", ".join(f"{name} {count:,}" for name, count in row.last_seen[:3])
        stays.add_row(row.stage, _days(row.median_days), leaks or MISSING)
    console.print(stays)


def draw_versions(console: Console, versions: Sequence[JsonObject]) -> None:
    """Draw the stage models that were applied, a line each."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("version", "when (UTC)", "who", "why"):
        table.add_column(head, justify="right" if head == "version" else "left")
    for each in versions:
        when = str(each["when"])[:16].replace("T", " ")
        table.add_row(str(each["version"]), when, str(each["who"]), str(each["why"]))
    console.print(table)


def _days(days: MaybeEstimate) -> str:
    if not isinstance(days, Estimate):
        return MISSING
    value, low, high = (duration(86_400 * each) for each in (days.value, days.low, days.high))
    return f"{value} ({low}–{high})"


def draw_matrix(console: Console, answer: Answer[object]) -> None:
    """Draw the moves between states, from row to column."""
    from rich.table import Table

    extra = answer.extra or {}
    names, moves = extra.get("states"), extra.get("moves")
    if not isinstance(names, list) or not isinstance(moves, list):
        return
    counts = {
        (str(move["source"]), str(move["target"])): move["count"]
        for move in moves
        if isinstance(move, Mapping)
    }
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("from \\ to")
    targets = [str(name) for name in names[1:]]
    for target in targets:
        table.add_column(target, justify="right")
    for source in names:
        cells = (counts.get((str(source), target)) for target in targets)
        table.add_row(str(source), *(f"{c:,}" if isinstance(c, int) else "·" for c in cells))
    console.print(table)
