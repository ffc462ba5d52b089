"""One person's bookkeeping while the stage kernel follows them.

``stages``, ``entries``, ``held``, ``evidence`` and ``marks`` are the tables of
:mod:`sojourn.kernels.stages.rules`; the last three, the scratch, travel together as ``mind``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import kernel
from sojourn.kernels.stages.rules import (
    ANY_EVENT,
    ANYTHING,
    AT,
    BOUND,
    CAUSE,
    DAYS,
    DISTINCT,
    ENDS,
    ENTERS,
    FILLED,
    FIRST_TIME,
    KEEPS,
    KEPT,
    LAST,
    NEED,
    NEVER,
    NOW_STATE,
    QUIET,
    ROW,
    SEEN,
    SESSION,
    SESSIONS,
    STAGE,
    STATE,
    USED,
    VALID,
    WATCH,
    WITHIN,
)

if TYPE_CHECKING:
    Table: TypeAlias = NDArray[np.int64]
    Mind: TypeAlias = tuple[Table, Table, Table]
    Where: TypeAlias = tuple[Table, Table, int, int, int]


@kernel
def watched(stages: Table, held: Table) -> int:
    """Return the bits that can change something: entries of stages not held, ends of those held."""
    bits = np.int64(0)
    for stage in range(len(held)):
        if held[stage, VALID]:
            bits |= stages[stage, ENDS] | stages[stage, KEEPS]
        else:
            bits |= stages[stage, ENTERS]
    return bits


@kernel
def take(stages: Table, entries: Table, mind: Mind, where: Where, hit: int) -> bool:
    """Return whether a row changed which stages hold.

    Parameters
    ----------
    stages, entries : ndarray
    mind : tuple of ndarray
        ``held``, ``evidence`` and ``marks``, changed in place.
    where : tuple
        Times of all rows, beginnings of days, session gap, the row and its event.
    hit : int
        The row's bits among those watched. An event that ends a stage is no evidence for it.
    """
    held, evidence, marks = mind
    time, row = where[0], where[3]
    changed = False
    for stage in range(len(held)):
        if held[stage, VALID]:
            if stages[stage, ENDS] & hit:
                _drop(entries, held, evidence, stage)
                changed = True
            elif stages[stage, KEEPS] & hit:
                held[stage, KEPT] = time[row]
        elif stages[stage, ENTERS] & hit:
            if _enters(entries, evidence, where, hit & stages[stage, ENTERS]):
                held[stage, VALID] = 1
                held[stage, KEPT] = time[row]
                changed = True
    if changed:
        marks[CAUSE] = row
        marks[WATCH] = watched(stages, held)
    return changed


@kernel
def settle(
    stages: Table, entries: Table, mind: Mind, moves: Table, now: int, until: int
) -> None:
    """Make the move of the instant ``now``, then those of deadlines before ``until``.

    ``marks[LAST]`` is the last row at or before ``now``.
    """
    held, evidence, marks = mind
    deadline = _first_deadline(stages, held, now)
    if deadline <= now:
        _expire(stages, entries, held, evidence, now, now)
        deadline = _first_deadline(stages, held, now)
    _move(held, marks, moves, now, marks[CAUSE] if marks[CAUSE] >= 0 else marks[LAST])
    marks[CAUSE] = -1
    while deadline < until:
        _expire(stages, entries, held, evidence, now, deadline)
        _move(held, marks, moves, deadline, marks[LAST])
        deadline = _first_deadline(stages, held, now)
    marks[BOUND] = deadline
    marks[WATCH] = watched(stages, held)


@kernel
def _deadline(stages: Table, held: Table, now: int, stage: int) -> int:
    if stages[stage, QUIET] >= NEVER:
        return NEVER
    return (now if stages[stage, ANY_EVENT] else held[stage, KEPT]) + stages[stage, QUIET]


@kernel
def _first_deadline(stages: Table, held: Table, now: int) -> int:
    """Return the earliest instant at which a held stage lapses if nothing more happens."""
    first = NEVER
    for stage in range(len(held)):
        if held[stage, VALID]:
            first = min(first, _deadline(stages, held, now, stage))
    return first


@kernel
def _expire(
    stages: Table, entries: Table, held: Table, evidence: Table, now: int, instant: int
) -> None:
    for stage in range(len(held)):
        if held[stage, VALID] and _deadline(stages, held, now, stage) <= instant:
            _drop(entries, held, evidence, stage)


@kernel
def _drop(entries: Table, held: Table, evidence: Table, stage: int) -> None:
    """End a stage and forget the evidence that led there."""
    held[stage, VALID] = 0
    for rule in range(len(entries)):
        if entries[rule, STAGE] == stage:
            evidence[rule, FILLED] = 0


@kernel
def _move(held: Table, marks: Table, moves: Table, instant: int, row: int) -> None:
    state = 0 if marks[NOW_STATE] == 0 else len(held) + 1
    for stage in range(len(held)):
        if held[stage, VALID]:
            state = stage + 1
    if state != marks[NOW_STATE]:
        used = marks[USED]
        moves[used, AT] = instant
        moves[used, STATE] = state
        moves[used, ROW] = row
        marks[NOW_STATE] = state
        marks[USED] = used + 1


@kernel
def _enters(entries: Table, evidence: Table, where: Where, hit: int) -> bool:
    for rule in range(len(entries)):
        if (hit >> rule) & 1:
            need, within = entries[rule, NEED], entries[rule, WITHIN]
            if need == 1:
                return True
            mine, instant = evidence[rule], where[0][where[3]]
            if entries[rule, DISTINCT] == ANYTHING:
                if _counted(mine, need, within, instant):
                    return True
            elif _counted_apart(
                mine, need, within, instant, _group(mine, entries[rule, DISTINCT], where)
            ):
                return True
    return False


@kernel
def _counted(mine: Table, need: int, within: int, instant: int) -> bool:
    """Return whether the last ``need`` pieces of evidence, this one included, lie close enough."""
    seen = mine[FILLED]
    mine[FIRST_TIME + seen % need] = instant
    seen += 1
    mine[FILLED] = seen
    return seen >= need and instant - mine[FIRST_TIME + seen % need] <= within


@kernel
def _counted_apart(mine: Table, need: int, within: int, instant: int, group: int) -> bool:
    """Return the same for groups; holds each group's latest evidence, oldest first."""
    held = mine[FILLED]
    times = mine[FIRST_TIME : FIRST_TIME + need]
    groups = mine[len(mine) - need :]
    place = 0
    while place < held and groups[place] != group:
        place += 1
    if place == held and held < need:
        held += 1
    else:
        place = place if place < held else 0
        for later in range(place + 1, held):
            times[later - 1] = times[later]
            groups[later - 1] = groups[later]
    times[held - 1] = instant
    groups[held - 1] = group
    mine[FILLED] = held
    return held == need and instant - times[0] <= within


@kernel
def _group(mine: Table, kind: int, where: Where) -> int:
    time, days, gap, row, event = where
    if kind == DAYS:
        return int(np.searchsorted(days, time[row], side="right"))
    if kind == SESSIONS:
        return _session(mine, time, gap, row)
    return event


@kernel
def _session(mine: Table, time: Table, gap: int, row: int) -> int:
    """Return the first row of the row's session; looks back no further than last time."""
    first = row
    while first > mine[SEEN] and time[first] - time[first - 1] <= gap:
        first -= 1
    if first == mine[SEEN]:
        first = mine[SESSION]
    mine[SEEN] = row
    mine[SESSION] = first
    return first
