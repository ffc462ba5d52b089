"""The plain funnel over rare steps: only the rows of posting lists are looked at.

First the people with an entry are found, by leaps through the offsets. Most of them have no second
step after it, which the next posting of that step tells without looking at the journey; of these
only the time of the entry is read. The few who are left are walked row by row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.plain.runs import Runs, first_from
from sojourn.kernels.funnel.plain.words import NEVER, has_range
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.kernels.funnel.plain.rules import People, PlainRules
    from sojourn.kernels.funnel.plain.runs import Rows

    Ints: TypeAlias = NDArray[np.int64]

_LEAP = np.uint64(16)
"""People passed at once: two near lines of memory, which are fetched ahead."""


@kernel
def count_rare(people: People, runs: Runs, rules: PlainRules) -> Ints:
    """Return how many people got how far, looking only at the rows of posting lists.

    Parameters
    ----------
    people : People
        All rows of a bucket.
    runs : Runs
    rules : PlainRules

    Returns
    -------
    ndarray of shape (2, steps + 1), int64
        People by the furthest step reached: all, and those whose counted entry is mature.
        Column 0 is empty.
    """
    entries = runs.rows[runs.begin[0] : runs.until[0]]
    if has_range(rules):
        entries = _inside(entries, people.time, rules.start, rules.end)
    counts = np.zeros((2, rules.steps + 1), np.int64)
    first, stop = _enter(entries, people.offsets, people.skip)
    if rules.steps > 1:
        seconds = runs.rows[runs.begin[1] : runs.until[1]]
        further = _that_go_on(first, stop, seconds)
        _walk((first[further], stop[further]), entries, people.time, runs, rules, counts)
        first = first[~further]
    _count_first(first, people.time, rules.mature_until, counts)
    return counts


@kernel
def _inside(entries: Rows, time: Ints, start: int, end: int) -> Rows:
    found = np.empty(len(entries), np.uint32)
    count = 0
    for row in entries:
        found[count] = row
        count += int(start <= time[row] < end)
    return found[:count]


@kernel
def _enter(entries: Rows, offsets: Ints, skip: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Return each person's first entry and the end of their rows."""
    first, stop = np.empty(len(entries), np.int64), np.empty(len(entries), np.int64)
    count, end, person = 0, np.int64(0), np.uint64(0)
    last, one = np.uint64(len(offsets) - 1), np.uint64(1)
    for entry in entries:
        row = np.int64(entry)
        if row < end:
            continue
        leap = _LEAP
        while person + leap < last and offsets[person + leap] <= row:
            person += leap
            leap += leap >> np.uint64(2)
        while leap > one:
            leap = (leap + one) >> one
            ahead = min(person + leap, last)
            # both ways are computed, since which one it is cannot be foreseen
            person = ahead if offsets[ahead] <= row else person
        end = offsets[person + one]
        first[count], stop[count] = row, end
        count += int(len(skip) == 0 or skip[person] == 0)
    return first[:count], stop[:count]


@kernel
def _that_go_on(first: Ints, stop: Ints, seconds: Rows) -> NDArray[np.bool_]:
    """Return which people have a second step after their first entry."""
    found = np.zeros(len(first), np.bool_)
    at = 0
    for person in range(len(first)):
        at = first_from(seconds, at, len(seconds), first[person] + 1)
        found[person] = at < len(seconds) and seconds[at] < stop[person]
    return found


@kernel
def _count_first(first: Ints, time: Ints, mature_until: int, counts: Ints) -> None:
    """Count people who got no further than the first step, which counts from the first entry."""
    mature = 0
    for row in first:
        mature += int(time[np.uint64(row)] <= mature_until)
    counts[0, 1] += len(first)
    counts[1, 1] += mature


@kernel
def _walk(
    spans: tuple[Ints, Ints], entries: Rows, time: Ints, runs: Runs, rules: PlainRules, counts: Ints
) -> None:
    """Count people by a walk over their rows that fill a step.

    ``newest`` holds the latest entry from which each step can be reached, window or no window: it
    leaves the window open longest, so a row reaches a step if the entry for it is recent enough.
    """
    first, stop = spans
    rows, begin, until = runs
    steps, window = rules.steps, rules.window
    newest = np.empty(steps, np.int64)
    at, ends = begin.copy(), until.copy()
    at[0], ends[0] = 0, len(entries)
    for person in range(len(first)):
        at[0] = first_from(entries, at[0], ends[0], first[person])
        for step in range(1, steps):
            at[step] = first_from(rows, at[step], ends[step], first[person])
        newest[:] = NEVER
        last, reached, ripe = -1, np.int64(0), np.int64(NEVER)
        row = _next_row(entries, rows, at, ends)
        while last < steps - 1 and row < stop[person]:
            now = time[row]
            for step in range(steps - 1, 0, -1):
                if at[step] < ends[step] and rows[at[step]] == row:
                    at[step] += 1
                    newest[step] = newest[step - 1]
                    if step > last and now - newest[step] <= window:
                        last, reached = step, now
            if at[0] < ends[0] and entries[at[0]] == row:
                at[0] += 1
                newest[0] = now
                ripe = now if now <= rules.mature_until else ripe
                if last < 0:
                    last, reached = 0, now
            row = _next_row(entries, rows, at, ends)
        counts[0, last + 1] += 1
        counts[1, last + 1] += ripe != NEVER and ripe >= reached - window


@kernel
def _next_row(entries: Rows, rows: Rows, at: Ints, ends: Ints) -> int:
    """Return the next row that fills any step."""
    row = int(entries[at[0]]) if at[0] < ends[0] else 2**62
    for step in range(1, len(at)):
        if at[step] < ends[step]:
            row = min(row, int(rows[at[step]]))
    return row
