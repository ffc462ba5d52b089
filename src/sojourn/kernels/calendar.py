"""Which calendar interval an instant lies in, without a division."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]


@kernel
def place_of(since: int, instant: int, edges: Ints, cells: NDArray[np.int32]) -> np.uint64:
    """Return the number of the calendar interval an instant lies in, unsigned.

    TRICKY: an unsigned index saves the check for a negative one, which is a third of such a loop.

    Parameters
    ----------
    since : int
        ``instant - edges[0]``, not negative.
    instant : int
        Before ``edges[-1]``.
    edges : ndarray of shape (intervals + 1,), int64
    cells : ndarray of shape (cells,), int32
    """
    at = np.uint64(cells[np.uint64(since) >> np.uint64(36)])
    return at + np.uint64(instant >= edges[at + np.uint64(1)])


@kernel
def interval_of(instant: int, edges: Ints, cells: NDArray[np.int32]) -> int:
    """Return the number of the calendar interval an instant lies in; see :func:`place_of`."""
    return int(place_of(instant - edges[0], instant, edges, cells))
