"""Numbers that know how sure they are, and the answer for what cannot be known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 95 % interval and the number of observations behind it."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> JsonValue:
        """Return ``{"value", "low", "high", "n"}``."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """What cannot be estimated, and why. Never 0, never NaN."""

    reason: str

    def to_json(self) -> JsonValue:
        """Return ``{"not_estimable": reason}``."""
        return {"not_estimable": self.reason}


MaybeEstimate: TypeAlias = Estimate | NotEstimable


def wilson(successes: int, n: int) -> MaybeEstimate:
    """Return a share with its 95 % Wilson score interval.

    Parameters
    ----------
    successes : int
        Between 0 and ``n``.
    n : int
        Trials.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
    inference. JASA 22, 209-212.

    Examples
    --------
    >>> share = wilson(5, 10)
    >>> round(share.low, 4), round(share.high, 4)
    (0.2366, 0.7634)
    """
    if n <= 0:
        return NotEstimable("nobody to measure on")
    p = successes / n
    z2 = Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Estimate(value=p, low=low, high=high, n=n)
