"""How sure a sojourn over every spell is, where one person counts as often as they came."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.base.estimate import Estimate, MaybeEstimate, NotEstimable
from sojourn.kernels.stages.resample import Draws, drawn_curves
from sojourn.stages.spells import code_bits

if TYPE_CHECKING:
    from sojourn.stages.survival import Curve

Ints: TypeAlias = NDArray[np.int64]
Words: TypeAlias = NDArray[np.uint64]
Floats: TypeAlias = NDArray[np.float64]

DRAWS = 400
LIMIT = 100_000
"""Keys of a stage to draw from; where there are more, a part of the people stands for all."""
LEAST = 1000
"""People that always stand for all, however many keys they have."""
FEW = NotEstimable("fewer than two people to draw from")


@dataclass(frozen=True, slots=True, eq=False)
class Bag:
    """Spells of one stage with whose they are. Parts merge with ``+`` in any order to the same.

    Attributes
    ----------
    level : int
        People are kept whose hash begins with so many zero bits: one in 2**level.
    keys : ndarray of shape (n,), int64
        As of :mod:`sojourn.kernels.stages.curves`, in any order.
    people : ndarray of shape (n,), uint64
        A hash of the person of each key.
    """

    level: int
    keys: Ints
    people: Words

    @classmethod
    def of(cls, keys: Ints, people: Words) -> Bag:
        """Return a bag of everybody, or of as many as there is room for."""
        return _within(cls(0, keys, people))

    def __add__(self, other: Bag) -> Bag:
        level = max(self.level, other.level)
        one, two = self.from_level(level), other.from_level(level)
        keys = np.concatenate((one.keys, two.keys))
        return _within(Bag(level, keys, np.concatenate((one.people, two.people))))

    def from_level(self, level: int) -> Bag:
        """Return what is left of the bag at a level as high or higher."""
        if level == self.level:
            return self
        kept = self.people >> np.uint64(64 - level) == 0
        return Bag(level, self.keys[kept], self.people[kept])


def _within(bag: Bag) -> Bag:
    """Return the bag at the lowest level there is room for."""
    while len(bag.keys) > LIMIT:
        fewer = bag.from_level(bag.level + 1)
        if len(np.unique(fewer.people)) < LEAST:
            break
        bag = fewer
    return bag


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Limits of a curve that were drawn.

    Attributes
    ----------
    people : int
        Those drawn from.
    ages_us, low, high : ndarray of shape (places,), float64
        Limits from each age to the next.
    median_us : tuple of (float or None, float or None)
        Limits of the median; None where more than half of a draw were still there.
    """

    people: int
    ages_us: Floats
    low: Floats
    high: Floats
    median_us: tuple[float | None, float | None]

    def band(self, ages_us: Floats) -> tuple[Floats, Floats]:
        """Return the limits at some ages, none before the first."""
        at = np.searchsorted(self.ages_us, ages_us, side="right") - 1
        return self.low[at], self.high[at]


def bootstrapped(curve: Curve, bag: Bag, states: int, *, by_last_event: bool) -> Curve:
    """Return a curve with its band, its median and its exits bootstrapped over people.

    People are drawn 400 times with Poisson weights from a hash of person and draw, so that the
    answer is repeatable and the same however people are divided; all spells of a person are drawn
    together. Limits are the percentiles at 2.5 and 97.5. Where a part of the people stands for
    all, each is drawn as often as those it stands for, and the limits are moved by how far that
    part's own figure is off.

    Parameters
    ----------
    curve : Curve
        Of at least one spell.
    bag : Bag
    states : int
        As of :class:`sojourn.stages.spells.Spells`.
    by_last_event : bool
        Whether lapses are dated at the last event.

    References
    ----------
    Efron, B. (1981). Censored data and the bootstrap. JASA 76, 312-319. Field, C. A. and Welsh, A.
    H. (2007). Bootstrapping clustered data. JRSS B 69, 369-390. Kleiner, A. et al. (2014). A
    scalable bootstrap for massive data. JRSS B 76, 795-816.
    """
    order = np.lexsort((bag.people, bag.keys))
    keys, hashes = bag.keys[order], bag.people[order]
    whose = np.unique(hashes, return_inverse=True)
    people = len(whose[0])
    places = curve.places()
    ages = curve.ages_us[places]
    if people < 2:
        nothing = Drawn(people, ages, np.zeros(len(ages)), np.ones(len(ages)), (None, None))
        return replace(curve, exits=(FEW,) * len(curve.exits), drawn=nothing)
    shape = (code_bits(states), states, states + 1 if by_last_event else states - 1)
    found = drawn_curves(keys, whose, shape, ages, poisson(2.0**bag.level), DRAWS)
    own = drawn_curves(keys, whose, shape, ages, np.zeros(1), 1) if bag.level else None
    staying = curve.staying[places]
    low, high = _ends(found, found.staying, staying, None if own is None else own.staying[0])
    gone = np.array([e.value if isinstance(e, Estimate) else 0.0 for e in curve.exits])
    least, most = _ends(found, found.gone, gone, None if own is None else own.gone[0])
    exits = tuple(map(_limited, curve.exits, least, most))
    drawn = Drawn(people, ages, low, high, _median(curve, found, own))
    return replace(curve, exits=exits, drawn=drawn)


def poisson(mean: float) -> Floats:
    """Return how likely at most 0, 1, … are, until nothing is left; shape (most,)."""
    most = int(mean + 12.0 * math.sqrt(mean) + 12.0)
    logs = [k * math.log(mean) - mean - math.lgamma(k + 1.0) for k in range(most)]
    chances: Floats = np.cumsum(np.exp(logs))
    return chances


def _ends(found: Draws, drawn: Floats, value: Floats, own: Floats | None) -> tuple[Floats, Floats]:
    """Return the limits of shares, of which draws in which nobody was there say nothing."""
    low, high = _percentiles(drawn[found.spells > 0])
    moved = 0.0 if own is None else value - own
    return (
        np.clip(np.minimum(low + moved, value), 0.0, 1.0),
        np.clip(np.maximum(high + moved, value), 0.0, 1.0),
    )


def _median(curve: Curve, found: Draws, own: Draws | None) -> tuple[float | None, float | None]:
    middle = curve.median()[0]
    low, high = _percentiles(found.median[found.spells > 0])
    moved = 1.0
    if own is not None and middle is not None and 0.0 < own.median[0] < math.inf:
        moved = middle / float(own.median[0])
    least, most = (None if end == math.inf else float(end) * moved for end in (low, high))
    if middle is None:
        return least, most
    return min(middle, middle if least is None else least), None if most is None else max(
        middle, most
    )


def _limited(share: MaybeEstimate, low: np.float64, high: np.float64) -> MaybeEstimate:
    if isinstance(share, NotEstimable):
        return share
    return replace(share, low=float(low), high=float(high))


def _percentiles(draws: Floats) -> tuple[Floats, Floats]:
    """Return the percentiles at 2.5 and 97.5: of 400 the tenth from below and from above."""
    ordered = np.sort(draws, axis=0)
    tail = max(1, round(len(draws) / 40))
    return ordered[tail - 1], ordered[-tail]
