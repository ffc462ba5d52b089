"""Which order statistics bound a quantile, whatever the distribution."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TAIL = 0.025


def rank_interval(n: int, p: float) -> tuple[int | None, int | None]:
    """Return zero-based ranks whose order statistics hold the p-quantile with 95 % confidence.

    Parameters
    ----------
    n : int
        Observations, at least 1.
    p : float
        Between 0 and 1.

    Returns
    -------
    tuple of int or None
        Each tail holds at most 2.5 %; None on a side where ``n`` is too small for a bound.

    Examples
    --------
    >>> rank_interval(100, 0.5)
    (39, 60)
    >>> rank_interval(5, 0.5)
    (None, None)

    References
    ----------
    Conover, W. J. (1999). Practical nonparametric statistics, section 3.2.
    """
    if not 0.0 < p < 1.0:
        return None, None
    first, share = _binomial(n, p)
    below = np.cumsum(share)  # P(B <= first + i)
    above = 1.0 - below  # P(B > first + i)
    at_low = int(np.searchsorted(below, _TAIL, side="right"))
    low = first + at_low  # largest l with P(B <= l - 1) <= tail, one-based l
    at_high = int(np.argmax(above <= _TAIL))
    high = first + at_high + 1  # smallest u with P(B >= u) <= tail, one-based u
    return (low - 1 if low >= 1 else None), (high - 1 if high <= n else None)


def _binomial(n: int, p: float) -> tuple[int, NDArray[np.float64]]:
    """Return the first count and probabilities of Binomial(n, p) where it is not negligible."""
    spread = 12.0 * math.sqrt(n * p * (1.0 - p)) + 12.0
    first, last = max(0, math.floor(n * p - spread)), min(n, math.ceil(n * p + spread))
    k = np.arange(first, last, dtype=np.float64)
    steps = np.log((n - k) / (k + 1.0)) + math.log(p / (1.0 - p))
    logs = np.concatenate(([0.0], np.cumsum(steps)))
    share = np.exp(logs - logs.max())
    return first, share / share.sum()
