"""Kernels that take the few steps after, or before, an anchor as one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel
from sojourn.kernels.process.windows import EVERY, LAST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes


@kernel
def _marked(event: Codes, table: NDArray[np.uint8], mask: NDArray[np.uint8], row: int) -> bool:
    """Return whether a row is marked: by its mask where there is one, else by its event."""
    return bool(mask[row] != 0) if len(mask) > 0 else bool(table[event[row]] != 0)


@kernel
def _window(
    rows: tuple[Codes, Codes, NDArray[np.int64]],
    goal: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    limits: tuple[int, int, int, int],
    at: int,
    edge: int,
) -> tuple[np.int64, int]:
    """Return the window of an anchor as one number, and how it closes."""
    event, node, time = rows
    table, mask = goal
    depth, within, bits, kinds = limits
    goals = len(table) > 0 or len(mask) > 0
    step = 1 if edge > at else -1
    packed = np.int64(node[at]) + 1
    taken = 0
    row = at
    outcome = 0
    while True:
        row += step
        if row == edge or (within >= 0 and abs(time[row] - time[at]) > within):
            break
        if taken == depth:
            outcome = 2
            break
        packed = (packed << bits) | (np.int64(node[row]) + 1)
        taken += 1
        if goals and _marked(event, table, mask, row):
            outcome = 1
            break
    packed = (packed << bits) | (kinds + outcome + 1)
    return packed << (bits * (depth - taken)), outcome


@kernel
def packed_windows(
    journeys: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]],
    rows: tuple[Codes, Codes, NDArray[np.int64]],
    anchor: tuple[NDArray[np.uint8], NDArray[np.uint8], int],
    goal: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    limits: tuple[int, int, int, int, int],
    span: tuple[int, int, int],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return each window as one number, with its anchor.

    Parameters
    ----------
    journeys : tuple
        First row and end of each, of shape (journeys,), int64; which to skip, of shape (journeys,)
        or (0,), uint8.
    rows : tuple of three ndarrays of shape (rows,)
        Event, node and time; nodes lie below ``kinds``.
    anchor : tuple
        Where windows may begin: a table by event, a mask by row (used where it is not of shape
        (0,)), and which of them count: ``FIRST``, ``LAST`` or ``EVERY``.
    goal : tuple of two ndarrays
        The same for where windows end; both of shape (0,) for no goal.
    limits : tuple of five int
        ``(direction, depth, within, bits, kinds)``: as of
        :func:`sojourn.kernels.process.windows.take_windows`; ``bits`` hold ``kinds`` + 3 and
        ``(depth + 2) * bits`` is at most 63.
    span : tuple of three int
        Anchors lie from the first instant up to, not with, the second; windows that ended and whose
        anchor is later than the third are marked young.

    Returns
    -------
    windows : ndarray of shape (windows,), int64
        From the highest bits on: nodes and one, then ``kinds + outcome + 1``, then zeros.
    anchors : ndarray of shape (windows,), int64
        Rows.
    owners : ndarray of shape (windows,), int64
        Journeys; of young windows ``-1 - journey``.
    """
    starts, ends, skip = journeys
    event, _, time = rows
    table, mask, occurrence = anchor
    direction, depth, within, bits, kinds = limits
    start, end, young = span
    room = len(event) if occurrence == EVERY else len(starts)
    windows = np.empty(room, np.int64)
    anchors = np.empty(room, np.int64)
    owners = np.empty(room, np.int64)
    found = 0
    for journey in range(len(starts)):
        if len(skip) > 0 and skip[journey] != 0:
            continue
        first, last = starts[journey], ends[journey]
        edge = last if direction > 0 else first - 1
        for place in range(last - first):
            row = last - 1 - place if occurrence == LAST else first + place
            if not _marked(event, table, mask, row) or time[row] < start or time[row] >= end:
                continue
            window, outcome = _window(rows, goal, (depth, within, bits, kinds), row, edge)
            windows[found] = window
            anchors[found] = row
            owners[found] = -1 - journey if outcome == 0 and time[row] > young else journey
            found += 1
            if occurrence != EVERY:
                break
    return windows[:found].copy(), anchors[:found].copy(), owners[:found].copy()
