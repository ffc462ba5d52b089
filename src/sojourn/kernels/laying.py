"""Kernels that lay new events beside what is kept of many people: read, choose, sum up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from sojourn.kernels.jit import inlined, kernel
from sojourn.kernels.keeping import HEAD, HIT, KEY, LONG_HIT, SIGNAL, Hits, Places, by_row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Bytes: TypeAlias = NDArray[np.uint8]
    Truths: TypeAlias = NDArray[np.bool_]

NEWEST, KNOWN, CHAIN = 0, 1, 2
"""Kinds of hits, beside ``SIGNAL``."""
NOT_YET = -(2**62)
KIND, KEEP, SLOT, FIRST, STEPS, WINDOW = 0, 1, 2, 3, 4, 5
"""Columns of ``Asked.table``: the clue's kind; how many events it keeps; the column of
``Summed.time`` of its newest; 1 where the first value counts; a chain's steps and window (µs)."""
COUNT, ROW, LAST = 0, 1, 2
"""Rows of the scratch, by clue: hits of the person so far; the row of the last; the one to keep."""


class Asked(NamedTuple):
    """What clues keep.

    Attributes
    ----------
    table : ndarray of shape (clues, 6), int64
    slots : int
        Columns that the times of all clues take.
    steps : int
        The most steps that a chain has.
    most_chain, most_signals : int
        Events of one chain and for the stage model that are kept of one person.
    """

    table: Ints
    slots: int
    steps: int
    most_chain: int
    most_signals: int


class Was(NamedTuple):
    """What was kept of people.

    Attributes
    ----------
    flags : ndarray of shape (people,), uint8
    inside : ndarray of shape (people, segments), bool
    more : ndarray of shape (people,), bool
        There is more than the events in ``places``, for :mod:`sojourn.segments.packing` to read.
    places : Places
    hits : Hits
    """

    flags: Bytes
    inside: Truths
    more: Truths
    places: Places
    hits: Hits


class Summed(NamedTuple):
    """What is known of people, clue by clue.

    Attributes
    ----------
    time : ndarray of shape (people, slots), int64
        Newest first; of a chain, when it was last done.
    position, ident : ndarray of shape (people, clues), int64
        The rest of the place of each clue's newest event.
    says : ndarray of shape (people, clues), bool
    keeps : ndarray of shape (hits,), bool
        Which hits are to be kept.
    hard : ndarray of shape (people,), bool
        Of whom there is too much to be kept one by one.
    """

    time: Ints
    position: Ints
    ident: Ints
    says: Truths
    keeps: Truths
    hard: Truths


@kernel
def read_bodies(data: Bytes, ends: Ints, segments: int) -> Was:
    """Return what was kept of people; the twin of :func:`sojourn.kernels.keeping.bodies`.

    Parameters
    ----------
    data : ndarray of shape (bytes,), uint8
    ends : ndarray of shape (people + 1,), int64
        Person p has ``data[ends[p]:ends[p + 1]]``: nothing, where nothing was kept.
    segments : int
    """
    people = len(ends) - 1
    flags, more = np.zeros(people, np.uint8), np.zeros(people, np.bool_)
    inside = np.zeros((people, segments), np.bool_)
    offsets = np.zeros(people + 1, np.int64)
    many = 0
    for person in range(people):
        at = ends[person]
        if at < ends[person + 1]:
            offsets[person + 1] = _get(data, at + 3, 2)
            many += (ends[person + 1] - at) // HIT  # no fewer than its hits
        offsets[person + 1] += offsets[person]
    rows = np.empty((3, offsets[-1]), np.int64)
    hits = np.empty((4, many), np.int64)
    used = 0
    for person in range(people):
        at = ends[person]
        if at == ends[person + 1]:
            continue
        flags[person] = data[at]
        count = _get(data, at + 1, 2)
        at += HEAD
        for _ in range(count):
            inside[person, _get(data, at, 2)] = True
            at += 2
        for row in range(offsets[person], offsets[person + 1]):
            for part in range(3):
                rows[part, row] = _get(data, at + 8 * part, 8)
            left = _get(data, at + 24, 2)
            at += KEY
            for _ in range(left):
                at = _read_hit(data, at, hits, used, row)
                used += 1
        more[person] = at < ends[person + 1]
    places = Places(offsets, rows[0], rows[1], rows[2])
    return Was(flags, inside, more, places, Hits(*_four(hits[:, :used])))


@kernel
def _four(table: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    return table[0].copy(), table[1].copy(), table[2].copy(), table[3].copy()


@inlined
def _read_hit(data: Bytes, at: int, hits: Ints, used: int, row: int) -> int:
    hits[0, used] = row
    hits[1, used] = data[at]
    if data[at] == SIGNAL:
        hits[2, used] = -1
        hits[3, used] = _get(data, at + 1, 8)
        return at + LONG_HIT
    hits[2, used] = _get(data, at + 1, 2)
    hits[3, used] = data[at + 3]
    return at + HIT


@inlined
def _get(data: Bytes, at: int, width: int) -> int:
    """Return a number whose lowest byte comes first."""
    value = 0
    for byte in range(width):
        part = int(data[at + byte])
        if byte == 7 and part > 127:  # below nothing; Python's own integers know no 64th bit
            part -= 256
        value |= part << (8 * byte)
    return value


@kernel
def laid(places: Places, hits: Hits, asked: Asked) -> Summed:
    """Return what people's events come to, and which of them still matter.

    Parameters
    ----------
    places : Places
        Each person's events in their order, each once.
    hits : Hits
        What one event says twice counts once. Values of chains have a bit for each step.
    asked : Asked
    """
    starts, order = by_row(hits.row, len(places.time))
    people, clues = len(places.offsets) - 1, len(asked.table)
    position, ident = np.zeros((people, clues), np.int64), np.zeros((people, clues), np.int64)
    found = Summed(
        np.full((people, asked.slots), NOT_YET, np.int64), position, ident,
        np.zeros((people, clues), np.bool_), np.zeros(len(hits.row), np.bool_),
        np.zeros(people, np.bool_),
    )  # fmt: skip
    scratch = np.empty((3, clues + 1), np.int64)
    scratch[ROW] = -1
    begun = np.empty((clues, asked.steps), np.int64)
    for person in range(people):
        scratch[COUNT] = 0
        begun[:] = NOT_YET
        for row in range(places.offsets[person + 1] - 1, places.offsets[person] - 1, -1):
            for at in range(starts[row], starts[row + 1]):
                which = (person, row, order[at])
                if scratch[ROW, hits.clue[order[at]]] != row:
                    _choose(which, (places, hits, asked), found, scratch)
        for row in range(places.offsets[person], places.offsets[person + 1]):
            for at in range(starts[row], starts[row + 1]):
                clue = hits.clue[order[at]]
                if hits.kind[order[at]] == CHAIN and found.keeps[order[at]]:
                    marks = hits.value[order[at]]
                    if _step(begun[clue], places.time[row], marks, asked.table[clue]):
                        found.time[person, asked.table[clue, SLOT]] = places.time[row]
    return found


@inlined
def _choose(
    which: tuple[int, int, int], given: tuple[Places, Hits, Asked], found: Summed, scratch: Ints
) -> None:
    """Take one hit of a person, whose newer ones came before."""
    person, row, hit = which
    places, hits, asked = given
    clue, kind = hits.clue[hit], hits.kind[hit]
    newer = scratch[COUNT, clue]
    scratch[COUNT, clue] = newer + 1
    scratch[ROW, clue] = row
    keeps = True
    if kind == NEWEST:
        keeps = newer < asked.table[clue, KEEP]
        if keeps:
            found.time[person, asked.table[clue, SLOT] + newer] = places.time[row]
        if newer == 0:
            found.position[person, clue] = places.position[row]
            found.ident[person, clue] = places.ident[row]
    elif kind == KNOWN:
        keeps = newer == 0 or asked.table[clue, FIRST] == 1
        if keeps:
            if newer > 0:
                found.keeps[scratch[LAST, clue]] = False
            scratch[LAST, clue] = hit
            found.says[person, clue] = hits.value[hit] != 0
    elif newer >= (asked.most_chain if kind == CHAIN else asked.most_signals):
        found.hard[person] = True
    found.keeps[hit] = keeps


@inlined
def _step(begun: Ints, time: int, marks: int, asked: Ints) -> bool:
    """Go on with a chain; return whether that was its last step."""
    done = False
    for step in range(asked[STEPS] - 1, -1, -1):
        if not (marks >> step) & 1:
            continue
        if step == 0:
            begun[0] = time
        elif begun[step - 1] != NOT_YET and time - begun[step - 1] <= asked[WINDOW]:
            begun[step] = max(begun[step], begun[step - 1])
            done = done or step == asked[STEPS] - 1
    return done
