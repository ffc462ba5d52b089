"""Stage timelines under plain rules: one event, known by its name, is enough to enter a stage.

What a person holds is then a set of stages, a bit each, and what an event means to them three sets:
stages it enters, keeps, ends. The general way is :mod:`sojourn.kernels.stages.timelines`,
a quicker one where only pauses end stages :mod:`sojourn.kernels.stages.pauses`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import inlined, kernel
from sojourn.kernels.stages.rules import AT, NEVER, ROW, STATE, Timelines

if TYPE_CHECKING:
    from sojourn.base.arrays import Codes

Table: TypeAlias = NDArray[np.int64]

MOST_STAGES = 20
"""Three sets of so many stages fit one signal."""

KEEPS_AT, ENDS_AT = MOST_STAGES, 2 * MOST_STAGES
"""Where in a signal the stages it keeps, and those it ends, begin; those it enters come first."""

_QUIET, _KEPT = 0, 1
"""Rows of the one table of stages: as in the rules; the time of the last event that kept each.

One table, because every array handed on is counted, which costs more than these functions do.
"""

_ALL = (1 << MOST_STAGES) - 1


class PlainRules(NamedTuple):
    """A plain stage model as arrays.

    Attributes
    ----------
    signals : ndarray of shape (event names,), int64
        Stages the event enters, keeps (if not every event does) and ends.
    quiet : ndarray of shape (stages,), int64
        µs without a qualifying event after which a stage lapses, or ``NEVER``.
    by_any : int
        The stages that every event keeps.
    as_of : int
        As in :class:`sojourn.kernels.stages.rules.Rules`.
    """

    signals: Table
    quiet: Table
    by_any: int
    as_of: int


@kernel
def plain_timelines(
    offsets: Table, time: Table, event: Codes, skip: NDArray[np.uint8], rules: PlainRules
) -> Timelines:
    """Return every person's moves between states, as the general kernel does.

    Parameters
    ----------
    offsets, time, event, skip : ndarray of shape (people + 1,), (rows,), (rows,), (people,)
        Journeys.
    rules : PlainRules
    """
    signals, quiet, by_any, as_of = rules
    table = np.zeros((2, len(quiet)), np.int64)
    table[_QUIET] = quiet
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
        most = used + (end - row) * (len(quiet) + 1)
        if most > len(moves):
            longer = np.empty((max(most, 2 * len(moves)), 3), np.int64)
            longer[:used] = moves[:used]
            moves = longer
        used = _follow((row, end, used, by_any, as_of), time, event, signals, table, moves)
    ends[-1] = used
    return Timelines(ends, moves[:used])


@inlined
def _follow(
    person: tuple[int, int, int, int, int],
    time: Table,
    event: Codes,
    signals: Table,
    table: Table,
    moves: Table,
) -> int:
    """Write the moves of one person; return how many moves there are.

    ``person``: the first row and the one after the last, moves so far, stages kept by any event,
    as-of.

    A limit that a kept stage has outlived is looked at again only when it seems to have passed.
    """
    row, end, used, by_any, as_of = person
    held, now, pause, fixed = 0, int(time[row]), NEVER, NEVER
    watch = _watched(held)
    while row < end:
        at = int(time[row])
        if at - now > pause or at > fixed:
            held, used = _lapse((held, by_any, used), table, moves, (now, at, row - 1))
            watch = _watched(held)
            pause, fixed = _limits(held, table, by_any)
        now = at
        if signals[event[row]] & watch == 0:
            row += 1
            continue
        before, cause = held, row
        while row < end and time[row] == now:
            signal = int(signals[event[row]]) & _watched(held)
            enters, keeps = signal & _ALL, (signal >> KEEPS_AT) & _ALL
            left = held & ~(signal >> ENDS_AT)
            cause = row if left != held or enters else cause
            held = left | enters
            _keep(table, (enters | (keeps & left)) & ~by_any, now)
            row += 1
        if fixed <= now:
            gone = _due(held & ~by_any, table, now)
            cause = row - 1 if gone else cause
            held &= ~gone
        if held != before or fixed <= now:
            used = _move(moves, used, (before, held, table.shape[1]), now, cause)
            watch = _watched(held)
            pause, fixed = _limits(held, table, by_any)
    if pause <= as_of - now or fixed <= as_of:
        held, used = _lapse((held, by_any, used), table, moves, (now, as_of + 1, row - 1))
    return used


@inlined
def _watched(held: int) -> int:
    """Return what of a signal matters: entering stages not held, keeping and ending held ones."""
    return (~held & _ALL) | (held << KEEPS_AT) | (held << ENDS_AT)


@inlined
def _keep(table: Table, stages: int, now: int) -> None:
    stage = 0
    while stages >> stage:
        if (stages >> stage) & 1:
            table[_KEPT, stage] = now
        stage += 1


@inlined
def _due(held: int, table: Table, now: int) -> int:
    """Return the held stages whose deadline, counted from an event of their own, has come."""
    due, stage = 0, 0
    while held >> stage:
        if (held >> stage) & 1 and table[_KEPT, stage] + table[_QUIET, stage] <= now:
            due |= 1 << stage
        stage += 1
    return due


@inlined
def _limits(held: int, table: Table, by_any: int) -> tuple[int, int]:
    """Return the pause that ends a stage every event keeps, and the first deadline of others."""
    pause, fixed, stage = NEVER, 2 * NEVER, 0
    while held >> stage:
        if (held >> stage) & 1:
            if (by_any >> stage) & 1:
                pause = min(pause, table[_QUIET, stage])
            else:
                fixed = min(fixed, table[_KEPT, stage] + table[_QUIET, stage])
        stage += 1
    return pause, fixed


@inlined
def _lapse(
    state: tuple[int, int, int], table: Table, moves: Table, limits: tuple[int, int, int]
) -> tuple[int, int]:
    """Carry out the deadlines after the last event and before an instant; return what is held.

    ``state``: stages held, those kept by any event, moves so far (returned too). ``limits``: the
    time of the last event, the instant, the last event's row.
    """
    (held, by_any, used), (now, until, row) = state, limits
    pause, fixed = _limits(held, table, by_any)
    while min(now + pause, fixed) < until:
        deadline = min(now + pause, fixed)
        rest = held & ~_due(held & ~by_any, table, deadline)
        if now + pause <= deadline:
            rest &= ~_short(held & by_any, table, pause)
        used = _move(moves, used, (held, rest, table.shape[1]), deadline, row)
        held = rest
        pause, fixed = _limits(held, table, by_any)
    return held, used


@inlined
def _short(held: int, table: Table, pause: int) -> int:
    """Return the stages that such a pause ends."""
    ended, stage = 0, 0
    while held >> stage:
        if (held >> stage) & 1 and table[_QUIET, stage] <= pause:
            ended |= 1 << stage
        stage += 1
    return ended


@inlined
def _move(moves: Table, used: int, change: tuple[int, int, int], instant: int, row: int) -> int:
    """Write a move when the highest stage held is another; return how many moves there are."""
    before, held, stages = change
    state = _highest(held)
    if state != _highest(before):
        moves[used, AT] = instant
        moves[used, STATE] = state if held else stages + 1
        moves[used, ROW] = row
        used += 1
    return used


@inlined
def _highest(held: int) -> int:
    state = 0
    while held >> state:
        state += 1
    return state
