"""How long steps took, and how a funnel changed from day to day, week to week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.estimate import NotEstimable, wilson
from sojourn.base.timespan import SECOND_US
from sojourn.insight.answer import to_json
from sojourn.insight.durations import HISTOGRAM_BOUNDS_US
from sojourn.insight.phrases import UNTIMED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.base.calendar import Intervals
    from sojourn.base.json import JsonValue
    from sojourn.index.catalog import Catalog
    from sojourn.insight.durations import Durations
    from sojourn.insight.funnel.counts import Ints
    from sojourn.insight.funnel.question import Funnel
    from sojourn.insight.funnel.values import FunnelRow

_QUARTILES = (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75))


def times_of(
    spec: Funnel, catalog: Catalog, times: Sequence[Durations], rows: Sequence[FunnelRow]
) -> JsonValue:
    """Return median, quartiles and histogram of the time to each later step.

    Parameters
    ----------
    spec : Funnel
    catalog : Catalog
    times : sequence of Durations
        As ``FunnelCounts.times``.
    rows : sequence of FunnelRow
    """
    if not catalog.timed:
        return NotEstimable(UNTIMED).to_json()
    later = [row for row in rows if not row.optional][1:]
    return [
        {
            "step": row.step,
            "number": row.number,
            "from_first": _summary(times[at], spec),
            "from_previous": _summary(times[len(later) + at], spec),
        }
        for at, row in enumerate(later)
    ]


def _summary(durations: Durations, spec: Funnel) -> JsonValue:
    quartiles = {name: to_json(durations.quantile(p)) for name, p in _QUARTILES}
    return {"n": durations.n, **quartiles, "histogram": _histogram(durations, spec.window_us)}


def _histogram(durations: Durations, window_us: int | None) -> JsonValue:
    """Return the bins from the first to the last that holds anything."""
    limits = [b for b in HISTOGRAM_BOUNDS_US if window_us is None or b < window_us]
    bounds = [*limits, *([] if window_us is None else [window_us + 1])]
    counts = durations.histogram(bounds)
    filled = np.flatnonzero(counts)
    if not len(filled):
        return []
    edges = [0, *bounds]
    last = len(counts) if window_us is None else len(counts) - 1
    return [
        {
            "from_seconds": edges[at] / SECOND_US,
            "to_seconds": (edges[at + 1] // SECOND_US) if at + 1 < len(edges) else None,
            "count": int(counts[at]),
        }
        for at in range(int(filled[0]), min(int(filled[-1]) + 1, last))
    ]


def trend_of(calendar: Intervals | None, counts: Ints) -> JsonValue:
    """Return the people of each interval of entry and the rate of the mature ones.

    Parameters
    ----------
    calendar : Intervals or None
        None where events carry no times.
    counts : ndarray of shape (intervals, 2, required steps + 1), int64
    """
    if calendar is None:
        return NotEstimable(UNTIMED).to_json()
    people = np.cumsum(counts[:, :, ::-1], axis=2)[:, :, ::-1][:, :, 1:]
    return [
        {
            "interval": day.isoformat(),
            "people": people[at, 0].tolist(),
            "mature": people[at, 1].tolist(),
            "rate": _rate(people[at]),
            "complete": bool((people[at, 0] == people[at, 1]).all()) and bool(people[at, 0, 0]),
        }
        for at, day in enumerate(calendar.days)
    ]


def _rate(people: Ints) -> JsonValue:
    entered, n = int(people[0, 0]), int(people[1, 0])
    if not n:
        return NotEstimable("no entry is mature" if entered else "nobody entered").to_json()
    return wilson(int(people[1, -1]), n).to_json()
