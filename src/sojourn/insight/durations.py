"""Durations as an integer partial: exact up to a limit, then a histogram on a log scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.base.errors import InternalError
from sojourn.base.estimate import NotEstimable
from sojourn.base.timespan import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from sojourn.insight.numbers.logbins import RELATIVE_ERROR, bin_of, middle_of, width_of
from sojourn.insight.numbers.orderstats import rank_interval
from sojourn.kernels.cohorts.counted import merge_counted

if TYPE_CHECKING:
    from collections.abc import Sequence

Ints: TypeAlias = NDArray[np.int64]

EXACT_LIMIT = 1_000_000
"""Distinct durations kept exactly; beyond it only the bin of each is kept."""

HISTOGRAM_BOUNDS_US: tuple[int, ...] = (
    *(n * SECOND_US for n in (1, 10, 30)),
    *(n * MINUTE_US for n in (1, 5, 15, 30)),
    *(n * HOUR_US for n in (1, 3, 6, 12)),
    *(n * DAY_US for n in (1, 2, 3, 7, 14, 30, 60, 90, 180, 365)),
)
"""Bounds people read durations by: 1 s, 10 s, 30 s, 1 min … 180 d, 365 d."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationEstimate:
    """A duration in seconds with its 95 % distribution-free interval.

    Attributes
    ----------
    seconds : float
    low, high : float or None
        Order statistics that hold the true quantile in at least 95 % of samples; None where
        there are too few observations for such a bound.
    n : int
        Observations.
    relative_error : float
        0 when the value is exact, else the largest relative error of its bin.
    """

    seconds: float
    low: float | None
    high: float | None
    n: int
    relative_error: float


MaybeDuration: TypeAlias = DurationEstimate | NotEstimable


@dataclass(frozen=True, slots=True, eq=False)
class Durations:
    """How often each duration was seen. Parts merge with ``+`` in any order to the same value.

    Attributes
    ----------
    values : ndarray of shape (distinct,), int64, ascending
        Durations in microseconds; when coarse, bins as of :mod:`sojourn.insight.numbers.logbins`.
    counts : ndarray of shape (distinct,), int64, positive
    total_us : int
        Sum of all durations, exact also when coarse.
    coarse : bool
        Whether more than ``EXACT_LIMIT`` distinct durations were seen.
    """

    values: Ints
    counts: Ints
    total_us: int = 0
    coarse: bool = False

    @classmethod
    def of(cls, values_us: Ints) -> Durations:
        """Return the durations in an array.

        Parameters
        ----------
        values_us : ndarray of shape (n,), int64
            Microseconds, none negative, in any order.

        Raises
        ------
        InternalError
            If a duration is negative.
        """
        ordered = np.sort(values_us)
        if ordered.size and ordered[0] < 0:
            raise InternalError(f"a duration is negative: {ordered[0]} µs")
        values, counts = runs(ordered)
        return cls.of_counts(values, counts)

    @classmethod
    def of_counts(cls, values_us: Ints, counts: Ints) -> Durations:
        """Return durations from ascending distinct values and how often each was seen.

        Parameters
        ----------
        values_us : ndarray of shape (distinct,), int64
        counts : ndarray of shape (distinct,), int64
        """
        fine = cls(values_us, counts, _exact_sum(values_us, counts))
        return fine.coarsened() if values_us.size > EXACT_LIMIT else fine

    @classmethod
    def none(cls) -> Durations:
        """Return no durations: the neutral element of ``+``."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64))

    @property
    def n(self) -> int:
        """Number of durations."""
        return int(self.counts.sum())

    @property
    def relative_error(self) -> float:
        """Largest relative error of a value: 0 when exact."""
        return RELATIVE_ERROR if self.coarse else 0.0

    @property
    def mean_seconds(self) -> float | NotEstimable:
        """Mean in seconds, exact."""
        n = self.n
        return self.total_us / n / SECOND_US if n else NotEstimable("no durations were seen")

    def __add__(self, other: Durations) -> Durations:
        if not other.counts.size:
            return self
        if not self.counts.size:
            return other
        one, two = self, other
        if one.coarse or two.coarse:
            one, two = one.coarsened(), two.coarsened()
        values, counts = merge_counted(one.values, one.counts, two.values, two.counts)
        both = Durations(values, counts, one.total_us + two.total_us, one.coarse)
        return both.coarsened() if values.size > EXACT_LIMIT else both

    def coarsened(self) -> Durations:
        """Return the same durations known only by their bin."""
        if self.coarse:
            return self
        values, counts = _summed(bin_of(self.values), self.counts)
        return Durations(values, counts, self.total_us, coarse=True)

    def values_us(self) -> NDArray[np.float64]:
        """Return the microseconds of each distinct value: exact, or the middle of its bin."""
        return middle_of(self.values) if self.coarse else self.values.astype(np.float64)

    def at_ranks(self, ranks: Sequence[int]) -> NDArray[np.float64]:
        """Return order statistics in microseconds.

        Parameters
        ----------
        ranks : sequence of int
            Zero-based, below ``n``.

        Returns
        -------
        ndarray of shape (len(ranks),), float64
        """
        places = np.searchsorted(np.cumsum(self.counts), np.asarray(ranks, np.int64), side="right")
        return self.values_us()[places]

    def _end_at(self, rank: int, side: int) -> float:
        """Return an order statistic in seconds; when coarse, the outer end of its bin."""
        place = int(np.searchsorted(np.cumsum(self.counts), rank, side="right"))
        value = self.values[place : place + 1]
        if not self.coarse:
            return float(value[0]) / SECOND_US
        return float(middle_of(value)[0] + side * (width_of(value)[0] - 1) / 2) / SECOND_US

    def quantile(self, p: float) -> MaybeDuration:
        """Return a quantile with its distribution-free interval.

        Parameters
        ----------
        p : float
            Between 0 and 1; 0.5 is the median.

        References
        ----------
        Hyndman, R. J. and Fan, Y. (1996). Sample quantiles in statistical packages, type 7.
        Conover, W. J. (1999). Practical nonparametric statistics, 3.2: the interval.
        """
        n = self.n
        if n == 0:
            return NotEstimable("no durations were seen")
        place = (n - 1) * p
        below = int(place)
        lower, upper = self.at_ranks((below, min(below + 1, n - 1)))
        low, high = rank_interval(n, p)
        return DurationEstimate(
            seconds=float(lower + (upper - lower) * (place - below)) / SECOND_US,
            low=None if low is None else self._end_at(low, -1),
            high=None if high is None else self._end_at(high, 1),
            n=n,
            relative_error=self.relative_error,
        )

    def histogram(self, bounds_us: Sequence[int] = HISTOGRAM_BOUNDS_US) -> Ints:
        """Return how many durations lie between bounds.

        Parameters
        ----------
        bounds_us : sequence of int
            Ascending.

        Returns
        -------
        ndarray of shape (len(bounds_us) + 1,), int64
            Entry i counts durations from ``bounds_us[i - 1]`` (included) to ``bounds_us[i]``
            (excluded); first and last entry are open. When coarse, a bin goes where its middle is.
        """
        places = np.searchsorted(np.asarray(bounds_us), self.values_us(), side="right")
        return weighted_counts(places.astype(np.int64), self.counts, len(bounds_us) + 1)

    def at_most(self, bound_us: int) -> int:
        """Return how many durations are at most a bound in microseconds."""
        return int(self.counts[self.values_us() <= bound_us].sum())


def runs(ordered: Ints) -> tuple[Ints, Ints]:
    """Return the distinct values of an ascending array and how often each occurs.

    Parameters
    ----------
    ordered : ndarray of shape (n,), int64, ascending
    """
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    starts = starts[: ordered.size]
    return ordered[starts], np.diff(np.append(starts, ordered.size)).astype(np.int64)


def weighted_counts(places: Ints, weights: Ints, size: int) -> Ints:
    """Return whole-number sums of weights by place.

    Parameters
    ----------
    places : ndarray of shape (n,), int64, in [0, size)
    weights : ndarray of shape (n,), int64
    size : int

    Returns
    -------
    ndarray of shape (size,), int64
    """
    sums = np.zeros(size, np.int64)
    np.add.at(sums, places, weights)
    return sums


def _summed(values: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Return the distinct values of an ascending array and the sum of the counts of each."""
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))[: values.size]
    sums = np.add.reduceat(counts, starts) if starts.size else counts[:0]
    return values[starts], sums


def _exact_sum(values: Ints, counts: Ints) -> int:
    """Return the sum of values times counts as a Python integer, without overflow."""
    high, low = values >> 24, values & ((1 << 24) - 1)
    return (int(high @ counts) << 24) + int(low @ counts)
