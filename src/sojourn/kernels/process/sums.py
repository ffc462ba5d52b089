"""Kernels that add up: weights by place, and durations by key and bin."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel, leading_zeros

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
def binned_cells(
    keys: NDArray[np.int64], values: NDArray[np.int64], counts: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return durations in any order by key and bin, without sorting them.

    Parameters
    ----------
    keys : ndarray of shape (n,), int64, below ``size``
    values : ndarray of shape (n,), int64
        Durations, none negative.
    counts : ndarray of shape (n,), int64, or shape (0,) when each counts once
    size : int
        Time and memory grow with it, so it should not be far above n.

    Returns
    -------
    cells, counts
        As of :func:`bin_cells`.
    """
    # TRICKY: bins are first laid out key by key, two bytes each, since one table of all keys and
    # bins would miss the cache at every duration, while that of one key stays in it
    weighted, seven, top = len(counts) > 0, np.uint64(7), np.uint64(63)
    starts = np.zeros(size + 2, np.int64)
    for key in keys:
        starts[np.uint64(key) + np.uint64(2)] += 1
    for key in range(size):
        starts[key + 2] += starts[key + 1]
    bins = np.empty(len(keys), np.uint16)
    weights = np.empty(len(counts), np.int64)
    for at in range(len(keys)):
        value, key = np.uint64(values[at]), np.uint64(keys[at]) + np.uint64(1)
        if value >= np.uint64(256):
            shift = top - np.uint64(leading_zeros(value)) - seven
            value = (shift << seven) + (value >> shift)
        bins[starts[key]] = value
        if weighted:
            weights[starts[key]] = counts[at]
        starts[key] += 1
    table = np.zeros(1 << BIN_BITS, np.int64)
    cells = np.empty(len(keys), np.int64)
    sums = np.empty(len(keys), np.int64)
    found = 0
    for key in range(size):
        low, high = 1 << BIN_BITS, -1
        for at in range(starts[key], starts[key + 1]):
            place = int(bins[at])
            low, high = min(low, place), max(high, place)
            table[place] += weights[at] if weighted else np.int64(1)
        for place in range(low, high + 1):
            if table[place] != 0:
                cells[found] = (key << BIN_BITS) | place
                sums[found] = table[place]
                table[place] = 0
                found += 1
    return cells[:found].copy(), sums[:found].copy()


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
