"""Lived journeys held against a planned order of steps."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import kernel

Table: TypeAlias = NDArray[np.int64]

ON_PLAN, LATE, REPEATED, OUT_OF_ORDER, SKIPPED = 0, 1, 2, 3, 4
"""Columns of the result."""

_FIRST, _EARLY, _AGAIN = 0, 1, 2
"""Columns of one person's scratch: the first time at a planned step, or -1; whether a later
planned step came before it; whether the person came back to it after another planned step."""


@kernel
def conformance(
    offsets: Table, time: Table, step_at: Table, planned: Table, within: Table
) -> Table:
    """Return how people kept to each planned step.

    A person counts at a planned step who reached it or any later planned step. Exactly one of the
    columns holds for each, the gravest: skipped, out of order (a later step came first), repeated
    (came back after another planned step), late (longer after the planned step before than
    allowed), on plan.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
    step_at : ndarray of shape (rows,), int64
        The step of each row, or -1.
    planned : ndarray of shape (steps,), int64
        The place of each step in the plan, or -1.
    within : ndarray of shape (places,), int64
        Time allowed since the planned step before; 0 for any.

    Returns
    -------
    ndarray of shape (places, 5), int64
    """
    places = len(within)
    counts, mine = np.zeros((places, 5), np.int64), np.empty((places, 3), np.int64)
    for journey in range(len(offsets) - 1):
        mine[:, _FIRST] = -1
        mine[:, _EARLY] = 0
        mine[:, _AGAIN] = 0
        furthest, here = -1, -1
        for row in range(offsets[journey], offsets[journey + 1]):
            place = planned[step_at[row]] if step_at[row] >= 0 else -1
            if place < 0:
                continue
            if mine[place, _FIRST] < 0:
                mine[place, _FIRST] = time[row]
                mine[place, _EARLY] = furthest > place
            elif here != place:
                mine[place, _AGAIN] = 1
            furthest, here = max(furthest, place), place
        for place in range(furthest + 1):
            counts[place, _verdict(mine, within, place)] += 1
    return counts


@kernel
def _verdict(mine: Table, within: Table, place: int) -> int:
    if mine[place, _FIRST] < 0:
        return SKIPPED
    if mine[place, _EARLY]:
        return OUT_OF_ORDER
    if mine[place, _AGAIN]:
        return REPEATED
    if place == 0 or within[place] == 0 or mine[place - 1, _FIRST] < 0:
        return ON_PLAN
    waited = mine[place, _FIRST] - mine[place - 1, _FIRST]
    return LATE if waited > within[place] else ON_PLAN
