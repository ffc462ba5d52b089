"""From attempts to counts: totals, groups, trend, times, lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.insight.durations import Durations
from sojourn.insight.funnel.compiled import FOREVER
from sojourn.insight.funnel.counts import Listed, Listing, Tally
from sojourn.insight.funnel.finding import in_bucket
from sojourn.insight.funnel.property_values import labelling
from sojourn.insight.funnel.values import LAST_STEP, Order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.calendar import Intervals
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.insight.funnel.compiled import Compiled
    from sojourn.insight.funnel.counts import Ints
    from sojourn.insight.funnel.found import Found
    from sojourn.insight.funnel.question import Funnel

    Chosen = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Place:
    """Where attempts were found."""

    bucket: Bucket
    journeys: Journeys
    catalog: Catalog


def required_steps(spec: Funnel) -> int:
    """Return how many steps people are counted at one after another."""
    return len(spec.steps) if spec.order is Order.ANY else len(spec.required)


def tally(spec: Funnel, found: Found) -> Tally:
    """Return how far attempts got."""
    return _tallies(spec, found, np.zeros(len(found), np.int64), 1)[0]


def _tallies(spec: Funnel, found: Found, group: Ints, groups: int) -> list[Tally]:
    """Return how far the attempts of each group got.

    Parameters
    ----------
    spec : Funnel
    found : Found
    group : ndarray of shape (attempts,), int64
        From 0; -1 for attempts that are in none.
    groups : int
    """
    width, steps = required_steps(spec) + 1, len(spec.steps)
    reach = np.zeros((groups, 2, width), np.int64)
    beside = np.zeros((groups, 2, steps), np.int64)
    for side, chosen in enumerate((group >= 0, (group >= 0) & found.mature)):
        cells = group[chosen] * width + found.reached[chosen]
        reach[:, side] = np.bincount(cells, minlength=groups * width).reshape(groups, width)
        for step in range(steps):
            there = chosen & ((found.beside >> step) & 1 == 1)
            beside[:, side, step] = np.bincount(group[there], minlength=groups)
    return [Tally(reach[at], beside[at]) for at in range(groups)]


def groups(spec: Funnel, found: Found, place: Place) -> dict[str | None, Tally]:
    """Return how far the attempts of each value of the property got."""
    if spec.at == LAST_STEP:
        rows = found.last_rows()
    else:
        step = spec.at - 1 if spec.order is Order.ANY else spec.required.index(spec.at - 1)
        rows = found.rows[:, step]
    there = rows >= 0
    labels = labelling(spec.by, place.bucket, place.catalog, in_bucket(place.journeys, rows[there]))
    group = np.full(len(found), -1, np.int64)
    group[there] = labels.codes
    names = (None, *labels.labels)
    tallies = _tallies(spec, found, group, len(names))
    return {name: one for name, one in zip(names, tallies, strict=True) if one.reach.any()}


def trend(spec: Funnel, found: Found, calendar: Intervals) -> Ints:
    """Return how far attempts got by the interval of their entry.

    Returns
    -------
    ndarray of shape (intervals, 2, required steps + 1), int64
    """
    width = required_steps(spec) + 1
    counts = np.zeros((len(calendar), 2, width), np.int64)
    interval = calendar.number(found.entry_us)
    for side, chosen in enumerate((np.ones(len(found), np.bool_), found.mature)):
        cells = interval[chosen] * width + found.reached[chosen]
        counted = np.bincount(cells, minlength=len(calendar) * width)
        counts[:, side] = counted.reshape(len(calendar), width)
    return counts


def times(spec: Funnel, found: Found, journeys: Journeys) -> tuple[Durations, ...]:
    """Return how long mature attempts took to each later step: from the first, from the one before.

    Where times within one unit count as simultaneous, they are measured in whole units.

    Returns
    -------
    tuple of Durations
        First those from the first step, then those from the step before; one a later step each.
    """
    rows = found.rows[found.mature]
    instants = journeys.time[rows]
    if spec.simultaneous_us and spec.order is not Order.STRICT:
        instants -= instants % spec.simultaneous_us
    steps = rows.shape[1]
    from_first, from_previous = [], []
    for step in range(1, steps):
        there = rows[:, step] >= 0
        from_first.append(Durations.of(instants[there, step] - instants[there, 0]))
        from_previous.append(Durations.of(instants[there, step] - instants[there, step - 1]))
    return (*from_first, *from_previous)


def reached_step(spec: Funnel, found: Found, number: int) -> Chosen:
    """Return which attempts reached a step given by its number."""
    reached: Chosen
    if spec.order is Order.ANY:
        reached = found.reached >= number
    elif spec.steps[number - 1].optional:
        reached = (found.beside >> (number - 1)) & 1 == 1
    else:
        reached = found.reached > spec.required.index(number - 1)
    return reached


def lost_before(spec: Funnel, found: Found, number: int) -> Chosen:
    """Return which mature attempts reached the required step before another, and not that one."""
    place = number - 1 if spec.order is Order.ANY else spec.required.index(number - 1)
    lost: Chosen = found.mature & (found.reached == place)
    return lost


def listing(
    spec: Funnel, compiled: Compiled, found: Found, place: Place, chosen: Chosen
) -> Listing:
    """Return who some attempts belong to, the newest first, and what came next."""
    some = np.flatnonzero(chosen)
    if not len(some):
        return Listing(limit=spec.limit)
    last = found.last_rows()[some]
    codes = _next_codes(found, place.journeys, last, some, compiled.window_us)
    kinds, counts = np.unique(codes, return_counts=True)
    names = (*place.catalog.events, None)
    entries = found.entry_us[some]
    oldest = np.partition(entries, -spec.limit)[-spec.limit] if len(some) > spec.limit else -FOREVER
    newest = np.flatnonzero(entries >= oldest)
    owners = place.journeys.owners()[found.journey[some[newest]]]
    people = tuple(
        Listed(
            person=person,
            entry_us=int(entries[at]),
            last_us=int(place.journeys.time[last[at]]),
            reached=_step_number(spec, int(found.reached[some[at]])),
            mature=bool(found.mature[some[at]]),
            then=names[codes[at]],
        )
        for at, person in zip(newest, place.bucket.person_ids(owners), strict=True)
    )
    then = {names[kind]: int(count) for kind, count in zip(kinds, counts, strict=True)}
    return Listing(people, len(some), then, spec.limit) + Listing()


def _step_number(spec: Funnel, reached: int) -> int:
    return reached if spec.order is Order.ANY else spec.required[reached - 1] + 1


def _next_codes(found: Found, journeys: Journeys, last: Ints, some: Ints, window_us: int) -> Ints:
    """Return the code of the event after each row, within the window; -1 where there is none."""
    after = last + 1
    inside = after < journeys.offsets[found.journey[some] + 1]
    after = np.where(inside, after, last)
    inside &= journeys.time[after] - found.entry_us[some] <= window_us
    return np.where(inside, journeys.event[after].astype(np.int64), -1)
