"""Times: waits and sessions as histograms, one person's events along a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sojourn.api.plots.ink import (
    BAD,
    COLD,
    FAINT,
    INK,
    beside,
    count,
    label,
    number,
    plain,
    records,
    stroke,
)
from sojourn.insight.phrases import duration_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer


_DAY_S = 86_400
"""Dates on an axis are days since 1970."""


def waits(answer: Answer[object], axes: Axes) -> Axes:
    """Draw how long waits were that ended; median, quartiles and who still waits in words."""
    bins = beside(answer, "histogram")
    places = range(len(bins))
    axes.bar(places, [count(each, "pairs") for each in bins], color=COLD, width=0.9)
    ends = [number(each.get("to_seconds")) for each in bins]
    names = [f"≤ {duration_words(end)}" if end is not None else "longer" for end in ends]
    axes.set_xticks(places, names, rotation=45, ha="right")
    axes.set_ylabel("pairs", fontsize=8)
    rows = records(answer)
    return plain(axes, _waiting(rows[0]) if rows else "between: nothing to show")


def _waiting(row: object) -> str:
    if not isinstance(row, Mapping):
        return ""
    middle = number(row.get("median"))
    text = "no wait ended" if middle is None else f"median {duration_words(middle)}"
    return f"between: {text}; {count(row, 'waiting_people'):,.0f} people still wait"


def sessions(answer: Answer[object], axes: Axes) -> Axes:
    """Draw how many events sessions have."""
    bins = beside(answer, "lengths")
    names = [
        f"{each.get('from')}" if each.get("from") == each.get("to")
        else f"{each.get('from')}–{each.get('to') or '…'}" for each in bins
    ]  # fmt: skip
    axes.bar(range(len(bins)), [count(each, "count") for each in bins], color=COLD, width=0.9)
    axes.set_xticks(range(len(bins)), names)
    axes.set_xlabel("events in a session", fontsize=8)
    axes.set_ylabel("sessions", fontsize=8)
    rows = records(answer)
    middle = number(rows[0].get("duration")) if rows else None
    text = "" if middle is None else f", median {duration_words(middle)}"
    return plain(axes, f"{count(rows[0], 'sessions'):,.0f} sessions{text}" if rows else "sessions")


def person(answer: Answer[object], axes: Axes) -> Axes:
    """Draw one person's events: time to the right, kinds of event upwards."""
    rows = records(answer)
    kinds = list(dict.fromkeys(str(row.get("event")) for row in rows))[::-1]
    places = [kinds.index(str(row.get("event"))) for row in rows]
    at = _instants(axes, [row.get("time") for row in rows])
    axes.plot(at, places, color=FAINT, linewidth=0.5, zorder=1)
    axes.scatter(at, places, color=INK, s=14, zorder=2)
    axes.set_yticks(range(len(kinds)), [label(kind) for kind in kinds])
    return plain(axes, f"one person, {len(rows):,} events")


def moves(answer: Answer[object], axes: Axes) -> Axes:
    """Draw one person's states, from move to move up to as-of."""
    rows = records(answer)
    states = list(dict.fromkeys(str(row.get(end)) for row in rows for end in ("source", "target")))
    times = [row.get("at") for row in rows]
    last = answer.as_of.isoformat() if isinstance(times[-1], str) else None
    at = _instants(axes, [*times, last])
    places = [states.index(str(row.get("target"))) for row in rows]
    axes.step(at, [*places, places[-1]], where="post", color=COLD, linewidth=2)
    axes.set_yticks(range(len(states)), states)
    return plain(axes, f"one person, {len(rows):,} moves")


def _instants(axes: Axes, times: list[JsonValue]) -> list[float]:
    """Return places on the axis: dates, or the order where there are none."""
    if not all(isinstance(time, str) for time in times):
        return [float(place) for place in range(len(times))]
    axes.xaxis_date()
    axes.tick_params(axis="x", rotation=30)
    return [datetime.fromisoformat(str(time)).timestamp() / _DAY_S for time in times]


def stays(answer: Answer[object], axes: Axes) -> Axes:
    """Draw for each stage the share still there by days since the entry, with its band."""
    for place, stage in enumerate(beside(answer, "sojourn")):
        colour, style = stroke(place)
        listed = stage.get("curve")
        points = (
            [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        )
        if not points:
            continue
        days = [0.0, *(count(each, "days") for each in points)]
        line, low, high = (
            [1.0, *(count(each, part) for each in points)] for part in ("staying", "low", "high")
        )
        axes.step(days, line, style, where="post", color=colour, label=str(stage.get("stage")))
        axes.fill_between(days, low, high, step="post", color=colour, alpha=0.15, linewidth=0)
    axes.axhline(0.5, color=BAD, linewidth=0.5, linestyle=":")
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("days since the entry", fontsize=8)
    axes.set_ylabel("still in the stage", fontsize=8)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=7, frameon=False)
    return plain(axes, "stages: sojourn (95 %)")
