"""Plain plots of an answer's rows: bars with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from sojourn.base.json import JsonValue

_BARS = 30
_INK, _FAINT = "#454952", "#868A94"


def draw(rows: Sequence[dict[str, JsonValue]], title: str, axes: Axes) -> Axes:
    """Return the axes with one bar a row, the first thirty, and whiskers for intervals."""
    if not rows:
        axes.set_title(f"{title}: nothing to show")
        return axes
    words = _column(rows, str, list) or next(iter(rows[0]))
    figure = _column(rows, int, float) or words
    shown = list(rows[:_BARS])[::-1]
    places = list(range(len(shown)))
    values = [_number(row.get(figure)) for row in shown]
    whiskers = _whiskers(shown, figure, values)
    axes.barh(places, values, color=_INK, xerr=whiskers, ecolor=_FAINT)
    axes.set_yticks(places, [_label(row.get(words)) for row in shown])
    axes.set_xlabel(figure.replace("_", " "))
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _column(rows: Sequence[dict[str, JsonValue]], *kinds: type) -> str | None:
    for name in rows[0]:
        present = [row[name] for row in rows if row[name] is not None]
        if present and all(isinstance(v, kinds) and not isinstance(v, bool) for v in present):
            return name
    return None


def _number(value: JsonValue) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _label(value: JsonValue) -> str:
    if isinstance(value, list):
        return " › ".join(str(item) for item in value)
    return "—" if value is None else str(value)


def _whiskers(
    rows: Sequence[dict[str, JsonValue]], figure: str, values: list[float]
) -> list[list[float]] | None:
    if f"{figure}_low" not in rows[0]:
        return None
    low = [max(0.0, v - _number(r.get(f"{figure}_low"))) for r, v in zip(rows, values, strict=True)]
    high = [
        max(0.0, _number(r.get(f"{figure}_high")) - v) for r, v in zip(rows, values, strict=True)
    ]
    return [low, high]
