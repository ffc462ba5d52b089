"""Attempts whose steps come in any order: the most steps filled by different events in a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.attempts import Attempts, cut_to, room_for
from sojourn.kernels.funnel.hits import MASK, MAY_ENTER, TIME
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from sojourn.kernels.funnel.chain import Ints

KIND = 2
"""Row of the array of events here: the number of the set of steps that the event matches."""
_KIND_OF_STEP, _ASKED_BY, _USED, _QUEUE = range(4)


@kernel
def unordered_attempts(
    offsets: Ints, events: Ints, kinds: Ints, steps: int, window: int, edges: Ints
) -> Attempts:
    """Return one attempt a journey: the earliest of those in which most steps are filled.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    events : ndarray of shape (3, hits), int64
        ``TIME``, ``MASK`` and ``KIND`` of rows that match a step.
    kinds : ndarray of shape (kinds,), int64
        The different sets of steps that rows match, as bits.
    steps : int
        How many there are.
    window : int
        From the earliest event, inclusive, µs.
    edges : ndarray of shape (intervals + 1,), int64, or (0,)
        One attempt a journey and interval in which attempts begin.

    Returns
    -------
    Attempts
        ``last`` is the number of steps filled less one; ``hits`` the events that filled one more;
        ``optional`` a bit for each step that was filled in any window.
    """
    found = room_for(_count_begins(events), steps)
    counts = np.zeros(len(kinds), np.int64)
    seats = np.zeros((4, max(steps, len(kinds))), np.int64)
    count = 0
    for journey in range(len(offsets) - 1):
        end = offsets[journey + 1]
        begin = _next_begin(offsets[journey], end, events)
        while begin < end:
            until = _end_of_begins(begin, end, events, edges)
            span = np.array([begin, until, end, window, steps])
            best = _best_begin(span, events, kinds, counts, seats)
            found.journey[count] = journey
            found.optional[count] = _own_steps(span, events)
            span[0] = best
            found.last[count] = _fill(span, events, kinds, counts, seats, found.hits[count])
            count += 1
            begin = _next_begin(until, end, events)
    return cut_to(found, count)


@kernel
def _count_begins(events: Ints) -> int:
    count = 0
    for hit in range(events.shape[1]):
        count += events[MASK, hit] & MAY_ENTER != 0
    return count


@kernel
def _next_begin(hit: int, end: int, events: Ints) -> int:
    while hit < end and events[MASK, hit] & MAY_ENTER == 0:
        hit += 1
    return hit


@kernel
def _end_of_begins(begin: int, end: int, events: Ints, edges: Ints) -> int:
    if len(edges) == 0:
        return end
    until = edges[np.searchsorted(edges, events[TIME, begin], side="right")]
    while begin < end and events[TIME, begin] < until:
        begin += 1
    return begin


@kernel
def _best_begin(span: Ints, events: Ints, kinds: Ints, counts: Ints, seats: Ints) -> int:
    """Return the earliest event from which most steps are filled within the window."""
    begin, until, end, window, steps = span
    counts[:] = 0
    most, best, ahead = 0, begin, begin
    for first in range(begin, until):
        while ahead < end and events[TIME, ahead] - events[TIME, first] <= window:
            counts[events[KIND, ahead]] += 1
            ahead += 1
        if events[MASK, first] & MAY_ENTER != 0:
            filled = _filled(counts, kinds, steps, seats)
            if filled > most:
                most, best = filled, first
                if most == steps:
                    break
        counts[events[KIND, first]] -= 1
    return int(best)


@kernel
def _fill(span: Ints, events: Ints, kinds: Ints, counts: Ints, seats: Ints, chosen: Ints) -> int:
    """Write the events at which one more step was filled; return how many were, less one."""
    begin, _, end, window, steps = span
    counts[:] = 0
    chosen[:] = -1
    filled, hit = 0, begin
    while hit < end and events[TIME, hit] - events[TIME, begin] <= window and filled < steps:
        counts[events[KIND, hit]] += 1
        if _filled(counts, kinds, steps, seats) > filled:
            chosen[filled] = hit
            filled += 1
        hit += 1
    return filled - 1


@kernel
def _own_steps(span: Ints, events: Ints) -> int:
    """Return the bits of the steps that events of any window match."""
    begin, until, end, window, steps = span
    bits, newest = np.int64(0), events[TIME, begin]
    for hit in range(begin, end):
        if hit < until and events[MASK, hit] & MAY_ENTER != 0:
            newest = events[TIME, hit]
        if events[TIME, hit] - newest <= window:
            bits |= events[MASK, hit]
    return int(bits & ((1 << steps) - 1))


@kernel
def _filled(counts: Ints, kinds: Ints, steps: int, seats: Ints) -> int:
    """Return how many steps different events can fill.

    References
    ----------
    Kuhn, H. W. (1955). The Hungarian method for the assignment problem. NRLQ 2, 83-97.
    """
    filled, apart = 0, True
    for kind in range(len(kinds)):
        if counts[kind] > 0:
            filled += 1
            apart &= kinds[kind] & (kinds[kind] - 1) == 0
    if apart:  # each event matches one step only, so nobody needs to move
        return filled
    seats[_KIND_OF_STEP, :] = -1
    seats[_USED, :] = 0
    filled = 0
    for step in range(steps):
        filled += _seat(step, counts, kinds, seats)
    return filled


@kernel
def _seat(step: int, counts: Ints, kinds: Ints, seats: Ints) -> bool:
    """Let an event of some kind fill a step, steps before it moving if need be."""
    seats[_ASKED_BY, :] = -1
    head, tail, asking = 0, 0, step
    while True:
        for kind in range(len(kinds)):
            if (kinds[kind] >> asking) & 1 == 0 or counts[kind] == 0 or seats[_ASKED_BY, kind] >= 0:
                continue
            seats[_ASKED_BY, kind] = asking
            if seats[_USED, kind] < counts[kind]:
                seats[_USED, kind] += 1
                _shift(kind, step, seats)
                return True
            for other in range(step):
                if seats[_KIND_OF_STEP, other] == kind:
                    seats[_QUEUE, tail] = other
                    tail += 1
        if head == tail:
            return False
        asking = seats[_QUEUE, head]
        head += 1


@kernel
def _shift(kind: int, step: int, seats: Ints) -> None:
    asking = seats[_ASKED_BY, kind]
    while asking != step:
        left = seats[_KIND_OF_STEP, asking]
        seats[_KIND_OF_STEP, asking] = kind
        kind = left
        asking = seats[_ASKED_BY, kind]
    seats[_KIND_OF_STEP, step] = kind
