"""Paths step by step: columns of events, and ribbons between them that conserve the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.api.plots.ink import (
    BAD,
    COLD,
    FAINT,
    GOOD,
    INK,
    PALE,
    beside,
    count,
    label,
    plain,
    records,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

    Row = Mapping[str, JsonValue]

_WIDE = 0.08
_ENDS = {"ended": BAD, "reached": GOOD}


def paths(answer: Answer[object], axes: Axes) -> Axes:
    """Draw where everybody is step by step; who ended or reached the goal stays below."""
    nodes, links = beside(answer, "nodes"), records(answer)
    total = sum(count(node, "count") for node in nodes if not count(node, "step"))
    gap = total * 0.02
    tops: dict[tuple[float, str], float] = {}
    for step in sorted({count(node, "step") for node in nodes}):
        column = [node for node in nodes if count(node, "step") == step]
        _column(axes, step, column, tops, gap)
    leaving, coming = dict(tops), dict(tops)
    for link in links:
        _ribbon(axes, link, leaving, coming)
    axes.set_xlim(-_WIDE, max((step for step, _ in tops), default=0) + 0.7)
    axes.invert_yaxis()
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks(sorted({int(step) for step, _ in tops}))
    axes.set_xlabel("steps from the anchor", fontsize=8)
    return plain(axes, f"paths: {total:,.0f}; red ends here, green reaches the goal")


def _column(
    axes: Axes, step: float, nodes: Sequence[Row], tops: dict[tuple[float, str], float], gap: float
) -> None:
    top = 0.0
    for node in nodes:
        size, name = count(node, "count"), str(node.get("event"))
        tops[step, name] = top
        axes.bar(step, size, bottom=top, width=_WIDE, align="edge", color=COLD)
        if size > gap:
            axes.text(step + _WIDE + 0.08, top + size / 2, f"{label(name)} {size:,.0f}",
                      va="center", fontsize=6, color=INK, zorder=3)  # fmt: skip
        top += size + gap


def _ribbon(
    axes: Axes, link: Row, leaving: dict[tuple[float, str], float],
    coming: dict[tuple[float, str], float],
) -> None:  # fmt: skip
    step, size = count(link, "step"), count(link, "count")
    source, target = (step, str(link.get("source"))), (step + 1, str(link.get("target")))
    start = leaving.get(source, 0.0)
    leaving[source] = start + size
    if link.get("outcome") != "moved" or target not in coming:
        colour = _ENDS.get(str(link.get("outcome")), FAINT)
        axes.fill_between([step + _WIDE, step + _WIDE + 0.06], [start] * 2, [start + size] * 2,
                          color=colour, linewidth=0)  # fmt: skip
        return
    end = coming[target]
    coming[target] = end + size
    across = [step + _WIDE + (1 - _WIDE) * part / 12 for part in range(13)]
    ease = [3 * (part / 12) ** 2 - 2 * (part / 12) ** 3 for part in range(13)]
    top = [start + (end - start) * each for each in ease]
    axes.fill_between(across, top, [each + size for each in top], color=PALE, alpha=0.7,
                      linewidth=0)  # fmt: skip
