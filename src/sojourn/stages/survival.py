"""Kaplan-Meier curves and cumulative incidences from counted spells, with left truncation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.estimate import Z95, Estimate, MaybeEstimate, NotEstimable
from sojourn.insight.durations import Durations
from sojourn.insight.numbers.survival import (
    counts_at,
    counts_before,
    first_at_half,
    log_log_band,
)
from sojourn.kernels.stages.tally import SPELL_EXIT, SPELL_FROM, SPELL_SEEN, SPELL_TO

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Spells:
    """Spells of one stage as counts; parts merge with ``+``.

    Attributes
    ----------
    late : Durations
        Ages at which spells came under observation, of those already going on.
    exits : tuple of Durations
        Ages at which spells ended, one per destination state; entry 0: still going on.
    last_seen : Durations
        Ages of those who lapsed at their last event before.
    """

    late: Durations
    exits: tuple[Durations, ...]
    last_seen: Durations

    def __add__(self, other: Spells) -> Spells:
        return Spells(
            self.late + other.late,
            tuple(one + two for one, two in zip(self.exits, other.exits, strict=True)),
            self.last_seen + other.last_seen,
        )

    def by_last_event(self) -> Spells | None:
        """Return the same spells, with lapses dated at the last event instead of by the rule.

        None when some came under observation late: those were alive by the rule, perhaps not by
        an event.
        """
        if self.late.n:
            return None
        return Spells(Durations.none(), (*self.exits[:-1], self.last_seen), self.last_seen)

    @property
    def n(self) -> int:
        """Number of spells."""
        return sum(ages.n for ages in self.exits)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A Kaplan-Meier curve at the ages where somebody left.

    Attributes
    ----------
    ages_us : ndarray of shape (points,), float64
    staying, low, high : ndarray of shape (points,), float64
        Share still in the stage just after the age, with its pointwise 95 % band.
    at_risk : ndarray of shape (points,), int64
    incidence : ndarray of shape (destinations, points), float64
        Share that has left to each destination; column sums are ``1 - staying``.
    exits : tuple of MaybeEstimate
        The same at the longest age, with interval, one per destination.
    longest_us : float
        The longest age anybody was observed to.
    n : int
        Spells.
    """

    ages_us: NDArray[np.float64]
    staying: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    incidence: NDArray[np.float64]
    exits: tuple[MaybeEstimate, ...]
    longest_us: float
    n: int

    def staying_at(self, age_us: float) -> float:
        """Return the share still in the stage at an age."""
        place = int(np.searchsorted(self.ages_us, age_us, side="right"))
        return float(self.staying[place - 1]) if place else 1.0

    def median(self) -> tuple[float | None, float | None, float | None]:
        """Return the median age in µs and the ages where the band's sides cross one half.

        None where the curve, or that side of the band, stays above one half.

        References
        ----------
        Brookmeyer, R. and Crowley, J. (1982). A confidence interval for the median survival
        time. Biometrics 38, 29-41.
        """
        middle, low, high = (
            first_at_half(values, self.ages_us) for values in (self.staying, self.low, self.high)
        )
        return middle, low, high


def kaplan_meier(spells: Spells) -> Curve:
    """Return the Kaplan-Meier curve of spells, with cumulative incidences by destination.

    Somebody is at risk at an age if they came under observation before it and left, or were last
    observed, at it or later. The band is Greenwood's on the log(-log) scale; where the curve
    reaches 0 the band's upper side stays as it was.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). JASA 53, 457-481. Aalen, O. O. and Johansen, S. (1978).
    Scandinavian Journal of Statistics 5, 141-150.
    """
    leaving = spells.exits[1:]
    ages = np.unique(np.concatenate([part.values_us() for part in leaving] or [np.empty(0)]))
    by_exit = np.array([counts_at(part, ages) for part in leaving], np.int64)
    by_exit = by_exit.reshape(len(leaving), len(ages))
    gone = sum((counts_before(part, ages) for part in spells.exits), np.zeros(len(ages), np.int64))
    at_risk = spells.n - spells.late.n + counts_before(spells.late, ages) - gone
    left = by_exit.sum(axis=0)
    hazard = left / np.maximum(at_risk, 1)
    staying = np.cumprod(1.0 - hazard)
    before = np.concatenate(([1.0], staying[:-1]))[: len(ages)]
    incidence = np.cumsum(before * by_exit / np.maximum(at_risk, 1), axis=1)
    risks = _Risks(before, left, at_risk)
    exits = tuple(
        _exit(share, one, risks, spells.n) for share, one in zip(incidence, by_exit, strict=True)
    )
    low, high = log_log_band(staying, left, at_risk)
    longest = max((float(p.values_us()[-1]) for p in spells.exits if p.n), default=0.0)
    return Curve(ages, staying, low, high, at_risk, incidence, exits, longest, spells.n)


@dataclass(frozen=True, slots=True, eq=False)
class _Risks:
    """What the exits of all destinations share: staying just before, all who left, at risk."""

    before: NDArray[np.float64]
    left: NDArray[np.int64]
    at_risk: NDArray[np.int64]


def _exit(
    share: NDArray[np.float64], one: NDArray[np.int64], risks: _Risks, n: int
) -> MaybeEstimate:
    """Return a cumulative incidence at the longest age, interval on the log(-log) scale.

    References
    ----------
    Marubini, E. and Valsecchi, M. G. (1995). Analysing Survival Data from Clinical Trials and
    Observational Studies, 10.3.2: the delta-method variance.
    """
    if not n:
        return NotEstimable("nobody was in the stage")
    last = float(share[-1]) if len(share) else 0.0
    if not 0.0 < last < 1.0:
        return Estimate(value=last, low=last, high=last, n=n)
    at_risk, left = risks.at_risk.astype(np.float64), risks.left
    ahead = last - share
    inner = at_risk > left
    spread = np.where(inner, left / np.where(inner, at_risk * (at_risk - left), 1.0), 0.0)
    variance = (
        (ahead**2 * spread).sum()
        + (risks.before**2 * one * (at_risk - one) / at_risk**3).sum()
        - 2.0 * (ahead * risks.before * one / at_risk**2).sum()
    )
    half = Z95 * math.sqrt(max(0.0, float(variance))) / abs(last * math.log(last))
    return Estimate(value=last, low=last ** math.exp(half), high=last ** math.exp(-half), n=n)


def spells_of(table: NDArray[np.int64], states: int) -> Spells:
    """Return counted spells of one stage.

    Parameters
    ----------
    table : ndarray of shape (spells, 6), int64
        Columns as of :func:`sojourn.kernels.stages.tally.spells`.
    states : int
        Number of destinations, 0 (still going on) and lapsed (the last) included.
    """
    late, ages, exits = table[:, SPELL_FROM], table[:, SPELL_TO], table[:, SPELL_EXIT]
    return Spells(
        Durations.of(late[late > 0]),
        tuple(Durations.of(ages[exits == state]) for state in range(states)),
        Durations.of(table[exits == states - 1, SPELL_SEEN]),
    )
