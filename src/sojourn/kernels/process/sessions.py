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
def session_figures(
    sessions: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]],
    rows: tuple[Codes, NDArray[np.int64]],
    period: NDArray[np.int64],
    sizes: tuple[int, int],
) -> tuple[NDArray[np.int64], NDArray[np.int64], int, NDArray[np.int64]]:
    """Return what all sessions add up to, and the figures of each that is no bounce.

    Parameters
    ----------
    sessions : tuple
        ``offsets`` of shape (sessions + 1,), int64; ``owner`` of shape (sessions,), int64,
        ascending; ``skip`` of shape (sessions,), uint8.
    rows : tuple of two ndarrays of shape (rows,)
        Node and time.
    period : ndarray of shape (sessions,), int64, or shape (0,) when all are of period 0
        Ascending for the sessions of one person.
    sizes : tuple of two int
        Periods and nodes.

    Returns
    -------
    totals : ndarray of shape (periods, 4), int64
        Sessions, people, events and bounces.
    edges : ndarray of shape (2, nodes), int64
        Sessions that begin with, and end with, each node.
    everybody : int
        People with a session in any period.
    figures : ndarray of shape (4, sessions of two events or more), int64
        Period, length, depth and duration in microseconds.
    """
    offsets, owner, skip = sessions
    node, time = rows
    periods, nodes = sizes
    totals = np.zeros((periods, 4), np.int64)
    edges = np.zeros((2, nodes), np.int64)
    newest = np.full(nodes, -1, np.int64)
    longer = 0
    for session in range(len(skip)):
        if skip[session] == 0 and offsets[session + 1] - offsets[session] > 1:
            longer += 1
    figures = np.empty((4, longer), np.int64)
    at, everybody = 0, 0
    last_owner, last_period = np.int64(-1), np.int64(-1)
    for session in range(len(skip)):
        if skip[session] != 0:
            continue
        first, last = offsets[session], offsets[session + 1] - 1
        when = period[session] if len(period) > 0 else np.int64(0)
        length = last - first + 1
        another = owner[session] != last_owner
        everybody += another
        totals[when, 0] += 1
        totals[when, 1] += another or when != last_period
        totals[when, 2] += length
        totals[when, 3] += length == 1
        edges[0, node[first]] += 1
        edges[1, node[last]] += 1
        last_owner, last_period = owner[session], when
        if length > 1:
            depth = 0
            for row in range(first, last + 1):
                depth += newest[node[row]] != session
                newest[node[row]] = session
            figures[0, at] = when
            figures[1, at] = length
            figures[2, at] = depth
            figures[3, at] = time[last] - time[first]
            at += 1
    return totals, edges, everybody, figures
