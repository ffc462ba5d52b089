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
def _sizes(
    anchors: tuple[NDArray[np.int64], NDArray[np.int64]],
    offsets: NDArray[np.int64],
    time: NDArray[np.int64],
    goal: NDArray[np.uint8],
    limits: tuple[int, int, int],
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return how many rows each window holds, its anchor included, and how it closes."""
    direction, depth, within = limits
    rows, journeys = anchors
    span = np.int64(within) if within >= 0 else np.int64(2**63 - 1)
    sizes = np.empty(len(rows), np.int64)
    closing = np.zeros(len(rows), np.uint32)
    for window in range(len(rows)):
        row, journey = rows[window], journeys[window]
        room = offsets[journey + 1] - 1 - row if direction > 0 else row - offsets[journey]
        taken, outcome = 0, ENDED
        while taken < room:
            at = row + direction * (taken + 1)
            if abs(time[at] - time[row]) > span:
                break
            if taken == depth:
                outcome = GOES_ON
                break
            taken += 1
            if len(goal) > 0 and goal[at] != 0:
                outcome = REACHED
                break
        sizes[window] = taken + 1
        closing[window] = outcome
    return sizes, closing


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
    rows, _ = anchors
    held, closing = _sizes(anchors, offsets, time, goal, (direction, depth, within))
    sizes = np.zeros(len(rows) + 1, np.int64)
    for window in range(len(rows)):
        sizes[window + 1] = sizes[window] + held[window] + 1
    codes = np.empty(sizes[-1], np.uint32)
    elapsed = np.zeros(sizes[-1], np.int64)
    for window in range(len(rows)):
        at = rows[window]
        for step in range(sizes[window + 1] - sizes[window] - 1):
            row = at + direction * step
            codes[sizes[window] + step] = event[row]
            elapsed[sizes[window] + step] = abs(time[row] - time[at])
        codes[sizes[window + 1] - 1] = kinds + closing[window]
    return sizes, codes, elapsed
