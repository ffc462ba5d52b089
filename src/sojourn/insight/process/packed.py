"""Short windows as whole numbers: counted by sorting, joined by merging."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.insight.durations import runs
from sojourn.insight.process.keyed import KeyedDurations
from sojourn.insight.process.sankey import Windows
from sojourn.kernels.process.sums import merged_cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

_OUTCOMES = 3
_LARGEST = 63


def bits_of(nodes: int, depth: int) -> int:
    """Return the bits a step takes in a packed window; 0 where windows do not fit one number."""
    bits = (nodes + _OUTCOMES).bit_length()
    return bits if (depth + 2) * bits <= _LARGEST else 0


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Distinct windows and how often each occurs; parts merge with ``+``.

    Attributes
    ----------
    keys : ndarray of shape (windows,), int64, ascending
        As of :func:`sojourn.kernels.process.packed.packed_windows`.
    counts : ndarray of shape (windows,), int64
    bits : int
        Of each step.
    places : int
        Steps a number holds: depth and two.
    """

    keys: Ints
    counts: Ints
    bits: int
    places: int

    @classmethod
    def of(cls, windows: Ints, bits: int, places: int) -> Packed:
        """Return the distinct windows among some."""
        return cls(*runs(np.sort(windows)), bits, places)

    def __add__(self, other: Packed) -> Packed:
        keys, counts = merged_cells(self.keys, self.counts, other.keys, other.counts)
        return Packed(keys, counts, self.bits, self.places)

    @property
    def durations(self) -> KeyedDurations:
        """Nothing: packed windows carry no times."""
        return KeyedDurations.none()

    def __len__(self) -> int:
        """Return the number of distinct windows."""
        return len(self.keys)

    def windows(self) -> Windows:
        """Return the windows one after the other."""
        steps = self._steps(self.keys)
        used = steps >= 0
        offsets = np.zeros(len(self.keys) + 1, np.int64)
        np.cumsum(used.sum(axis=1), out=offsets[1:])
        return Windows(offsets, steps[used], self.counts)

    def path(self, number: int) -> list[int]:
        """Return the nodes of one window and, last, how it closed."""
        steps = self._steps(self.keys[number : number + 1])[0]
        codes: list[int] = steps[steps >= 0].tolist()
        return codes

    def commonest(self, limit: int | None) -> Ints:
        """Return the numbers of the commonest windows; of equally common ones the shorter first.

        Parameters
        ----------
        limit : int or None
            How many; None for all.
        """
        chosen = np.arange(len(self.keys))
        if limit is not None and limit < len(self.keys):
            least = np.partition(self.counts, len(self.counts) - limit)[len(self.counts) - limit]
            chosen = np.flatnonzero(self.counts >= least)
        lengths = (self._steps(self.keys[chosen]) >= 0).sum(axis=1)
        order = np.lexsort((self.keys[chosen], lengths, -self.counts[chosen]))
        result: Ints = chosen[order][:limit]
        return result

    def _steps(self, keys: Ints) -> Ints:
        """Return the steps of each window in a row, -1 after its last."""
        shifts = self.bits * np.arange(self.places - 1, -1, -1)
        steps: Ints = ((keys[:, None] >> shifts) & ((1 << self.bits) - 1)) - 1
        return steps
