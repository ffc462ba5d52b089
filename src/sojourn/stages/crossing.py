"""The log(-log) band of a long survival curve: at some points, and where it crosses one half."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.base.estimate import Z95

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

_HALF = 0.5 + 1e-12
_BLOCK = 512
"""Points whose limits are worked out together, if they can cross one half at all."""
_SURELY = math.log(2.0) - 1e-9


def band(staying: Floats, greenwood: Floats, places: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return Greenwood's 95 % limits of a curve at some points, on the log(-log) scale.

    Parameters
    ----------
    staying, greenwood : ndarray of shape (points,), float64
        The curve, and Greenwood's sum.
    places : ndarray of shape (n,), int64

    Returns
    -------
    low, high : ndarray of shape (n,), float64
        Where the curve reaches 0 the upper side stays as it was.
    """
    some = len(staying) - int(np.searchsorted(staying[::-1], 0.0, side="right"))
    above = np.minimum(places, some - 1) if some else places
    low = _limit(staying[places], greenwood[places], 1.0)
    return low, _limit(staying[above], greenwood[above], -1.0)


def _limit(staying: Floats, greenwood: Floats, side: float) -> Floats:
    inner = (staying > 0.0) & (staying < 1.0)
    half = side * Z95 * np.sqrt(greenwood) / np.abs(np.log(np.where(inner, staying, 0.5)))
    limit: Floats = np.where(inner, staying ** np.exp(half), staying)
    return limit


def first_at_half(staying: Floats, greenwood: Floats) -> tuple[int | None, int | None, int | None]:
    """Return the first points at which a curve, and its lower and upper limit, are at most 1/2.

    Parameters
    ----------
    staying, greenwood : ndarray of shape (points,), float64

    Notes
    -----
    Let L = -log S and s be the root of Greenwood's sum; both only grow. The lower limit is at most
    one half where L exp(z s / L) >= log 2. That grows with s, and with L has its greatest values at
    the ends of a stretch; for the upper limit, L exp(-z s / L) grows with L and falls with s. So
    whole blocks of points can be told not to cross from their first and last point.
    """
    if not len(staying):
        return None, None, None
    middle = len(staying) - int(np.searchsorted(staying[::-1], _HALF, side="right"))
    first = np.arange(0, len(staying), _BLOCK)
    last = np.minimum(first + _BLOCK, len(staying)) - 1
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        begun, ended = -np.log(staying[first]), -np.log(staying[last])
        least, most = (Z95 * np.sqrt(greenwood[end]) for end in (first, last))
        lower = np.fmax(begun * np.exp(most / begun), ended * np.exp(most / ended))
        upper = ended * np.exp(-least / ended)
    low, high = (
        _first(staying, greenwood, first[~(bound < _SURELY)], side)
        for side, bound in enumerate((lower, upper))
    )
    return (middle if middle < len(staying) else None), low, high


def _first(staying: Floats, greenwood: Floats, starts: Iterable[np.int64], side: int) -> int | None:
    """Return the first point of these blocks at which a side of the band is at most one half."""
    for start in starts:
        places = np.arange(int(start), min(int(start) + _BLOCK, len(staying)))
        below = np.flatnonzero(band(staying, greenwood, places)[side] <= _HALF)
        if len(below):
            return int(places[below[0]])
    return None
