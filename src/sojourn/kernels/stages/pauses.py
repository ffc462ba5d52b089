"""Stage timelines where nothing but a pause ends a stage: only rows that can matter are looked at.

Each row has a byte: a bit for each stage its event enters, and one for a long pause before it.
Eight bytes are one word, so that rows which say nothing new are passed over eight at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import inlined, kernel, trailing_zeros
from sojourn.kernels.stages.rules import AT, NEVER, ROW, STATE, Timelines

if TYPE_CHECKING:
    from sojourn.base.arrays import Codes
    from sojourn.kernels.stages.plain import PlainRules

Table: TypeAlias = NDArray[np.int64]
Marks: TypeAlias = NDArray[np.uint8]

MOST_STAGES = 7
"""With the pause they fill a byte."""

_PAUSE = 1 << MOST_STAGES
_EVERY = np.uint64(0x0101010101010101)
_FULL = np.uint64(0xFFFFFFFFFFFFFFFF)
_NONE, _LOW, _THREE = np.uint64(0), np.uint64(7), np.uint64(3)

_LEAST, _REST, _HIGHEST = 0, 1, 2
"""Columns of what follows from the stages held: the shortest pause that ends one; those held after
it; the state."""


@kernel
def pause_timelines(
    offsets: Table, time: Table, event: Codes, skip: Marks, rules: PlainRules
) -> Timelines:
    """Return every person's moves between states, as the general kernel does.

    Parameters
    ----------
    offsets, time, event, skip : ndarray of shape (people + 1,), (rows,), (rows,), (people,)
        Journeys.
    rules : PlainRules
        At most ``MOST_STAGES`` stages; every event keeps those that lapse, and none ends any.
    """
    stages, as_of = len(rules.quiet), rules.as_of
    marks, tables = _marks(time, event, rules), (rules.signals, _sets(rules.quiet))
    ends = np.zeros(len(offsets), np.int64)
    moves = np.empty((len(time) // 4 + 64, 3), np.int64)
    used = 0
    for journey in range(len(offsets) - 1):
        row, end = offsets[journey], offsets[journey + 1]
        ends[journey] = used
        if row == end or (len(skip) > 0 and skip[journey] > 0) or time[row] > as_of:
            continue
        if time[end - 1] > as_of:
            end = row + np.searchsorted(time[row:end], as_of, side="right")
        most = used + (end - row) * (stages + 1)
        if most > len(moves):
            longer = np.empty((max(most, 2 * len(moves)), 3), np.int64)
            longer[:used] = moves[:used]
            moves = longer
        used = _follow((row, end, used, as_of), time, event, tables, marks, moves)
    ends[-1] = used
    return Timelines(ends, moves[:used])


@kernel
def _marks(time: Table, event: Codes, rules: PlainRules) -> NDArray[np.uint64]:
    """Return what each row says, eight rows a word."""
    marks = np.zeros(len(event) // 8 * 8 + 8, np.uint8)
    names = (rules.signals & (_PAUSE - 1)).astype(np.uint8)
    shortest = np.int64(NEVER)
    for quiet in rules.quiet:
        shortest = min(shortest, quiet)
    for row in range(len(event)):
        marks[row] = names[event[row]]
    for row in range(1, len(event)):
        marks[row] |= np.uint8((time[row] - time[row - 1] > shortest) << MOST_STAGES)
    return marks.view(np.uint64)


@kernel
def _sets(quiet: Table) -> Table:
    """Return what follows from each set of stages held; shape (sets, 3)."""
    sets = np.empty((1 << len(quiet), 3), np.int64)
    for held in range(len(sets)):
        least, rest, highest = np.int64(NEVER), 0, len(quiet) + 1
        for stage in range(len(quiet)):
            if (held >> stage) & 1:
                least, highest = min(least, quiet[stage]), stage + 1
        for stage in range(len(quiet)):
            if (held >> stage) & 1 and quiet[stage] > least:
                rest |= 1 << stage
        sets[held, _LEAST], sets[held, _REST], sets[held, _HIGHEST] = least, rest, highest
    return sets


@inlined
def _follow(
    person: tuple[int, int, int, int],
    time: Table,
    event: Codes,
    tables: tuple[Table, Table],
    marks: NDArray[np.uint64],
    moves: Table,
) -> int:
    """Write the moves of one person; return how many moves there are.

    ``person``: the first row and the one after the last, moves so far, as-of. ``tables``: what
    events say, and what follows from sets of stages.
    """
    signals, sets = tables
    row, end, used, as_of = person
    first, held = row, 0
    while True:
        row = _next(row, end, held, marks)
        if row >= end:
            break
        now = time[row]
        if row > first:
            held, used = _lapse((held, used), (time[row - 1], now), row - 1, sets, moves)
        before, cause = held, row
        while row < end and time[row] == now:
            enters = signals[event[row]] & (_PAUSE - 1) & ~held
            cause = row if enters else cause
            held |= enters
            row += 1
        state = sets[held, _HIGHEST]
        if held != before and (before == 0 or state != sets[before, _HIGHEST]):
            moves[used, AT], moves[used, STATE], moves[used, ROW] = now, state, cause
            used += 1
    _, used = _lapse((held, used), (time[end - 1], as_of + 1), end - 1, sets, moves)
    return used


@inlined
def _next(row: int, end: int, held: int, marks: NDArray[np.uint64]) -> int:
    """Return the next row that enters a stage not held or, where one is, comes after a pause."""
    watched = np.uint64((~held & (_PAUSE - 1)) | (_PAUSE if held else 0)) * _EVERY
    at = np.uint64(row)
    if row >= end:
        return end
    word = at >> _THREE
    hits = marks[word] & watched & (_FULL << ((at & _LOW) << _THREE))
    while hits == _NONE and np.int64(word << _THREE) + 8 < end:
        word += np.uint64(1)
        hits = marks[word] & watched
    if hits == _NONE:
        return end
    return int(np.int64((word << _THREE) + (np.uint64(trailing_zeros(hits)) >> _THREE)))


@inlined
def _lapse(
    state: tuple[int, int], pause: tuple[int, int], row: int, sets: Table, moves: Table
) -> tuple[int, int]:
    """Carry out the lapses within a pause; return what is held, and how many moves there are."""
    (held, used), (since, until) = state, pause
    while sets[held, _LEAST] < until - since:
        rest = sets[held, _REST]
        if sets[rest, _HIGHEST] != sets[held, _HIGHEST]:
            moves[used, AT] = since + sets[held, _LEAST]
            moves[used, STATE], moves[used, ROW] = sets[rest, _HIGHEST], row
            used += 1
        held = rest
    return held, used


__all__ = ["MOST_STAGES", "pause_timelines"]
