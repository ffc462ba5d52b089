"""What the stage kernels read and write: tables of int64 with named columns.

Two tables, not records of arrays: every array handed to a function is counted, and where the
function does little the counting costs more than the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEVER = 2**61
"""A deadline or duration that never comes; two of them still fit an int64."""

MOST_BITS = 62
"""Entry rules, ends and keepers of a model together."""

QUIET, ANY_EVENT, KEEPS, ENDS, ENTERS = 0, 1, 2, 3, 4
"""Columns of the first ``Rules.stages`` rows of ``Rules.table``, one a stage: µs without a
qualifying event after which the stage lapses, or ``NEVER``; 1 when every event qualifies; bits of
qualifying events; bits of events that end the stage; bits of the stage's entry rules."""

STAGE, NEED, WITHIN, DISTINCT = 0, 1, 2, 3
"""Columns of the further rows, one an entry rule: the stage (from 0) it enters; how much evidence
it needs; the µs, inclusive, in which it must lie, or ``NEVER``; what it must differ in."""

ANYTHING, DAYS, SESSIONS, EVENTS = 0, 1, 2, 3
"""What evidence must differ in to count separately."""

AT, STATE, ROW = 0, 1, 2
"""Columns of ``Timelines.moves``."""

WATCH, GAP, FIXED, NOW_STATE, USED, CAUSE = 0, 1, 2, 3, 4, 5
"""Columns of the scratch's first row: bits that matter now; the pause that would end a held stage
kept by every event; the instant before which no other held stage can lapse; the state now; moves
written; the last row that changed a stage."""

VALID, KEPT = 0, 1
"""Columns of the scratch's rows of stages: 1 while evidence holds; the last qualifying event."""

FILLED, SEEN, SESSION, FIRST_TIME = 0, 1, 2, 3
"""Columns of the scratch's rows of entry rules: how much was seen (for rules that want it apart:
groups held); the last row looked at and the first row of its session; then as many times as any
rule needs, then as many groups."""


class Rules(NamedTuple):
    """A stage model as arrays. Bit r of a signal is evidence for entry rule r.

    Attributes
    ----------
    table : ndarray of shape (stages + entry rules, 5), int64
    stages : int
    days : ndarray of shape (any,), int64
        Ascending instants at which days begin; empty when no rule counts days.
    session_gap : int
        Rows further apart than this (µs) lie in different sessions.
    as_of : int
        Later rows are not looked at; deadlines are carried out up to it, included.
    """

    table: NDArray[np.int64]
    stages: int
    days: NDArray[np.int64]
    session_gap: int
    as_of: int


class Signals(NamedTuple):
    """What each row says to the rules.

    Attributes
    ----------
    table : ndarray of shape (event names,), int64
        Bits by event code, for conditions that read only the event's name.
    rows : ndarray of shape (rows,), int64
        All bits by row, those of the table included; shape (0,) when the table says everything.
    """

    table: NDArray[np.int64]
    rows: NDArray[np.int64]


class Timelines(NamedTuple):
    """Every move of every person; before the first move a person is not yet seen.

    Attributes
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
        Journey j has moves ``offsets[j]`` to ``offsets[j + 1] - 1``.
    moves : ndarray of shape (moves, 3), int64
        Column ``AT``: instants, strictly ascending within a journey. ``STATE``: the state moved
        to, 1 to ``stages``, or ``stages + 1`` for lapsed. ``ROW``: the row that made the move;
        where time made it, the person's last row before.
    """

    offsets: NDArray[np.int64]
    moves: NDArray[np.int64]
