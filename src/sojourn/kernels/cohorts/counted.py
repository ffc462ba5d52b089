"""Kernel that merges counted values."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]


@kernel
def merge_counted(
    values: Ints, counts: Ints, other_values: Ints, other_counts: Ints
) -> tuple[Ints, Ints]:
    """Return the distinct values of two ascending lists, and the sums of their counts.

    Parameters
    ----------
    values, counts : ndarray of shape (n,), int64
        Values ascending and distinct.
    other_values, other_counts : ndarray of shape (m,), int64
        The same.

    Returns
    -------
    values, counts : ndarray of shape (distinct,), int64
    """
    merged = np.empty(len(values) + len(other_values), np.int64)
    sums = np.empty(len(merged), np.int64)
    one, two, at = 0, 0, 0
    while one < len(values) or two < len(other_values):
        first = two == len(other_values) or (one < len(values) and values[one] <= other_values[two])
        second = one == len(values) or (
            two < len(other_values) and other_values[two] <= values[one]
        )
        merged[at] = values[one] if first else other_values[two]
        sums[at] = 0
        if first:
            sums[at] += counts[one]
            one += 1
        if second:
            sums[at] += other_counts[two]
            two += 1
        at += 1
    return merged[:at].copy(), sums[:at].copy()
