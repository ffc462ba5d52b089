"""The rows of journeys that matter to a funnel, with the conditions each of them meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAY_ENTER = 1 << 31
"""Bit of a row at which an attempt may begin: in the range, by somebody asked about."""

TIME, MASK = range(2)
"""Rows of the array of events."""


class Hits(NamedTuple):
    """Rows of journeys, journey by journey, in order.

    Attributes
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    row : ndarray of shape (hits,), int64
        The row of the journeys.
    events : ndarray of shape (2, hits), int64
        ``TIME``, and ``MASK``: a bit per step, then one per exclusion, and ``MAY_ENTER``.
    """

    offsets: NDArray[np.int64]
    row: NDArray[np.int64]
    events: NDArray[np.int64]


@kernel
def collect(
    offsets: NDArray[np.int64],
    skip: NDArray[np.uint8],
    time: NDArray[np.int64],
    mask: NDArray[np.uint32],
    wanted: int,
) -> Hits:
    """Return the rows that meet any wanted condition.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    skip : ndarray of shape (journeys,), uint8, or (0,)
    time : ndarray of shape (rows,), int64
    mask : ndarray of shape (rows,), uint32
    wanted : int
        Bits of which one is enough; 0 keeps every row.

    Returns
    -------
    Hits
        Journeys to be skipped have none.
    """
    bits, keep_all = np.uint32(wanted), wanted == 0
    places = np.zeros(len(offsets), np.int64)
    for journey in range(len(offsets) - 1):
        count = 0
        if len(skip) == 0 or skip[journey] == 0:
            for row in range(offsets[journey], offsets[journey + 1]):
                count += keep_all or (mask[row] & bits) != 0
        places[journey + 1] = places[journey] + count
    rows = np.empty(places[-1], np.int64)
    events = np.empty((2, places[-1]), np.int64)
    for journey in range(len(offsets) - 1):
        at = places[journey]
        if at == places[journey + 1]:
            continue
        for row in range(offsets[journey], offsets[journey + 1]):
            if keep_all or (mask[row] & bits) != 0:
                rows[at], events[TIME, at], events[MASK, at] = row, time[row], mask[row]
                at += 1
    return Hits(places, rows, events)


@kernel
def count_entries(events: NDArray[np.int64], enters: int) -> int:
    """Return how many events, shape (2, hits), have all the bits that begin an attempt."""
    count = 0
    for hit in range(events.shape[1]):
        count += events[MASK, hit] & enters == enters
    return count
