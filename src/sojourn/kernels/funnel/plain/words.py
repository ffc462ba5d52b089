"""Journeys as a few 64-bit words, a bit a row, a word a step, and how far their chains get.

The next event of a step is then the lowest bit above a place, the one before the highest bit below
it. From the first event that completes the steps the newest chain is followed backwards to its
entry; if that is too old, the next entry after it begins the next chain worth looking at. Times are
read only where a chain begins and ends.

TRICKY: each pass goes over many journeys, because handing an array to a function counts references,
which for one journey would cost more than what is to be done; and times are read in a pass of their
own, in which no read has to wait for what the one before it decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel, leading_zeros, trailing_zeros

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.kernels.funnel.plain.rules import PlainRules

    Ints: TypeAlias = NDArray[np.int64]
    Words: TypeAlias = NDArray[np.uint64]

ONE, NONE = np.uint64(1), np.uint64(0)
WORD = 64
"""Rows a word holds."""
CHUNK = 2048
"""Journeys looked at together: their words and times stay in a near cache."""
NEVER = -(2**62)

LAST, PLACE, ENTRY = range(3)
"""Rows of what is found of a journey: its furthest step, from 0, or -1 where there is no entry; the
row, from its first, of the first event that reached it; the newest entry that event can have."""


@kernel
def take_out(some: Ints, skip: NDArray[np.uint8], bits: Words, words: Words) -> int:
    """Write a word a journey and step, the first row as bit 0; return how many are too long.

    Parameters
    ----------
    some : ndarray of shape (journeys + 1,), int64
        Offsets.
    skip : ndarray of shape (journeys,), uint8, or (0,)
    bits : ndarray of shape (steps, words), uint64
        See :func:`sojourn.kernels.funnel.plain.bits.step_bits`.
    words : ndarray of shape (journeys or more, steps), uint64
        No entry is left to journeys that are empty, left out or too long.
    """
    long = 0
    for person in range(len(some) - 1):
        first, end = np.uint64(some[person]), np.uint64(some[person + 1])
        rows = end - first
        if rows - ONE >= np.uint64(WORD) or (len(skip) > 0 and skip[person] != 0):
            words[person, 0] = NONE
            long += int(rows > np.uint64(WORD))
            continue
        word, shift = first >> np.uint64(6), first & np.uint64(63)
        keep = ~NONE >> (np.uint64(WORD) - rows)
        for step in range(len(bits)):
            above = (bits[step, word + ONE] << ONE) << (np.uint64(63) - shift)
            words[person, step] = ((bits[step, word] >> shift) | above) & keep
    return long


@kernel
def has_range(rules: PlainRules) -> bool:
    """Return whether entries lie in a range."""
    return rules.start > NEVER // 2 or rules.end < -NEVER // 2


@kernel
def keep_entries(firsts: Ints, time: Ints, words: Words, rules: PlainRules) -> None:
    """Strike out entries outside the range: they are the lowest and the highest bits."""
    for person in range(len(firsts)):
        first, entries = np.uint64(firsts[person]), words[person, 0]
        while entries != NONE and time[first + lowest(entries)] < rules.start:
            entries &= entries - ONE
        while entries != NONE and time[first + highest(entries)] >= rules.end:
            entries ^= ONE << highest(entries)
        words[person, 0] = entries


@kernel
def lowest(word: np.uint64) -> np.uint64:
    """Return the place of the lowest bit set."""
    return np.uint64(trailing_zeros(word))


@kernel
def highest(word: np.uint64) -> np.uint64:
    """Return the place of the highest bit set."""
    return np.uint64(63) - np.uint64(leading_zeros(word))


@kernel
def reach(firsts: Ints, time: Ints, words: Words, window: int, found: Ints) -> None:
    """Write the furthest step of each journey, the place of the event that reached it, its entry.

    Parameters
    ----------
    firsts : ndarray of shape (journeys,), int64
        The first row of each.
    time : ndarray of shape (rows,), int64
    words : ndarray of shape (journeys or more, steps), uint64
    window : int
    found : ndarray of shape (4, journeys or more), int64
        ``LAST``, ``PLACE`` and ``ENTRY`` are written.
    """
    _first_chains(words[: len(firsts)], found)
    if len(time) > 0:
        late = _late(firsts, time, window, found)
        _search(late, firsts, time, words, window, found)


@kernel
def _first_chains(words: Words, found: Ints) -> None:
    """Write how far the steps go on from the first entry, window or no window."""
    last_step = words.shape[1] - 1
    for person in range(len(words)):
        entries = words[person, 0]
        if entries == NONE:
            found[LAST, person], found[PLACE, person], found[ENTRY, person] = -1, 0, 0
            continue
        place, depth = lowest(entries), 0
        while depth < last_step:
            left = (words[person, depth + 1] >> place) >> ONE
            if left == NONE:
                break
            place += ONE + lowest(left)
            depth += 1
        newest = place
        for step in range(depth - 1, -1, -1):
            newest = highest(words[person, step] & ((ONE << newest) - ONE))
        found[LAST, person], found[PLACE, person], found[ENTRY, person] = depth, place, newest


@kernel
def _late(firsts: Ints, time: Ints, window: int, found: Ints) -> Ints:
    """Return the journeys whose chain took longer than the window."""
    late, count = np.empty(len(firsts), np.int64), 0
    end = np.uint64(len(time) - 1)
    for person in range(len(firsts)):
        first = np.uint64(firsts[person])
        until = time[min(first + np.uint64(found[PLACE, person]), end)]
        since = time[min(first + np.uint64(found[ENTRY, person]), end)]
        late[count] = person
        count += int(until - since > window)
    return late[:count]


@kernel
def _search(late: Ints, firsts: Ints, time: Ints, words: Words, window: int, found: Ints) -> None:
    """Look for chains in time: from later entries, then to a step less."""
    for person in late:
        first, entries = np.uint64(firsts[person]), words[person, 0]
        last, newest = found[LAST, person], np.uint64(found[ENTRY, person])
        begin = place = lowest(entries)
        while True:
            left = (entries >> newest) >> ONE
            start = newest + ONE + lowest(left) if left != NONE else begin
            depth, place = 0, start
            while left != NONE and depth < last:
                ahead = (words[person, depth + 1] >> place) >> ONE
                if ahead == NONE:
                    break
                place += ONE + lowest(ahead)
                depth += 1
            if left == NONE or depth < last:  # no later entry gets there: a step less
                last -= 1
                place = begin
                for step in range(1, last + 1):
                    place += ONE + lowest((words[person, step] >> place) >> ONE)
            newest = place
            for step in range(last - 1, -1, -1):
                newest = highest(words[person, step] & ((ONE << newest) - ONE))
            if last == 0 or time[first + place] - time[first + newest] <= window:
                break
        found[LAST, person], found[PLACE, person], found[ENTRY, person] = last, place, newest


@kernel
def is_ripe(
    at: int, first: np.uint64, place: np.uint64, entries: np.uint64, time: Ints, rules: PlainRules
) -> bool:
    """Return whether an entry up to a place is mature and not too old for it."""
    left = entries & (((ONE << place) - ONE) | (ONE << place))
    while left != NONE and time[first + highest(left)] > rules.mature_until:
        left ^= ONE << highest(left)
    return left != NONE and bool(time[first + highest(left)] >= at - rules.window)
