"""Kaplan-Meier curves and cumulative incidences from counted spells, with left truncation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.base.estimate import Z95, Estimate, MaybeEstimate, NotEstimable
from sojourn.insight.numbers.logbins import middle_of
from sojourn.kernels.stages.curves import (
    CROSS,
    OWN,
    SHARE,
    SPREAD,
    Points,
    curve_points,
)
from sojourn.stages.crossing import band, first_at_half

if TYPE_CHECKING:
    from sojourn.stages.resampling import Drawn
    from sojourn.stages.spells import Spells

Floats: TypeAlias = NDArray[np.float64]

MOST_PLACES = 60
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A Kaplan-Meier curve at the ages where somebody left.

    Attributes
    ----------
    ages_us : ndarray of shape (points,), float64
    staying : ndarray of shape (points,), float64
        Share still in the stage just after the age.
    greenwood : ndarray of shape (points,), float64
        Greenwood's sum, of which :meth:`band` makes the limits.
    at_risk : ndarray of shape (points,), int64
    exits : tuple of MaybeEstimate
        Share that had left to each destination by the longest age (cumulative incidence), with
        interval; none where only the median was asked for.
    longest_us : float
        The longest age anybody was observed to, or beyond which the median does not depend.
    n : int
        Spells.
    relative_error : float
        Largest relative error of an age: 0 when exact.
    drawn : Drawn, optional
        Limits bootstrapped over people, which then stand in place of Greenwood's.
    """

    ages_us: Floats
    staying: Floats
    greenwood: Floats
    at_risk: NDArray[np.int64]
    exits: tuple[MaybeEstimate, ...]
    longest_us: float
    n: int
    relative_error: float = 0.0
    drawn: Drawn | None = None

    def staying_at(self, age_us: float) -> float:
        """Return the share still in the stage at an age."""
        place = int(np.searchsorted(self.ages_us, age_us, side="right"))
        return float(self.staying[place - 1]) if place else 1.0

    def places(self) -> NDArray[np.int64]:
        """Return evenly spread points of the curve, at most 60 of them."""
        step = max(1, -(-len(self.ages_us) // MOST_PLACES))
        return np.arange(0, len(self.ages_us), step)

    def band(self, places: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Return the pointwise 95 % limits of the curve at some of its points.

        Greenwood's, on the log(-log) scale; where the curve reaches 0 the upper side stays as it
        was. Drawn ones are those of the last of :meth:`places` up to each point.

        Parameters
        ----------
        places : ndarray of shape (n,), int64

        Returns
        -------
        low, high : ndarray of shape (n,), float64
        """
        if self.drawn is not None:
            return self.drawn.band(self.ages_us[places])
        return band(self.staying, self.greenwood, places)

    def median(self) -> tuple[float | None, float | None, float | None]:
        """Return the median age in µs and the ages where the band's sides cross one half.

        None where the curve, or that side of the band, stays above one half.

        References
        ----------
        Brookmeyer, R. and Crowley, J. (1982). A confidence interval for the median survival
        time. Biometrics 38, 29-41.
        """
        middle, low, high = (
            None if place is None else float(self.ages_us[place])
            for place in first_at_half(self.staying, self.greenwood)
        )
        return (middle, low, high) if self.drawn is None else (middle, *self.drawn.median_us)


def kaplan_meier(spells: Spells) -> Curve:
    """Return the Kaplan-Meier curve of spells, with cumulative incidences by destination.

    References
    ----------
    As :func:`curves`.
    """
    return curves(spells)[0]


def curves(spells: Spells, *, whole: bool = True) -> tuple[Curve, Curve | None]:
    """Return the Kaplan-Meier curve of spells, and the same with lapses dated at the last event.

    Somebody is at risk at an age if they came under observation before it and left, or were last
    observed, at it or later. There is no second curve when some came under observation late:
    those were alive by the rule, perhaps not by an event.

    Parameters
    ----------
    spells : Spells
    whole : bool
        Return the second curve whole, not only as far as its median and that one's interval need.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). JASA 53, 457-481. Aalen, O. O. and Johansen, S. (1978).
    Scandinavian Journal of Statistics 5, 141-150.
    """
    keys, counts = spells.ordered()
    observed, (by_rule, by_event) = spells.n - spells.late, spells.shapes()
    rule = _curve(curve_points(keys, counts, by_rule, observed, False), spells, whole=True)
    if spells.late:
        return rule, None
    points = curve_points(keys, counts, by_event, observed, not whole)
    return rule, _curve(points, spells, whole=whole)


def _curve(points: Points, spells: Spells, *, whole: bool) -> Curve:
    ages, longest = points.ages, np.array([points.longest], np.int64)
    if spells.coarse:
        ages_us, longest_us = middle_of(ages), middle_of(longest)
    else:
        ages_us, longest_us = ages.astype(np.float64), longest.astype(np.float64)
    return Curve(
        ages_us, points.staying, points.greenwood, points.at_risk,
        tuple(_exit(sums, spells.n) for sums in points.exits) if whole else (),
        float(longest_us[0]), spells.n, spells.relative_error,
    )  # fmt: skip


def _exit(sums: Floats, n: int) -> MaybeEstimate:
    """Return a cumulative incidence at the longest age, interval on the log(-log) scale.

    References
    ----------
    Marubini, E. and Valsecchi, M. G. (1995). Analysing Survival Data from Clinical Trials and
    Observational Studies, 10.3.2: the delta-method variance.
    """
    if not n:
        return NotEstimable("nobody was in the stage")
    last = float(sums[SHARE])
    if not _ROUNDING < last < 1.0 - _ROUNDING:  # log(-log) of a 1 summed up from parts overflows
        return Estimate(value=last, low=last, high=last, n=n)
    variance = float(sums[SPREAD] + sums[OWN] - 2.0 * sums[CROSS])
    half = Z95 * math.sqrt(max(0.0, variance)) / abs(last * math.log(last))
    return Estimate(value=last, low=last ** math.exp(half), high=last ** math.exp(-half), n=n)
