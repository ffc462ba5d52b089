"""Posting lists of the events that fill a step, merged block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    Rows: TypeAlias = NDArray[np.uint64]
    Marks: TypeAlias = NDArray[np.uint8]

BLOCK = 8192


class Runs(NamedTuple):
    """Posting lists of the events that fill a step.

    Attributes
    ----------
    rows : ndarray of shape (rows,), uint32
    begin, until : ndarray of shape (lists,), int64
        Where each list begins and ends.
    steps : ndarray of shape (lists,), uint8
        From 1.
    """

    rows: NDArray[np.uint32]
    begin: NDArray[np.int64]
    until: NDArray[np.int64]
    steps: Marks


@kernel
def fill_from_runs(runs: Runs, at: NDArray[np.int64], rows: Rows, steps: Marks) -> int:
    """Write the next rows of the merged posting lists, and their steps; return how many.

    Parameters
    ----------
    runs : Runs
    at : ndarray of shape (lists,), int64
        Where each list goes on; moved forward.
    rows : ndarray of shape (BLOCK,), uint64
    steps : ndarray of shape (BLOCK,), uint8
    """
    source, _, until, steps_of = runs
    lists, end = len(at), np.uint64(2**63)
    heads = np.full(lists, end)
    for i in range(lists):
        if at[i] < until[i]:
            heads[i] = np.uint64(source[at[i]])
    for count in range(BLOCK):
        lowest, which = heads[0], 0
        for i in range(1, lists):
            lower = heads[i] < lowest
            which = i if lower else which
            lowest = heads[i] if lower else lowest
        if lowest == end:
            return count
        rows[count] = lowest
        steps[count] = steps_of[which]
        at[which] += 1
        heads[which] = np.uint64(source[at[which]]) if at[which] < until[which] else end
    return BLOCK
