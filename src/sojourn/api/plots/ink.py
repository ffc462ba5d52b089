"""What all plots share: colours, rows as records, figures with their intervals, plain axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sojourn.insight.answer import to_json

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

INK, FAINT, PALE = "#454952", "#868A94", "#D9DCE3"
GOOD, BAD, COLD, WARM = "#2F7D5B", "#B4483C", "#3F6FB5", "#C08A2E"
SERIES = (COLD, GOOD, WARM, BAD, "#7A5BA6", "#3A8C93", "#A2577F", FAINT)
_LINES = ("-", "--", "-.", ":")
LONGEST = 40
"""Letters of a label."""


def stroke(place: int) -> tuple[str, str]:
    """Return colour and style of the line with this number: past the colours the style changes.

    Examples
    --------
    >>> stroke(0) == (COLD, "-"), stroke(8) == (COLD, "--")
    (True, True)
    """
    return SERIES[place % len(SERIES)], _LINES[place // len(SERIES) % len(_LINES)]


def records(answer: Answer[object]) -> list[Mapping[str, JsonValue]]:
    """Return the rows as ``--json`` gives them."""
    return [row for row in map(to_json, answer.rows) if isinstance(row, Mapping)]


def beside(answer: Answer[object], name: str) -> list[Mapping[str, JsonValue]]:
    """Return a list that stands beside the rows; empty where there is none."""
    listed = (answer.extra or {}).get(name)
    parts: Sequence[JsonValue] = listed if isinstance(listed, list) else []
    return [each for each in parts if isinstance(each, Mapping)]


def number(value: JsonValue, part: str = "value") -> float | None:
    """Return a figure, or one part of an estimate; None where it cannot be estimated."""
    if isinstance(value, Mapping):
        value = value.get(part, value.get("seconds") if part == "value" else None)
    return float(value) if isinstance(value, int | float) else None


def count(row: Mapping[str, JsonValue], name: str) -> float:
    """Return a count of a row."""
    return number(row.get(name)) or 0.0


def label(value: JsonValue) -> str:
    """Return a name short enough for an axis."""
    text = " › ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = "—" if value is None else text
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def whiskers(values: Sequence[JsonValue], scale: float = 1.0) -> list[list[float]] | None:
    """Return how far intervals reach below and above; None where no figure has one."""
    sides = [[_reach(value, part) * scale for value in values] for part in ("low", "high")]
    return sides if any(map(any, sides)) else None


def _reach(value: JsonValue, part: str) -> float:
    middle, end = number(value), number(value, part) if isinstance(value, Mapping) else None
    return 0.0 if middle is None or end is None else abs(end - middle)


def plain(axes: Axes, title: str) -> Axes:
    """Return axes with a title and without what says nothing."""
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8, colors=INK)
    return axes
