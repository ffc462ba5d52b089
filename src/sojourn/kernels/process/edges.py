"""Kernels that count moves: which event directly follows which, with virtual start and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes


@kernel
def dense_moves(
    offsets: NDArray[np.int64], event: Codes, skip: NDArray[np.uint8], width: int
) -> NDArray[np.int64]:
    """Return how often each event directly follows each other one.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    event : ndarray of shape (rows,), unsigned, below ``width - 1``
    skip : ndarray of shape (journeys,), uint8, or shape (0,)
    width : int
        Kinds of event and one: ``width - 1`` stands for the virtual start and end.

    Returns
    -------
    ndarray of shape (width * width,), int64
        Entry ``source * width + target``. Journeys without rows count nowhere.
    """
    wide, edge, one = np.uint64(width), np.uint64(width - 1), np.uint64(1)
    counts = np.zeros(width * width, np.uint64)
    for journey in range(len(offsets) - 1):
        first, last = np.uint64(offsets[journey]), np.uint64(offsets[journey + 1])
        if first == last or (len(skip) > 0 and skip[journey] != 0):
            continue
        source = edge
        for row in range(first, last):
            target = np.uint64(event[row])
            counts[source * wide + target] += one
            source = target
        counts[source * wide + edge] += one
    return counts.astype(np.int64)


@kernel
def dense_moves_people(
    offsets: NDArray[np.int64],
    event: Codes,
    owner: NDArray[np.int64],
    skip: NDArray[np.uint8],
    width: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how often, and by how many people, each move was made.

    Parameters
    ----------
    offsets, event, skip, width
        As in :func:`dense_moves`.
    owner : ndarray of shape (journeys,), int64, ascending, or shape (0,)
        The person of each journey; below 2**32 - 1.

    Returns
    -------
    counts, people : ndarray of shape (width * width,), int64
    """
    wide, edge, one = np.uint64(width), np.uint64(width - 1), np.uint64(1)
    upper, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    # TRICKY: a move's count and its (newest person << 32 | people) lie side by side, so that
    # each event touches one cache line; the comparison is arithmetic, so nothing is mispredicted
    cells = np.zeros(2 * width * width, np.uint64)
    for journey in range(len(offsets) - 1):
        first, last = np.uint64(offsets[journey]), np.uint64(offsets[journey + 1])
        if first == last or (len(skip) > 0 and skip[journey] != 0):
            continue
        person = np.uint64((owner[journey] if len(owner) > 0 else journey) + 1) << upper
        source = edge
        for row in range(first, last):
            target = np.uint64(event[row])
            cell = (source * wide + target) << one
            seen = cells[cell | one]
            cells[cell] += one
            cells[cell | one] = person | ((seen & low) + np.uint64((seen ^ person) > low))
            source = target
        cell = (source * wide + edge) << one
        seen = cells[cell | one]
        cells[cell] += one
        cells[cell | one] = person | ((seen & low) + np.uint64((seen ^ person) > low))
    counts = cells[0::2].astype(np.int64)
    people = (cells[1::2] & low).astype(np.int64)
    return counts, people


@kernel
def packed_triples(words: NDArray[np.uint64], width: int) -> NDArray[np.int64]:
    """Return moves of one long row of one-byte events, two moves counted at a time.

    Parameters
    ----------
    words : ndarray of shape (rows / 8,), uint64
        Eight events each, the first in the lowest byte.
    width : int
        Events lie below it; at most 64, so that a table of triples stays in the cache.

    Returns
    -------
    ndarray of shape (width * width,), int64
        Moves inside the row, people's boundaries not regarded.
    """
    wide, byte, one = np.uint64(width), np.uint64(255), np.uint32(1)
    even = np.zeros(width**3, np.uint32)
    odd = np.zeros(width**3, np.uint32)
    # TRICKY: the first word has nobody before it; pretend its first event stood there
    before = words[0] & byte if len(words) > 0 else np.uint64(0)
    false_start = before * wide + before
    for at in range(len(words)):
        word = words[at]
        e0, e1 = word & byte, (word >> np.uint64(8)) & byte
        e2, e3 = (word >> np.uint64(16)) & byte, (word >> np.uint64(24)) & byte
        e4, e5 = (word >> np.uint64(32)) & byte, (word >> np.uint64(40)) & byte
        e6, e7 = (word >> np.uint64(48)) & byte, word >> np.uint64(56)
        even[(before * wide + e0) * wide + e1] += one
        odd[(e1 * wide + e2) * wide + e3] += one
        even[(e3 * wide + e4) * wide + e5] += one
        odd[(e5 * wide + e6) * wide + e7] += one
        before = e7
    counts = np.zeros(width * width, np.int64)
    for a in range(width):
        for b in range(width):
            for c in range(width):
                triple = (a * width + b) * width + c
                seen = np.int64(even[triple]) + np.int64(odd[triple])
                counts[a * width + b] += seen
                counts[b * width + c] += seen
    if len(words) > 0:
        counts[false_start] -= 1
    return counts


@kernel
def add_boundaries(
    offsets: NDArray[np.int64], event: Codes, width: int, counts: NDArray[np.int64]
) -> None:
    """Turn moves of one long row into moves of journeys, in place.

    Moves over a boundary are taken away; virtual starts and ends are added.

    Parameters
    ----------
    offsets, event, width
        As in :func:`dense_moves`; the row holds exactly ``offsets[0]`` to ``offsets[-1] - 1``.
    counts : ndarray of shape (width * width,), int64
    """
    wide, edge = np.uint64(width), np.uint64(width - 1)
    end = offsets[-1]
    for journey in range(len(offsets) - 1):
        first, last = offsets[journey], offsets[journey + 1]
        if first == last:
            continue
        final = np.uint64(event[last - 1])
        counts[edge * wide + np.uint64(event[first])] += 1
        counts[final * wide + edge] += 1
        if last < end:
            counts[final * wide + np.uint64(event[last])] -= 1


@kernel
def person_moves(
    offsets: NDArray[np.int64],
    event: Codes,
    owner: NDArray[np.int64],
    skip: NDArray[np.uint8],
    width: int,
) -> NDArray[np.int64]:
    """Return one number for each move and the person who made it, in row order.

    Parameters
    ----------
    offsets, event, skip, width
        As in :func:`dense_moves`.
    owner : ndarray of shape (journeys,), int64
        Numbers of people such that ``width * width * (max(owner) + 1)`` is below 2**63.

    Returns
    -------
    ndarray of shape (moves,), int64
        ``(source * width + target) * people + person``, where people is ``max(owner) + 1``.
    """
    total = 0
    for journey in range(len(offsets) - 1):
        if offsets[journey] < offsets[journey + 1] and (len(skip) == 0 or skip[journey] == 0):
            total += offsets[journey + 1] - offsets[journey] + 1
    people = owner.max() + 1 if len(owner) > 0 else np.int64(1)
    keys = np.empty(total, np.int64)
    at = 0
    for journey in range(len(offsets) - 1):
        first, last = offsets[journey], offsets[journey + 1]
        if first == last or (len(skip) > 0 and skip[journey] != 0):
            continue
        source = np.int64(width - 1)
        for row in range(first, last):
            target = np.int64(event[row])
            keys[at] = (source * width + target) * people + owner[journey]
            at += 1
            source = target
        keys[at] = (source * width + width - 1) * people + owner[journey]
        at += 1
    return keys


@kernel
def count_person_moves(
    ordered: NDArray[np.int64], people: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct moves, their count and their people.

    Parameters
    ----------
    ordered : ndarray of shape (moves,), int64, ascending
        Made by :func:`person_moves`.
    people : int

    Returns
    -------
    keys, counts, persons : ndarray of shape (distinct,), int64
    """
    distinct = 0
    for at in range(len(ordered)):
        if at == 0 or ordered[at] // people != ordered[at - 1] // people:
            distinct += 1
    keys = np.empty(distinct, np.int64)
    counts = np.zeros(distinct, np.int64)
    persons = np.zeros(distinct, np.int64)
    group = -1
    for at in range(len(ordered)):
        key = ordered[at] // people
        if at == 0 or key != keys[group]:
            group += 1
            keys[group] = key
        counts[group] += 1
        if at == 0 or ordered[at] != ordered[at - 1]:
            persons[group] += 1
    return keys, counts, persons


@kernel
def move_durations(
    offsets: NDArray[np.int64],
    event: Codes,
    time: NDArray[np.int64],
    skip: NDArray[np.uint8],
    width: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each real move with the time it took, in row order.

    Parameters
    ----------
    offsets, event, skip, width
        As in :func:`dense_moves`.
    time : ndarray of shape (rows,), int64
        Microseconds, ascending within a journey.

    Returns
    -------
    keys : ndarray of shape (moves,), int64
        ``source * width + target``; virtual moves take no time and are left out.
    durations : ndarray of shape (moves,), int64, microseconds
    """
    total = 0
    for journey in range(len(offsets) - 1):
        if len(skip) == 0 or skip[journey] == 0:
            total += max(0, offsets[journey + 1] - offsets[journey] - 1)
    keys = np.empty(total, np.int64)
    durations = np.empty(total, np.int64)
    at = 0
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey] != 0:
            continue
        for row in range(offsets[journey] + 1, offsets[journey + 1]):
            keys[at] = np.int64(event[row - 1]) * width + np.int64(event[row])
            durations[at] = time[row] - time[row - 1]
            at += 1
    return keys, durations
