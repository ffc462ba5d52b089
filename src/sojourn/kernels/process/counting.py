"""Kernels that count equal whole numbers in a hash table: quicker than sorting them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SPREAD = 0x9E3779B97F4A7C15
"""2**64 divided by the golden ratio: its products spread keys over the highest bits."""


@kernel
def count_keys(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct keys, in the order of first appearance, and how often each occurs.

    Parameters
    ----------
    keys : ndarray of shape (n,), int64

    Returns
    -------
    distinct, counts : ndarray of shape (distinct,), int64

    References
    ----------
    Knuth, D. E. (1998). The Art of Computer Programming 3, 6.4: Fibonacci hashing, linear probing.
    """
    bits = 4
    while (1 << bits) < 2 * len(keys):
        bits += 1
    shift, last, one = np.uint64(64 - bits), np.uint64((1 << bits) - 1), np.uint64(1)
    spread = np.uint64(_SPREAD)
    slots = np.full(1 << bits, -1, np.int32)
    distinct = np.empty(len(keys), np.int64)
    counts = np.empty(len(keys), np.int64)
    found = 0
    for key in keys:
        at = (np.uint64(key) * spread) >> shift
        while slots[at] >= 0 and distinct[slots[at]] != key:
            at = (at + one) & last
        place = slots[at]
        if place < 0:
            slots[at] = found
            distinct[found] = key
            counts[found] = 1
            found += 1
        else:
            counts[place] += 1
    return distinct[:found].copy(), counts[:found].copy()


@kernel
def add_counts(
    wanted: NDArray[np.int64],
    totals: NDArray[np.int64],
    keys: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    """Add the counts of wanted keys to their totals; other keys are passed over.

    Parameters
    ----------
    wanted : ndarray of shape (n,), int64, each once
    totals : ndarray of shape (n,), int64
    keys, counts : ndarray of shape (m,), int64
    """
    bits = 4
    while (1 << bits) < 16 * len(wanted):  # so empty that most other keys find nothing at once
        bits += 1
    shift, last, one = np.uint64(64 - bits), np.uint64((1 << bits) - 1), np.uint64(1)
    spread = np.uint64(_SPREAD)
    slots = np.full(1 << bits, -1, np.int32)
    for place in range(len(wanted)):
        at = (np.uint64(wanted[place]) * spread) >> shift
        while slots[at] >= 0:
            at = (at + one) & last
        slots[at] = place
    for entry in range(len(keys)):
        at = (np.uint64(keys[entry]) * spread) >> shift
        while slots[at] >= 0 and wanted[slots[at]] != keys[entry]:
            at = (at + one) & last
        if slots[at] >= 0:
            totals[slots[at]] += counts[entry]
