"""Moves of one bucket by whichever kernel is quickest; the answers are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.process.edges import (
    add_boundaries,
    count_person_moves,
    dense_moves,
    dense_moves_people,
    packed_triples,
    person_moves,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

DENSE_CELLS = 1 << 16
"""A table of this many moves is kept whole however few rows there are."""

TRIPLES_WIDTH = 64
_WORD = 8
_LARGEST = 2**63 - 1


def moves(
    offsets: NDArray[np.int64], event: Codes, skip: NDArray[np.uint8], kinds: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the moves that occur and how often.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    event : ndarray of shape (rows,), unsigned, below ``kinds``
    skip : ndarray of shape (journeys,), uint8, or shape (0,)
    kinds : int
        Code ``kinds`` stands for the virtual start and end.

    Returns
    -------
    keys : ndarray of shape (moves,), int64, ascending
        ``source * (kinds + 1) + target``.
    counts : ndarray of shape (moves,), int64, positive
    """
    width = kinds + 1
    if not _dense(width, len(event)):
        everybody = np.zeros(len(offsets) - 1, np.int64)  # as if one person made all journeys
        keys, counts, _ = _sorted_moves(offsets, event, everybody, skip, width)
        return keys, counts
    if _packable(offsets, event, skip, width):
        table = _packed(offsets, event, width)
    else:
        table = dense_moves(offsets, event, skip, width)
    keys = np.flatnonzero(table)
    return keys, table[keys]


def moves_people(
    offsets: NDArray[np.int64],
    event: Codes,
    owner: NDArray[np.int64],
    skip: NDArray[np.uint8],
    kinds: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the moves that occur, how often, and by how many people.

    Parameters
    ----------
    offsets, event, skip, kinds
        As in :func:`moves`.
    owner : ndarray of shape (journeys,), int64, ascending, or shape (0,)
        The person of each journey.

    Returns
    -------
    keys : ndarray of shape (moves,), int64, ascending
    counts, people : ndarray of shape (moves,), int64, positive
    """
    width = kinds + 1
    if _dense(width, len(event)):
        table, persons = dense_moves_people(offsets, event, owner, skip, width)
        keys = np.flatnonzero(table)
        return keys, table[keys], persons[keys]
    persons = owner if len(owner) else np.arange(len(offsets) - 1, dtype=np.int64)
    return _sorted_moves(offsets, event, persons, skip, width)


def _dense(width: int, rows: int) -> bool:
    return width * width <= max(DENSE_CELLS, rows)


def _sorted_moves(
    offsets: NDArray[np.int64],
    event: Codes,
    owner: NDArray[np.int64],
    skip: NDArray[np.uint8],
    width: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return moves by sorting: quicker than a hash table when most moves are rare.

    Where a move and a person do not fit into one number, people are taken in portions.
    """
    if not len(owner):
        return owner, owner, owner
    portion = _LARGEST // (width * width)
    parts = []
    for start in range(int(owner[0]), int(owner[-1]) + 1, portion):
        low, high = np.searchsorted(owner, (start, start + portion))
        if low == high:
            continue
        inside = skip[low:high] if len(skip) else skip
        persons = owner[low:high] - start
        ordered = person_moves(offsets[low : high + 1], event, persons, inside, width)
        ordered.sort()
        parts.append(count_person_moves(ordered, int(persons.max()) + 1))
    keys = np.concatenate([part[0] for part in parts])
    distinct, places = np.unique(keys, return_inverse=True)
    totals = np.zeros((2, len(distinct)), np.int64)
    for row in (0, 1):
        np.add.at(totals[row], places, np.concatenate([part[row + 1] for part in parts]))
    return distinct, totals[0], totals[1]


def _packable(
    offsets: NDArray[np.int64], event: Codes, skip: NDArray[np.uint8], width: int
) -> bool:
    return (
        event.dtype == np.uint8
        and not len(skip)
        and len(offsets) > 1
        and offsets[0] == 0
        and offsets[-1] == len(event)
        and event.ctypes.data % _WORD == 0
        and event.flags.c_contiguous
        and width <= TRIPLES_WIDTH
        and width**3 <= len(event) // 4
    )


def _packed(offsets: NDArray[np.int64], event: Codes, width: int) -> NDArray[np.int64]:
    packed = len(event) // _WORD * _WORD
    counts = packed_triples(event[:packed].view("<u8"), width)
    for row in range(packed, len(event)):
        counts[int(event[row - 1]) * width + int(event[row])] += 1
    add_boundaries(offsets, event, width, counts)
    return counts
