"""The kernel of stage timelines: when each person moves from which state to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import kernel
from sojourn.kernels.stages.person import (
    act,
    apart,
    day_of,
    forget,
    lapse,
    look_ahead,
    scratch,
    session_of,
)
from sojourn.kernels.stages.rules import (
    DAYS,
    FIXED,
    GAP,
    SESSIONS,
    USED,
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
    table, names, by_row, stages = rules.table, signals.table, signals.rows, rules.stages
    days, gap, as_of = rules.days, rules.session_gap, rules.as_of
    by_day, by_session = apart(table, stages, DAYS), apart(table, stages, SESSIONS)
    mind = scratch(table, stages)
    ends = np.zeros(len(offsets), np.int64)
    moves = np.empty((len(time) // 4 + 64, 3), np.int64)
    for journey in range(len(offsets) - 1):
        row, end = offsets[journey], offsets[journey + 1]
        ends[journey] = mind[0, USED]
        if row == end or (len(skip) > 0 and skip[journey] > 0):
            continue
        moves = _with_room(moves, mind[0, USED], (end - row) * (stages + 1))
        forget(table, mind, stages, row)
        look_ahead(table, mind, stages)
        if time[end - 1] > as_of:
            end = row + np.searchsorted(time[row:end], as_of, side="right")
            if row == end:
                continue
        now = time[row]
        watch, pause, fixed = mind[0, WATCH], mind[0, GAP], mind[0, FIXED]
        while row < end:
            instant = time[row]
            bits = by_row[row] if len(by_row) > 0 else names[event[row]]
            late = instant - now > pause or instant > fixed
            if bits & watch == 0 and not late:
                now = instant
                row += 1
                continue
            if late:
                lapse(table, mind, stages, moves, (now, instant), row - 1)
            now, touched = instant, False
            while row < end and time[row] == now:
                bits = by_row[row] if len(by_row) > 0 else names[event[row]]
                bits &= mind[0, WATCH]
                over = row + 1 == end or time[row + 1] != now
                if bits or (over and touched):
                    touched = True
                    day = day_of(days, now) if bits & by_day else 0
                    visit = 0
                    if bits & by_session:
                        visit = session_of(table, mind, stages, time, gap, row)
                    groups = (day, visit, np.int64(event[row]))
                    act(table, mind, stages, moves, (bits, now, row, np.int64(over)), groups)
                row += 1
            watch, pause, fixed = mind[0, WATCH], mind[0, GAP], mind[0, FIXED]
        if pause <= as_of - now or fixed <= as_of:
            lapse(table, mind, stages, moves, (now, as_of + 1), row - 1)
    ends[-1] = mind[0, USED]
    return Timelines(ends, moves[: mind[0, USED]].copy())


@kernel
def _with_room(moves: Table, used: int, more: int) -> Table:
    """Return the moves with room for more of them."""
    if used + more <= len(moves):
        return moves
    longer = np.empty((max(used + more, 2 * len(moves)), 3), np.int64)
    longer[:used] = moves[:used]
    return longer
