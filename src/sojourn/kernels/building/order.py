"""Rows into buckets, and a bucket's rows into the order of its people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW = 48


class Places(NamedTuple):
    """What orders the rows of one person.

    Attributes
    ----------
    time, position : ndarray of shape (rows,), int64
    ident : ndarray of shape (rows,), uint64
        First eight bytes of the event id, big-endian.
    """

    time: NDArray[np.int64]
    position: NDArray[np.int64]
    ident: NDArray[np.uint64]


@kernel
def grouped(group: NDArray[np.int32], groups: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each group starts, and the rows group by group, in the order they had.

    Parameters
    ----------
    group : ndarray of shape (rows,), int32
        Below ``groups``; negative rows are left out.
    groups : int

    Returns
    -------
    starts : ndarray of shape (groups + 1,), int64
    rows : ndarray of shape (kept,), int64
    """
    starts = np.zeros(groups + 1, np.int64)
    for row in range(len(group)):
        if group[row] >= 0:
            starts[group[row] + 1] += 1
    for index in range(groups):
        starts[index + 1] += starts[index]
    place = starts.copy()
    rows = np.empty(starts[-1], np.int64)
    for row in range(len(group)):
        if group[row] >= 0:
            rows[place[group[row]]] = row
            place[group[row]] += 1
    return starts, rows


@kernel
def before(places: Places, one: int, two: int) -> bool:
    """Return whether row ``one`` comes before row ``two``."""
    if places.time[one] != places.time[two]:
        return bool(places.time[one] < places.time[two])
    if places.position[one] != places.position[two]:
        return bool(places.position[one] < places.position[two])
    return bool(places.ident[one] < places.ident[two])


@kernel
def sort_people(starts: NDArray[np.int64], rows: NDArray[np.int64], places: Places) -> None:
    """Put the rows of each person in order, in place.

    Parameters
    ----------
    starts : ndarray of shape (people + 1,), int64
    rows : ndarray of shape (rows,), int64
        Rows person by person; reordered.
    places : Places
    """
    time = places.time
    for person in range(len(starts) - 1):
        begin, end = starts[person], starts[person + 1]
        ordered = True
        for at in range(begin + 1, end):
            one, two = rows[at - 1], rows[at]
            if time[two] > time[one]:
                continue
            if not before(places, one, two):
                ordered = False
                break
        if ordered:
            continue
        if end - begin <= FEW:
            insert_in_order(rows, begin, end, places)
            continue
        merge_in_order(rows, begin, end, places)


@kernel
def insert_in_order(rows: NDArray[np.int64], begin: int, end: int, places: Places) -> None:
    """Sort a few of ``rows``, shape (rows,), by insertion, in place."""
    for at in range(begin + 1, end):
        row = rows[at]
        place = at
        while place > begin and before(places, row, rows[place - 1]):
            rows[place] = rows[place - 1]
            place -= 1
        rows[place] = row


@kernel
def merge_in_order(rows: NDArray[np.int64], begin: int, end: int, places: Places) -> None:
    """Sort many of ``rows``, shape (rows,), by merging ever longer runs, in place."""
    for start in range(begin, end, FEW):
        insert_in_order(rows, start, min(start + FEW, end), places)
    source = rows[begin:end].copy()
    target = source.copy()
    count = end - begin
    width = FEW
    while width < count:
        for start in range(0, count, 2 * width):
            middle, stop = min(start + width, count), min(start + 2 * width, count)
            one, two = start, middle
            for place in range(start, stop):
                if two >= stop or (one < middle and not before(places, source[two], source[one])):
                    target[place] = source[one]
                    one += 1
                else:
                    target[place] = source[two]
                    two += 1
        source, target = target, source
        width *= 2
    for at in range(count):
        rows[begin + at] = source[at]
