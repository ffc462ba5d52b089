"""The plain funnel over rare steps: only the rows of posting lists are looked at.

A person's state is one 64-bit word of lanes. Lane k holds the latest entry from which step k can be
reached, as its place in the journey, window or no window. A row that fills step k copies lane k - 1
into lane k. The newest entry leaves the window open longest, so this is enough to know, at each row
that fills a step, whether it reaches that step: if the entry in its lane lies inside the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.runs import BLOCK, Runs, fill_from_runs
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.kernels.funnel.plain import People, PlainRules
    from sojourn.kernels.funnel.runs import Marks, Rows

    Ints: TypeAlias = NDArray[np.int64]
    Words: TypeAlias = NDArray[np.uint64]

_PERSON, _BEFORE, _END, _ASIDE, _LANES, _REACHED, _FURTHEST, _RIPE, _LONGEST = range(9)
"""The person in hand; the row before their first, the end of their rows, the end of rows to leave
out; lanes; a bit for each step reached; the row that reached the furthest; the newest mature entry
and one; the longest journey met."""


def longest_rare_journey(steps: int) -> int:
    """Return how many rows a journey may have for its places to fit the lanes."""
    return (1 << 64 // max(4, steps)) - 1


@kernel
def count_rare(people: People, runs: Runs, rules: PlainRules) -> Ints:
    """Return how many people got how far, looking only at the rows of posting lists.

    Parameters
    ----------
    people : People
        All rows of a bucket.
    runs : Runs
        At least one list.
    rules : PlainRules

    Returns
    -------
    ndarray of shape (2, steps + 1), int64
        People by the furthest step reached: all, and those whose counted entry is mature. The
        first column holds the longest journey met: the rest means nothing if it is longer than
        :func:`longest_rare_journey`.
    """
    counts = np.zeros((2, 2 << rules.steps), np.int64)
    state = np.zeros(9, np.uint64)
    rows, steps = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint8)
    at = runs.begin.copy()
    filled = fill_from_runs(runs, at, rows, steps)
    while filled > 0:
        _consume(rows[:filled], steps, people, rules, state, counts)
        filled = fill_from_runs(runs, at, rows, steps)
    return _by_step(people, rules, state, counts)


@kernel
def _consume(
    rows: Rows, steps: Marks, people: People, rules: PlainRules, state: Words, counts: Ints
) -> None:
    """Go through rows that fill a step, in order, and count the people they complete."""
    offsets, time, skip = people
    count, window, start, end_of_entries, mature_until = rules
    before, end, aside = state[_BEFORE], state[_END], state[_ASIDE]
    lanes, reached = state[_LANES], state[_REACHED]
    furthest, ripe = state[_FURTHEST], state[_RIPE]
    one, none = np.uint64(1), np.uint64(0)
    width = np.uint64(64 // max(4, count))
    lane = (one << width) - one
    for i in range(len(rows)):
        row = rows[i]
        if row >= end:
            counts[0, reached] += 1
            counts[1, reached] += ripe != none and time[ripe - one] >= time[furthest] - window
            _turn_to(row, offsets, skip, state)
            before, end, aside = state[_BEFORE], state[_END], state[_ASIDE]
            lanes, reached, furthest, ripe = none, none, none, none
        instant, step = time[row], np.uint64(steps[i])
        entering = step == one
        outside = (instant < start) | (instant >= end_of_entries)
        if (row < aside) | (entering & outside):  # one branch, seldom taken
            continue
        shift = (step - one) * width
        mine = lane << shift
        moved = (lanes << width) | (row - before)
        lanes = (lanes & ~mine) | (moved & mine)
        origin = (moved >> shift) & lane
        some = origin != none
        entry = before + origin if some else row
        now = reached | (np.uint64(some & (instant - time[entry] <= window)) << step)
        furthest = row if now > reached else furthest
        reached = now
        ripe = row + one if entering & (instant <= mature_until) else ripe
    state[_LANES], state[_REACHED] = lanes, reached
    state[_FURTHEST], state[_RIPE] = furthest, ripe


@kernel
def _turn_to(row: np.uint64, offsets: Ints, skip: Marks, state: Words) -> None:
    """Turn to the person a row belongs to: ahead in leaps, then back in halves."""
    wanted, last = np.int64(row), len(offsets) - 1
    person = np.int64(state[_PERSON])
    leap = 1
    while person + leap < last and offsets[person + leap] <= wanted:
        person += leap
        leap *= 2
    while leap > 1:
        leap //= 2
        if person + leap < last and offsets[person + leap] <= wanted:
            person += leap
    state[_PERSON], state[_END] = np.uint64(person), np.uint64(offsets[person + 1])
    state[_BEFORE] = np.uint64(offsets[person]) - np.uint64(1)
    left_out = len(skip) > 0 and skip[person] != 0
    state[_ASIDE] = state[_END] if left_out else np.uint64(0)
    state[_LONGEST] = max(state[_LONGEST], state[_END] - state[_BEFORE] - np.uint64(1))


@kernel
def _by_step(people: People, rules: PlainRules, state: Words, counts: Ints) -> Ints:
    """Count the last person, and turn bits of steps reached into the furthest step."""
    reached, furthest, ripe = state[_REACHED], state[_FURTHEST], state[_RIPE]
    by_step = np.zeros((2, rules.steps + 1), np.int64)
    if reached != 0:
        time = people.time
        counts[0, reached] += 1
        since = time[furthest] - rules.window
        counts[1, reached] += ripe != 0 and time[ripe - np.uint64(1)] >= since
    for step in range(1, rules.steps + 1):
        by_step[:, step] = counts[:, (2 << step) - 2]
    by_step[:, 0] = np.int64(state[_LONGEST])
    return by_step
