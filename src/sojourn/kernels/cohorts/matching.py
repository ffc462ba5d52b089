"""Kernels that find the journeys of a few rows without reading the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]


@kernel
def journeys_of_rows(rows: Ints, offsets: Ints) -> tuple[Ints, Ints]:
    """Return the journeys that hold some rows, and where each one's rows begin among them.

    Parameters
    ----------
    rows : ndarray of shape (chosen,), int64, ascending
    offsets : ndarray of shape (journeys + 1,), int64

    Returns
    -------
    starts : ndarray of shape (found + 1,), int64
        Journey i found has the chosen rows ``starts[i]`` to ``starts[i + 1] - 1``.
    owner : ndarray of shape (found,), int64
        Its number among all journeys.
    """
    starts = np.empty(len(rows) + 1, np.int64)
    owner = np.empty(len(rows), np.int64)
    found, journey, end = 0, 0, offsets[0]
    for at in range(len(rows)):
        row = rows[at]
        if row < end:
            continue
        step = 1
        low = journey
        while low + step < len(offsets) - 1 and offsets[low + step] <= row:
            low += step
            step *= 2
        high = min(low + step, len(offsets) - 1)
        while high - low > 1:
            middle = (low + high) // 2
            if offsets[middle] <= row:
                low = middle
            else:
                high = middle
        journey, end = low, offsets[low + 1]
        starts[found] = at
        owner[found] = journey
        found += 1
    starts[found] = len(rows)
    return starts[: found + 1].copy(), owner[:found].copy()
