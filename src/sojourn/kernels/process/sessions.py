"""Kernels that split journeys into sessions and measure them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes


@kernel
def session_starts(
    offsets: NDArray[np.int64],
    time: NDArray[np.int64],
    gap_us: int,
    days: NDArray[np.int64],
    campaign: Codes,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the offsets and parents of sessions, split also by day and campaign if wanted.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
    gap_us : int
        A new session begins when more than this lies between two events.
    days : ndarray of shape (rows,), int64, or shape (0,)
        The calendar day of each event; a new day begins a new session.
    campaign : ndarray of shape (rows,), unsigned, or shape (0,)
        0 is none; a campaign other than the session's newest, or its first, begins a new session.

    Returns
    -------
    offsets : ndarray of shape (sessions + 1,), int64
    parent : ndarray of shape (sessions,), int64
        The journey each session is part of.
    """
    starts = np.empty(offsets[-1] - offsets[0] + 1, np.int64)
    parent = np.empty(offsets[-1] - offsets[0], np.int64)
    sessions = 0
    for journey in range(len(offsets) - 1):
        newest = np.int64(0)
        for row in range(offsets[journey], offsets[journey + 1]):
            begins = row == offsets[journey] or time[row] - time[row - 1] > gap_us
            if not begins and len(days) > 0:
                begins = days[row] != days[row - 1]
            came = np.int64(campaign[row]) if len(campaign) > 0 else np.int64(0)
            if came not in (0, newest):
                begins = True
            if came != 0 or begins:
                newest = came
            if begins:
                starts[sessions] = row
                parent[sessions] = journey
                sessions += 1
    starts[sessions] = offsets[-1]
    return starts[: sessions + 1].copy(), parent[:sessions].copy()


@kernel
def journey_depths(
    offsets: NDArray[np.int64], event: Codes, skip: NDArray[np.uint8], kinds: int
) -> NDArray[np.int64]:
    """Return how many different kinds of event each journey holds; 0 for skipped ones.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    event : ndarray of shape (rows,), unsigned, below ``kinds``
    skip : ndarray of shape (journeys,), uint8, or shape (0,)
    kinds : int

    Returns
    -------
    ndarray of shape (journeys,), int64
    """
    depths = np.zeros(len(offsets) - 1, np.int64)
    newest = np.full(kinds, -1, np.int64)
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey] != 0:
            continue
        for row in range(offsets[journey], offsets[journey + 1]):
            depths[journey] += newest[event[row]] != journey
            newest[event[row]] = journey
    return depths
