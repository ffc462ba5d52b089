"""The attempts of a plain funnel with their events, and which of them keep to further limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.chain import INNER, LONGEST, SHORTEST, SPOILS
from sojourn.kernels.funnel.plain.bits import step_bits
from sojourn.kernels.funnel.plain.rules import FIRST
from sojourn.kernels.funnel.plain.words import (
    CHUNK,
    LAST,
    ONE,
    PLACE,
    has_range,
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
    Marks: TypeAlias = NDArray[np.uint8]
    Words: TypeAlias = NDArray[np.uint64]


@kernel
def plain_attempts(
    people: People, event: Codes, table: Marks, rules: PlainRules, policy: int
) -> tuple[Ints, Ints, Ints]:
    """Return one attempt of every journey that has an entry.

    Parameters
    ----------
    people : People
        Journeys of more rows than a word holds are left out.
    event : ndarray of shape (rows,), unsigned
    table : ndarray of shape (event names,), uint8
        A bit for each step that an event fills.
    rules : PlainRules
    policy : int
        ``BEST`` or ``FIRST``.

    Returns
    -------
    journey, last : ndarray of shape (attempts,), int64
        The journey, ascending, and the furthest step, from 0.
    rows : ndarray of shape (attempts, steps), int64
        The row of each step up to the last; -1 elsewhere.
    """
    offsets, time, skip = people
    bits = step_bits(event, table, rules.steps)
    journey = np.empty(len(offsets) - 1, np.int64)
    last = np.empty(len(offsets) - 1, np.int64)
    rows = np.full((len(offsets) - 1, rules.steps), -1, np.int64)
    words = np.zeros((CHUNK, rules.steps), np.uint64)
    found = np.zeros((4, CHUNK), np.int64)
    count = 0
    for begin in range(0, len(offsets) - 1, CHUNK):
        some = offsets[begin : begin + CHUNK + 1]
        firsts = some[:-1]
        take_out(some, skip[begin : begin + CHUNK], bits, words)
        if has_range(rules):
            keep_entries(firsts, time, words, rules)
        if policy == FIRST:
            words[:, 0] &= ~words[:, 0] + ONE
        reach(firsts, time, words, rules.window, found)
        made = _retrace(firsts, time, words, rules.window, found, rows[count:])
        _note(begin, found[:, : len(firsts)], journey[count:], last[count:])
        count += made
    return journey[:count].copy(), last[:count].copy(), rows[:count].copy()


@kernel
def _note(begin: int, found: Ints, journey: Ints, last: Ints) -> None:
    count = 0
    for person in range(found.shape[1]):
        if found[LAST, person] >= 0:
            journey[count], last[count] = begin + person, found[LAST, person]
            count += 1


@kernel
def _retrace(firsts: Ints, time: Ints, words: Words, window: int, found: Ints, rows: Ints) -> int:
    """Write the earliest events from the first entry not too old for the step reached."""
    made = 0
    for person in range(len(firsts)):
        last, first = found[LAST, person], np.uint64(firsts[person])
        if last < 0:
            continue
        entries = words[person, 0]
        if last > 0:
            opened = time[first + np.uint64(found[PLACE, person])] - window
            while time[first + lowest(entries)] < opened:
                entries &= entries - ONE
        place = lowest(entries)
        rows[made, 0] = first + place
        for step in range(1, last + 1):
            place += ONE + lowest((words[person, step] >> place) >> ONE)
            rows[made, step] = first + place
        made += 1
    return made


@kernel
def that_break_limits(
    last: Ints, rows: Ints, time: Ints, event: Codes, table: NDArray[np.uint32], steps: Ints
) -> NDArray[np.bool_]:
    """Return which attempts have a gap that is too long or short, or an excluded event between.

    Parameters
    ----------
    last : ndarray of shape (attempts,), int64
    rows : ndarray of shape (attempts, steps), int64
    time : ndarray of shape (rows,), int64
    event : ndarray of shape (rows,), unsigned
    table : ndarray of shape (event names,), uint32
        A bit for each step and exclusion that an event meets.
    steps : ndarray of shape (steps, STEP_COLUMNS), int64

    Returns
    -------
    ndarray of shape (attempts,), bool
    """
    broken = np.zeros(len(last), np.bool_)
    for attempt in range(len(last)):
        bad = False
        for step in range(1, last[attempt] + 1):
            since, row = rows[attempt, step - 1], rows[attempt, step]
            gap = time[row] - time[since]
            bad |= gap < steps[step, SHORTEST] or gap > steps[step, LONGEST]
            if steps[step, SPOILS] != 0:
                bad |= table[event[since]] & steps[step, INNER] != 0
                for between in range(since + 1, row):
                    bad |= table[event[between]] & steps[step, SPOILS] != 0
        broken[attempt] = bad
    return broken


@kernel
def with_ties(offsets: Ints, time: Ints) -> NDArray[np.bool_]:
    """Return which journeys have two rows of the same time.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
    """
    found = np.zeros(len(offsets) - 1, np.bool_)
    for journey in range(len(offsets) - 1):
        tied = False
        for row in range(offsets[journey] + 1, offsets[journey + 1]):
            tied |= time[row] == time[row - 1]
        found[journey] = tied
    return found
