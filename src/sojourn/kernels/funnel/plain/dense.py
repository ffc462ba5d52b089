"""The plain funnel over every row, counted: journeys as words, many at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.plain.bits import step_bits
from sojourn.kernels.funnel.plain.long import count_long_ones
from sojourn.kernels.funnel.plain.rules import ALL, BEST, FIRST
from sojourn.kernels.funnel.plain.words import (
    CHUNK,
    LAST,
    NONE,
    ONE,
    PLACE,
    has_range,
    is_ripe,
    keep_entries,
    lowest,
    reach,
    take_out,
)
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.kernels.funnel.plain.rules import People, PlainRules

    Ints: TypeAlias = NDArray[np.int64]
    Words: TypeAlias = NDArray[np.uint64]

_AT = 3
"""Row of what is found of a journey: when its furthest step was reached."""


@kernel
def count_dense(
    people: People, event: Codes, table: NDArray[np.uint8], rules: PlainRules, policy: int
) -> Ints:
    """Return how many people, or attempts, got how far.

    Parameters
    ----------
    people : People
    event : ndarray of shape (rows,), unsigned
    table : ndarray of shape (event names,), uint8
        A bit for each step that an event fills.
    rules : PlainRules
    policy : int
        ``BEST``, ``FIRST`` or ``ALL``; journeys of more rows than a word holds are counted with
        ``BEST`` only.

    Returns
    -------
    ndarray of shape (2, steps + 1), int64
        People by the furthest step reached: all, and those whose counted entry is mature.
        Column 0 is empty.
    """
    offsets, time, skip = people
    bits = step_bits(event, table, rules.steps)
    counts = np.zeros((2, rules.steps + 1), np.int64)
    words = np.zeros((CHUNK, rules.steps), np.uint64)
    found = np.zeros((4, CHUNK), np.int64)
    for begin in range(0, len(offsets) - 1, CHUNK):
        some = offsets[begin : begin + CHUNK + 1]
        left_out = skip[begin : begin + CHUNK]
        firsts = some[:-1]
        if take_out(some, left_out, bits, words) > 0 and policy == BEST:
            count_long_ones(some, left_out, time, bits, rules, counts)
        if has_range(rules):
            keep_entries(firsts, time, words, rules)
        if policy == ALL:
            _count_all(firsts, time, words, rules, counts)
            continue
        if policy == FIRST:
            words[:, 0] &= ~words[:, 0] + ONE
        reach(firsts, time, words, rules.window, found)
        _count(firsts, time, words, found, rules, counts)
    return counts


@kernel
def _count(
    firsts: Ints, time: Ints, words: Words, found: Ints, rules: PlainRules, counts: Ints
) -> None:
    """Count people, and those of whom the first entry not too old for what they reached is mature.

    It is if any such entry is, and the newest mature entry is one if any is.
    """
    end = max(np.int64(0), len(time) - 1)
    for person in range(len(firsts)):
        if len(time) > 0:
            found[_AT, person] = time[min(firsts[person] + found[PLACE, person], end)]
    for person in range(len(firsts)):
        last, at = found[LAST, person], found[_AT, person]
        ripe = at <= rules.mature_until
        counts[0, last + 1] += 1
        counts[1, last + 1] += ripe
        if not ripe and last > 0:
            first, place = np.uint64(firsts[person]), np.uint64(found[PLACE, person])
            counts[1, last + 1] += is_ripe(at, first, place, words[person, 0], time, rules)
    counts[:, 0] = 0


@kernel
def _count_all(firsts: Ints, time: Ints, words: Words, rules: PlainRules, counts: Ints) -> None:
    """Count attempts one after another: the next begins after the steps, or after the window."""
    for person in range(len(firsts)):
        first, entries = np.uint64(firsts[person]), words[person, 0]
        while entries != NONE:
            place = lowest(entries)
            entered = time[first + place]
            last = 0
            while last < words.shape[1] - 1:
                left = (words[person, last + 1] >> place) >> ONE
                if left == NONE:
                    break
                ahead = place + ONE + lowest(left)
                if time[first + ahead] - entered > rules.window:
                    break
                place = ahead
                last += 1
            counts[0, last + 1] += 1
            counts[1, last + 1] += entered <= rules.mature_until
            if last == words.shape[1] - 1:
                entries &= (~NONE << place) << ONE
            else:
                entries &= entries - ONE
                while entries != NONE and time[first + lowest(entries)] - entered <= rules.window:
                    entries &= entries - ONE
