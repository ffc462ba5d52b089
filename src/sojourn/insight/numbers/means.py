"""A mean with its interval, from whole numbers that merge: how many, their sum, their squares."""

from __future__ import annotations

import math
from fractions import Fraction

from sojourn.base.estimate import Z95, Estimate, MaybeEstimate, NotEstimable

_FEW = NotEstimable("fewer than two people")
_TABLE = (
    12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157,
    2.228139, 2.200985, 2.178813, 2.160369, 2.144787, 2.131450, 2.119905, 2.109816, 2.100922,
    2.093024, 2.085963,
)  # fmt: skip
"""Student's t at 97.5 % for 1, 2, … degrees of freedom."""


def student95(freedom: int) -> float:
    """Return Student's t at 97.5 %, to five digits.

    Parameters
    ----------
    freedom : int
        Degrees of freedom, at least 1.

    References
    ----------
    Abramowitz, M. and Stegun, I. A. (1964). Handbook of Mathematical Functions, 26.7.5.
    """
    if freedom <= len(_TABLE):
        return _TABLE[freedom - 1]
    z = Z95
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def mean_of(n: int, total: int, squares: int, *, positive: bool) -> MaybeEstimate:
    """Return a mean with its 95 % interval of Student's t.

    Parameters
    ----------
    n : int
        People.
    total, squares : int
        Sum of their figures, and of the squares of their figures; exact, however large.
    positive : bool
        Whether none of the figures is negative: the interval then has no negative end either.

    Examples
    --------
    >>> mean = mean_of(4, 20, 120, positive=True)
    >>> round(mean.low, 2), mean.value, round(mean.high, 2)
    (0.89, 5.0, 9.11)
    """
    if n < 2:
        return _FEW
    mean, variance = total / n, Fraction(n * squares - total * total, n * (n - 1))
    half = student95(n - 1) * math.sqrt(variance / n)
    low = max(0.0, mean - half) if positive else mean - half
    return Estimate(value=mean, low=low, high=mean + half, n=n)
