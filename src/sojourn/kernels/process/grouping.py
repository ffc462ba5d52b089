"""Kernels that find equal journeys: by hash, and then exactly, so that no collision can count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes


@kernel
def span_hashes(
    first: NDArray[np.int64], last: NDArray[np.int64], event: Codes
) -> NDArray[np.uint64]:
    """Return a hash of the events in each span of rows; equal spans have equal hashes.

    Parameters
    ----------
    first, last : ndarray of shape (spans,), int64
        Span s holds rows ``first[s]`` to ``last[s] - 1``.
    event : ndarray of shape (rows,), unsigned

    Returns
    -------
    ndarray of shape (spans,), uint64

    References
    ----------
    Steele, G., Lea, D. and Flood, C. (2014). Fast splittable pseudorandom number generators:
    the finaliser (its constants are those of MurmurHash3 variant 13).
    """
    odd = np.uint64(0x9E3779B97F4A7C15)
    hashes = np.empty(len(first), np.uint64)
    for span in range(len(first)):
        start, end = np.uint64(first[span]), np.uint64(last[span])
        mixed = end - start
        for row in range(start, end):
            mixed = (mixed ^ np.uint64(event[row])) * odd
            mixed ^= mixed >> np.uint64(32)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        hashes[span] = mixed ^ (mixed >> np.uint64(31))
    return hashes


@kernel
def group_equal(
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    event: Codes,
    hashes: NDArray[np.uint64],
    skip: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which spans hold the same events, each pair of equal hashes compared event by event.

    Parameters
    ----------
    first, last, event
        As in :func:`span_hashes`.
    hashes : ndarray of shape (spans,), uint64
        Equal for equal spans. Whether they differ for others decides the speed, not the answer.
    skip : ndarray of shape (spans,), uint8, or shape (0,)

    Returns
    -------
    group : ndarray of shape (spans,), int64
        Number of the group, in the order of first appearance; -1 for skipped and empty spans.
    examples : ndarray of shape (groups,), int64
        The first span of each group.
    """
    size = 16
    while size < 2 * len(first):
        size *= 2
    mask = np.uint64(size - 1)
    slots = np.full(size, -1, np.int64)
    group = np.full(len(first), -1, np.int64)
    examples = np.empty(len(first), np.int64)
    groups = 0
    for span in range(len(first)):
        length = last[span] - first[span]
        if length <= 0 or (len(skip) > 0 and skip[span] != 0):
            continue
        at = hashes[span] & mask
        while slots[at] != -1:
            example = examples[slots[at]]
            if hashes[example] == hashes[span] and last[example] - first[example] == length:
                same = 0  # in place: a call that passes arrays along costs more than the rows
                while same < length and event[first[example] + same] == event[first[span] + same]:
                    same += 1
                if same == length:
                    break
            at = (at + np.uint64(1)) & mask
        if slots[at] == -1:
            slots[at] = groups
            examples[groups] = span
            groups += 1
        group[span] = slots[at]
    return group, examples[:groups].copy()


@kernel
def group_totals(
    group: NDArray[np.int64],
    weights: NDArray[np.int64],
    owner: NDArray[np.int64],
    groups: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many journeys, and people, each group holds.

    Parameters
    ----------
    group : ndarray of shape (spans,), int64
        -1 counts nowhere.
    weights : ndarray of shape (spans,), int64, or shape (0,) when each span counts once
    owner : ndarray of shape (spans,), int64, ascending, or shape (0,) when span i is person i
    groups : int

    Returns
    -------
    counts, people : ndarray of shape (groups,), int64
    """
    counts = np.zeros(groups, np.int64)
    people = np.zeros(groups, np.int64)
    newest = np.full(groups, -1, np.int64)
    for span in range(len(group)):
        place = group[span]
        if place < 0:
            continue
        person = owner[span] if len(owner) > 0 else np.int64(span)
        counts[place] += weights[span] if len(weights) > 0 else np.int64(1)
        people[place] += newest[place] != person
        newest[place] = person
    return counts, people


@kernel
def gather_spans(
    first: NDArray[np.int64], last: NDArray[np.int64], event: Codes
) -> tuple[NDArray[np.int64], Codes]:
    """Return the events of some spans, one after the other.

    Parameters
    ----------
    first, last : ndarray of shape (spans,), int64
    event : ndarray of shape (rows,), unsigned

    Returns
    -------
    offsets : ndarray of shape (spans + 1,), int64
    event : ndarray of shape (offsets[-1],), of the type given
    """
    offsets = np.zeros(len(first) + 1, np.int64)
    for span in range(len(first)):
        offsets[span + 1] = offsets[span] + last[span] - first[span]
    gathered = np.empty(offsets[-1], event.dtype)
    for span in range(len(first)):
        at = offsets[span]
        for row in range(first[span], last[span]):
            gathered[at] = event[row]
            at += 1
    return offsets, gathered
