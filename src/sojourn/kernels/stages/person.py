"""One person's bookkeeping while the stage kernel follows them.

``rules`` and ``mind`` (the scratch) are tables as :mod:`sojourn.kernels.stages.rules` says; the
rows of ``mind`` are its marks, the stages, the entry rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.kernels.jit import inlined, kernel
from sojourn.kernels.stages.rules import (
    ANY_EVENT,
    ANYTHING,
    AT,
    CAUSE,
    DISTINCT,
    ENDS,
    ENTERS,
    FILLED,
    FIRST_TIME,
    FIXED,
    GAP,
    KEEPS,
    KEPT,
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
    from numpy.typing import NDArray

    Table: TypeAlias = NDArray[np.int64]
    Groups: TypeAlias = tuple[int, int, int | np.int64]
    At: TypeAlias = tuple[int, int, int, bool]


@kernel
def scratch(rules: Table, stages: int) -> Table:
    """Return a scratch for following people under these rules."""
    most = 1
    for rule in range(stages, len(rules)):
        most = max(most, rules[rule, NEED])
    return np.zeros((1 + len(rules), max(6, FIRST_TIME + 2 * most)), np.int64)


@inlined
def forget(rules: Table, mind: Table, stages: int, begin: int) -> None:
    """Make the scratch ready for the next person, whose rows start at ``begin``."""
    for stage in range(stages):
        mind[1 + stage, VALID] = 0
    for rule in range(stages, len(rules)):
        mind[1 + rule, FILLED] = 0
        mind[1 + rule, SEEN] = begin
        mind[1 + rule, SESSION] = begin
    mind[0, NOW_STATE] = 0
    look_ahead(rules, mind, stages)


@inlined
def look_ahead(rules: Table, mind: Table, stages: int) -> None:
    """Note what can change something: bits, a long pause, an instant that passes."""
    bits, gap, fixed = np.int64(0), NEVER, NEVER
    for stage in range(stages):
        if mind[1 + stage, VALID]:
            bits |= rules[stage, ENDS] | rules[stage, KEEPS]
            if rules[stage, ANY_EVENT]:
                gap = min(gap, rules[stage, QUIET])
            else:
                fixed = min(fixed, mind[1 + stage, KEPT] + rules[stage, QUIET])
        else:
            bits |= rules[stage, ENTERS]
    mind[0, WATCH] = bits
    mind[0, GAP] = gap
    mind[0, FIXED] = fixed


@inlined
def act(rules: Table, mind: Table, stages: int, moves: Table, at: At, groups: Groups) -> None:
    """Take a row's bits and, when the instant is over, make its move.

    Parameters
    ----------
    rules, mind : ndarray
    stages : int
    moves : ndarray
    at : tuple of int
        The row's bits among those watched, its time, the row, and whether no further row
        has the same time. An event that ends a stage is no evidence for it.
    groups : tuple of int
        The day, session and event of the row, where rules ask for them.
    """
    hit, now, row, over = at
    bits, pause, fixed, state = np.int64(0), NEVER, NEVER, 0
    for stage in range(stages):
        held = mind[1 + stage, VALID]
        if held:
            if _ends(rules, mind, stage, hit, now, over):
                _drop(rules, mind, stages, stage)
                mind[0, CAUSE] = row
                held = 0
        elif rules[stage, ENTERS] & hit and _enters(
            rules, mind, stages, hit & rules[stage, ENTERS], now, groups
        ):
            mind[1 + stage, VALID] = 1
            mind[1 + stage, KEPT] = now
            mind[0, CAUSE] = row
            held = 1
        if held:
            bits |= rules[stage, ENDS] | rules[stage, KEEPS]
            state = stage + 1
            if rules[stage, ANY_EVENT]:
                pause = min(pause, rules[stage, QUIET])
            else:
                fixed = min(fixed, mind[1 + stage, KEPT] + rules[stage, QUIET])
        else:
            bits |= rules[stage, ENTERS]
    mind[0, WATCH] = bits
    mind[0, GAP] = pause
    mind[0, FIXED] = fixed
    if over:
        _move(mind, stages, moves, state, now, mind[0, CAUSE])


@inlined
def _ends(rules: Table, mind: Table, stage: int, hit: int, now: int, over: bool) -> bool:
    """Return whether a held stage ends here, and keep it where the row keeps it."""
    if rules[stage, ENDS] & hit:
        return True
    if rules[stage, KEEPS] & hit:
        mind[1 + stage, KEPT] = now
        return False
    if not over or rules[stage, ANY_EVENT]:
        return False
    return bool(mind[1 + stage, KEPT] + rules[stage, QUIET] <= now)


@inlined
def lapse(
    rules: Table, mind: Table, stages: int, moves: Table, span: tuple[int, int], row: int
) -> None:
    """Carry out the deadlines after the last event and before an instant, the ``span``.

    ``row`` is the last event's.
    """
    now, until = span
    deadline = _first_deadline(rules, mind, stages, now)
    while deadline < until:
        state = 0
        for stage in range(stages):
            if mind[1 + stage, VALID]:
                if _deadline(rules, mind, stage, now) <= deadline:
                    _drop(rules, mind, stages, stage)
                else:
                    state = stage + 1
        _move(mind, stages, moves, state, deadline, row)
        deadline = _first_deadline(rules, mind, stages, now)
    look_ahead(rules, mind, stages)


@inlined
def _deadline(rules: Table, mind: Table, stage: int, now: int) -> int:
    last = now if rules[stage, ANY_EVENT] else mind[1 + stage, KEPT]
    return int(last + rules[stage, QUIET])


@inlined
def _first_deadline(rules: Table, mind: Table, stages: int, now: int) -> int:
    """Return the earliest instant at which a held stage lapses if nothing more happens."""
    first = NEVER
    for stage in range(stages):
        if mind[1 + stage, VALID]:
            first = min(first, _deadline(rules, mind, stage, now))
    return first


@inlined
def _drop(rules: Table, mind: Table, stages: int, stage: int) -> None:
    """End a stage and forget the evidence that led there."""
    mind[1 + stage, VALID] = 0
    for rule in range(stages, len(rules)):
        if rules[rule, STAGE] == stage:
            mind[1 + rule, FILLED] = 0


@inlined
def _move(mind: Table, stages: int, moves: Table, highest: int, instant: int, row: int) -> None:
    """Write a move when the highest stage held (0: none) makes another state."""
    before = mind[0, NOW_STATE]
    state = highest
    if highest == 0 and before != 0:
        state = stages + 1
    if state != before:
        used = mind[0, USED]
        moves[used, AT] = instant
        moves[used, STATE] = state
        moves[used, ROW] = row
        mind[0, NOW_STATE] = state
        mind[0, USED] = used + 1


@kernel
def _enters(rules: Table, mind: Table, stages: int, hit: int, now: int, groups: Groups) -> bool:
    for rule in range(stages, len(rules)):
        if (hit >> (rule - stages)) & 1:
            if rules[rule, NEED] == 1:
                return True
            kind = rules[rule, DISTINCT]
            if kind == ANYTHING:
                if _counted(mind, 1 + rule, rules[rule, NEED], rules[rule, WITHIN], now):
                    return True
            elif _counted_apart(
                mind, 1 + rule, rules[rule, NEED], rules[rule, WITHIN], now, groups[kind - 1]
            ):
                return True
    return False


@kernel
def _counted(mind: Table, mine: int, need: int, within: int, now: int) -> bool:
    """Return whether the last ``need`` pieces of evidence, this one included, lie close enough."""
    seen = mind[mine, FILLED]
    mind[mine, FIRST_TIME + seen % need] = now
    seen += 1
    mind[mine, FILLED] = seen
    return bool(seen >= need and now - mind[mine, FIRST_TIME + seen % need] <= within)


@kernel
def _counted_apart(
    mind: Table, mine: int, need: int, within: int, now: int, group: int | np.int64
) -> bool:
    """Return the same for groups; holds each group's latest evidence, oldest first."""
    held, times, groups = mind[mine, FILLED], FIRST_TIME, FIRST_TIME + need
    place = 0
    while place < held and mind[mine, groups + place] != group:
        place += 1
    if place == held and held < need:
        held += 1
    else:
        place = place if place < held else 0
        for later in range(place + 1, held):
            mind[mine, times + later - 1] = mind[mine, times + later]
            mind[mine, groups + later - 1] = mind[mine, groups + later]
    mind[mine, times + held - 1] = now
    mind[mine, groups + held - 1] = group
    mind[mine, FILLED] = held
    return bool(held == need and now - mind[mine, times] <= within)


@kernel
def day_of(days: Table, now: int) -> int:
    """Return the number of the day an instant lies in."""
    return int(np.searchsorted(days, now, side="right"))


@kernel
def session_of(rules: Table, mind: Table, at: tuple[int, int, int], time: Table) -> int:
    """Return the first row of the row's session; looks back no further than last time.

    ``at``: how many stages there are, the gap between sessions, the row.
    """
    stages, gap, row = at
    mine = 1
    for rule in range(stages, len(rules)):
        if rules[rule, DISTINCT] == SESSIONS:
            mine = 1 + rule
    first = row
    while first > mind[mine, SEEN] and time[first] - time[first - 1] <= gap:
        first -= 1
    if first == mind[mine, SEEN]:
        first = mind[mine, SESSION]
    mind[mine, SEEN] = row
    mind[mine, SESSION] = first
    return first


@kernel
def bits_apart(rules: Table, stages: int, kind: int) -> int:
    """Return the bits of rules whose evidence must differ in one thing."""
    bits = np.int64(0)
    for rule in range(stages, len(rules)):
        if rules[rule, DISTINCT] == kind and rules[rule, NEED] > 1:
            bits |= np.int64(1) << (rule - stages)
    return int(bits)
