"""Steps filled by events of one instant: each event fills one step, found by augmenting paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.chain import (
    AFTER,
    BEFORE,
    BITS,
    END_ENTRY,
    ENTRY,
    FIRST_ENTRY,
    FLAGS,
    NOW,
    REQUIRED,
    REUSE,
    SHORTEST,
    candidate,
)
from sojourn.kernels.funnel.hits import MASK, TIME
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from sojourn.kernels.funnel.chain import Ints, Lists

_TAKEN, _ASKED_BY, _QUEUE = range(3)


@kernel
def new_seats(events: int) -> Ints:
    """Return seats for a number of events, all free; row 0 holds the step each event fills."""
    return np.full((3, events), -1, np.int64)


@kernel
def seat(step: int, first: int, events: Ints, steps: Ints, seats: Ints, reuse: bool) -> bool:
    """Let one of the events fill a step, others moving if need be; return whether one can.

    Parameters
    ----------
    step : int
    first : int
        The first of the events; there are as many as seats.
    events : ndarray of shape (2, hits), int64
    steps : ndarray of shape (steps, STEP_COLUMNS), int64
    seats : ndarray of shape (3, events), int64
    reuse : bool
        Whether an event may fill several steps.

    References
    ----------
    Kuhn, H. W. (1955). The Hungarian method for the assignment problem. NRLQ 2, 83-97.
    """
    if not reuse:
        return _move(step, first, events, steps, seats)
    for event in range(seats.shape[1]):
        if events[MASK, first + event] & steps[step, BITS] == steps[step, BITS]:
            return True
    return False


@kernel
def _move(step: int, first: int, events: Ints, steps: Ints, seats: Ints) -> bool:
    seats[_ASKED_BY, :] = -1
    head, tail, asking = 0, 0, step
    while True:
        bits = steps[asking, BITS]
        for event in range(seats.shape[1]):
            if events[MASK, first + event] & bits != bits or seats[_ASKED_BY, event] >= 0:
                continue
            seats[_ASKED_BY, event] = asking
            if seats[_TAKEN, event] < 0:
                _shift(event, step, seats)
                return True
            seats[_QUEUE, tail] = event
            tail += 1
        if head == tail:
            return False
        asking = seats[_TAKEN, seats[_QUEUE, head]]
        head += 1


@kernel
def _shift(event: int, step: int, seats: Ints) -> None:
    """Move everybody along the path that ends at a free event."""
    asking = seats[_ASKED_BY, event]
    while asking != step:
        left = 0
        while seats[_TAKEN, left] != asking:
            left += 1
        seats[_TAKEN, event] = asking
        event = left
        asking = seats[_ASKED_BY, event]
    seats[_TAKEN, event] = step


@kernel
def best_entries(span: Ints, events: Ints, steps: Ints, lists: Lists, cursors: Ints) -> Ints:
    """Return the latest entry from which events of one instant can fill each step, or -1.

    Parameters
    ----------
    span : ndarray of shape (SPAN,), int64
    events : ndarray of shape (2, hits), int64
    steps, lists, cursors
        As for :func:`sojourn.kernels.funnel.chain.candidate`.

    Returns
    -------
    ndarray of shape (steps,), int64
    """
    best = np.full(len(steps), -1, np.int64)
    for low in range(len(steps)):
        if low == 0:
            entry = _first_entry(span, events, steps)
        else:
            entry = _entry_before(low, span, events, steps, lists, cursors)
        if entry >= 0:
            _run(low, entry, span, events, steps, best)
    return best


@kernel
def _first_entry(span: Ints, events: Ints, steps: Ints) -> int:
    bits = steps[0, BITS]
    for event in range(max(span[NOW], span[FIRST_ENTRY]), min(span[AFTER], span[END_ENTRY])):
        if events[MASK, event] & bits == bits:
            return int(event)
    return -1


@kernel
def _entry_before(
    step: int, span: Ints, events: Ints, steps: Ints, lists: Lists, cursors: Ints
) -> int:
    at = candidate(step, events[TIME, span[NOW]], events, steps, lists, cursors)
    return int(lists[ENTRY, steps[step, BEFORE], at]) if at >= 0 else -1


@kernel
def _run(low: int, entry: int, span: Ints, events: Ints, steps: Ints, best: Ints) -> None:
    first, reuse = span[NOW], span[FLAGS] & REUSE != 0
    seats = new_seats(span[AFTER] - first)
    step = low
    while step < len(steps) and seat(step, first, events, steps, seats, reuse):
        best[step] = max(best[step], entry)
        if steps[step, REQUIRED] == 0:
            return
        beside = step + 1
        while beside < len(steps) and steps[beside, REQUIRED] == 0:
            fits = seat(beside, first, events, steps, seats.copy(), reuse)
            if fits and steps[beside, SHORTEST] <= 0:
                best[beside] = max(best[beside], entry)
            beside += 1
        step = beside
        if step < len(steps) and steps[step, SHORTEST] > 0:
            return
