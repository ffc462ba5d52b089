"""Durations kept apart by a key: a move, a whole path. An integer partial that merges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.base.errors import InternalError
from sojourn.base.timespan import SECOND_US
from sojourn.insight.durations import DurationEstimate, runs, weighted_counts
from sojourn.insight.numbers.logbins import RELATIVE_ERROR, bin_of, middle_of, width_of
from sojourn.insight.numbers.orderstats import rank_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Ints: TypeAlias = NDArray[np.int64]

EXACT_LIMIT = 1_000_000
"""Durations of all keys together that are kept exactly; beyond it only the bin of each is."""

BIN_BITS = 13
LARGEST_KEY = 2 ** (63 - BIN_BITS) - 1


@dataclass(frozen=True, slots=True, eq=False)
class KeyedDurations:
    """Durations of many keys. Parts merge with ``+`` in any order to the same quantiles.

    Attributes
    ----------
    parts : tuple of (keys, durations), each an ndarray of shape (n,), int64
        What was seen, in any order; empty when coarse.
    cells, counts : ndarray of shape (distinct,), int64
        When coarse: ``key * 2**13 + bin`` in ascending order, and how often each was seen.
    coarse : bool
        Whether more than ``EXACT_LIMIT`` durations were seen.
    """

    parts: tuple[tuple[Ints, Ints], ...]
    cells: Ints
    counts: Ints
    coarse: bool = False

    @classmethod
    def of(cls, keys: Ints, durations_us: Ints) -> KeyedDurations:
        """Return durations by key.

        Parameters
        ----------
        keys : ndarray of shape (n,), int64, from 0 to ``LARGEST_KEY``
        durations_us : ndarray of shape (n,), int64, microseconds, none negative
        """
        empty = keys[:0]
        fine = cls(((keys, durations_us),) if keys.size else (), empty, empty)
        return fine if keys.size <= EXACT_LIMIT else fine.coarsened()

    @classmethod
    def none(cls) -> KeyedDurations:
        """Return no durations: the neutral element of ``+``."""
        return cls.of(np.empty(0, np.int64), np.empty(0, np.int64))

    @property
    def n(self) -> int:
        """Number of durations of all keys."""
        return int(self.counts.sum()) + sum(keys.size for keys, _ in self.parts)

    def __add__(self, other: KeyedDurations) -> KeyedDurations:
        if not self.coarse and not other.coarse and self.n + other.n <= EXACT_LIMIT:
            return KeyedDurations(self.parts + other.parts, self.cells, self.counts)
        one, two = self.coarsened(), other.coarsened()
        return _coarse(
            np.concatenate((one.cells, two.cells)), np.concatenate((one.counts, two.counts))
        )

    def coarsened(self) -> KeyedDurations:
        """Return the same durations known only by their bin."""
        if self.coarse:
            return self
        cells = [_cells(keys, bin_of(durations)) for keys, durations in self.parts]
        ordered = np.sort(np.concatenate(cells)) if cells else self.cells
        found, counts = runs(ordered)
        return KeyedDurations((), found, counts, coarse=True)

    def rekeyed(self, new_key: Callable[[Ints], Ints]) -> KeyedDurations:
        """Return the durations with other keys; keys that become equal are joined.

        Parameters
        ----------
        new_key : callable of an ndarray of shape (n,), int64, to one of the same shape
            Entries below 0 are dropped.
        """
        if not self.coarse:
            moved = [(new_key(keys), durations) for keys, durations in self.parts]
            kept = tuple((keys[keys >= 0], values[keys >= 0]) for keys, values in moved)
            return KeyedDurations(kept, self.cells, self.counts)
        keys = new_key(self.cells >> BIN_BITS)
        inside = keys >= 0
        bins = self.cells & ((1 << BIN_BITS) - 1)
        return _coarse(_cells(keys[inside], bins[inside]), self.counts[inside])

    def quantiles(self, shares: tuple[float, ...]) -> Mapping[int, tuple[DurationEstimate, ...]]:
        """Return quantiles of every key that has durations.

        Parameters
        ----------
        shares : tuple of float
            0.5 is the median.

        Returns
        -------
        mapping of key to one estimate for each share

        References
        ----------
        Hyndman, R. J. and Fan, Y. (1996). Sample quantiles in statistical packages, type 7.
        """
        keys, values, counts = self._sorted()
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))[: keys.size]
        below = np.cumsum(counts) - counts
        totals = np.add.reduceat(counts, starts) if starts.size else counts[:0]
        order = _Ordered(values, np.cumsum(counts), below[starts], totals, self.coarse)
        columns = [order.estimates(share) for share in shares]
        return dict(zip(keys[starts].tolist(), zip(*columns, strict=True), strict=True))

    def histogram(self, bounds: tuple[int, ...]) -> Ints:
        """Return how many durations of all keys lie between bounds.

        Parameters
        ----------
        bounds : tuple of int
            Ascending, in the unit of the durations.

        Returns
        -------
        ndarray of shape (len(bounds) + 1,), int64
            Entry i counts those from ``bounds[i - 1]`` (included) to ``bounds[i]`` (excluded).
        """
        _, values, counts = self._sorted()
        middles = middle_of(values) if self.coarse else values
        places = np.searchsorted(np.asarray(bounds), middles, side="right")
        return weighted_counts(places.astype(np.int64), counts, len(bounds) + 1)

    def _sorted(self) -> tuple[Ints, Ints, Ints]:
        if self.coarse:
            return self.cells >> BIN_BITS, self.cells & ((1 << BIN_BITS) - 1), self.counts
        keys = np.concatenate([keys for keys, _ in self.parts]) if self.parts else self.cells
        values = np.concatenate([v for _, v in self.parts]) if self.parts else self.cells
        bits = int(values.max(initial=0)).bit_length()
        if bits + int(keys.max(initial=0)).bit_length() <= 63:
            joined = np.sort((keys << bits) | values)
            keys, values = joined >> bits, joined & ((1 << bits) - 1)
        else:
            order = np.lexsort((values, keys))
            keys, values = keys[order], values[order]
        return keys, values, np.ones(keys.size, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Ordered:
    values: Ints
    reached: Ints
    """Durations up to and with each entry, over all keys."""
    before: Ints
    """Durations of the keys before each key."""
    totals: Ints
    coarse: bool

    def estimates(self, share: float) -> list[DurationEstimate]:
        place = (self.totals - 1) * share
        rank = np.floor(place).astype(np.int64)
        lower = self._middle(self._at(rank))
        upper = self._middle(self._at(np.minimum(rank + 1, self.totals - 1)))
        seconds = (lower + (upper - lower) * (place - rank)) / SECOND_US
        limits = [_rank_interval(total, share) for total in self.totals.tolist()]
        ends = [self._ends([limit[side] for limit in limits], side) for side in (0, 1)]
        error = RELATIVE_ERROR if self.coarse else 0.0
        return [
            DurationEstimate(seconds=value, low=low, high=high, n=total, relative_error=error)
            for value, low, high, total in zip(
                seconds.tolist(), *ends, self.totals.tolist(), strict=True
            )
        ]

    def _at(self, rank: Ints) -> Ints:
        return self.values[np.searchsorted(self.reached, self.before + rank, side="right")]

    def _middle(self, values: Ints) -> NDArray[np.float64]:
        return middle_of(values) if self.coarse else values.astype(np.float64)

    def _ends(self, ranks: list[int | None], side: int) -> list[float | None]:
        known = np.array([0 if rank is None else rank for rank in ranks], np.int64)
        values = self._at(known)
        ends = self._middle(values)
        if self.coarse:
            ends = ends + (2 * side - 1) * (width_of(values) - 1) / 2
        seconds = (ends / SECOND_US).tolist()
        return [None if rank is None else end for rank, end in zip(ranks, seconds, strict=True)]


@lru_cache(maxsize=4096)
def _rank_interval(n: int, share: float) -> tuple[int | None, int | None]:
    return rank_interval(n, share)


def _cells(keys: Ints, bins: Ints) -> Ints:
    if keys.size and int(keys.max()) > LARGEST_KEY:
        raise InternalError(f"a key of durations is too large: {int(keys.max())}")
    return (keys << BIN_BITS) | bins


def _coarse(cells: Ints, counts: Ints) -> KeyedDurations:
    order = np.argsort(cells, kind="stable")
    ordered = cells[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))[: cells.size]
    summed = np.add.reduceat(counts[order], starts) if starts.size else counts[:0]
    return KeyedDurations((), ordered[starts], summed, coarse=True)
