"""Kernels that choose, cut and split the rows of journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes


@kernel
def kept_rows(
    offsets: NDArray[np.int64], mask: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the offsets and rows of journeys that keep only the marked rows.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    mask : ndarray of shape (rows,), uint8
        1 keeps the row.

    Returns
    -------
    offsets : ndarray of shape (journeys + 1,), int64
    rows : ndarray of shape (kept,), int64
    """
    count = 0
    for row in range(offsets[0], offsets[-1]):
        if mask[row]:
            count += 1
    rows = np.empty(count, np.int64)
    new_offsets = np.zeros(len(offsets), np.int64)
    at = 0
    for journey in range(len(offsets) - 1):
        for row in range(offsets[journey], offsets[journey + 1]):
            if mask[row]:
                rows[at] = row
                at += 1
        new_offsets[journey + 1] = at
    return new_offsets, rows


@kernel
def rows_between(
    offsets: NDArray[np.int64], time: NDArray[np.int64], start: int, end: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return per journey the first row at or after ``start`` and the first at or after ``end``.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
        Ascending within each journey.
    start, end : int
        Half-open range, microseconds.

    Returns
    -------
    first, last : ndarray of shape (journeys,), int64
        Rows ``first[j]`` to ``last[j] - 1`` of journey j lie in the range.
    """
    journeys = len(offsets) - 1
    first = np.empty(journeys, np.int64)
    last = np.empty(journeys, np.int64)
    for journey in range(journeys):
        for edge in range(2):
            low = offsets[journey] if edge == 0 else first[journey]
            high = offsets[journey + 1]
            bound = start if edge == 0 else end
            while low < high:
                middle = (low + high) // 2
                if time[middle] < bound:
                    low = middle + 1
                else:
                    high = middle
            if edge == 0:
                first[journey] = low
            else:
                last[journey] = low
    return first, last


@kernel
def spans_to_rows(
    first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the offsets and rows of journeys that keep rows ``first[j]`` to ``last[j] - 1``.

    Parameters
    ----------
    first, last : ndarray of shape (journeys,), int64

    Returns
    -------
    offsets : ndarray of shape (journeys + 1,), int64
    rows : ndarray of shape (kept,), int64
    """
    offsets = np.zeros(len(first) + 1, np.int64)
    for journey in range(len(first)):
        offsets[journey + 1] = offsets[journey] + max(0, last[journey] - first[journey])
    rows = np.empty(offsets[-1], np.int64)
    for journey in range(len(first)):
        at = offsets[journey]
        for row in range(first[journey], last[journey]):
            rows[at] = row
            at += 1
    return offsets, rows


@kernel
def session_offsets(
    offsets: NDArray[np.int64], time: NDArray[np.int64], gap_us: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the offsets and parents of the sessions of each journey.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
    gap_us : int
        A new session begins when more than this lies between two events.

    Returns
    -------
    offsets : ndarray of shape (sessions + 1,), int64
    parent : ndarray of shape (sessions,), int64
        The journey a session is part of.
    """
    count = 0
    for journey in range(len(offsets) - 1):
        for row in range(offsets[journey], offsets[journey + 1]):
            if row == offsets[journey] or time[row] - time[row - 1] > gap_us:
                count += 1
    starts = np.empty(count + 1, np.int64)
    parent = np.empty(count, np.int64)
    at = 0
    for journey in range(len(offsets) - 1):
        for row in range(offsets[journey], offsets[journey + 1]):
            if row == offsets[journey] or time[row] - time[row - 1] > gap_us:
                starts[at] = row
                parent[at] = journey
                at += 1
    starts[count] = offsets[-1]
    return starts, parent


@kernel
def value_order(
    offsets: NDArray[np.int64], codes: Codes
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return offsets, rows and parents of one journey per (journey, value).

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    codes : ndarray of shape (rows,), unsigned
        Rows with code 0 are left out.

    Returns
    -------
    offsets : ndarray of shape (pairs + 1,), int64
    rows : ndarray of shape (kept,), int64
        Within a pair in the order they had.
    parent : ndarray of shape (pairs,), int64
    """
    kept = 0
    for row in range(offsets[0], offsets[-1]):
        if codes[row] != 0:
            kept += 1
    rows = np.empty(kept, np.int64)
    starts = np.empty(kept + 1, np.int64)
    parent = np.empty(kept, np.int64)
    pairs = 0
    at = 0
    for journey in range(len(offsets) - 1):
        begin, end = offsets[journey], offsets[journey + 1]
        if begin == end:
            continue
        order = np.argsort(codes[begin:end], kind="mergesort")
        previous = np.int64(0)
        for position in order:
            code = np.int64(codes[begin + position])
            if code == 0:
                continue
            if code != previous:
                starts[pairs] = at
                parent[pairs] = journey
                pairs += 1
                previous = code
            rows[at] = begin + position
            at += 1
    starts[pairs] = kept
    return starts[: pairs + 1].copy(), rows, parent[:pairs].copy()


@kernel
def first_of_repeats(offsets: NDArray[np.int64], event: Codes) -> NDArray[np.uint8]:
    """Return 1 for each row whose event differs from the one before it in the journey.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    event : ndarray of shape (rows,), unsigned

    Returns
    -------
    ndarray of shape (rows,), uint8
    """
    mask = np.ones(len(event), np.uint8)
    for journey in range(len(offsets) - 1):
        for row in range(offsets[journey] + 1, offsets[journey + 1]):
            if event[row] == event[row - 1]:
                mask[row] = 0
    return mask
