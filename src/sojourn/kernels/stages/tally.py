"""Counts over stage timelines: stocks, moves, conversions and where leavers were last."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import kernel
from sojourn.kernels.stages.rules import AT, NEVER, ROW, STATE

if TYPE_CHECKING:
    from sojourn.base.arrays import Codes

Table: TypeAlias = NDArray[np.int64]

START, END, EVER, DIRECT, MATURE, CONVERTED, IMMATURE, WITHIN = 0, 1, 2, 3, 4, 5, 6, 7
"""Columns of ``Tally.stocks``, one row a state (0 not yet seen, then stages, then lapsed)."""


class Tally(NamedTuple):
    """Counts over a range.

    Attributes
    ----------
    stocks : ndarray of shape (stages + 2, 8), int64
        ``WITHIN`` counts each person once who was in the state at any instant of the range.
    moves : ndarray of shape (stages + 2, stages + 2), int64
        Moves inside the range, from row to column.
    last_seen : ndarray of shape (stages, event names), int64
        The last event of those who left a stage for lapsed inside the range.
    ended_at : ndarray of shape (stages, event names), int64
        The last event of those who are in the stage at the end.
    """

    stocks: Table
    moves: Table
    last_seen: Table
    ended_at: Table


@kernel
def tally(
    offsets: Table, moves: Table, event: Codes, last: Table, windows: Table, span: Table
) -> Tally:
    """Return stocks, moves, conversions and last events of a range.

    Parameters
    ----------
    offsets, moves : ndarray
        Timelines; see :class:`sojourn.kernels.stages.rules.Timelines`.
    event : ndarray of shape (rows,), unsigned
    last : ndarray of shape (journeys,), int64
        Each person's last row up to the range's end; -1 for people to leave out.
    windows : ndarray of shape (stages,), int64
        Time in which reaching a later stage counts as conversion.
    span : ndarray of shape (4,), int64
        Start and end of the range (half-open), as-of, and the number of event names.
    """
    start, end, stages = span[0], span[1], len(windows)
    stocks = np.zeros((stages + 2, 8), np.int64)
    counts = np.zeros((stages + 2, stages + 2), np.int64)
    last_seen = np.zeros((stages, span[3]), np.int64)
    ended_at = np.zeros((stages, span[3]), np.int64)
    seen, beyond = np.full(stages + 2, -1, np.int64), np.empty(stages + 2, np.int64)
    within = np.full(stages + 2, -1, np.int64)
    for journey in range(len(offsets) - 1):
        if last[journey] < 0:
            continue
        state, at_start = 0, 0
        for move in range(offsets[journey], offsets[journey + 1]):
            at, to = moves[move, AT], moves[move, STATE]
            if at >= end:
                break
            stocks[to, EVER] += seen[to] != journey
            seen[to] = journey
            if at < start:
                at_start = to
            else:
                counts[state, to] += 1
                stocks[to, WITHIN] += within[to] != journey
                within[to] = journey
                if to == stages + 1:
                    last_seen[state - 1, event[moves[move, ROW]]] += 1
            state = to
        stocks[at_start, START] += 1
        stocks[at_start, WITHIN] += within[at_start] != journey
        stocks[state, END] += 1
        if 0 < state <= stages:
            ended_at[state - 1, event[last[journey]]] += 1
        _conversions(moves[offsets[journey] : offsets[journey + 1]], beyond, windows, span, stocks)
    stocks[2 : stages + 1, DIRECT] = counts[0, 2 : stages + 1]
    return Tally(stocks, counts, last_seen, ended_at)


@kernel
def _conversions(mine: Table, beyond: Table, windows: Table, span: Table, stocks: Table) -> None:
    """Count mature spells begun in the range, and those that reached a later stage in time."""
    beyond[:] = NEVER
    for move in range(len(mine) - 1, -1, -1):
        state, at = mine[move, STATE], mine[move, AT]
        if 0 < state <= len(windows):
            if span[0] <= at < span[1]:
                window = windows[state - 1]
                if window < NEVER and at + window > span[2]:
                    stocks[state, IMMATURE] += 1
                else:
                    stocks[state, MATURE] += 1
                    if beyond[state] < NEVER and beyond[state] - at <= window:
                        stocks[state, CONVERTED] += 1
            beyond[1:state] = at


@kernel
def last_rows(offsets: Table, time: Table, skip: NDArray[np.uint8], end: int) -> Table:
    """Return each person's last row before an instant; -1 for people without one or left out.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
        Ascending within a journey.
    skip : ndarray of shape (journeys,) or (0,), uint8
    end : int

    Returns
    -------
    ndarray of shape (journeys,), int64
    """
    last = np.full(len(offsets) - 1, -1, np.int64)
    for journey in range(len(last)):
        first, after = offsets[journey], offsets[journey + 1]
        if first == after or (len(skip) > 0 and skip[journey] > 0):
            continue
        if time[after - 1] >= end:
            after = first + np.searchsorted(time[first:after], end, side="left")
        if after > first:
            last[journey] = after - 1
    return last


@kernel
def arrivals_in_stages(offsets: Table, moves: Table, stages: int, span: Table) -> Table:
    """Return the spells begun in a range, with the instant their person reached a later stage.

    Returns
    -------
    ndarray of shape (spells, 4), int64
        The instant of arrival; the stage (from 0); the row of the arrival; the instant of the
        next arrival in a later stage, or -1.
    """
    found = np.empty((len(moves), 4), np.int64)
    count = 0
    beyond = np.full(stages + 2, -1, np.int64)
    for journey in range(len(offsets) - 1):
        beyond[:] = -1
        for move in range(offsets[journey + 1] - 1, offsets[journey] - 1, -1):
            state, at = moves[move, STATE], moves[move, AT]
            if state > stages:
                continue
            if span[0] <= at < span[1]:
                found[count, 0] = at
                found[count, 1] = state - 1
                found[count, 2] = moves[move, ROW]
                found[count, 3] = beyond[state]
                count += 1
            for lower in range(1, state):
                beyond[lower] = at
    return found[:count].copy()


@kernel
def states_at(offsets: Table, moves: Table, instant: int) -> NDArray[np.int64]:
    """Return each person's state at an instant, moves of that instant made.

    Returns
    -------
    ndarray of shape (journeys,), int64
    """
    states = np.zeros(len(offsets) - 1, np.int64)
    for journey in range(len(offsets) - 1):
        for move in range(offsets[journey], offsets[journey + 1]):
            if moves[move, AT] > instant:
                break
            states[journey] = moves[move, STATE]
    return states


__all__ = ["Tally", "arrivals_in_stages", "last_rows", "states_at", "tally"]
