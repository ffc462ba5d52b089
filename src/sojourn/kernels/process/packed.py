"""Kernels that take the few steps after, or before, an anchor as one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel
from sojourn.kernels.process.windows import EVERY, LAST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

# TRICKY: nothing is called inside these loops. A call that passes arrays along costs more than
# the few rows of a window; taken apart into functions, the same work took fourteen times as long.


@kernel
def anchor_rows(
    journeys: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]],
    rows: tuple[Codes, NDArray[np.int64]],
    table: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    span: tuple[int, int],
    occurrence: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows where windows begin, and the journey of each.

    Parameters
    ----------
    journeys : tuple
        First row and end of each, of shape (journeys,), int64; which to skip, of shape (journeys,)
        or (0,), uint8.
    rows : tuple of two ndarrays of shape (rows,)
        Event and time.
    table : ndarray of shape (event names,), uint8
        1 for events that may be one.
    mask : ndarray of shape (rows,), uint8, or shape (0,)
        1 for rows that may be one, in place of the table.
    span : tuple of two int
        Anchors lie from the first instant up to, not with, the second.
    occurrence : int
        ``FIRST``, ``LAST`` or ``EVERY``.

    Returns
    -------
    anchors, numbers : ndarray of shape (windows,), int64
    """
    starts, ends, skip = journeys
    event, time = rows
    start, end = span
    room = 0
    for journey in range(len(starts)):
        room += ends[journey] - starts[journey] if occurrence == EVERY else 1
    anchors = np.empty(room, np.int64)
    numbers = np.empty(room, np.int64)
    found = 0
    masked, step = len(mask) > 0, -1 if occurrence == LAST else 1
    for journey in range(len(starts)):
        if len(skip) > 0 and skip[journey] != 0:
            continue
        row = ends[journey] - 1 if occurrence == LAST else starts[journey]
        for _ in range(ends[journey] - starts[journey]):
            at = np.uint64(row)
            marked = mask[at] if masked else table[np.uint64(event[at])]
            if marked != 0 and start <= time[at] < end:
                anchors[found] = row
                numbers[found] = journey
                found += 1
                if occurrence != EVERY:
                    break
            row += step
    return anchors[:found].copy(), numbers[:found].copy()


@kernel
def packed_windows(
    anchors: NDArray[np.int64],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
    rows: tuple[Codes, Codes, NDArray[np.int64]],
    goal: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    limits: tuple[int, int, int, int, int],
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return each window as one number, and how it closed.

    Parameters
    ----------
    anchors : ndarray of shape (windows,), int64
        Rows.
    bounds : tuple of two ndarrays of shape (windows,), int64
        First row and end of the journey of each anchor.
    rows : tuple of three ndarrays of shape (rows,)
        Event, node and time; nodes lie below ``kinds``.
    goal : tuple of two ndarrays
        A table by event, and a mask by row (used where it is not of shape (0,)), of where windows
        end; both of shape (0,) for no goal.
    limits : tuple of five int
        ``(direction, depth, within, bits, kinds)``: as of
        :func:`sojourn.kernels.process.windows.take_windows`; ``bits`` hold ``kinds`` + 3 and
        ``(depth + 2) * bits`` is at most 63.

    Returns
    -------
    windows : ndarray of shape (windows,), int64
        From the highest bits on: nodes and one, then ``kinds + outcome + 1``, then zeros.
    outcomes : ndarray of shape (windows,), uint8
        ``ENDED``, ``REACHED`` or ``GOES_ON``.
    """
    event, node, time = rows
    table, mask = goal
    direction, depth, within, bits, kinds = limits
    one, shift = np.uint64(1), np.uint64(bits)
    span = np.int64(within) if within >= 0 else np.int64(2**63 - 1)
    goals = len(table) + len(mask) > 0
    windows = np.empty(len(anchors), np.int64)
    outcomes = np.zeros(len(anchors), np.uint8)
    for window in range(len(anchors)):
        row = anchors[window]
        room = bounds[1][window] - 1 - row if direction > 0 else row - bounds[0][window]
        packed = np.uint64(node[row]) + one
        taken, outcome = 0, 0
        while taken < room:
            at = np.uint64(row + direction * (taken + 1))
            if abs(time[at] - time[row]) > span:
                break
            if taken == depth:
                outcome = 2
                break
            packed = (packed << shift) | (np.uint64(node[at]) + one)
            taken += 1
            if goals and (mask[at] if len(mask) > 0 else table[np.uint64(event[at])]) != 0:
                outcome = 1
                break
        packed = (packed << shift) | np.uint64(kinds + outcome + 1)
        windows[window] = np.int64(packed << np.uint64(bits * (depth - taken)))
        outcomes[window] = outcome
    return windows, outcomes
