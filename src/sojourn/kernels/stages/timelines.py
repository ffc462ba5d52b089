"""The kernel of stage timelines: when each person moves from which state to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import kernel
from sojourn.kernels.stages.person import settle, take, watched
from sojourn.kernels.stages.rules import (
    BOUND,
    CAUSE,
    FILLED,
    FIRST_TIME,
    LAST,
    NEED,
    NEVER,
    NOW_STATE,
    SEEN,
    SESSION,
    USED,
    VALID,
    WATCH,
    Timelines,
)

if TYPE_CHECKING:
    from sojourn.base.arrays import Codes
    from sojourn.kernels.stages.rules import Rules, Signals

Table: TypeAlias = NDArray[np.int64]


@kernel
def timelines(
    offsets: Table,
    time: Table,
    event: Codes,
    skip: NDArray[np.uint8],
    signals: Signals,
    rules: Rules,
) -> Timelines:
    """Return every person's moves between states, up to and including ``rules.as_of``.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
        Ascending within a journey.
    event : ndarray of shape (rows,), unsigned
    skip : ndarray of shape (journeys,), uint8
        1 for people without a timeline; shape (0,) when there are none.
    signals : Signals
    rules : Rules

    Notes
    -----
    At one instant events come first, in order, then deadlines; what they do together is one move.
    An event at the very moment of a deadline therefore still keeps the stage. A stage entered and
    ended within one instant was never held.
    """
    table, extra, stages, entries = signals.table, signals.rows, rules.stages, rules.entries
    days, gap, as_of = rules.days, rules.session_gap, rules.as_of
    held, marks = np.zeros((len(stages), 2), np.int64), np.zeros(6, np.int64)
    evidence = np.zeros((len(entries), FIRST_TIME + 2 * _most(entries)), np.int64)
    ends = np.zeros(len(offsets), np.int64)
    moves = np.empty((len(time) // 4 + 64, 3), np.int64)
    for journey in range(len(offsets) - 1):
        begin, end = offsets[journey], offsets[journey + 1]
        used = marks[USED]
        ends[journey] = used
        if len(skip) and skip[journey]:
            continue
        most = used + (end - begin) * (len(stages) + 1)
        if most > len(moves):
            longer = np.empty((max(most, 2 * len(moves)), 3), np.int64)
            longer[:used] = moves[:used]
            moves = longer
        _forget(stages, held, evidence, marks, begin)
        now, bound, bits_now, changed = -NEVER, NEVER, marks[WATCH], False
        row = begin
        while row < end and time[row] <= as_of:
            instant = time[row]
            if instant != now:
                if changed or instant > bound:
                    marks[LAST] = row - 1
                    settle(stages, entries, (held, evidence, marks), moves, now, instant)
                    bound, bits_now, changed = marks[BOUND], marks[WATCH], False
                now = instant
            bits = table[event[row]]
            if len(extra):
                bits |= extra[row]
            bits &= bits_now
            if bits:
                where = (time, days, gap, row, np.int64(event[row]))
                if take(stages, entries, (held, evidence, marks), where, bits):
                    changed = True
                    bits_now = marks[WATCH]
            row += 1
        if row > begin:
            marks[LAST] = row - 1
            settle(stages, entries, (held, evidence, marks), moves, now, as_of + 1)
    ends[-1] = marks[USED]
    return Timelines(ends, moves[: marks[USED]].copy())


@kernel
def _most(entries: Table) -> int:
    most = 1
    for rule in range(len(entries)):
        most = max(most, entries[rule, NEED])
    return most


@kernel
def _forget(stages: Table, held: Table, evidence: Table, marks: Table, begin: int) -> None:
    """Make the scratch ready for the next person, whose rows start at ``begin``."""
    for stage in range(len(held)):
        held[stage, VALID] = 0
    for rule in range(len(evidence)):
        evidence[rule, FILLED] = 0
        evidence[rule, SEEN] = begin
        evidence[rule, SESSION] = begin
    marks[BOUND] = NEVER
    marks[NOW_STATE] = 0
    marks[CAUSE] = -1
    marks[WATCH] = watched(stages, held)
