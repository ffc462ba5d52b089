"""Kernels that take the few steps after, or before, an anchor as one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel, trailing_zeros
from sojourn.kernels.process.windows import EVERY, LAST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

EVER = (-(2**63), 2**63 - 1)
"""A span in which every anchor lies."""

INSIDE, LATE = 1, 2
"""Of a window: no step of it is too far from its anchor; its anchor is late."""

_LOW_BITS = 0x0101010101010101
_HIGH_BITS = 0x8080808080808080

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
        Anchors lie from the first instant up to, not with, the second; ``EVER`` reads no times.
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
    masked, bounded = len(mask) > 0, start != EVER[0] or end != EVER[1]
    step = -1 if occurrence == LAST else 1
    for journey in range(len(starts)):
        if len(skip) > 0 and skip[journey] != 0:
            continue
        row = ends[journey] - 1 if occurrence == LAST else starts[journey]
        for _ in range(ends[journey] - starts[journey]):
            at = np.uint64(row)
            marked = mask[at] if masked else table[np.uint64(event[at])]
            if marked != 0 and (not bounded or start <= time[at] < end):
                anchors[found] = row
                numbers[found] = journey
                found += 1
                if occurrence != EVERY:
                    break
            row += step
    return anchors[:found], numbers[:found]


@kernel
def first_anchors(
    journeys: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]],
    event: NDArray[np.uint8],
    words: NDArray[np.uint64],
    code: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row of one event in each journey, and the journey: eight rows at a time.

    Parameters
    ----------
    journeys
        As in :func:`anchor_rows`.
    event : ndarray of shape (rows,), uint8
    words : ndarray of shape (rows // 8,), uint64
        Eight events each, the first in the lowest byte.
    code : int

    Returns
    -------
    anchors, numbers : ndarray of shape (windows,), int64

    References
    ----------
    Warren, H. S. (2012). Hacker's Delight, 2nd ed., 6-1: find first zero byte.
    """
    starts, ends, skip = journeys
    one, seven, top = np.uint64(1), np.uint64(7), np.uint64(63)
    three, low, high = np.uint64(3), np.uint64(_LOW_BITS), np.uint64(_HIGH_BITS)
    pattern = low * np.uint64(code)
    covered = np.uint64(max(len(words) - 1, 0) * 8)
    anchors = np.empty(len(starts), np.int64)
    numbers = np.empty(len(starts), np.int64)
    found = 0
    for journey in range(len(starts)):
        if len(skip) > 0 and skip[journey] != 0:
            continue
        row, end = np.uint64(starts[journey]), np.uint64(ends[journey])
        while row < end and row < covered:
            at, bits = row >> three, (row & seven) << three
            eight = (words[at] >> bits) | ((words[at + one] << one) << (top - bits))
            other = eight ^ pattern  # a zero byte where the event is
            zero = (other - low) & ~other & high
            row += trailing_zeros(zero) >> three  # eight where there is none
            if zero != 0:
                break
        while covered <= row < end and event[row] != code:
            row += one
        if row < end:
            anchors[found] = row
            numbers[found] = journey
            found += 1
    return anchors[:found], numbers[:found]


@kernel
def window_marks(
    anchors: tuple[NDArray[np.int64], NDArray[np.int64]],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
    time: NDArray[np.int64],
    limits: tuple[int, int, int, int],
) -> NDArray[np.uint8]:
    """Return, for each window, ``INSIDE`` and ``LATE`` as far as they hold.

    Parameters
    ----------
    anchors, bounds
        As in :func:`packed_windows`.
    time : ndarray of shape (rows,), int64
    limits : tuple of four int
        ``(direction, depth, within, late)``: an anchor after the instant ``late`` is late.

    Returns
    -------
    ndarray of shape (windows,), uint8
    """
    # TRICKY: a loop of its own without branches, so that many of the reads, which all miss the
    # cache, are under way at once; inside the loop below each would wait for the one before
    direction, depth, within, late = limits
    rows, journeys = anchors
    starts, ends = bounds
    marks = np.empty(len(rows), np.uint8)
    for window in range(len(rows)):
        row, journey = rows[window], np.uint64(journeys[window])
        first, last = starts[journey], ends[journey] - 1
        far = min(row + depth + 1, last) if direction > 0 else max(row - depth - 1, first)
        now = time[np.uint64(row)]
        inside = abs(time[np.uint64(far)] - now) <= within
        marks[window] = np.uint8(inside) * INSIDE | np.uint8(now > late) * LATE
    return marks


@kernel
def packed_windows(
    anchors: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
    rows: tuple[Codes, Codes, NDArray[np.int64]],
    goal: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    limits: tuple[int, int, int, int, int],
    links: NDArray[np.int64],
) -> tuple[NDArray[np.int64], int]:
    """Return each window as one number, and how many may still go on; count their links.

    Parameters
    ----------
    anchors : tuple
        Rows and journeys, as of :func:`anchor_rows`; marks of shape (windows,), uint8, as of
        :func:`window_marks`, or of shape (0,) when windows have no limit in time.
    bounds : tuple of two ndarrays of shape (journeys,), int64
        First row and end of each journey.
    rows : tuple of three ndarrays of shape (rows,)
        Event, node and time; nodes lie below ``kinds``.
    goal : tuple of two ndarrays
        A table by event, and a mask by row (used where it is not of shape (0,)), of where windows
        end; both of shape (0,) for no goal.
    limits : tuple of five int
        ``(direction, depth, within, bits, kinds)``: as of
        :func:`sojourn.kernels.process.windows.take_windows`; ``bits`` hold ``kinds`` + 3 and
        ``(depth + 2) * bits`` is at most 63.
    links : ndarray of shape ((depth + 1) * kinds * (kinds + 3),), int64, or shape (0,)
        How often each ``(step * kinds + source) * (kinds + 3) + target`` occurs is added here,
        where the target of the last step is ``kinds + outcome``.

    Returns
    -------
    windows : ndarray of shape (windows,), int64
        From the highest bits on: nodes and one, then ``kinds + outcome + 1``, then zeros.
    young : int
        Windows that ``ENDED``, but whose anchor is late.
    """
    anchor, journeys, marks = anchors
    event, node, time = rows
    table, mask = goal
    direction, depth, within, bits, kinds = limits
    one, shift, timed, counted = np.uint64(1), np.uint64(bits), len(marks) > 0, len(links) > 0
    goals, masked = len(table) + len(mask) > 0, len(mask) > 0
    side, young = kinds + 3, 0
    starts, ends = bounds
    windows = np.empty(len(anchor), np.int64)
    for window in range(len(anchor)):
        row, journey = anchor[window], np.uint64(journeys[window])
        near = ends[journey] - 1 - row if direction > 0 else row - starts[journey]
        near = min(near, depth + 1)
        if timed and marks[window] & INSIDE == 0:
            near = 0  # the last is too far, so this comes to an end
            while abs(time[row + direction * (near + 1)] - time[row]) <= within:
                near += 1
        outcome = 2 if near > depth else 0
        taken = min(near, depth)
        if goals:
            for step in range(1, taken + 1):
                at = np.uint64(row + direction * step)
                if (mask[at] if masked else table[np.uint64(event[at])]) != 0:
                    taken, outcome = step, 1
                    break
        source = np.int64(node[np.uint64(row)])
        packed = np.uint64(source) + one
        for step in range(taken):
            target = np.int64(node[np.uint64(row + direction * (step + 1))])
            packed = (packed << shift) | (np.uint64(target) + one)
            if counted:
                links[np.uint64((step * kinds + source) * side + target)] += 1
            source = target
        packed = (packed << shift) | np.uint64(kinds + outcome + 1)
        if counted:
            links[np.uint64((taken * kinds + source) * side + kinds + outcome)] += 1
        windows[window] = np.int64(packed << np.uint64(bits * (depth - taken)))
        young += timed and outcome == 0 and marks[window] & LATE != 0
    return windows, young
