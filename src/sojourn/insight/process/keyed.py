"""Durations kept apart by a key: a move, a whole path. An integer partial that merges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.base.errors import InternalError
from sojourn.base.timespan import SECOND_US
from sojourn.insight.durations import DurationEstimate, runs
from sojourn.insight.numbers.logbins import RELATIVE_ERROR, middle_of, width_of
from sojourn.insight.numbers.orderstats import rank_interval
from sojourn.kernels.process.sums import BIN_BITS, bin_cells, merged_cells, sums_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Ints: TypeAlias = NDArray[np.int64]

EXACT_LIMIT = 1_000_000
"""Durations of all keys together that are kept exactly; beyond it only the bin of each is."""

LARGEST_KEY = 2 ** (63 - BIN_BITS) - 1
_BINS = (1 << BIN_BITS) - 1
_NOTHING = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class KeyedDurations:
    """Durations of many keys. Parts merge with ``+`` in any order to the same quantiles.

    Attributes
    ----------
    parts : tuple of (keys, durations, counts), each an ndarray of shape (distinct,), int64
        What was seen, each part by key and duration; empty when coarse.
    cells, counts : ndarray of shape (distinct,), int64
        When coarse: ``key * 2**13 + bin`` in ascending order, and how often each was seen.
    n : int
        Number of durations of all keys.
    coarse : bool
        Whether more than ``EXACT_LIMIT`` durations were seen.
    """

    parts: tuple[tuple[Ints, Ints, Ints], ...]
    cells: Ints
    counts: Ints
    n: int
    coarse: bool = False

    @classmethod
    def of(cls, keys: Ints, durations_us: Ints) -> KeyedDurations:
        """Return durations by key.

        Parameters
        ----------
        keys : ndarray of shape (n,), int64, from 0 to ``LARGEST_KEY``
        durations_us : ndarray of shape (n,), int64, microseconds, none negative
        """
        part = _settled(keys, durations_us, np.empty(0, np.int64))
        fine = cls((part,) if keys.size else (), keys[:0], keys[:0], keys.size)
        return fine if keys.size <= EXACT_LIMIT else fine.coarsened()

    @classmethod
    def counted(cls, keys: Ints, durations_us: Ints, counts: Ints) -> KeyedDurations:
        """Return durations that are already counted.

        Parameters
        ----------
        keys, durations_us, counts : ndarray of shape (distinct,), int64
            Ascending by key, then duration.
        """
        part = (keys, durations_us, counts)
        fine = cls((part,) if keys.size else (), keys[:0], keys[:0], int(counts.sum()))
        return fine if fine.n <= EXACT_LIMIT else fine.coarsened()

    @classmethod
    def none(cls) -> KeyedDurations:
        """Return no durations: the neutral element of ``+``."""
        return cls((), _NOTHING, _NOTHING, 0)

    def __add__(self, other: KeyedDurations) -> KeyedDurations:
        n = self.n + other.n
        if not self.coarse and not other.coarse and n <= EXACT_LIMIT:
            return KeyedDurations(self.parts + other.parts, self.cells, self.counts, n)
        one, two = self.coarsened(), other.coarsened()
        return _merged(one.cells, one.counts, two.cells, two.counts)

    def coarsened(self) -> KeyedDurations:
        """Return the same durations known only by their bin.

        Raises
        ------
        InternalError
            If a key is larger than ``LARGEST_KEY``.
        """
        if self.coarse:
            return self
        for keys, _, _ in self.parts:
            if keys.size and int(keys[-1]) > LARGEST_KEY:
                raise InternalError(f"a key of durations is too large: {int(keys[-1])}")
        merged = KeyedDurations((), self.cells, self.counts, 0, coarse=True)
        for part in self.parts:
            merged = _merged(merged.cells, merged.counts, *bin_cells(*part))
        return merged

    def rekeyed(self, new_key: Callable[[Ints], Ints]) -> KeyedDurations:
        """Return the durations with other keys; keys that become equal are joined.

        Parameters
        ----------
        new_key : callable of an ndarray of shape (n,), int64, to one of the same shape
            Entries below 0 are dropped.
        """
        if self.coarse:
            keys = new_key(self.cells >> BIN_BITS)
            inside = keys >= 0
            cells = (keys[inside] << BIN_BITS) | (self.cells[inside] & _BINS)
            return _coarse(cells, self.counts[inside])
        parts = []
        for keys, values, counts in self.parts:
            moved = new_key(keys)
            inside = moved >= 0
            parts.append(_settled(moved[inside], values[inside], counts[inside]))
        n = sum(int(counts.sum()) for _, _, counts in parts)
        return KeyedDurations(tuple(parts), self.cells, self.counts, n)

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
        if not self.n:
            return {}
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
        return sums_at(places, counts, len(bounds) + 1)

    def _sorted(self) -> tuple[Ints, Ints, Ints]:
        if self.coarse:
            return self.cells >> BIN_BITS, self.cells & _BINS, self.counts
        if len(self.parts) == 1:
            return self.parts[0]
        empty = (self.cells, self.cells, self.cells)
        keys, values, counts = (
            np.concatenate(column) for column in zip(*(self.parts or (empty,)), strict=True)
        )
        return _settled(keys, values, counts)


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


def _settled(keys: Ints, values: Ints, counts: Ints) -> tuple[Ints, Ints, Ints]:
    """Return keys and values in ascending order, equal ones once with their count.

    Parameters
    ----------
    keys, values : ndarray of shape (n,), int64
    counts : ndarray of shape (n,), int64, or shape (0,) when each counts once
    """
    bits = int(values.max(initial=0)).bit_length()
    if bits + int(keys.max(initial=0)).bit_length() > 63:
        order = np.lexsort((values, keys))
        return keys[order], values[order], counts[order] if len(counts) else np.ones_like(keys)
    joined = (keys << bits) | values
    if len(counts):  # never more than EXACT_LIMIT; sorting all is quicker than sorting indices
        joined = np.repeat(joined, counts)
    joined, counts = runs(np.sort(joined))
    return joined >> bits, joined & ((1 << bits) - 1), counts


def _merged(one: Ints, one_counts: Ints, two: Ints, two_counts: Ints) -> KeyedDurations:
    cells, counts = merged_cells(one, one_counts, two, two_counts)
    return KeyedDurations((), cells, counts, int(counts.sum()), coarse=True)


def _coarse(cells: Ints, counts: Ints) -> KeyedDurations:
    order = np.argsort(cells)
    ordered = cells[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))[: cells.size]
    summed = np.add.reduceat(counts[order], starts) if starts.size else counts[:0]
    return KeyedDurations((), ordered[starts], summed, int(summed.sum()), coarse=True)
