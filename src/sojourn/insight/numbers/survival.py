"""Survival from counted durations: Kaplan-Meier, its band, its median."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.estimate import Z95

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.insight.durations import Durations

_HALF = 0.5 + 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """A Kaplan-Meier curve of waits, at the durations where some ended.

    Attributes
    ----------
    ages_us : ndarray of shape (points,), float64
    staying, low, high : ndarray of shape (points,), float64
        Share still waiting just after the age, with its pointwise 95 % band.
    n : int
        Waits.
    """

    ages_us: NDArray[np.float64]
    staying: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n: int

    def median(self) -> tuple[float | None, float | None, float | None]:
        """Return the median in µs and the ages where the band's sides cross one half.

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


def survival_of(ended: Durations, waiting: Durations) -> Survival:
    """Return the Kaplan-Meier curve of waits that ended and of waits still open.

    Parameters
    ----------
    ended : Durations
    waiting : Durations
        How long the open ones have lasted; at equal durations an end comes first.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). JASA 53, 457-481.
    """
    ages, left = ended.values_us(), ended.counts
    n = ended.n + waiting.n
    at_risk = n - counts_before(ended, ages) - counts_before(waiting, ages)
    staying = np.cumprod(1.0 - left / np.maximum(at_risk, 1))
    low, high = log_log_band(staying, left, at_risk)
    return Survival(ages, staying, low, high, n)


def log_log_band(
    staying: NDArray[np.float64], left: NDArray[np.int64], at_risk: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Greenwood's 95 % limits of a curve on the log(-log) scale.

    Parameters
    ----------
    staying : ndarray of shape (points,), float64
    left, at_risk : ndarray of shape (points,), int64

    Returns
    -------
    low, high : ndarray of shape (points,), float64
        Where the curve reaches 0 the upper side stays as it was.
    """
    inner = (staying > 0.0) & (staying < 1.0)
    spread = np.where(at_risk > left, left / np.maximum(at_risk * (at_risk - left), 1), 0.0)
    log = np.log(np.where(inner, staying, 0.5))
    half = Z95 * np.sqrt(np.cumsum(spread)) / np.abs(log)
    low = np.where(inner, staying ** np.exp(half), staying)
    high = np.where(inner, staying ** np.exp(-half), staying)
    ended = staying <= 0.0
    if ended.any() and not ended.all():
        high[ended] = high[~ended][-1]
    return low, high


def first_at_half(values: NDArray[np.float64], ages_us: NDArray[np.float64]) -> float | None:
    """Return the first age at which values, shape (ages,), are at most one half, or None."""
    below = np.flatnonzero(values <= _HALF)
    return float(ages_us[below[0]]) if len(below) else None


def counts_at(part: Durations, ages_us: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return how many durations equal each age, shape (ages,); all of them are among the ages."""
    counts = np.zeros(len(ages_us), np.int64)
    counts[np.searchsorted(ages_us, part.values_us())] = part.counts
    return counts


def counts_before(part: Durations, ages_us: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return how many durations are shorter than each age, shape (ages,)."""
    totals = np.concatenate((np.zeros(1, np.int64), np.cumsum(part.counts)))
    return totals[np.searchsorted(part.values_us(), ages_us, side="left")]
