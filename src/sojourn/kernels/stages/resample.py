"""Sojourn curves of people drawn with replacement: weights from a hash of person and draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from sojourn.kernels.jit import kernel
from sojourn.kernels.stages.curves import CAME, destination

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]
    Words: TypeAlias = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_R11, _R27, _R30, _R31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_UNIT = 2.0**-53
_LONG = 32
"""Chances through which halving is quicker than stepping."""


class Draws(NamedTuple):
    """What each draw says; nothing where none of its people were there.

    Attributes
    ----------
    spells : ndarray of shape (draws,), int64
        How many spells were drawn.
    median : ndarray of shape (draws,), float64
        Age at which half had left; infinite where fewer did.
    staying : ndarray of shape (draws, points), float64
        Share still there just after each age asked for.
    gone : ndarray of shape (draws, destinations), float64
        Share that left to each destination, in all.
    """

    spells: Ints
    median: Floats
    staying: Floats
    gone: Floats


@kernel
def weight_of(person: np.uint64, draw: int, chances: Floats) -> int:
    """Return how often a person is drawn, by inversion of a hash of person and draw.

    Parameters
    ----------
    person : uint64
        A hash of the person.
    draw : int
    chances : ndarray of shape (most,), float64
        How likely it is to be drawn at most 0, 1, … times.

    References
    ----------
    Chamandy, N. et al. (2012). Estimating uncertainty for massive data streams. Steele, G., Lea,
    D. and Flood, C. (2014). Fast splittable pseudorandom number generators (the mixing).
    """
    word = person + _GOLDEN * np.uint64(draw + 1)
    word = (word ^ (word >> _R30)) * _FIRST
    word = (word ^ (word >> _R27)) * _SECOND
    word ^= word >> _R31
    uniform = np.float64(word >> _R11) * _UNIT
    if len(chances) > _LONG:
        return int(np.searchsorted(chances, uniform, side="right"))
    weight = 0
    while weight < len(chances) and chances[weight] <= uniform:
        weight += 1
    return weight


@kernel
def drawn_curves(
    keys: Ints, whose: tuple[Words, Ints], shape: tuple[int, int, int], points: Floats,
    chances: Floats, draws: int,
) -> Draws:  # fmt: skip
    """Return medians, curves and exits of people drawn with replacement.

    Parameters
    ----------
    keys : ndarray of shape (n,), int64, ascending by age
        As of :mod:`sojourn.kernels.stages.curves`.
    whose : tuple of ndarray
        A hash of each person; the place there of each key's person, shape (n,).
    shape : tuple of int
        As of :func:`sojourn.kernels.stages.curves.curve_points`.
    points : ndarray of shape (points,), float64, ascending
        Ages asked for.
    chances : ndarray of shape (most,), float64
        As of :func:`weight_of`.
    draws : int
    """
    (people, owners), (bits, states, lapsed) = whose, shape
    code = np.int64((1 << bits) - 1)
    found = Draws(
        np.zeros(draws, np.int64), np.full(draws, np.inf), np.ones((draws, len(points))),
        np.zeros((draws, states - 1)),
    )  # fmt: skip
    to = np.empty(len(keys), np.int64)
    for at in range(len(keys)):
        to[at] = destination(keys[at] & code, states, lapsed)
    often, weights = np.empty(len(people), np.int64), np.empty(len(keys), np.int64)
    for draw in range(draws):
        for person in range(len(people)):
            often[person] = weight_of(people[person], draw, chances)
        at_risk = 0
        for at in range(len(keys)):
            weights[at] = often[owners[at]]
            if to[at] >= 0:
                at_risk += weights[at]
                found.spells[draw] += weights[at]
            elif to[at] == CAME:
                at_risk -= weights[at]
        found.median[draw] = _walk(
            keys, bits, (to, weights), at_risk, points, (found.staying[draw], found.gone[draw])
        )
    return found


@kernel
def _walk(
    keys: Ints, bits: int, spells: tuple[Ints, Ints], at_risk: int, points: Floats,
    lines: tuple[Floats, Floats],
) -> float:  # fmt: skip
    """Write one draw's curve and exits; return its median."""
    (to, weights), (curve, gone) = spells, lines
    at, point, stay, median = 0, 0, 1.0, np.inf
    while at < len(keys):
        age, first, left, change = keys[at] >> bits, at, 0, 0
        while at < len(keys) and keys[at] >> bits == age:
            left += weights[at] if to[at] > 0 else 0
            if to[at] == CAME:
                change += weights[at]
            elif to[at] >= 0:
                change -= weights[at]
            at += 1
        while point < len(points) and points[point] < age:
            curve[point] = stay
            point += 1
        if left > 0:
            each = stay / at_risk
            for place in range(first, at):
                if to[place] > 0:
                    gone[to[place] - 1] += each * weights[place]
            stay -= each * left if left < at_risk else stay
            if stay <= 0.5 + 1e-12 and median == np.inf:
                median = float(age)
        at_risk += change
    curve[point:] = stay
    return median
