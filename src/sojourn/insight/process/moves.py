"""What a graph counts: whole numbers by move, that merge with ``+``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sojourn.kernels.process.sums import merged_cells

if TYPE_CHECKING:
    import numpy as np
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
        keys, counts = merged_cells(self.keys, self.counts, other.keys, other.counts)
        people = self.people
        if len(self.people) or len(other.people):
            people = merged_cells(self.keys, self.people, other.keys, other.people)[1]
        return Moves(
            population=self.population + other.population,
            keys=keys,
            counts=counts,
            people=people,
            durations=self.durations + other.durations,
            repeats=_repeats(self.repeats, other.repeats),
        )


def _repeats(one: Ints, two: Ints) -> Ints:
    if not one.size or not two.size:
        return two if two.size else one
    return one + two
