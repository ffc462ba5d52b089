"""Cohorts by periods as a shaded triangle; what is not over yet is hatched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from sojourn.cli.drawing.figures import HATCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

CELL = 6
_GAP = 2
_PALE, _DEEP = (233, 240, 249), (31, 78, 152)
_INK, _PAPER = "#16181d", "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a triangle.

    Attributes
    ----------
    text : str
        At most five characters; empty where there is nothing to say.
    shade : float or None
        0 to 1; None for no shading.
    hatched : bool
        Not over yet.
    """

    text: str = ""
    shade: float | None = None
    hatched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a triangle: a label, a count, and cells."""

    label: str
    count: str
    cells: tuple[Cell, ...]
    bold: bool = False
    faint: bool = False


def draw_triangle(
    console: Console, heads: tuple[str, str], columns: Sequence[str], lines: Sequence[Line]
) -> int:
    """Draw a triangle as wide as the terminal allows.

    Parameters
    ----------
    console : Console
    heads : tuple of str
        Over the labels and over the counts.
    columns : sequence of str
        Over the cells.
    lines : sequence of Line

    Returns
    -------
    int
        How many columns there was room for.
    """
    label = max(len(heads[0]), *(len(line.label) for line in lines))
    count = max(len(heads[1]), *(len(line.count) for line in lines))
    room = max(1, (console.width - label - count - 2 * _GAP) // CELL)
    shown = min(room, len(columns))
    head = Text(f"{heads[0]:<{label}}{'':{_GAP}}{heads[1]:>{count}}{'':{_GAP}}", style="bold")
    for name in columns[:shown]:
        head.append(f"{name:>{CELL - 1}} ")
    head.rstrip()
    console.print(head)
    for line in lines:
        style = "bold" if line.bold else "dim" if line.faint else ""
        text = Text(f"{line.label:<{label}}{'':{_GAP}}{line.count:>{count}}{'':{_GAP}}", style)
        for cell in line.cells[:shown]:
            text.append_text(_cell(cell, style))
        text.rstrip()
        console.print(text, no_wrap=True, overflow="crop")
    return shown


def _cell(cell: Cell, style: str) -> Text:
    if cell.hatched:
        return Text(HATCH * (CELL - 1) + " ", style="dim")
    if cell.shade is None:
        return Text(f"{cell.text:>{CELL - 1}} ", style=style)
    level = max(0.0, min(1.0, cell.shade))
    red, green, blue = (
        round(pale + (deep - pale) * level) for pale, deep in zip(_PALE, _DEEP, strict=True)
    )
    ink = _PAPER if level > 0.68 else _INK
    shaded = f"{style} {ink} on #{red:02x}{green:02x}{blue:02x}".strip()
    return Text(f"{cell.text:>{CELL - 1}} ", style=shaded)
