"""Many shares with their intervals at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.estimate import Z95, Estimate, MaybeEstimate, NotEstimable

if TYPE_CHECKING:
    from numpy.typing import NDArray


def wilsons(successes: NDArray[np.int64], trials: NDArray[np.int64]) -> list[MaybeEstimate]:
    """Return what :func:`sojourn.base.estimate.wilson` returns, for every pair.

    Parameters
    ----------
    successes, trials : ndarray of shape (n,), int64

    Returns
    -------
    list of length n
    """
    n = np.maximum(trials, 1).astype(np.float64)
    p = successes / n
    z2 = Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low = np.where(successes == 0, 0.0, np.maximum(0.0, centre - half))
    high = np.where(successes == trials, 1.0, np.minimum(1.0, centre + half))
    nobody = NotEstimable("nobody to measure on")
    return [
        Estimate(value=value, low=lower, high=upper, n=size) if size > 0 else nobody
        for value, lower, upper, size in zip(
            p.tolist(), low.tolist(), high.tolist(), trials.tolist(), strict=True
        )
    ]
