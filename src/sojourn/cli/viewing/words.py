"""Steps, paths and shares as the pictures of path questions write them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.table import Table

from sojourn.base.estimate import Estimate, NotEstimable
from sojourn.cli.drawing.figures import MISSING, duration, interval, percent
from sojourn.insight.durations import DurationEstimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console, RenderableType

    from sojourn.base.json import JsonValue

ARROW = "›"
_SHORTEST = 12
_LONGEST = 60
"""A name in a path is cut behind so many letters where the room is no longer."""


def plain_table(**options: bool) -> Table:
    """Return a table without lines, two blanks between columns."""
    return Table(
        box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0),
        collapse_padding=False, show_header=options.get("header", True),
    )  # fmt: skip


def numbers(table: Table, *names: str) -> None:
    """Add columns of figures to a table."""
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)


def print_table(console: Console, table: Table) -> None:
    """Print a table whose figures are never cut: only names give way where room is short."""
    widths = [
        max(cell_len(line) for text in (column.header, *column.cells) for line in _lines(text))
        for column in table.columns
    ]
    elastic = [at for at, column in enumerate(table.columns) if column.overflow == "ellipsis"]
    fixed = sum(width for at, width in enumerate(widths) if at not in elastic)
    room = console.width - fixed - 2 * (len(widths) - 1)
    cap = min(max([1, *(widths[at] for at in elastic)]), max(room, _SHORTEST))
    while cap > _SHORTEST and sum(min(widths[at], cap) for at in elastic) > room:
        cap -= 1
    for at in elastic:
        table.columns[at].width = min(widths[at], cap)
    console.print(table)


def _lines(text: RenderableType) -> list[str]:
    return str(text).split("\n")


def name_of(text: str, room: int = 32) -> str:
    """Return a name, its middle left out where it is longer than the room."""
    if cell_len(text) <= room:
        return text
    kept = room - 1
    end = set_cell_size(text[::-1], kept - kept // 2)[::-1]
    return f"{set_cell_size(text, kept // 2).rstrip()}…{end.lstrip()}"


def padded(text: str, room: int) -> str:
    """Return a name in exactly so many cells of the terminal; Korean letters take two."""
    if cell_len(text) <= room:
        return set_cell_size(text, room)
    return set_cell_size(f"{set_cell_size(text, room - 1).rstrip()}…", room)


def share_cell(estimate: object, *, wide: bool) -> str:
    """Return a share, with its interval where there is room."""
    if not isinstance(estimate, Estimate):
        return MISSING
    text = percent(estimate.value)
    return f"{text} ({interval(estimate)})" if wide else text


def duration_cell(estimate: object) -> str:
    """Return a duration without its interval, or a dash."""
    return duration(estimate.seconds) if isinstance(estimate, DurationEstimate) else MISSING


def number_cell(value: float | NotEstimable) -> str:
    """Return a number with one decimal at most, or a dash."""
    if isinstance(value, NotEstimable):
        return MISSING
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def path_text(steps: Sequence[str], room: int) -> str:
    """Return a path in one line: repeats as ×n, its middle left out where it is too long.

    Examples
    --------
    >>> path_text(["a", "a", "b"], 20)
    'a ×2 › b'
    >>> path_text(["home", "search", "view", "view", "cart", "pay"], 24)
    'home › search › 3 … › pay'
    """
    longest = max(room, _LONGEST)
    parts = [
        (name if len(name) <= longest else f"{name[:longest]}…", sum(1 for _ in same))
        for name, same in groupby(steps)
    ]
    if len(parts) < 4 or len(parts) <= room:
        joined = _joined(parts)
        if cell_len(joined) <= room or len(parts) < 4:
            return joined
    # A step takes a cell at least: of a path of millions no more than the room are looked at.
    most = min(len(parts) - 2, max(1, room))
    left_out = sum(count for _, count in parts[most:-1])
    for kept in range(most, 1, -1):
        shorter = _shortened(parts, kept, left_out)
        if cell_len(shorter) <= room:
            return shorter
        left_out += parts[kept - 1][1]
    return _shortened(parts, 1, left_out)


def _shortened(parts: Sequence[tuple[str, int]], kept: int, left_out: int) -> str:
    """Return the first steps of a path, how many are left out, and its last."""
    return f" {ARROW} ".join([_joined(parts[:kept]), f"{left_out} …", _joined(parts[-1:])])


def _joined(parts: Sequence[tuple[str, int]]) -> str:
    return f" {ARROW} ".join(name if count == 1 else f"{name} ×{count}" for name, count in parts)


def total_of(extra: Mapping[str, JsonValue] | None, *names: str) -> int:
    """Return a whole number deep inside an answer's further parts; 0 where it is not."""
    value: object = extra
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, int) else 0


def rows_of(extra: Mapping[str, JsonValue] | None, name: str) -> list[Mapping[str, JsonValue]]:
    """Return a list of records among an answer's further parts."""
    found = (extra or {}).get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def more(console: Console, what: str) -> None:
    """Say faintly what is not shown here, and where it is."""
    console.print(f"{what} in --csv and --json.", style="dim")


def of_estimate(value: JsonValue, *, wide: bool) -> str:
    """Return a share that is already JSON."""
    if not isinstance(value, dict) or "value" not in value:
        return MISSING
    parts = {name: float(value[name]) for name in ("value", "low", "high")}
    return share_cell(Estimate(**parts, n=0), wide=wide)
