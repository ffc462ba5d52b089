"""Attempts at plain steps: in order, a window, and neither gaps nor exclusions nor ties.

Then taking the earliest next event is enough, once the entry is known; and the entry that counts is
the first one not too old for the first event that reaches the furthest step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.attempts import Attempts, cut_to, next_entries, room_for
from sojourn.kernels.funnel.chain import BEGIN, BITS, END, END_ENTRY, FIRST_ENTRY, SPAN, WINDOW
from sojourn.kernels.funnel.hits import MASK, TIME, Hits, count_entries
from sojourn.kernels.funnel.plain.rules import ALL
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from sojourn.kernels.funnel.chain import Ints

_NEVER = -(2**62)


@kernel
def greedy_attempts(hits: Hits, steps: Ints, policy: int, edges: Ints) -> Attempts:
    """Return the attempts of every journey.

    Parameters
    ----------
    hits : Hits
    steps : ndarray of shape (steps, STEP_COLUMNS), int64
        All required; step k's bit is ``1 << k``.
    policy, edges
        As for :func:`sojourn.kernels.funnel.attempts.ordered_attempts`.
    """
    offsets, _, events = hits
    time, mask = events[TIME], events[MASK]
    found = room_for(count_entries(events, steps[0, BITS]), len(steps))
    journeys, lasts, _, chosen, _ = found
    newest = np.empty(len(steps), np.int64)
    reached = np.zeros(2, np.int64)
    span = np.zeros(SPAN, np.int64)
    count = 0
    for journey in range(len(offsets) - 1):
        span[BEGIN], span[END] = offsets[journey], offsets[journey + 1]
        while next_entries(span, events, steps, policy, edges):
            after = _furthest(span, time, mask, steps, newest, reached)
            _retrace(span, time, mask, steps, reached, chosen[count])
            journeys[count], lasts[count] = journey, reached[0]
            count += 1
            if policy == ALL:
                span[BEGIN] = after
            else:
                span[BEGIN] = span[END_ENTRY] if len(edges) > 0 else span[END]
    found.optional[:] = 0
    return cut_to(found, count)


@kernel
def _furthest(span: Ints, time: Ints, mask: Ints, steps: Ints, newest: Ints, reached: Ints) -> int:
    """Write the furthest step and the event that first reached it; return where it stopped."""
    enters, window, count = steps[0, BITS], steps[0, WINDOW], len(steps)
    end_of_entries = span[END_ENTRY]
    newest[:] = _NEVER
    last, at = -1, 0
    for hit in range(span[BEGIN], span[END]):
        now, bits = time[hit], mask[hit]
        if hit >= end_of_entries and now - newest[0] > window:
            reached[0], reached[1] = last, at
            return hit
        for step in range(min(last + 1, count - 1), 0, -1):
            if (bits >> step) & 1 and newest[step - 1] != _NEVER:
                newest[step] = newest[step - 1]
                if step > last and now - newest[step] <= window:
                    last, at = step, hit
        if bits & enters == enters and hit < end_of_entries:
            newest[0] = now
            if last < 0:
                last, at = 0, hit
        if last == count - 1:
            reached[0], reached[1] = last, at
            return hit + 1
    reached[0], reached[1] = last, at
    return int(span[END])


@kernel
def _retrace(span: Ints, time: Ints, mask: Ints, steps: Ints, reached: Ints, chosen: Ints) -> None:
    """Write the earliest events from the first entry that is not too old."""
    last, opened = reached[0], time[reached[1]] - steps[0, WINDOW]
    enters = steps[0, BITS]
    hit = span[FIRST_ENTRY]
    while mask[hit] & enters != enters or time[hit] < opened:
        hit += 1
    chosen[:] = -1
    chosen[0] = hit
    for step in range(1, last + 1):
        hit += 1
        while (mask[hit] >> step) & 1 == 0:
            hit += 1
        chosen[step] = hit
