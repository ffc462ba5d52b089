"""Kernels that find anchors in journeys and take the few steps after, or before, each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

FIRST, LAST, EVERY = 0, 1, 2
"""Which of a journey's anchors count."""

ENDED, REACHED, GOES_ON = 0, 1, 2
"""How a window ends: no further step, at the goal, or the depth was used up."""


@kernel
def find_anchors(
    offsets: NDArray[np.int64],
    mask: NDArray[np.uint8],
    skip: NDArray[np.uint8],
    occurrence: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows where windows begin, and the journey of each.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    mask : ndarray of shape (rows,), uint8
        1 where a window may begin.
    skip : ndarray of shape (journeys,), uint8, or shape (0,)
    occurrence : int
        ``FIRST``, ``LAST`` or ``EVERY``.

    Returns
    -------
    rows, journeys : ndarray of shape (anchors,), int64
    """
    count = 0
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey] != 0:
            continue
        if occurrence != EVERY:
            count += 1
            continue
        for row in range(offsets[journey], offsets[journey + 1]):
            count += mask[row]
    rows = np.empty(count, np.int64)
    journeys = np.empty(count, np.int64)
    found = 0
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey] != 0:
            continue
        first, end = offsets[journey], offsets[journey + 1]
        for step in range(end - first):
            row = end - 1 - step if occurrence == LAST else first + step
            if mask[row] != 0:
                rows[found] = row
                journeys[found] = journey
                found += 1
                if occurrence != EVERY:
                    break
    return rows[:found].copy(), journeys[:found].copy()


@kernel
def _reach(
    at: int, edge: int, time: NDArray[np.int64], within: int, goal: NDArray[np.uint8], depth: int
) -> tuple[int, int]:
    """Return how many rows a window holds, its anchor included, and how it ends."""
    step = 1 if edge > at else -1
    size = 1
    row = at
    while True:
        if len(goal) > 0 and size > 1 and goal[row] != 0:
            return size, REACHED
        row += step
        if row == edge or (within >= 0 and abs(time[row] - time[at]) > within):
            return size, ENDED
        if size > depth:
            return size, GOES_ON
        size += 1


@kernel
def take_windows(
    anchors: tuple[NDArray[np.int64], NDArray[np.int64]],
    offsets: NDArray[np.int64],
    event: Codes,
    time: NDArray[np.int64],
    goal: NDArray[np.uint8],
    limits: tuple[int, int, int, int],
) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.int64]]:
    """Return the steps of each window: its anchor, what came next, and how it ended.

    Parameters
    ----------
    anchors : tuple of two ndarrays of shape (windows,), int64
        Rows and journeys, as of :func:`find_anchors`.
    offsets : ndarray of shape (journeys + 1,), int64
    event : ndarray of shape (rows,), unsigned, below ``kinds``
    time : ndarray of shape (rows,), int64
    goal : ndarray of shape (rows,), uint8, or shape (0,)
        A window ends at the first step that is 1 here.
    limits : tuple of four int
        ``(direction, depth, within, kinds)``: direction is 1 for what comes after and -1 for what
        came before; at most ``depth`` steps; not more than ``within`` microseconds from the
        anchor, or no such limit when negative.

    Returns
    -------
    offsets : ndarray of shape (windows + 1,), int64
    event : ndarray of shape (offsets[-1],), uint32
        The steps from the anchor outwards, then ``kinds`` + ``ENDED``, ``REACHED``, ``GOES_ON``.
    elapsed : ndarray of shape (offsets[-1],), int64
        Microseconds between the anchor and each step; 0 for the closing entry.
    """
    direction, depth, within, kinds = limits
    rows, journeys = anchors
    sizes = np.zeros(len(rows) + 1, np.int64)
    closing = np.empty(len(rows), np.uint32)
    for window in range(len(rows)):
        journey = journeys[window]
        edge = offsets[journey + 1] if direction > 0 else offsets[journey] - 1
        size, outcome = _reach(rows[window], edge, time, within, goal, depth)
        sizes[window + 1] = sizes[window] + size + 1
        closing[window] = kinds + outcome
    codes = np.empty(sizes[-1], np.uint32)
    elapsed = np.zeros(sizes[-1], np.int64)
    for window in range(len(rows)):
        at = rows[window]
        for step in range(sizes[window + 1] - sizes[window] - 1):
            row = at + direction * step
            codes[sizes[window] + step] = event[row]
            elapsed[sizes[window] + step] = abs(time[row] - time[at])
        codes[sizes[window + 1] - 1] = closing[window]
    return sizes, codes, elapsed
