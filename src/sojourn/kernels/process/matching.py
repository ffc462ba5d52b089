"""Kernels that run a finite automaton over journeys: one table look-up an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes


@kernel
def count_matches(
    offsets: NDArray[np.int64],
    event: Codes,
    skip: NDArray[np.uint8],
    flags: NDArray[np.uint8],
    automaton: tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint8], NDArray[np.uint64]],
) -> NDArray[np.int64]:
    """Return how often the automaton matches in each journey.

    A match ends at the earliest event at which the automaton accepts; the next may begin with
    the event after it.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    event : ndarray of shape (rows,), unsigned
    skip : ndarray of shape (journeys,), uint8, or shape (0,)
    flags : ndarray of shape (rows,), uint8, or shape (0,)
        Added to the symbol of the event's kind.
    automaton : tuple of four ndarrays
        ``symbols`` of shape (kinds,), uint64: the first symbol of each kind of event.
        ``table`` of shape (states * width,), uint64: entry ``state + symbol`` is the next state;
        states are multiples of width, the number of symbols, and accepting ones come last.
        ``ends`` of shape (states * width,), uint8: at a state, 1 accepts if the journey ends there.
        ``begin`` of shape (3,), uint64: the state at a journey's start, the one after a match, and
        the first accepting state.

    Returns
    -------
    ndarray of shape (journeys,), int64
        Non-overlapping matches; 0 for skipped journeys and those without events.
    """
    symbols, table, ends, begin = automaton
    start, again, accepting = begin[0], begin[1], begin[2]
    matches = np.zeros(len(offsets) - 1, np.int64)
    for journey in range(len(offsets) - 1):
        first, last = np.uint64(offsets[journey]), np.uint64(offsets[journey + 1])
        if first == last or (len(skip) > 0 and skip[journey] != 0):
            continue
        state = start
        found = 0
        for row in range(first, last):
            symbol = symbols[np.uint64(event[row])]
            if len(flags) > 0:
                symbol += np.uint64(flags[row])
            state = table[state + symbol]
            if state >= accepting:
                found += 1
                state = again
        matches[journey] = found + ends[state]
    return matches
