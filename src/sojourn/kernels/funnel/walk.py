"""From the entries of a span through a journey: which events can fill which step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.chain import (
    AFTER,
    BEFORE,
    BEGIN,
    BITS,
    COUNT,
    END,
    END_ENTRY,
    ENTRY,
    FIRST_ENTRY,
    FLAGS,
    LAST,
    NOW,
    OPTIONAL,
    REQUIRED,
    REUSE,
    SIMULTANEOUS,
    SPOILS,
    STOPS,
    TOTALS,
    WINDOW,
    candidate,
    has_way_on,
    push,
    spoil,
)
from sojourn.kernels.funnel.hits import MASK, MAY_ENTER, TIME
from sojourn.kernels.funnel.seats import best_entries
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from sojourn.kernels.funnel.chain import Ints, Lists

_OUT_OF_PLACE = -1


@kernel
def walk(span: Ints, events: Ints, steps: Ints, lists: Lists, cursors: Ints) -> int:
    """Find the events that can fill each step; return the event that may begin the next attempt.

    Parameters
    ----------
    span : ndarray of shape (SPAN,), int64
    events : ndarray of shape (2, hits), int64
    steps : ndarray of shape (steps, STEP_COLUMNS), int64
    lists : ndarray of shape (3, steps, longest), int32
    cursors : ndarray of shape (CURSORS, steps), int64
        Both filled; what they held is lost.

    Returns
    -------
    int
        The first event after this attempt that may begin another one.
    """
    cursors[:, :] = 0
    plain = span[FLAGS] & (REUSE | STOPS) == 0
    together = span[FLAGS] & SIMULTANEOUS != 0
    excluded = np.int64(0)
    for step in range(1, len(steps)):
        excluded |= steps[step, SPOILS]
    hit = span[BEGIN]
    while hit < span[END] and not _is_over(hit, span, events, steps, lists, cursors):
        after = _end_of_instant(hit, span, events) if together else hit + 1
        span[NOW], span[AFTER] = hit, after
        if plain and after == hit + 1:
            used = _take_one(span, events, steps, lists, cursors)
        else:
            used = _take_instant(span, events, steps, lists, cursors)
        if used == _OUT_OF_PLACE:
            return int(span[END])
        bits = np.int64(0)
        for event in range(hit, after):
            bits |= events[MASK, event] & excluded
        struck = bits != 0 and spoil(hit, int(bits), together, steps, lists, cursors)
        # What is complete no excluded event ends any more: only optional steps are looked for.
        unfinished = struck and cursors[COUNT, span[LAST]] == 0
        if unfinished and span[FLAGS] & TOTALS and not has_way_on(steps, cursors):
            return int(hit if used == 0 else after)
        hit = after
    return int(hit)


@kernel
def _end_of_instant(hit: int, span: Ints, events: Ints) -> int:
    after = hit + 1
    while after < span[END] and events[TIME, after] == events[TIME, hit]:
        after += 1
    return after


@kernel
def _is_over(hit: int, span: Ints, events: Ints, steps: Ints, lists: Lists, cursors: Ints) -> bool:
    if cursors[COUNT, span[LAST]] > 0:
        if span[OPTIONAL] == 0 or not _any_missing(steps, cursors):
            return True
        if span[FLAGS] & TOTALS and _any_enters(hit, span, events, steps):
            return True
    if hit < span[END_ENTRY]:
        return False
    entries = cursors[COUNT, 0]
    if entries == 0:
        return True
    newest = events[TIME, lists[ENTRY, 0, entries - 1]]
    return bool(events[TIME, hit] - newest > steps[0, WINDOW])


@kernel
def _any_enters(hit: int, span: Ints, events: Ints, steps: Ints) -> bool:
    """Return whether the next event, or one of its instant, may begin another attempt."""
    together = span[FLAGS] & SIMULTANEOUS != 0
    after = _end_of_instant(hit, span, events) if together else hit + 1
    enters = False
    for event in range(hit, after):
        enters |= events[MASK, event] & steps[0, BITS] == steps[0, BITS]
    return enters


@kernel
def _any_missing(steps: Ints, cursors: Ints) -> bool:
    for step in range(1, len(steps)):
        if steps[step, REQUIRED] == 0 and cursors[COUNT, step] == 0:
            return True
    return False


@kernel
def _take_one(span: Ints, events: Ints, steps: Ints, lists: Lists, cursors: Ints) -> int:
    hit, used = span[NOW], 0
    bits = events[MASK, hit]
    for step in range(len(steps) - 1, 0, -1):
        if bits & steps[step, BITS] == 0:
            continue
        at = candidate(step, events[TIME, hit], events, steps, lists, cursors)
        if at >= 0:
            push(step, hit, lists[ENTRY, steps[step, BEFORE], at], lists, cursors)
            used += 1
    if bits & steps[0, BITS] == steps[0, BITS] and span[FIRST_ENTRY] <= hit < span[END_ENTRY]:
        push(0, hit, hit, lists, cursors)
        used += 1
    return used


@kernel
def _take_instant(span: Ints, events: Ints, steps: Ints, lists: Lists, cursors: Ints) -> int:
    stops = span[FLAGS] & STOPS != 0
    if stops and cursors[COUNT, 0] > 0 and _any_foreign(span, events):
        return _OUT_OF_PLACE
    best = best_entries(span, events, steps, lists, cursors)
    used = 0
    for step in range(len(steps)):
        if best[step] >= 0:
            push(step, span[NOW], best[step], lists, cursors)
            used += 1
    if stops and cursors[COUNT, 0] > 0 and _any_early(span, events, steps, cursors):
        return _OUT_OF_PLACE
    return used


@kernel
def _any_foreign(span: Ints, events: Ints) -> bool:
    foreign = False
    for event in range(span[NOW], span[AFTER]):
        foreign |= events[MASK, event] & (MAY_ENTER - 1) == 0
    return foreign


@kernel
def _any_early(span: Ints, events: Ints, steps: Ints, cursors: Ints) -> bool:
    for event in range(span[NOW], span[AFTER]):
        for step in range(1, len(steps)):
            if events[MASK, event] & steps[step, BITS] and cursors[COUNT, step - 1] == 0:
                return True
    return False
