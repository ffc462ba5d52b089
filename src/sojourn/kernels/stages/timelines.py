"""The kernel of stage timelines: when each person moves from which state to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import kernel
from sojourn.kernels.stages.person import (
    act,
    bits_apart,
    day_of,
    forget,
    lapse,
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
    table, stages = rules.table, rules.stages
    apart_by = (bits_apart(table, stages, DAYS), bits_apart(table, stages, SESSIONS))
    columns = (time, event, signals.table, signals.rows, rules.days)
    means = (stages, rules.session_gap, rules.as_of, *apart_by)
    mind = scratch(table, stages)
    ends = np.zeros(len(offsets), np.int64)
    moves = np.empty((len(time) // 4 + 64, 3), np.int64)
    for journey in range(len(offsets) - 1):
        row, end = offsets[journey], offsets[journey + 1]
        ends[journey] = mind[0, USED]
        if row == end or (len(skip) > 0 and skip[journey] > 0) or time[row] > rules.as_of:
            continue
        moves = _with_room(moves, mind[0, USED], (end - row) * (stages + 1))
        _follow((row, end), columns, means, table, mind, moves)
    ends[-1] = mind[0, USED]
    return Timelines(ends, moves[: mind[0, USED]].copy())


@kernel
def _follow(
    span: tuple[int, int],
    columns: tuple[Table, Codes, Table, Table, Table],
    means: tuple[int, int, int, int, int],
    rules: Table,
    mind: Table,
    moves: Table,
) -> None:
    """Write the moves of one person, whose rows are ``span``."""
    (row, end), (time, event, names, by_row, days) = span, columns
    stages, gap, as_of, by_day, by_session = means
    forget(rules, mind, stages, row)
    if time[end - 1] > as_of:
        end = row + int(np.searchsorted(time[row:end], as_of, side="right"))
    now = time[row]
    watch, pause, fixed = mind[0, WATCH], mind[0, GAP], mind[0, FIXED]
    while row < end:
        bits = by_row[row] if len(by_row) > 0 else names[event[row]]
        late = time[row] - now > pause or time[row] > fixed
        if late:
            lapse(rules, mind, stages, moves, (now, time[row]), row - 1)
        elif bits & watch == 0:
            now = time[row]
            row += 1
            continue
        now, touched = time[row], False
        while row < end and time[row] == now:
            bits = (by_row[row] if len(by_row) > 0 else names[event[row]]) & mind[0, WATCH]
            over = row + 1 == end or time[row + 1] != now
            if bits or (over and touched):
                touched = True
                day = day_of(days, now) if bits & by_day else 0
                visit = 0
                if bits & by_session:
                    visit = session_of(rules, mind, (stages, gap, row), time)
                groups = (day, visit, np.int64(event[row]))
                act(rules, mind, stages, moves, (bits, now, row, over), groups)
            row += 1
        watch, pause, fixed = mind[0, WATCH], mind[0, GAP], mind[0, FIXED]
    if pause <= as_of - now or fixed <= as_of:
        lapse(rules, mind, stages, moves, (now, as_of + 1), row - 1)


@kernel
def _with_room(moves: Table, used: int, more: int) -> Table:
    """Return the moves with room for more of them."""
    if used + more <= len(moves):
        return moves
    longer = np.empty((max(used + more, 2 * len(moves)), 3), np.int64)
    longer[:used] = moves[:used]
    return longer
