"""Kernels that count events and people by kind of event, repeats and short loops included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

NEVER_FIRST = 2**63 - 1
NEVER_LAST = -(2**63)


@kernel
def tally_events(
    offsets: NDArray[np.int64],
    event: Codes,
    time: NDArray[np.int64],
    skip: NDArray[np.uint8],
    kinds: int,
) -> NDArray[np.int64]:
    """Return count, people, first and last time of each kind of event.

    Parameters
    ----------
    offsets : ndarray of shape (people + 1,), int64
    event : ndarray of shape (rows,), unsigned, below ``kinds``
    time : ndarray of shape (rows,), int64
        Ascending within each person.
    skip : ndarray of shape (people,), uint8, or shape (0,)
    kinds : int

    Returns
    -------
    ndarray of shape (4, kinds), int64
        Rows: count, people, first, last; ``NEVER_FIRST`` and ``NEVER_LAST`` where there is none.
    """
    counts = np.zeros(kinds, np.int64)
    people = np.zeros(kinds, np.int64)
    newest = np.full(kinds, -1, np.int64)
    earliest = np.full(kinds, NEVER_FIRST, np.int64)
    latest = np.full(kinds, NEVER_LAST, np.int64)
    for person in range(len(offsets) - 1):
        if len(skip) > 0 and skip[person] != 0:
            continue
        for row in range(offsets[person], offsets[person + 1]):
            kind = event[row]
            counts[kind] += 1
            people[kind] += newest[kind] != person
            newest[kind] = person
            earliest[kind] = min(earliest[kind], time[row])
            latest[kind] = max(latest[kind], time[row])
    return np.stack((counts, people, earliest, latest))


@kernel
def tally_repeats(
    offsets: NDArray[np.int64],
    event: Codes,
    owner: NDArray[np.int64],
    skip: NDArray[np.uint8],
    kinds: int,
) -> NDArray[np.int64]:
    """Return, for each kind of event, who did it, who came back to it, and how.

    Parameters
    ----------
    offsets, event, skip, kinds
        As in :func:`tally_events`.
    owner : ndarray of shape (journeys,), int64, ascending, or shape (0,)
        The person of each journey.

    Returns
    -------
    ndarray of shape (5, kinds), int64
        Rows: journeys with the event; journeys with it more than once (rework); people with it;
        times it was followed by itself; times it was left and come back to at once (a, b, a with
        a other than b), counted at a.
    """
    result = np.zeros((5, kinds), np.int64)
    newest = np.full(kinds, -1, np.int64)
    repeated = np.full(kinds, -1, np.int64)
    person_newest = np.full(kinds, -1, np.int64)
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey] != 0:
            continue
        person = owner[journey] if len(owner) > 0 else np.int64(journey)
        first = offsets[journey]
        for row in range(first, offsets[journey + 1]):
            kind = event[row]
            result[2, kind] += person_newest[kind] != person
            person_newest[kind] = person
            if newest[kind] != journey:
                result[0, kind] += 1
                newest[kind] = journey
                continue
            result[1, kind] += repeated[kind] != journey
            repeated[kind] = journey
            if event[row - 1] == kind:
                result[3, kind] += 1
            elif row - 2 >= first and event[row - 2] == kind:
                result[4, kind] += 1
    return result
