"""Kernel of the lifecycle: who is new, returning, resurrecting and dormant in each interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.kernels.cohorts.frame import ALLOWED, START, Ages, RoleRows, interval_of
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

NEW, RETURNING, RESURRECTING, DORMANT = 0, 1, 2, 3


@kernel
def lifecycle_counts(rows: RoleRows, ages: Ages) -> tuple[Ints, Ints]:
    """Return people by state and interval, and how far apart their active intervals lie.

    Parameters
    ----------
    rows : RoleRows
        ``START`` marks events that make a person active; ``ALLOWED``, at the first of them,
        people asked about.
    ages : Ages
        ``edges`` cover every event up to ``as_of``; ``start`` and ``end`` are not looked at.

    Returns
    -------
    states : ndarray of shape (4, intervals), int64
        New, returning, resurrecting, dormant (as a positive number).
    gaps : ndarray of shape (intervals,), int64
        Entry g: how often a person's next active interval came g intervals later.
    """
    offsets, time, codes, roles, skip = rows
    edges, cells, _, _, as_of = ages
    intervals = len(edges) - 1
    states = np.zeros((4, intervals), np.int64)
    gaps = np.zeros(intervals, np.int64)
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey]:
            continue
        active = -1
        until = edges[0]
        for row in range(offsets[journey], offsets[journey + 1]):
            instant = time[row]
            role = roles[codes[row]]
            if instant < until or not role & START:
                continue
            if instant > as_of or (active < 0 and not role & ALLOWED):
                break
            now = interval_of(instant, edges, cells)
            if active < 0:
                states[NEW, now] += 1
            else:
                gaps[now - active] += 1
                late = np.int64(now > active + 1)
                states[RETURNING + late, now] += 1
                states[DORMANT, active + 1] += late
            active = now
            until = edges[now + 1]
        if 0 <= active < intervals - 1:
            states[DORMANT, active + 1] += 1
    return states, gaps
