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
from sojourn.kernels.process.sums import (
    BIN_BITS,
    bin_cells,
    binned_cells,
    merged_cells,
    sums_at,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Ints: TypeAlias = NDArray[np.int64]

EXACT_LIMIT = 1_000_000
"""Durations of all keys together that are kept exactly; beyond it only the bin of each is."""

LARGEST_KEY = 2 ** (63 - BIN_BITS) - 1
_BINS = (1 << BIN_BITS) - 1
_FEW = EXACT_LIMIT // 16
"""Durations of one part that are not counted by bin beforehand."""
_DENSE = 1
"""A table by key is quicker than sorting where there are at most so many keys a duration."""
_NOTHING = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class KeyedDurations:
    """Durations of many keys. Parts merge with ``+`` in any order to the same quantiles.

    Attributes
    ----------
    parts : tuple of (keys, durations, counts), each an ndarray of shape (n,), int64
        What was seen, in any order; counts have shape (0,) when each was seen once. Empty when
        coarse.
    cells, counts : ndarray of shape (distinct,), int64
        ``key * 2**13 + bin`` in ascending order, and how often each was seen. When not coarse,
        either empty or the same durations counted beforehand, should there be too many in all.
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
        return cls._of_part(keys, durations_us, _NOTHING, keys.size)

    @classmethod
    def counted(cls, keys: Ints, durations_us: Ints, counts: Ints) -> KeyedDurations:
        """Return durations that are already counted.

        Parameters
        ----------
        keys, durations_us, counts : ndarray of shape (distinct,), int64
            In any order.
        """
        return cls._of_part(keys, durations_us, counts, int(counts.sum()))

    @classmethod
    def _of_part(cls, keys: Ints, durations_us: Ints, counts: Ints, n: int) -> KeyedDurations:
        if not n:
            return cls.none()
        part = (keys, durations_us, counts)
        if n <= min(_FEW, EXACT_LIMIT):
            return cls((_settled(*part),), _NOTHING, _NOTHING, n)
        fine = cls((part,), _NOTHING, _NOTHING, n)
        if n <= EXACT_LIMIT and not fine.fits:
            return fine
        cells = _cells(*part)
        return cls((), *cells, n, coarse=True) if n > EXACT_LIMIT else cls((part,), *cells, n)

    @classmethod
    def none(cls) -> KeyedDurations:
        """Return no durations: the neutral element of ``+``."""
        return cls((), _NOTHING, _NOTHING, 0)

    def __add__(self, other: KeyedDurations) -> KeyedDurations:
        n = self.n + other.n
        if not self.coarse and not other.coarse and n <= EXACT_LIMIT:
            if not self.n or not other.n:
                return self if self.n else other
            fine = KeyedDurations(self.parts + other.parts, _NOTHING, _NOTHING, n)
            if not (len(self.cells) or len(other.cells)) or not fine.fits:
                return fine
            counted = self.coarsened() + other.coarsened()
            return KeyedDurations(fine.parts, counted.cells, counted.counts, n)
        one, two = self.coarsened(), other.coarsened()
        return _merged(one.cells, one.counts, two.cells, two.counts)

    @property
    def fits(self) -> bool:
        """Whether every key is small enough to be kept with a bin."""
        return all(int(keys.max(initial=0)) <= LARGEST_KEY for keys, _, _ in self.parts)

    def coarsened(self) -> KeyedDurations:
        """Return the same durations known only by their bin.

        Raises
        ------
        InternalError
            If a key is larger than ``LARGEST_KEY``.
        """
        if self.coarse:
            return self
        if len(self.cells):
            return KeyedDurations((), self.cells, self.counts, self.n, coarse=True)
        merged = KeyedDurations((), _NOTHING, _NOTHING, 0, coarse=True)
        for part in self.parts:
            merged = _merged(merged.cells, merged.counts, *_cells(*part))
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
            parts.append((moved[inside], values[inside], counts[inside] if len(counts) else counts))
        n = sum(int(counts.sum()) if len(counts) else len(keys) for keys, _, counts in parts)
        return KeyedDurations(tuple(parts), _NOTHING, _NOTHING, n)

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
        if not self.parts:
            return _NOTHING, _NOTHING, _NOTHING
        once = not any(len(counts) for _, _, counts in self.parts)
        full = [(k, v, c if len(c) or once else np.ones_like(k)) for k, v, c in self.parts]
        return _settled(*(np.concatenate(column) for column in zip(*full, strict=True)))


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


def _cells(keys: Ints, values: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Return the cells of some durations, ascending, and the count of each.

    Raises
    ------
    InternalError
        If a key is larger than ``LARGEST_KEY``.
    """
    largest = int(keys.max())
    if largest > LARGEST_KEY:
        raise InternalError(f"a key of durations is too large: {largest}")
    if largest < _DENSE * len(keys):
        return binned_cells(keys, values, counts, largest + 1)
    return bin_cells(*_settled(keys, values, counts))


def _merged(one: Ints, one_counts: Ints, two: Ints, two_counts: Ints) -> KeyedDurations:
    cells, counts = merged_cells(one, one_counts, two, two_counts)
    return KeyedDurations((), cells, counts, int(counts.sum()), coarse=True)


def _coarse(cells: Ints, counts: Ints) -> KeyedDurations:
    order = np.argsort(cells)
    ordered = cells[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))[: cells.size]
    summed = np.add.reduceat(counts[order], starts) if starts.size else counts[:0]
    return KeyedDurations((), ordered[starts], summed, int(summed.sum()), coarse=True)
