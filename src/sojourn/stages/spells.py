"""Spells of one stage as a partial: every age while there are few, then bins on a log scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.insight.numbers.logbins import RELATIVE_ERROR
from sojourn.kernels.stages.curves import BIN_BITS, add_bins, in_order

Ints: TypeAlias = NDArray[np.int64]

EXACT_LIMIT = 1_000_000
"""Spells of a stage whose ages are kept exactly; beyond it only the bin of each is."""


def code_bits(states: int) -> int:
    """Return the bits of a key that hold its code: a state, or one of the two codes above."""
    return (states + 1).bit_length()


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Spells of one stage. Parts merge with ``+`` in any order to the same curves.

    Attributes
    ----------
    states : int
        Destinations, 0 (still going on) and lapsed (the last) included.
    n : int
        Spells.
    late : int
        Those that came under observation when they were already going on.
    parts : tuple of ndarray of shape (any,), int64
        Keys as of :mod:`sojourn.kernels.stages.curves`, in any order; none when coarse.
    cells : ndarray of shape (codes, bins), int64
        How often each bin was seen with each code; shape (0, 0) unless coarse.
    """

    states: int
    n: int
    late: int
    parts: tuple[Ints, ...]
    cells: Ints

    @classmethod
    def of(cls, states: int, keys: Ints, n: int, late: int) -> Spells:
        """Return spells from keys: ``n`` of them ends of spells, ``late`` of them beginnings."""
        exact = cls(states, n, late, (keys,), np.empty((0, 0), np.int64))
        return exact if n <= EXACT_LIMIT else exact.coarsened()

    @property
    def coarse(self) -> bool:
        """Whether only the bins of ages are known."""
        return self.cells.size > 0

    @property
    def relative_error(self) -> float:
        """Largest relative error of an age: 0 when exact."""
        return RELATIVE_ERROR if self.coarse else 0.0

    def __add__(self, other: Spells) -> Spells:
        n, late = self.n + other.n, self.late + other.late
        if not (self.coarse or other.coarse) and n <= EXACT_LIMIT:
            return Spells(self.states, n, late, self.parts + other.parts, self.cells)
        cells = self.coarsened().cells + other.coarsened().cells
        return Spells(self.states, n, late, (), cells)

    def coarsened(self) -> Spells:
        """Return the same spells known only by the bins of their ages."""
        if self.coarse:
            return self
        bits = code_bits(self.states)
        cells = np.zeros((self.states + 2, 1 << BIN_BITS), np.int64)
        for part in self.parts:
            add_bins(cells, part, bits)
        return Spells(self.states, self.n, self.late, (), cells)

    def ordered(self) -> tuple[Ints, Ints]:
        """Return keys ascending by age (or bin), and how often each was seen.

        Returns
        -------
        keys : ndarray of shape (distinct,), int64
        counts : ndarray of shape (distinct,), or (0,) when each was seen once
        """
        bits = code_bits(self.states)
        if not self.coarse:
            return in_order(np.concatenate(self.parts), bits), np.empty(0, np.int64)
        by_bin = self.cells.T
        bins, codes = np.nonzero(by_bin)
        return (bins << bits) | codes, by_bin[bins, codes]

    def shapes(self) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        """Return what the kernel of curves must know: lapses by the rule, and by last event."""
        bits = code_bits(self.states)
        return (bits, self.states, self.states - 1), (bits, self.states, self.states + 1)


__all__ = ["EXACT_LIMIT", "Spells", "code_bits"]
