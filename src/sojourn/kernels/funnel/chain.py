"""Steps as numbers, and the lists of events that could fill each of them.

For every step there is a list of the events that can fill it, each with the *latest* entry from
which it can be reached. The latest entry leaves the window open longest, and of two events that can
fill a step the later one never has the earlier entry; so the last event of a list that is old
enough is the only candidate ever needed for the step after it.

TRICKY: kernels take plain arrays, not tuples of arrays: reading an array out of a tuple counts a
reference, which would cost more than the work done with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.hits import TIME
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Lists: TypeAlias = NDArray[np.int32]

# Columns of the table of steps, shape (steps, STEP_COLUMNS).
BITS, BEFORE, REQUIRED, SHORTEST, LONGEST, SPOILS, INNER, WINDOW = range(8)
STEP_COLUMNS = 8
"""The bits an event must have; the number of the required step before (−1 for the first); whether
required; shortest and longest gap since that step; the bits of events that spoil the way from it;
those of them that it may not have itself; the window from the entry."""

# Rows of the lists of one step, shape (3, steps, longest journey).
HIT, ENTRY, LOWEST = range(3)
"""The event; its latest entry; the first event of the list before that was not spoiled then."""

# Rows of the cursors, shape (CURSORS, steps).
COUNT, VALID, NEXT, OPENED = range(4)
CURSORS = 4
"""Length of the list; first event of the list *before* that is not spoiled; first event of the
list before that was still too recent; in its first place, the oldest an entry may be."""

# A span of events, shape (SPAN,).
BEGIN, END, FIRST_ENTRY, END_ENTRY, FLAGS, LAST, OPTIONAL, NOW, AFTER, PLACE = range(10)
SPAN = 10
"""Where to begin and end; first and end of the events that may be entries; flags; number of the
last required step; whether there are optional ones; first and end of the events of one instant;
place in the list of the furthest step from which to trace."""

SIMULTANEOUS, REUSE, STOPS, TOTALS, DROPS = 1, 2, 4, 8, 16
"""Flags: equal times have no order; one event may fill several steps; the first event that is out
of place ends everything; attempts follow one another; excluded events drop the attempt."""


@kernel
def new_lists(steps: int, longest: int) -> Lists:
    """Return lists for journeys of a length."""
    return np.empty((3, steps, max(1, longest)), np.int32)


@kernel
def candidate(step: int, now: int, events: Ints, steps: Ints, lists: Lists, cursors: Ints) -> int:
    """Return the place, in the list of the step before, of the event a step can follow; or -1.

    Parameters
    ----------
    step : int
        Not the first.
    now : int
        Time of the event that would fill the step.
    events : ndarray of shape (2, hits), int64
    steps : ndarray of shape (steps, STEP_COLUMNS), int64
    lists : ndarray of shape (3, steps, longest), int32
        Must hold no event as late as the one in question.
    cursors : ndarray of shape (CURSORS, steps), int64
        ``NEXT`` moves forward.
    """
    before = steps[step, BEFORE]
    at = cursors[NEXT, step]
    ripe = now - steps[step, SHORTEST]
    while at < cursors[COUNT, before] and events[TIME, lists[HIT, before, at]] <= ripe:
        at += 1
    cursors[NEXT, step] = at
    at -= 1
    if at < cursors[VALID, step]:
        return -1
    if now - events[TIME, lists[HIT, before, at]] > steps[step, LONGEST]:
        return -1
    if now - events[TIME, lists[ENTRY, before, at]] > steps[step, WINDOW]:
        return -1
    return int(at)


@kernel
def push(step: int, hit: int, entry: int, lists: Lists, cursors: Ints) -> None:
    """Add an event to the list of a step."""
    at = cursors[COUNT, step]
    lists[HIT, step, at] = hit
    lists[ENTRY, step, at] = entry
    lists[LOWEST, step, at] = cursors[VALID, step]
    cursors[COUNT, step] = at + 1


@kernel
def spoil(hit: int, bits: int, together: bool, steps: Ints, lists: Lists, cursors: Ints) -> bool:
    """Strike out the events that an excluded one comes after; return whether there were any.

    Parameters
    ----------
    hit : int
        The excluded event, or the first of those that happened at its time.
    bits : int
        What it matches, or all of them.
    together : bool
        Whether events at its time count as not before it.
    steps, lists, cursors
        As for :func:`candidate`; ``VALID`` moves forward.
    """
    struck = False
    for step in range(1, len(steps)):
        if bits & steps[step, SPOILS] == 0:
            continue
        before = steps[step, BEFORE]
        count = cursors[COUNT, before]
        fresh = count > 0 and lists[HIT, before, count - 1] == hit
        kept = fresh and (together or bits & steps[step, INNER] == 0)
        valid = count - 1 if kept else count
        struck |= cursors[VALID, step] < valid
        cursors[VALID, step] = valid
    return struck


@kernel
def has_way_on(steps: Ints, cursors: Ints) -> bool:
    """Return whether an event is left that a required step could follow, time set aside."""
    for step in range(1, len(steps)):
        some = cursors[COUNT, steps[step, BEFORE]] > cursors[VALID, step]
        if some and steps[step, REQUIRED] != 0:
            return True
    return False


@kernel
def furthest(steps: Ints, cursors: Ints) -> int:
    """Return the number of the last required step that was reached, or -1."""
    reached = -1
    for step in range(len(steps)):
        if steps[step, REQUIRED] != 0 and cursors[COUNT, step] > 0:
            reached = step
    return reached
