"""Kernels that add up: weights by place, and durations by key and bin."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

BIN_BITS = 13
"""Bits of a cell that hold its bin; the rest hold its key."""


@kernel
def counts_at(places: NDArray[np.int64] | Codes, size: int) -> NDArray[np.int64]:
    """Return how often each place occurs.

    Parameters
    ----------
    places : ndarray of shape (n,), of whole numbers in [0, size)
    size : int

    Returns
    -------
    ndarray of shape (size,), int64
    """
    counts = np.zeros(size, np.int64)
    for place in places:
        counts[place] += 1
    return counts


@kernel
def sums_at(
    places: NDArray[np.int64] | NDArray[np.int32] | Codes, weights: NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    """Return the sum of the weights at each place.

    Parameters
    ----------
    places : ndarray of shape (n,), of whole numbers in [0, size)
    weights : ndarray of shape (n,), int64
    size : int

    Returns
    -------
    ndarray of shape (size,), int64
    """
    sums = np.zeros(size, np.int64)
    for at in range(len(places)):
        sums[places[at]] += weights[at]
    return sums


@kernel
def bin_cells(
    keys: NDArray[np.int64], values: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return durations by key and bin.

    Parameters
    ----------
    keys, values, counts : ndarray of shape (n,), int64
        Ascending by key, then value; values are durations, none negative.

    Returns
    -------
    cells : ndarray of shape (distinct,), int64, ascending
        ``key * 2**13 + bin``, with bins as of ``sojourn.insight.numbers.logbins``.
    counts : ndarray of shape (distinct,), int64
    """
    cells = np.empty(len(keys), np.int64)
    sums = np.empty(len(keys), np.int64)
    last = -1
    for at in range(len(keys)):
        value = values[at]
        if value >= 256:
            power = math.frexp(float(value))[1] - 1
            if (value >> power) == 0:  # TRICKY: above 2**53 the conversion may round up
                power -= 1
            shift = power - 7
            value = (shift << 7) + (value >> shift)
        cell = (keys[at] << BIN_BITS) | value
        if last >= 0 and cells[last] == cell:
            sums[last] += counts[at]
            continue
        last += 1
        cells[last] = cell
        sums[last] = counts[at]
    return cells[: last + 1].copy(), sums[: last + 1].copy()


@kernel
def merged_cells(
    one: NDArray[np.int64],
    one_counts: NDArray[np.int64],
    two: NDArray[np.int64],
    two_counts: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return two ascending runs of cells as one; counts of equal cells are added.

    Parameters
    ----------
    one, two : ndarray of shape (n,) and (m,), int64, strictly ascending
    one_counts, two_counts : ndarray of shape (n,) and (m,), int64

    Returns
    -------
    cells, counts : ndarray of shape (distinct,), int64
    """
    cells = np.empty(len(one) + len(two), np.int64)
    counts = np.empty(len(one) + len(two), np.int64)
    first = second = at = 0
    while first < len(one) or second < len(two):
        left = first < len(one) and (second == len(two) or one[first] <= two[second])
        right = second < len(two) and (first == len(one) or two[second] <= one[first])
        cells[at] = one[first] if left else two[second]
        counts[at] = 0
        if left:
            counts[at] += one_counts[first]
            first += 1
        if right:
            counts[at] += two_counts[second]
            second += 1
        at += 1
    return cells[:at].copy(), counts[:at].copy()
