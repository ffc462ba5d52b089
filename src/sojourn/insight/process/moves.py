"""What a graph counts: whole numbers by move, that merge with ``+``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.journeys import Journeys
    from sojourn.insight.process.keyed import KeyedDurations

    Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """Journeys looked at; parts merge with ``+``.

    Attributes
    ----------
    journeys : int
        Those with at least one event.
    people : int
        People with such a journey.
    began_before, goes_on : int
        Journeys that the range cut at its start, and at its end.
    """

    journeys: int = 0
    people: int = 0
    began_before: int = 0
    goes_on: int = 0

    @classmethod
    def of(cls, journeys: Journeys) -> Population:
        """Return the population of some journeys of one bucket."""
        chosen = journeys.offsets[1:] > journeys.offsets[:-1]
        if len(journeys.skip):
            chosen &= journeys.skip == 0
        count = int(np.count_nonzero(chosen))
        people = count
        if len(journeys.owner):
            owners = journeys.owner[chosen]
            people = int(np.count_nonzero(np.diff(owners, prepend=-1)))
        cut = len(journeys.began_before) > 0
        return cls(
            journeys=count,
            people=people,
            began_before=int(np.count_nonzero(journeys.began_before[chosen])) if cut else 0,
            goes_on=int(np.count_nonzero(journeys.goes_on[chosen])) if cut else 0,
        )

    def __add__(self, other: Population) -> Population:
        return Population(
            journeys=self.journeys + other.journeys,
            people=self.people + other.people,
            began_before=self.began_before + other.began_before,
            goes_on=self.goes_on + other.goes_on,
        )

    def notes(self) -> tuple[str, ...]:
        """Return what the range cut off, as sentences."""
        found: list[str] = []
        if self.began_before:
            found.append(
                f"{self.began_before:,} journeys began before the range; cut at its start."
            )
        if self.goes_on:
            found.append(f"{self.goes_on:,} journeys go on after the range; cut at its end.")
        return tuple(found)


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
    sums = np.zeros(size, np.int64)
    np.add.at(sums, places, values)
    return sums


def _repeats(one: Ints, two: Ints) -> Ints:
    if not one.size or not two.size:
        return two if two.size else one
    return one + two
