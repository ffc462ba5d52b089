"""What a plain funnel is asked of: steps in order, a window, the best entry; counted only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_PLAIN_STEPS = 8
"""One bit of a byte for each."""

BEST, FIRST, ALL = range(3)
"""Entry policies."""


class People(NamedTuple):
    """Journeys as arrays.

    Attributes
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
    skip : ndarray of shape (journeys,), uint8, or (0,)
        1 for journeys to leave out.
    """

    offsets: NDArray[np.int64]
    time: NDArray[np.int64]
    skip: NDArray[np.uint8]


class PlainRules(NamedTuple):
    """What a plain funnel asks.

    Attributes
    ----------
    steps : int
        From 1 to ``MAX_PLAIN_STEPS``.
    window : int
        From the entry, inclusive, µs.
    start, end : int
        Entries lie in this half-open range.
    mature_until : int
        Entries at or before it have had their whole window.
    """

    steps: int
    window: int
    start: int
    end: int
    mature_until: int


class Calendar(NamedTuple):
    """Intervals that entries are counted by.

    Attributes
    ----------
    edges : ndarray of shape (intervals + 1,), int64
        Cover every entry.
    cells : ndarray of shape (cells,), int32
        See ``Intervals.cells``.
    """

    edges: NDArray[np.int64]
    cells: NDArray[np.int32]
