"""The attempt that counts: the earliest entry, and the earliest possible event for each step.

Of two attempts that get equally far, the earlier event at each step together make an attempt too
(and so do the later ones). So there is one attempt that is earliest at every step; it ends at the
first event that can fill the last step, and is found from there backwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.chain import (
    BEFORE,
    BITS,
    COUNT,
    END,
    ENTRY,
    FLAGS,
    HIT,
    LONGEST,
    LOWEST,
    OPENED,
    PLACE,
    REUSE,
    SHORTEST,
    SIMULTANEOUS,
    WINDOW,
    furthest,
)
from sojourn.kernels.funnel.hits import MASK, TIME
from sojourn.kernels.funnel.seats import new_seats, seat
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from sojourn.kernels.funnel.chain import Ints, Lists


@kernel
def trace(span: Ints, events: Ints, steps: Ints, lists: Lists, cursors: Ints, chosen: Ints) -> int:
    """Write the events of the attempt that counts; return the last required step reached, or -1.

    Parameters
    ----------
    span : ndarray of shape (SPAN,), int64
        ``PLACE`` 0 asks for the earliest attempt, another for the earliest that ends there.
    events : ndarray of shape (2, hits), int64
    steps, lists, cursors
        As :func:`sojourn.kernels.funnel.walk.walk` left them.
    chosen : ndarray of shape (steps,), int64
        Set to the event of each required step up to the last one reached, and to -1 elsewhere.
    """
    chosen[:] = -1
    last = furthest(steps, cursors)
    if last < 0:
        return last
    step, at = last, span[PLACE]
    chosen[step] = lists[HIT, step, at]
    cursors[OPENED, 0] = events[TIME, chosen[step]] - steps[0, WINDOW]
    while steps[step, BEFORE] >= 0:
        before = steps[step, BEFORE]
        at = _earliest_before(step, at, events, steps, lists, cursors)
        if at < 0:
            at = _same_instant(chosen[step], before, lists, cursors)
        chosen[before] = lists[HIT, before, at]
        step = before
    if span[FLAGS] & SIMULTANEOUS:
        _tell_apart(span, events, steps, chosen)
    return last


@kernel
def _earliest_before(
    step: int, at: int, events: Ints, steps: Ints, lists: Lists, cursors: Ints
) -> int:
    """Return the first event of the list before that an attempt can go through, or -1.

    Later events of a list have later entries, so the first that is recent enough in both is found
    by halving.
    """
    before = steps[step, BEFORE]
    hit = lists[HIT, step, at]
    now, opened = events[TIME, hit], cursors[OPENED, 0]
    low, high = np.int64(lists[LOWEST, step, at]), cursors[COUNT, before]
    while low < high:
        middle = (low + high) // 2
        since = events[TIME, lists[HIT, before, middle]]
        entered = events[TIME, lists[ENTRY, before, middle]]
        if entered < opened or now - since > steps[step, LONGEST]:
            low = middle + 1
        else:
            high = middle
    if low == cursors[COUNT, before] or lists[HIT, before, low] >= hit:
        return -1
    since = events[TIME, lists[HIT, before, low]]
    return int(low) if now - since >= steps[step, SHORTEST] else -1


@kernel
def _same_instant(hit: int, before: int, lists: Lists, cursors: Ints) -> int:
    place = cursors[COUNT, before] - 1
    while lists[HIT, before, place] != hit:
        place -= 1
    return int(place)


@kernel
def _tell_apart(span: Ints, events: Ints, steps: Ints, chosen: Ints) -> None:
    """Give each step of one instant an event of its own."""
    reuse = span[FLAGS] & REUSE != 0
    step = 0
    while step < len(steps):
        hit = chosen[step]
        if hit < 0:
            step += 1
            continue
        after = hit + 1
        while after < span[END] and events[TIME, after] == events[TIME, hit]:
            after += 1
        seats = new_seats(after - hit)
        while step < len(steps) and (chosen[step] == hit or chosen[step] < 0):
            if chosen[step] == hit and reuse:
                chosen[step] = _first_fit(step, hit, events, steps)
            elif chosen[step] == hit:
                seat(step, hit, events, steps, seats, reuse)
            step += 1
        for event in range(after - hit):
            if seats[0, event] >= 0:
                chosen[seats[0, event]] = hit + event


@kernel
def _first_fit(step: int, hit: int, events: Ints, steps: Ints) -> int:
    while events[MASK, hit] & steps[step, BITS] != steps[step, BITS]:
        hit += 1
    return hit
