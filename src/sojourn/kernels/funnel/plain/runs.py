"""Posting lists of the events that fill each step of a funnel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    Rows: TypeAlias = NDArray[np.uint32]
    Ints: TypeAlias = NDArray[np.int64]


class Runs(NamedTuple):
    """The rows that fill each step.

    Attributes
    ----------
    rows : ndarray of shape (rows,), uint32
    begin, until : ndarray of shape (steps,), int64
        Step k is filled by ``rows[begin[k]:until[k]]``, ascending and distinct; a row may fill
        several steps.
    """

    rows: Rows
    begin: Ints
    until: Ints


@kernel
def first_from(rows: Rows, at: int, until: int, wanted: int) -> int:
    """Return the first place in ``[at, until)`` whose row is not before a wanted one, or ``until``.

    In leaps from where it begins, so that near places are found soon and far ones in few looks.
    """
    low, leap = at, 1
    while low + leap <= until and rows[low + leap - 1] < wanted:
        low += leap
        leap *= 2
    high = min(low + leap - 1, until)
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low
