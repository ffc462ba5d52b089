"""Event ids as arrays: 128 bits, sorted by the high half, then the low half."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ids: TypeAlias = NDArray[np.uint64]
"""Shape (rows, 2): the two little-endian halves of each id."""


def no_ids() -> Ids:
    """Return an array of no ids, shape (0, 2)."""
    return np.zeros((0, 2), np.uint64)


def ids_to_arrow(ids: Ids) -> pa.Array:
    """Return ids as the lake's ``event_id`` column: ``binary(16)`` of shape (rows,)."""
    data = pa.py_buffer(np.ascontiguousarray(ids).astype("<u8", copy=False).tobytes())
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(ids), [None, data])


def ids_from_arrow(column: pa.Array) -> Ids:
    """Return ids of an ``event_id`` column (``binary(16)`` or ``binary``), shape (rows, 2)."""
    fixed = column.cast(pa.binary(16))
    data = np.frombuffer(fixed.buffers()[1] or b"", "<u8")
    start = 2 * fixed.offset
    return data[start : start + 2 * len(fixed)].reshape(-1, 2).astype(np.uint64, copy=False)


def sort_order(ids: Ids) -> NDArray[np.int64]:
    """Return the places of ids in ascending order, equal ids in the order they came.

    Parameters
    ----------
    ids : ndarray of shape (rows, 2), uint64

    Returns
    -------
    ndarray of shape (rows,), int64
    """
    high = np.ascontiguousarray(ids[:, 0])
    order = np.argsort(high)
    in_order = high[order]
    tied = in_order[1:] == in_order[:-1]
    if tied.any():  # the sort is not stable, and the low half decides
        places = np.flatnonzero(np.append(tied, False) | np.append(False, tied))
        rows = order[places]
        order[places] = rows[np.lexsort((rows, ids[rows, 1], high[rows]))]
    return order


def take_ids(ids: Ids, places: NDArray[np.int64]) -> Ids:
    """Return the ids at some places, shape (places, 2)."""
    # TRICKY: as one 16-byte number a row is moved at once, several times as fast.
    whole = np.ascontiguousarray(ids).view(np.complex128)[:, 0]
    return whole[places].view(np.uint64).reshape(-1, 2)


def starts_of_equal(ids: Ids) -> NDArray[np.int64]:
    """Return where each group of equal ids starts in ascending ids.

    Parameters
    ----------
    ids : ndarray of shape (rows, 2), uint64
        Ascending.

    Returns
    -------
    ndarray of shape (groups,), int64
    """
    if not len(ids):
        return np.zeros(0, np.int64)
    differs = (ids[1:, 0] != ids[:-1, 0]) | (ids[1:, 1] != ids[:-1, 1])
    return np.flatnonzero(np.append(True, differs))
