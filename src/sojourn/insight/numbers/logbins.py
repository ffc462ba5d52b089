"""Bins on a log scale in whole-number arithmetic, so that every machine gives the same ones."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]

RELATIVE_ERROR = 2.0**-8
"""Largest relative error of a value read from a bin (0.4 %)."""

_BITS = 7
_EXACT_BELOW = 1 << (_BITS + 1)


def bin_of(values_us: Ints) -> Ints:
    """Return the bin of each duration: exact below 256 µs, then 128 equal bins per power of two.

    Parameters
    ----------
    values_us : ndarray of shape (n,), int64, none negative

    Returns
    -------
    ndarray of shape (n,), int64
        Ascending with the values; whole-number arithmetic only, so equal on every machine.

    References
    ----------
    Tene, G. HdrHistogram: a high dynamic range histogram, hdrhistogram.org.
    """
    small = np.maximum(values_us, _EXACT_BELOW)
    power = np.frexp(small.astype(np.float64))[1].astype(np.int64) - 1
    power -= (small >> power) == 0  # TRICKY: above 2**53 the conversion may round up
    shift = power - _BITS
    coarse = (shift << _BITS) + (small >> shift)
    return np.where(values_us < _EXACT_BELOW, values_us, coarse)


def width_of(bins: Ints) -> Ints:
    """Return how many microseconds share a bin made by :func:`bin_of`.

    Parameters
    ----------
    bins : ndarray of shape (n,), int64
    """
    width: Ints = np.left_shift(np.int64(1), np.maximum((bins >> _BITS) - 1, 0))
    return width


def middle_of(bins: Ints) -> NDArray[np.float64]:
    """Return the middle, in microseconds, of bins made by :func:`bin_of`.

    Parameters
    ----------
    bins : ndarray of shape (n,), int64
    """
    shift = np.maximum((bins >> _BITS) - 1, 0)
    lowest = ((bins - (shift << _BITS)) << shift).astype(np.float64)
    middle: NDArray[np.float64] = lowest + (width_of(bins) - 1) / 2
    return middle
