"""How many journeys and people a question looks at, and what its range cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sojourn.index.journeys import Journeys


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
