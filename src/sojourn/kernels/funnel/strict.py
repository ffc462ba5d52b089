"""Attempts whose steps are consecutive events: any other event between breaks them.

From one entry the events that follow can be taken in few ways, all of them told by which step the
newest event fills and how many optional steps were filled since the last required one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.attempts import (
    Attempts,
    cut_to,
    room_for,
    spoilers_after,
)
from sojourn.kernels.funnel.chain import (
    BEFORE,
    BITS,
    DROPS,
    INNER,
    LONGEST,
    REQUIRED,
    SHORTEST,
    SPOILS,
    WINDOW,
)
from sojourn.kernels.funnel.hits import MASK, TIME, Hits, count_entries
from sojourn.kernels.funnel.plain.rules import ALL, FIRST
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from sojourn.kernels.funnel.chain import Ints


@kernel
def strict_attempts(hits: Hits, steps: Ints, policy: int, flags: int, edges: Ints) -> Attempts:
    """Return the attempts of every journey.

    Parameters
    ----------
    hits : Hits
        All rows of the journeys, those that match nothing included.
    steps, policy, edges
        As for :func:`sojourn.kernels.funnel.attempts.ordered_attempts`.
    flags : int
        ``DROPS`` or 0.
    """
    offsets, _, events = hits
    found = room_for(count_entries(events, steps[0, BITS]), len(steps))
    ways = np.zeros((len(steps) + 1, len(steps)), np.int64)
    chosen = np.empty(len(steps), np.int64)
    count = 0
    for journey in range(len(offsets) - 1):
        end, until = int(offsets[journey + 1]), -(2**63)
        entry = _next_entry(offsets[journey], end, events, steps)
        while entry < end:
            depth = _follow(entry, end, events, steps, ways)
            last = _trace(entry, events, steps, ways, chosen)
            dropped = flags & DROPS != 0 and _is_dropped(entry, last, end, events, steps, ways)
            if policy == ALL or events[TIME, entry] >= until:
                found.journey[count] = journey
                found.optional[count] = 0
                found.last[count] = -1
                count += 1
                until = _until(events[TIME, entry], edges)
            _merge(found, count - 1, last, chosen, dropped, _optional_in(steps, ways))
            if policy == FIRST:
                break
            entry = _next_entry(entry + (depth if policy == ALL else 1), end, events, steps)
    return cut_to(found, count)


@kernel
def _until(instant: int, edges: Ints) -> int:
    if len(edges) == 0:
        return 2**63 - 1
    return int(edges[np.searchsorted(edges, instant, side="right")])


@kernel
def _next_entry(hit: int, end: int, events: Ints, steps: Ints) -> int:
    while hit < end and events[MASK, hit] & steps[0, BITS] != steps[0, BITS]:
        hit += 1
    return hit


@kernel
def _merge(found: Attempts, at: int, last: int, chosen: Ints, dropped: bool, optional: int) -> None:
    """Let an attempt stand for its journey if it gets further than the one that does."""
    found.optional[at] |= optional
    if last > found.last[at]:
        found.last[at] = last
        found.hits[at] = chosen
        found.dropped[at] = dropped
    elif last == found.last[at] and not dropped:
        found.dropped[at] = 0


@kernel
def _follow(entry: int, end: int, events: Ints, steps: Ints, ways: Ints) -> int:
    """Fill ``ways[d, j]`` for the d-th event after the entry; return how many events fit.

    Bit c of ``ways[d, j]`` says that the event can fill step j with c optional steps filled, itself
    included, since the last required one.
    """
    ways[:, :] = 0
    ways[0, 0] = 1
    depth = 1
    while depth < len(ways) and entry + depth < end:
        row = entry + depth
        if events[TIME, row] - events[TIME, entry] > steps[0, WINDOW]:
            break
        some = np.int64(0)
        for step in range(1, len(steps)):
            if events[MASK, row] & steps[step, BITS] != 0:
                ways[depth, step] = _ways_to(step, row, ways[depth - 1], events, steps)
                some |= ways[depth, step]
        if some == 0:
            break
        depth += 1
    return depth


@kernel
def _ways_to(step: int, row: int, before: Ints, events: Ints, steps: Ints) -> int:
    found = 0
    for place in range(steps[step, BEFORE], step):
        left, filled = before[place], 0
        while left != 0:
            if left & 1 and _passes(row - 1 - filled, row, step, events, steps):
                found |= 1 if steps[step, REQUIRED] != 0 else 2 << filled
            left >>= 1
            filled += 1
    return found


@kernel
def _passes(since: int, row: int, step: int, events: Ints, steps: Ints) -> bool:
    """Return whether gap and exclusions let a step follow the event of the required one before."""
    gap = events[TIME, row] - events[TIME, since]
    if gap < steps[step, SHORTEST] or gap > steps[step, LONGEST]:
        return False
    if events[MASK, since] & steps[step, INNER] != 0:
        return False
    for between in range(since + 1, row):
        if events[MASK, between] & steps[step, SPOILS] != 0:
            return False
    return True


@kernel
def _trace(entry: int, events: Ints, steps: Ints, ways: Ints, chosen: Ints) -> int:
    """Write the earliest events of the steps; return the last required step reached."""
    chosen[:] = -1
    last, depth = 0, 0
    for d in range(len(ways)):
        for step in range(last + 1, len(steps)):
            if steps[step, REQUIRED] != 0 and ways[d, step] != 0:
                last, depth = step, d
    step = last
    chosen[step] = entry + depth
    while step > 0:
        depth = _depth_before(step, depth, entry, events, steps, ways)
        step = steps[step, BEFORE]
        chosen[step] = entry + depth
    return last


@kernel
def _depth_before(step: int, depth: int, entry: int, events: Ints, steps: Ints, ways: Ints) -> int:
    """Return where the required step before was filled at the earliest."""
    earliest = depth
    for place in range(steps[step, BEFORE], step):
        left, filled = ways[depth - 1, place], 0
        while left != 0:
            since = depth - 1 - filled
            if left & 1 and _passes(entry + since, entry + depth, step, events, steps):
                earliest = min(earliest, since)
            left >>= 1
            filled += 1
    return earliest


@kernel
def _optional_in(steps: Ints, ways: Ints) -> int:
    bits = 0
    for step in range(1, len(steps)):
        if steps[step, REQUIRED] == 0 and np.any(ways[:, step] != 0):
            bits |= 1 << step
    return bits


@kernel
def _is_dropped(entry: int, last: int, end: int, events: Ints, steps: Ints, ways: Ints) -> bool:
    """Return whether an excluded event followed, in time, each way to the last step."""
    bits = spoilers_after(last, steps)
    until = events[TIME, entry] + steps[0, WINDOW]
    for depth in range(len(ways)):
        if ways[depth, last] == 0:
            continue
        row = entry + depth + 1
        while row < end and events[TIME, row] <= until and events[MASK, row] & bits == 0:
            row += 1
        if bits == 0 or row == end or events[TIME, row] > until:
            return False
    return True
