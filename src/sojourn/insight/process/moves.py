"""What a graph counts: whole numbers by move, that merge with ``+``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.kernels.process.sums import sums_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.insight.process.keyed import KeyedDurations
    from sojourn.insight.views.population import Population

    Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moves:
    """Moves between nodes; parts merge with ``+``.

    Attributes
    ----------
    population : Population
    keys : ndarray of shape (moves,), int64, ascending
        ``source * (nodes + 1) + target``; the node ``nodes`` is the virtual start and end.
    counts : ndarray of shape (moves,), int64
    people : ndarray of shape (moves,), int64, or shape (0,) when not asked for
    durations : KeyedDurations
        By the same keys; nothing when not asked for.
    repeats : ndarray of shape (5, nodes), int64, or shape (0, 0)
        As of :func:`sojourn.kernels.process.tallies.tally_repeats`.
    """

    population: Population
    keys: Ints
    counts: Ints
    people: Ints
    durations: KeyedDurations
    repeats: Ints

    @property
    def journeys(self) -> int:
        """Journeys with at least one event."""
        return self.population.journeys

    def __add__(self, other: Moves) -> Moves:
        keys, places = np.unique(np.concatenate((self.keys, other.keys)), return_inverse=True)
        return Moves(
            population=self.population + other.population,
            keys=keys,
            counts=_summed(places, (self.counts, other.counts), len(keys)),
            people=_summed(places, (self.people, other.people), len(keys)),
            durations=self.durations + other.durations,
            repeats=_repeats(self.repeats, other.repeats),
        )


def _summed(places: Ints, parts: tuple[Ints, Ints], size: int) -> Ints:
    values = np.concatenate(parts)
    if not len(values):
        return values
    return sums_at(places, values, size)


def _repeats(one: Ints, two: Ints) -> Ints:
    if not one.size or not two.size:
        return two if two.size else one
    return one + two
