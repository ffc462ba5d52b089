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
    automaton: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]],
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
        ``symbols`` of shape (kinds,), int64: the first symbol of each kind of event.
        ``table`` of shape (states, symbols), int64: the next state.
        ``final`` of shape (states,), uint8: bit 1 accepts here, bit 2 accepts if the journey
        ends here.
        ``begin`` of shape (2,), int64: the state at a journey's start, and after a match.

    Returns
    -------
    ndarray of shape (journeys,), int64
        Non-overlapping matches; 0 for skipped journeys and those without events.
    """
    symbols, table, final, begin = automaton
    matches = np.zeros(len(offsets) - 1, np.int64)
    for journey in range(len(offsets) - 1):
        if offsets[journey] == offsets[journey + 1]:
            continue
        if len(skip) > 0 and skip[journey] != 0:
            continue
        state = begin[0]
        found = 0
        for row in range(offsets[journey], offsets[journey + 1]):
            symbol = symbols[event[row]]
            if len(flags) > 0:
                symbol += flags[row]
            state = table[state, symbol]
            if final[state] & 1:
                found += 1
                state = begin[1]
        if final[state] & 2:
            found += 1
        matches[journey] = found
    return matches
