"""Kernels of visits: the touch a person came by, and what followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Marks: TypeAlias = NDArray[np.uint8]

UNKNOWN, DIRECT, KNOWN = 0, 1, 2
"""What a row says of where its visit came from: nothing, a visit without a source, a source."""
GOAL, ALLOWED = 1, 2
"""Bits of a row's marks."""


class VisitRows(NamedTuple):
    """Journeys with what their rows say.

    Attributes
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
    says : ndarray of shape (rows,), uint8
        ``UNKNOWN``, ``DIRECT`` or ``KNOWN``.
    marks : ndarray of shape (rows,), uint8
        ``GOAL`` and ``ALLOWED``; the latter is looked at on a journey's first row.
    skip : ndarray of shape (journeys,), uint8, or (0,)
    """

    offsets: Ints
    time: Ints
    says: Marks
    marks: Marks
    skip: Marks


class VisitLimits(NamedTuple):
    """Limits in microseconds; ``gap`` ends a visit, goals count up to ``window`` after the entry.

    ``overwrite`` is 1 where a visit without a source takes the place of a known one.
    """

    gap: int
    window: int
    start: int
    end: int
    as_of: int
    overwrite: int


class Arrivals(NamedTuple):
    """People who first came within the range, one entry each.

    Attributes
    ----------
    first, stop : ndarray of shape (people,), int64
        First row, and the first one after the window.
    original, latest : ndarray of shape (people,), int64
        Row of the touch that began the first visit, and of the one in force at the goal, or at
        as-of where there is none.
    original_says, latest_says : ndarray of shape (people,), uint8
    goal : ndarray of shape (people,), int64
        Row of the first goal within the window, or -1.
    mature : ndarray of shape (people,), uint8
        1 where the window had passed at as-of.
    """

    first: Ints
    stop: Ints
    original: Ints
    latest: Ints
    original_says: Marks
    latest_says: Marks
    goal: Ints
    mature: Marks


@kernel
def replaces(new: int, old: int, overwrite: int) -> bool:
    """Return whether a later visit's touch takes the place of the one before."""
    if new == KNOWN:
        return True
    if new == DIRECT:
        return old < KNOWN or overwrite == 1
    return old == UNKNOWN


@kernel
def arrivals(rows: VisitRows, limits: VisitLimits) -> Arrivals:
    """Return where people came from, first and last, and whether they reached the goal.

    A visit's touch is its first row that says most. Rows after the goal do not count.

    Parameters
    ----------
    rows : VisitRows
    limits : VisitLimits
    """
    offsets, time, says, marks, skip = rows
    most = len(offsets) - 1
    first, stop = np.empty(most, np.int64), np.empty(most, np.int64)
    original, latest = np.empty(most, np.int64), np.empty(most, np.int64)
    original_says, latest_says = np.empty(most, np.uint8), np.empty(most, np.uint8)
    goal, mature = np.full(most, -1, np.int64), np.zeros(most, np.uint8)
    found = 0
    for journey in range(most):
        begin, last = offsets[journey], offsets[journey + 1]
        if begin == last or (len(skip) > 0 and skip[journey]) or not marks[begin] & ALLOWED:
            continue
        entry = time[begin]
        if entry < limits.start or entry >= limits.end or entry > limits.as_of:
            continue
        until = min(entry + limits.window, limits.as_of)
        first[found] = begin
        mature[found] = entry + limits.window <= limits.as_of
        stop[found] = begin + np.searchsorted(time[begin:last], until, side="right")
        touch, original[found] = begin, -1
        for row in range(begin, last):
            if time[row] > limits.as_of:
                break
            if row > begin and time[row] - time[row - 1] > limits.gap:
                settle(original, latest, touch, says, found, limits.overwrite)
                touch = row
            elif says[row] > says[touch]:
                touch = row
            if marks[row] & GOAL and row < stop[found]:
                goal[found] = row
                break
        settle(original, latest, touch, says, found, limits.overwrite)
        original_says[found], latest_says[found] = says[original[found]], says[latest[found]]
        found += 1
    return Arrivals(
        first[:found].copy(), stop[:found].copy(), original[:found].copy(), latest[:found].copy(),
        original_says[:found].copy(), latest_says[:found].copy(), goal[:found].copy(),
        mature[:found].copy(),
    )  # fmt: skip


@kernel
def settle(
    original: Ints, latest: Ints, touch: int, says: Marks, person: int, overwrite: int
) -> None:
    """Enter the touch of a visit that ended."""
    if original[person] < 0:
        original[person] = touch
        latest[person] = touch
    elif replaces(says[touch], says[latest[person]], overwrite):
        latest[person] = touch


@kernel
def sums_between(first: Ints, stop: Ints, wanted: Marks, amounts: Ints) -> Ints:
    """Return the sum of the amounts of each span's wanted rows.

    Parameters
    ----------
    first, stop : ndarray of shape (spans,), int64
    wanted : ndarray of shape (rows,), uint8
    amounts : ndarray of shape (rows,), int64

    Returns
    -------
    ndarray of shape (spans,), int64
    """
    sums = np.zeros(len(first), np.int64)
    for span in range(len(first)):
        for row in range(first[span], stop[span]):
            if wanted[row]:
                sums[span] += amounts[row]
    return sums


@kernel
def opening_steps(offsets: Ints, labels: Ints, most: int) -> Ints:
    """Return the first different steps of each span of labels.

    Parameters
    ----------
    offsets : ndarray of shape (spans + 1,), int64
    labels : ndarray of shape (rows,), int64, none negative
    most : int
        Steps kept; several equal labels in a row are one step.

    Returns
    -------
    ndarray of shape (spans, most + 1), int64
        -1 where there is no step; the last column is 0 where more steps follow, else -1.
    """
    steps = np.full((len(offsets) - 1, most + 1), -1, np.int64)
    for span in range(len(offsets) - 1):
        at = 0
        for row in range(offsets[span], offsets[span + 1]):
            if row > offsets[span] and labels[row] == labels[row - 1]:
                continue
            if at == most:
                steps[span, most] = 0
                break
            steps[span, at] = labels[row]
            at += 1
    return steps
