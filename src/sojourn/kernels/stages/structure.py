"""How events lie in people's lives: who does them, when first, in what order, how often again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import kernel
from sojourn.kernels.stages.rules import NEVER

if TYPE_CHECKING:
    from sojourn.base.arrays import Codes

Table: TypeAlias = NDArray[np.int64]

PEOPLE, OPENS, CLOSES, AGAIN, ROWS, RANK = 0, 1, 2, 3, 4, 5
"""Columns of ``Structure.events``: people with the event; people whose first, and last, event it
is; people who did it again later than the pause; rows; the sum over people of the place of its
first occurrence among their kinds of event, in thousandths."""

DEPTHS = 33
"""Lengths 0 to 31 have a place of their own in ``Structure.depth``; longer ones share the last."""


class Structure(NamedTuple):
    """Counts over people.

    Attributes
    ----------
    events : ndarray of shape (places, 6), int64
    before : ndarray of shape (places, places), int64
        People whose first event of the row's kind comes before their first of the column's.
    depth : ndarray of shape (2, DEPTHS), int64
        People by number of rows, and by number of different events.
    spans : ndarray of shape (people with rows,), int64
        Time from first to last event.
    gaps : ndarray of shape (pauses,), int64
        Every pause longer than a session's gap.
    returns : ndarray of shape (returns,), int64
        The same between acts that are watched, such as purchases.
    """

    events: Table
    before: Table
    depth: Table
    spans: Table
    gaps: Table
    returns: Table


@kernel
def structure(
    offsets: Table, time: Table, event: Codes, skip: NDArray[np.uint8], places_of: Table, pause: int
) -> Structure:
    """Return how events lie in people's lives.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
    event : ndarray of shape (rows,), unsigned
    skip : ndarray of shape (journeys,) or (0,), uint8
    places_of : ndarray of shape (2, event names), int64
        The place of each event among those looked at, or -1; and 1 for acts that are watched.
    pause : int
        Time between two rows that makes the second an act of its own.
    """
    place, watched, places = places_of[0], places_of[1], 0
    for each in place:
        places = max(places, each + 1)
    events, before = np.zeros((places, 6), np.int64), np.zeros((places, places), np.int64)
    depth = np.zeros((2, DEPTHS), np.int64)
    spans, gaps = np.empty(len(offsets) - 1, np.int64), np.empty(len(time), np.int64)
    returns = np.empty(len(time) + 1, np.int64)
    people, pauses, came = 0, 0, 0
    first, order = np.full(places, -1, np.int64), np.empty(places, np.int64)
    again = np.zeros(places, np.uint8)
    for journey in range(len(offsets) - 1):
        begin, end = offsets[journey], offsets[journey + 1]
        if begin == end or (len(skip) and skip[journey]):
            continue
        kinds, last = 0, NEVER
        for row in range(begin, end):
            if row > begin and time[row] - time[row - 1] > pause:
                gaps[pauses] = time[row] - time[row - 1]
                pauses += 1
            at = place[event[row]]
            if at < 0:
                continue
            if watched[event[row]]:
                returns[came] = time[row] - last
                came += time[row] - last > pause
                last = time[row]
            kinds = _seen(events, (first, order, again), kinds, at, time[row], pause)
        _close(events, before, order[:kinds], first, again)
        _edges(events, place, event[begin], event[end - 1])
        depth[0, min(end - begin, DEPTHS - 1)] += 1
        depth[1, min(kinds, DEPTHS - 1)] += 1
        spans[people] = time[end - 1] - time[begin]
        people += 1
    return Structure(
        events, before, depth, spans[:people].copy(), gaps[:pauses].copy(), returns[:came].copy()
    )


@kernel
def _seen(
    events: Table,
    mind: tuple[Table, Table, NDArray[np.uint8]],
    kinds: int,
    at: int,
    now: int,
    pause: int,
) -> int:
    """Note one row of an event looked at; return how many kinds the person has had."""
    first, order, again = mind
    events[at, ROWS] += 1
    if first[at] < 0:
        first[at] = now
        order[kinds] = at
        return kinds + 1
    if now - first[at] > pause:
        again[at] = 1
    return kinds


@kernel
def _edges(events: Table, place: Table, opens: int, closes: int) -> None:
    if place[opens] >= 0:
        events[place[opens], OPENS] += 1
    if place[closes] >= 0:
        events[place[closes], CLOSES] += 1


@kernel
def _close(
    events: Table, before: Table, order: Table, first: Table, again: NDArray[np.uint8]
) -> None:
    """Count one person's kinds of event and forget them."""
    kinds = len(order)
    for rank in range(kinds):
        at = order[rank]
        events[at, PEOPLE] += 1
        events[at, AGAIN] += again[at]
        events[at, RANK] += 1000 * rank // max(1, kinds - 1)
        for later in range(rank + 1, kinds):
            before[at, order[later]] += 1
        first[at] = -1
        again[at] = 0
