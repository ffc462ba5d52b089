"""Kernels of what is kept of people: which rows matter, and a few bytes for each person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from sojourn.kernels.jit import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Bytes: TypeAlias = NDArray[np.uint8]

SIGNAL = 3
"""The kind of a hit whose value takes eight bytes, and which names no clue."""
HEAD, KEY, HIT, LONG_HIT = 13, 26, 4, 9
"""Bytes of the head, of an event's place with the number of its hits, of a hit."""


class Hits(NamedTuple):
    """What rows say to clues.

    Attributes
    ----------
    row, kind, clue, value : ndarray of shape (hits,), int64
        Of each row in the order in which they are to be written.
    """

    row: Ints
    kind: Ints
    clue: Ints
    value: Ints


class Places(NamedTuple):
    """The place of each row among its person's events.

    Attributes
    ----------
    offsets : ndarray of shape (people + 1,), int64
    time, position, ident : ndarray of shape (rows,), int64
    """

    offsets: Ints
    time: Ints
    position: Ints
    ident: Ints


class Standing(NamedTuple):
    """Where people stand.

    Attributes
    ----------
    flags : ndarray of shape (people,), uint8
    due : ndarray of shape (people,), int64
    inside : ndarray of shape (people, segments), bool
    """

    flags: Bytes
    due: Ints
    inside: NDArray[np.bool_]


@kernel
def rows_up_to(offsets: Ints, time: Ints, now: int) -> Ints:
    """Return where each person's rows after an instant begin, shape (people,).

    Parameters
    ----------
    offsets : ndarray of shape (people + 1,), int64
    time : ndarray of shape (rows,), int64
        Ascending within a person.
    now : int
    """
    until = np.empty(len(offsets) - 1, np.int64)
    for person in range(len(until)):
        row = offsets[person + 1]
        while row > offsets[person] and time[row - 1] > now:
            row -= 1
        until[person] = row
    return until


@kernel
def chosen_rows(offsets: Ints, until: Ints, marks: Bytes, most: int) -> tuple[Ints, Ints]:
    """Return the marked rows of each person, some of them.

    Parameters
    ----------
    offsets : ndarray of shape (people + 1,), int64
    until : ndarray of shape (people,), int64
        Where the rows that are looked at end.
    marks : ndarray of shape (rows,), uint8
    most : int
        So many of each person's last ones; so many of the first ones if negative.

    Returns
    -------
    bounds : ndarray of shape (people + 1,), int64
    rows : ndarray of shape (chosen,), int64
        Ascending; person p has ``rows[bounds[p]:bounds[p + 1]]``.
    """
    people = len(offsets) - 1
    bounds = np.zeros(people + 1, np.int64)
    rows = np.empty(int(np.count_nonzero(marks)), np.int64)
    used = 0
    for person in range(people):
        first = used
        for row in range(offsets[person], until[person]):
            if marks[row]:
                rows[used] = row
                used += 1
                if most < 0 and used - first == -most:
                    break
        if 0 <= most < used - first:
            for at in range(most):
                rows[first + at] = rows[used - most + at]
            used = first + most
        bounds[person + 1] = used
    return bounds, rows[:used].copy()


@kernel
def by_row(row: Ints, rows: int) -> tuple[Ints, Ints]:
    """Return which hits are of each row, in the order they are given in.

    Parameters
    ----------
    row : ndarray of shape (hits,), int64
    rows : int

    Returns
    -------
    starts : ndarray of shape (rows + 1,), int64
    hits : ndarray of shape (hits,), int64
        Row r has ``hits[starts[r]:starts[r + 1]]``.
    """
    starts = np.zeros(rows + 1, np.int64)
    for hit in range(len(row)):
        starts[row[hit] + 1] += 1
    for at in range(rows):
        starts[at + 1] += starts[at]
    filled = starts[:-1].copy()
    hits = np.empty(len(row), np.int64)
    for hit in range(len(row)):
        hits[filled[row[hit]]] = hit
        filled[row[hit]] += 1
    return starts, hits


@kernel
def bodies(places: Places, hits: Hits, standing: Standing) -> tuple[Ints, Bytes]:
    """Return what is kept of each person as bytes; :mod:`sojourn.segments.packing` reads them.

    Parameters
    ----------
    places : Places
    hits : Hits
    standing : Standing

    Returns
    -------
    ends : ndarray of shape (people + 1,), int64
        Person p has ``data[ends[p]:ends[p + 1]]``.
    data : ndarray of shape (bytes,), uint8
    """
    starts, order = by_row(hits.row, len(places.time))
    people = len(places.offsets) - 1
    ends = np.zeros(people + 1, np.int64)
    for person in range(people):
        size = HEAD + 2 * np.count_nonzero(standing.inside[person])
        for row in range(places.offsets[person], places.offsets[person + 1]):
            if starts[row + 1] > starts[row]:
                size += KEY
            for at in range(starts[row], starts[row + 1]):
                size += LONG_HIT if hits.kind[order[at]] == SIGNAL else HIT
        ends[person + 1] = ends[person] + size
    data = np.empty(ends[-1], np.uint8)
    for person in range(people):
        span = (places.offsets[person], places.offsets[person + 1])
        at = _write_head(data, ends[person], standing, person, _with_hits(starts, span))
        for row in range(span[0], span[1]):
            if starts[row + 1] > starts[row]:
                at = _put(data, at, places.time[row], 8)
                at = _put(data, at, places.position[row], 8)
                at = _put(data, at, places.ident[row], 8)
                at = _put(data, at, starts[row + 1] - starts[row], 2)
                for each in range(starts[row], starts[row + 1]):
                    at = _write_hit(data, at, hits, order[each])
    return ends, data


@kernel
def _with_hits(starts: Ints, span: tuple[int, int]) -> int:
    found = 0
    for row in range(span[0], span[1]):
        if starts[row + 1] > starts[row]:
            found += 1
    return found


@kernel
def _write_head(data: Bytes, at: int, standing: Standing, person: int, events: int) -> int:
    inside = standing.inside[person]
    at = _put(data, at, int(standing.flags[person]), 1)
    at = _put(data, at, int(np.count_nonzero(inside)), 2)
    at = _put(data, at, events, 2)
    at = _put(data, at, standing.due[person], 8)
    for number in range(len(inside)):
        if inside[number]:
            at = _put(data, at, number, 2)
    return at


@kernel
def _write_hit(data: Bytes, at: int, hits: Hits, hit: int) -> int:
    at = _put(data, at, hits.kind[hit], 1)
    if hits.kind[hit] == SIGNAL:
        return _put(data, at, hits.value[hit], 8)
    at = _put(data, at, hits.clue[hit], 2)
    return _put(data, at, hits.value[hit], 1)


@inlined
def _put(data: Bytes, at: int, value: int, width: int) -> int:
    """Write a number, its lowest byte first; return where the next one goes."""
    for byte in range(width):
        data[at + byte] = np.uint8((value >> (8 * byte)) & 255)
    return at + width
