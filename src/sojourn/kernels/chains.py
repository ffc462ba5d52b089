"""Kernel of steps done in order: when each person last did all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOT_YET = -(2**62)


@kernel
def last_done(
    offsets: NDArray[np.int64],
    time: NDArray[np.int64],
    marks: NDArray[np.int64],
    until: int,
    steps: tuple[int, int],
) -> NDArray[np.int64]:
    """Return the instant at which each person last had done all steps in order.

    Parameters
    ----------
    offsets : ndarray of shape (people + 1,), int64
    time : ndarray of shape (rows,), int64
        Microseconds, ascending within a person.
    marks : ndarray of shape (rows,), int64
        Bit k: the row can be step k.
    until : int
        Rows later than this are not looked at.
    steps : tuple of int
        How many steps there are, and the longest time from the first to the last.

    Returns
    -------
    ndarray of shape (people,), int64
        ``NOT_YET`` for people who never had.
    """
    count, window = steps
    done = np.full(len(offsets) - 1, NOT_YET, np.int64)
    begun = np.empty(count, np.int64)
    for person in range(len(offsets) - 1):
        begun[:] = NOT_YET
        for row in range(offsets[person], offsets[person + 1]):
            if time[row] > until:
                break
            for step in range(count - 1, -1, -1):
                if not (marks[row] >> step) & 1:
                    continue
                if step == 0:
                    begun[0] = time[row]
                elif begun[step - 1] != NOT_YET and time[row] - begun[step - 1] <= window:
                    begun[step] = max(begun[step], begun[step - 1])
                    if step == count - 1:
                        done[person] = time[row]
    return done
