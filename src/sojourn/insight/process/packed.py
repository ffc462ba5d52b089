"""Short windows as whole numbers: counted in a hash table, the commonest found over all parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.insight.process.keyed import KeyedDurations
from sojourn.insight.process.links import OUTCOMES, Links, summed
from sojourn.kernels.process.counting import add_counts, count_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

_LARGEST = 63


def bits_of(nodes: int, depth: int) -> int:
    """Return the bits a step takes in a packed window; 0 where windows do not fit one number."""
    bits = (nodes + OUTCOMES).bit_length()
    return bits if (depth + 2) * bits <= _LARGEST else 0


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Distinct windows and how often each occurs; parts merge with ``+``.

    Attributes
    ----------
    parts : tuple of (keys, counts), each an ndarray of shape (windows,), int64
        Of each bucket; keys as of :func:`sojourn.kernels.process.packed.packed_windows`.
    bits : int
        Of each step.
    places : int
        Steps a number holds: depth and two.
    """

    parts: tuple[tuple[Ints, Ints], ...]
    bits: int
    places: int

    @classmethod
    def of(cls, windows: Ints, bits: int, places: int) -> Packed:
        """Return the distinct windows among some."""
        return cls((count_keys(windows),), bits, places)

    def __add__(self, other: Packed) -> Packed:
        return Packed(self.parts + other.parts, self.bits, self.places)

    def links(self, nodes: int) -> Links:
        """Return the links of all windows."""
        keys = np.concatenate([keys for keys, _ in self.parts])
        counts = np.concatenate([counts for _, counts in self.parts])
        steps = _steps(keys, self.bits, self.places)
        window, step = np.nonzero(steps[:, 1:] >= 0)
        return Links.of(step, steps[window, step], steps[window, step + 1], nodes, counts[window])

    def top(self, limit: int) -> Commonest:
        """Return the commonest windows; of equally common ones the shorter first.

        Parameters
        ----------
        limit : int
        """
        first = [_first(*part, limit) for part in self.parts]
        known = summed(*(np.concatenate(column) for column in zip(*first, strict=True)))
        least = _least(known[1], limit)  # at most what the last of the commonest has in all
        # who has at least so many in all has at least this many in some part
        enough = -(-least // len(self.parts))
        keys = np.unique(np.concatenate([keys[counts >= enough] for keys, counts in self.parts]))
        counts = self._totals(keys)
        lengths = (_steps(keys, self.bits, self.places) >= 0).sum(axis=1)
        order = np.lexsort((keys, lengths, -counts))[:limit]
        return Commonest(keys[order], counts[order], self.bits, self.places)

    def _totals(self, keys: Ints) -> Ints:
        totals = np.zeros(len(keys), np.int64)
        for part in self.parts:
            add_counts(keys, totals, *part)
        return totals


@dataclass(frozen=True, slots=True, eq=False)
class Commonest:
    """The commonest windows of all parts.

    Attributes
    ----------
    keys, counts : ndarray of shape (windows,), int64
    bits, places : int
    """

    keys: Ints
    counts: Ints
    bits: int
    places: int

    @property
    def durations(self) -> KeyedDurations:
        """Nothing: packed windows carry no times."""
        return KeyedDurations.none()

    def __len__(self) -> int:
        """Return the number of windows."""
        return len(self.keys)

    def path(self, number: int) -> list[int]:
        """Return the nodes of one window and, last, how it closed."""
        steps = _steps(self.keys[number : number + 1], self.bits, self.places)[0]
        codes: list[int] = steps[steps >= 0].tolist()
        return codes

    def commonest(self, limit: int) -> Ints:
        """Return the numbers of the commonest windows."""
        return np.arange(min(limit, len(self)))


def _first(keys: Ints, counts: Ints, limit: int) -> tuple[Ints, Ints]:
    """Return the commonest windows of one part, those as common as the last included."""
    chosen = counts >= _least(counts, limit)
    return keys[chosen], counts[chosen]


def _least(counts: Ints, limit: int) -> int:
    """Return how often the last of the commonest occurs; 1 where there are fewer."""
    if limit > len(counts):
        return 1
    place = len(counts) - max(limit, 1)
    return int(np.partition(counts, place)[place])


def _steps(keys: Ints, bits: int, places: int) -> Ints:
    """Return the steps of each window in a row, -1 after its last."""
    shifts = bits * np.arange(places - 1, -1, -1)
    steps: Ints = ((keys[:, None] >> shifts) & ((1 << bits) - 1)) - 1
    return steps
