"""The steps of a map in people's lives: who came, when, went on, came back, and stopped there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import kernel
from sojourn.kernels.stages.rules import AT, STATE

if TYPE_CHECKING:
    from sojourn.base.arrays import Codes

Table: TypeAlias = NDArray[np.int64]

OWNER, STEP, FIRST_ROW, WENT_ON, NEXT_AT, RETURNS = 0, 1, 2, 3, 4, 5
"""Columns of ``visits``: the journey; the step; the first row there; the instant at which the
person reached a later step or stage, or -1; the instant of the next row at another step, or -1;
how often the person came back after another step."""


class Steps(NamedTuple):
    """Steps of a map as arrays.

    Attributes
    ----------
    group : ndarray of shape (event names,), int64
        The group of each event, or -1. Events of one group belong to the same steps.
    rungs : ndarray of shape (groups, most rungs), int64
        The step of a person's first, second … act, or -1; the last entry holds for all further
        acts. Rows that follow within the pause are the same act.
    counter : ndarray of shape (groups,), int64
        Groups of one counter count acts together.
    stage : ndarray of shape (steps,), int64
        The state (from 1) each step lies in; steps are numbered in the map's order.
    stages : int
        Number of stages; a higher state is lapsed.
    pause : int
        Time between two rows of a group that makes the second an act of its own.
    start, end : int
        Only rows in this half-open range are looked at.
    """

    group: Table
    rungs: Table
    counter: Table
    stage: Table
    stages: int
    pause: int
    start: int
    end: int


class Walked(NamedTuple):
    """What people did at the steps.

    Attributes
    ----------
    visits : ndarray of shape (visits, 6), int64
        One row for each person and step the person was at.
    step_at : ndarray of shape (rows,), int64
        The step of each row, or -1.
    """

    visits: Table
    step_at: Table


@kernel
def walked(
    offsets: Table, time: Table, event: Codes, skip: NDArray[np.uint8], steps: Steps,
    lines: tuple[Table, Table],
) -> Walked:  # fmt: skip
    """Return who was at which step, and what came of it.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
    event : ndarray of shape (rows,), unsigned
    skip : ndarray of shape (journeys,) or (0,), uint8
    steps : Steps
    lines : tuple of ndarray
        Offsets and moves of the stage timelines of the same journeys.
    """
    count = len(steps.stage)
    step_at = np.full(len(time), -1, np.int64)
    acts = np.zeros((len(steps.rungs), 2), np.int64)
    mine = np.empty((count, 6), np.int64)
    visits = np.empty((1024, 6), np.int64)
    used = 0
    for journey in range(len(offsets) - 1):
        if len(skip) and skip[journey]:
            continue
        mine[:, FIRST_ROW] = -1
        acts[:] = 0
        span = (offsets[journey], offsets[journey + 1])
        line = lines[1][lines[0][journey] : lines[0][journey + 1]]
        _walk(span, (time, event), steps, line, (mine, acts), step_at)
        if used + count > len(visits):
            longer = np.empty((2 * len(visits) + count, 6), np.int64)
            longer[:used] = visits[:used]
            visits = longer
        for step in range(count):
            if mine[step, FIRST_ROW] >= 0:
                visits[used] = mine[step]
                visits[used, OWNER] = journey
                used += 1
    return Walked(visits[:used].copy(), step_at)


@kernel
def _walk(
    span: tuple[int, int],
    columns: tuple[Table, Codes],
    steps: Steps,
    line: Table,
    scratch: tuple[Table, Table],
    step_at: Table,
) -> None:
    """Note where one person was, and which moves between stages came when."""
    (time, event), (mine, acts) = columns, scratch
    move, here = 0, -1
    for row in range(span[0], span[1]):
        at = time[row]
        if at >= steps.end:
            break
        while move < len(line) and line[move, AT] <= at:
            _entered(mine, steps.stage, line[move], steps.stages)
            move += 1
        which = steps.group[event[row]]
        if which < 0:
            continue
        step = _rung(acts[steps.counter[which]], steps.rungs[which], at, steps.pause)
        if at >= steps.start and step >= 0:
            step_at[row] = step
            if step != here:
                _arrived(mine, step, here, row, at)
                here = step
    for later in range(move, len(line)):
        _entered(mine, steps.stage, line[later], steps.stages)


@kernel
def _rung(acts: Table, rungs: Table, at: int, pause: int) -> int:
    """Return the step of an act: how many there were decides."""
    if acts[0] == 0 or at - acts[1] > pause:
        acts[0] += 1
    acts[1] = at
    return int(rungs[min(acts[0], len(rungs)) - 1])


@kernel
def _entered(mine: Table, stage: Table, move: Table, stages: int) -> None:
    """Entering a stage counts as going on for every step that lies in an earlier one."""
    if move[STATE] > stages:
        return
    for step in range(len(stage)):
        if mine[step, FIRST_ROW] >= 0 and mine[step, WENT_ON] < 0 and stage[step] < move[STATE]:
            mine[step, WENT_ON] = move[AT]


@kernel
def _arrived(mine: Table, step: int, here: int, row: int, at: int) -> None:
    if here >= 0 and mine[here, NEXT_AT] < 0:
        mine[here, NEXT_AT] = at
    for earlier in range(step):
        if mine[earlier, FIRST_ROW] >= 0 and mine[earlier, WENT_ON] < 0:
            mine[earlier, WENT_ON] = at
    if mine[step, FIRST_ROW] < 0:
        mine[step, STEP] = step
        mine[step, FIRST_ROW] = row
        mine[step, WENT_ON] = -1
        mine[step, NEXT_AT] = -1
        mine[step, RETURNS] = 0
    else:
        mine[step, RETURNS] += 1


@kernel
def states_of_events(
    offsets: Table, time: Table, event: Codes, skip: NDArray[np.uint8], place: Table,
    lines: tuple[Table, Table, Table],
) -> Table:  # fmt: skip
    """Return in which state people are just after their first event of each kind.

    Parameters
    ----------
    offsets, time, event, skip : ndarray of shape (people + 1,), (rows,), (rows,), (people,)
        Journeys.
    place : ndarray of shape (event names,), int64
        The place of each event among those looked at, or -1.
    lines : tuple of ndarray
        Offsets and moves of the timelines, and ``(states, start, end)``: how many states there
        are, and the half-open range in which events are looked at.

    Returns
    -------
    ndarray of shape (places, states), int64
        People.
    """
    line_offsets, moves, bounds = lines
    states, start, end = bounds[0], bounds[1], bounds[2]
    places = 0
    for each in place:
        places = max(places, each + 1)
    counts, seen = np.zeros((places, states), np.int64), np.full(places, -1, np.int64)
    for journey in range(len(offsets) - 1):
        if len(skip) and skip[journey]:
            continue
        move, last_move, state = line_offsets[journey], line_offsets[journey + 1], 0
        for row in range(offsets[journey], offsets[journey + 1]):
            if time[row] >= end:
                break
            while move < last_move and moves[move, AT] <= time[row]:
                state = moves[move, STATE]
                move += 1
            at = place[event[row]]
            if at >= 0 and seen[at] != journey and time[row] >= start:
                seen[at] = journey
                counts[at, state] += 1
    return counts
