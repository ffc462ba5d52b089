"""The attempts of every journey at a funnel whose steps come in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.kernels.funnel.chain import (
    BEFORE,
    BEGIN,
    BITS,
    COUNT,
    CURSORS,
    DROPS,
    END,
    END_ENTRY,
    FIRST_ENTRY,
    FLAGS,
    LAST,
    OPTIONAL,
    PLACE,
    REQUIRED,
    SIMULTANEOUS,
    SPAN,
    SPOILS,
    TOTALS,
    WINDOW,
    furthest,
    new_lists,
)
from sojourn.kernels.funnel.hits import MASK, TIME, Hits, count_entries
from sojourn.kernels.funnel.plain.rules import ALL, BEST
from sojourn.kernels.funnel.trace import trace
from sojourn.kernels.funnel.walk import walk
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from sojourn.kernels.funnel.chain import Ints, Lists


class Attempts(NamedTuple):
    """Attempts that reached at least the first step.

    Attributes
    ----------
    journey : ndarray of shape (attempts,), int64, ascending
    last : ndarray of shape (attempts,), int64
        Number of the last required step reached, from 0.
    optional : ndarray of shape (attempts,), int64
        A bit for each optional step reached.
    hits : ndarray of shape (attempts, steps), int64
        The event of each required step up to the last one; -1 elsewhere.
    dropped : ndarray of shape (attempts,), uint8
        1 where excluded events take the attempt out of the funnel altogether.
    """

    journey: Ints
    last: Ints
    optional: Ints
    hits: Ints
    dropped: Ints


@kernel
def room_for(attempts: int, steps: int) -> Attempts:
    """Return arrays for a number of attempts."""
    return Attempts(
        np.empty(attempts, np.int64),
        np.empty(attempts, np.int64),
        np.empty(attempts, np.int64),
        np.empty((attempts, steps), np.int64),
        np.zeros(attempts, np.int64),
    )


@kernel
def cut_to(found: Attempts, count: int) -> Attempts:
    """Return only the first attempts."""
    return Attempts(
        found.journey[:count].copy(),
        found.last[:count].copy(),
        found.optional[:count].copy(),
        found.hits[:count].copy(),
        found.dropped[:count].copy(),
    )


@kernel
def ordered_attempts(hits: Hits, steps: Ints, policy: int, flags: int, edges: Ints) -> Attempts:
    """Return the attempts of every journey.

    Parameters
    ----------
    hits : Hits
    steps : ndarray of shape (steps, STEP_COLUMNS), int64
    policy : int
        ``BEST``: one a journey; ``FIRST``: that of its first entry; ``ALL``: one after another.
    flags : int
        ``SIMULTANEOUS``, ``REUSE``, ``STOPS``, ``DROPS``.
    edges : ndarray of shape (intervals + 1,), int64, or (0,)
        With ``BEST``: one attempt a journey and interval in which it has entries.
    """
    offsets, _, events = hits
    found = room_for(count_entries(events, steps[0, BITS]), len(steps))
    lists = new_lists(len(steps), np.max(offsets[1:] - offsets[:-1]) if len(offsets) > 1 else 0)
    cursors = np.zeros((CURSORS, len(steps)), np.int64)
    span = np.zeros(SPAN, np.int64)
    span[FLAGS] = flags | (TOTALS if policy == ALL else 0)
    span[LAST] = np.flatnonzero(steps[:, REQUIRED])[-1]
    span[OPTIONAL] = np.int64(np.any(steps[:, REQUIRED] == 0))
    count = 0
    for journey in range(len(offsets) - 1):
        span[BEGIN], span[END] = offsets[journey], offsets[journey + 1]
        while next_entries(span, events, steps, policy, edges):
            after = walk(span, events, steps, lists, cursors)
            found.journey[count] = journey
            found.last[count] = trace(span, events, steps, lists, cursors, found.hits[count])
            found.optional[count] = _optional_reached(steps, cursors)
            if flags & DROPS:
                found.dropped[count] = _is_dropped(span, events, steps, lists, cursors)
            count += 1
            if policy == ALL:
                span[BEGIN] = after
            else:
                span[BEGIN] = span[END_ENTRY] if len(edges) > 0 else span[END]
    return cut_to(found, count)


@kernel
def next_entries(span: Ints, events: Ints, steps: Ints, policy: int, edges: Ints) -> bool:
    """Set the span to the next entry, or entries, from its begin; return whether there are any.

    Parameters
    ----------
    span : ndarray of shape (SPAN,), int64
        ``BEGIN`` and ``END`` are read, the entries written.
    events : ndarray of shape (2, hits), int64
    steps, policy, edges
        As for :func:`ordered_attempts`.
    """
    bits, end = steps[0, BITS], span[END]
    entry = span[BEGIN]
    while entry < end and events[MASK, entry] & bits != bits:
        entry += 1
    if entry == end:
        return False
    begin = entry
    while span[FLAGS] & SIMULTANEOUS and begin > span[BEGIN]:
        if events[TIME, begin - 1] != events[TIME, entry]:
            break
        begin -= 1
    span[BEGIN], span[FIRST_ENTRY] = begin, entry
    if policy != BEST:
        span[END_ENTRY] = entry + 1
    elif len(edges) == 0:
        span[END_ENTRY] = end
    else:
        until = edges[np.searchsorted(edges, events[TIME, entry], side="right")]
        after = entry + 1
        while after < end and events[TIME, after] < until:
            after += 1
        span[END_ENTRY] = after
    return True


@kernel
def _optional_reached(steps: Ints, cursors: Ints) -> int:
    bits = 0
    for step in range(1, len(steps)):
        if steps[step, REQUIRED] == 0 and cursors[COUNT, step] > 0:
            bits |= 1 << step
    return bits


@kernel
def _is_dropped(span: Ints, events: Ints, steps: Ints, lists: Lists, cursors: Ints) -> bool:
    """Return whether excluded events ended, inside its window, each attempt that got furthest."""
    last = furthest(steps, cursors)
    bits = spoilers_after(last, steps)
    if bits == 0:
        return False
    together = span[FLAGS] & SIMULTANEOUS != 0
    chosen = np.empty(len(steps), np.int64)
    excluded = np.int64(0)
    for place in range(cursors[COUNT, last]):
        span[PLACE] = place
        trace(span, events, steps, lists, cursors, chosen)
        span[PLACE] = 0
        until = events[TIME, chosen[0]] + steps[0, WINDOW]
        hit = chosen[last] + 1
        while together and hit < span[END] and events[TIME, hit] == events[TIME, hit - 1]:
            hit += 1
        excluded = max(excluded, hit)  # what came before it came before the last one too
        while excluded < span[END] and events[MASK, excluded] & bits == 0:
            excluded += 1
        if excluded == span[END] or events[TIME, excluded] > until:
            return False
    return True


@kernel
def spoilers_after(last: int, steps: Ints) -> int:
    """Return the bits of the events that spoil the way from a required step to the next."""
    for step in range(last + 1, len(steps)):
        if steps[step, REQUIRED] != 0 and steps[step, BEFORE] == last:
            return int(steps[step, SPOILS])
    return 0
