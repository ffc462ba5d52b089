"""Sorted runs of 128-bit keys: counting keys in a run, merging two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@kernel
def _below(run: NDArray[np.uint64], at: int, high: np.uint64, low: np.uint64) -> bool:
    """Return whether the run's key at a place sorts before the given one."""
    if run[at, 0] != high:
        return bool(run[at, 0] < high)
    return bool(run[at, 1] < low)


@kernel
def _gallop(run: NDArray[np.uint64], start: int, high: np.uint64, low: np.uint64) -> int:
    """Return the first place from ``start`` on whose key is not below the given one."""
    size = len(run)
    step = 1
    left = start
    while left + step < size and _below(run, left + step, high, low):
        left += step
        step *= 2
    right = min(left + step, size)
    while left < right:
        middle = (left + right) // 2
        if _below(run, middle, high, low):
            left = middle + 1
        else:
            right = middle
    return left


@kernel
def count_keys(
    keys: NDArray[np.uint64], run: NDArray[np.uint64], counts: NDArray[np.int64]
) -> None:
    """Add to ``counts`` how often each key stands in a run.

    Parameters
    ----------
    keys : ndarray of shape (keys, 2), uint64
        Keys asked for, ascending, each once.
    run : ndarray of shape (run, 2), uint64
        The run, ascending; keys may repeat.
    counts : ndarray of shape (keys,), int64
        Added to in place.
    """
    at = 0
    for key in range(len(keys)):
        high = keys[key, 0]
        low = keys[key, 1]
        at = _gallop(run, at, high, low)
        while at < len(run) and run[at, 0] == high and run[at, 1] == low:
            counts[key] += 1
            at += 1
        if at == len(run):
            break


@kernel
def merge_keys(
    left: NDArray[np.uint64],
    right: NDArray[np.uint64],
    merged: NDArray[np.uint64],
) -> tuple[int, int]:
    """Merge two ascending runs until one is used up; return how many keys each gave.

    Parameters
    ----------
    left, right : ndarray of shape (run, 2), uint64
    merged : ndarray of shape (left + right, 2), uint64
        Receives the merged keys.

    Returns
    -------
    tuple of int
        How many keys were taken from each run; as many are filled in.
    """
    i = 0
    j = 0
    while i < len(left) and j < len(right):
        at = i + j
        if _below(right, j, left[i, 0], left[i, 1]):
            merged[at, 0] = right[j, 0]
            merged[at, 1] = right[j, 1]
            j += 1
        else:
            merged[at, 0] = left[i, 0]
            merged[at, 1] = left[i, 1]
            i += 1
    return i, j
