"""The lifecycle as bars: dormant people to the left, active ones to the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sojourn.base.estimate import NotEstimable
from sojourn.cli.drawing.cohorts import first_day
from sojourn.cli.drawing.figures import HATCH, percent
from sojourn.insight.rhythm.lifecycle import Lifecycle, LifecycleRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from sojourn.insight.answer import Answer

MOST_ROWS = 60
_PARTS = (
    ("returning", "█", "#2a4e98"),
    ("resurrecting", "▓", "#3d987e"),
    ("new", "▒", "#a88414"),
)
_DORMANT = ("dormant", "░", "#b23a2e")
_FIGURES = ("new", "return", "resurr.", "dormant", "kept")
_COLUMN = 8


def draw_lifecycle(console: Console, answer: Answer[object]) -> None:
    """Draw an answer of the lifecycle."""
    rows = [row for row in answer.rows if isinstance(row, LifecycleRow)][-MOST_ROWS:]
    if not rows:
        console.print("Nothing to show: no interval in the range, or no timed events.")
        return
    unit = answer.spec.unit.value if isinstance(answer.spec, Lifecycle) else "interval"
    label = max(len(first_day(row.interval, unit)) for row in rows) + 1
    left, scale = _scale(console, rows, label)
    head = f"{unit:<{label}}" + "".join(f"{name:>{_COLUMN}}" for name in ("active", *_FIGURES))
    console.print(Text(head, style="bold"))
    for row in rows:
        console.print(_line(row, (unit, label), left, scale), no_wrap=True, overflow="crop")
    legend = Text("\n")
    for name, glyph, colour in (_DORMANT, *_PARTS):
        legend.append(glyph * 2, style=colour).append(f" {name}  ")
    console.print(legend.append(f"{HATCH} not over yet  ° history too short to be sure of new"))
    if len(answer.rows) > len(rows):
        hidden = len(answer.rows) - len(rows)
        console.print(f"{hidden:,} earlier {unit}s are in --csv and --json.", style="dim")


def _scale(console: Console, rows: Sequence[LifecycleRow], label: int) -> tuple[int, float]:
    """Return the width of the left side of the bars, and characters a person."""
    room = max(12, console.width - label - _COLUMN * (len(_FIGURES) + 1) - 3)
    lost = max(-row.dormant for row in rows)
    active = max(row.active for row in rows)
    per_person = (room - 1) / max(1, lost + active)
    return round(lost * per_person), per_person


def _line(row: LifecycleRow, heads: tuple[str, int], left: int, scale: float) -> Text:
    unit, label = heads
    day = first_day(row.interval, unit)
    mark = HATCH if not row.complete else "" if row.history else "°"
    kept = "" if isinstance(row.kept, NotEstimable) else percent(row.kept.value)
    figures = (row.new, row.returning, row.resurrecting, row.dormant)
    text = Text(f"{day + mark:<{label}}{row.active:>{_COLUMN},}")
    text.append("".join(f"{_number(figure):>{_COLUMN}}" for figure in figures))
    text.append(f"{kept:>{_COLUMN}}  ")
    width = round(-row.dormant * scale)
    text.append(" " * (left - width)).append(_DORMANT[1] * width, style=_DORMANT[2])
    text.append("│", style="dim")
    done, drawn = 0, 0
    for name, glyph, colour in _PARTS:
        done += int(getattr(row, name))
        ends = round(done * scale)  # whole bars add up, whatever each part's rounding
        text.append(glyph * (ends - drawn), style=colour)
        drawn = ends
    return text


def _number(figure: int) -> str:
    return f"{figure:,}".replace("-", "−")
