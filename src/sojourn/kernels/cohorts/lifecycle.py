"""Kernel of the lifecycle: who is new, returning, resurrecting and dormant in each interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.kernels.calendar import place_of
from sojourn.kernels.cohorts.frame import ALLOWED, START, Ages, RoleRows, first_start
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
    base, intervals, one = edges[0], len(edges) - 1, np.uint64(1)
    states = np.zeros((4, intervals), np.int64)
    new, returning, resurrecting, dormant = states
    gaps = np.zeros(intervals, np.int64)
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey]:
            continue
        last = np.uint64(offsets[journey + 1])
        row = first_start(codes, roles, np.uint64(offsets[journey]), last)
        if row == last or time[row] > as_of or not roles[codes[row]] & ALLOWED:
            continue
        active = place_of(time[row] - base, time[row], edges, cells)
        new[active] += 1
        until = edges[active + one]
        for later in range(row, last):
            instant = time[later]
            if instant < until or not roles[codes[later]] & START:
                continue
            if instant > as_of:
                break
            now = place_of(instant - base, instant, edges, cells)
            gaps[now - active] += 1
            late = np.int64(now > active + one)
            returning[now] += 1 - late
            resurrecting[now] += late
            dormant[active + one] += late
            active = now
            until = edges[now + one]
        if active + one < intervals:
            dormant[active + one] += 1
    return states, gaps
