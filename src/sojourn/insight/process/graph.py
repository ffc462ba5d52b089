"""The directly-follows graph as a question: which event comes directly after which."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sojourn.insight.process.graph_answer import GraphRow, answer_of
from sojourn.insight.process.keyed import KeyedDurations
from sojourn.insight.process.moves import Moves
from sojourn.insight.question import Scope
from sojourn.insight.views.lens import Lens, View
from sojourn.insight.views.population import Population
from sojourn.kernels.process.edges import move_durations
from sojourn.kernels.process.moves import moves, moves_people
from sojourn.kernels.process.tallies import tally_repeats

if TYPE_CHECKING:
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Which event comes directly after which in a journey, and how often.

    Attributes
    ----------
    scope : Scope
        The range cuts journeys; the filter on people is taken at the first event that is left.
    view : View
    people : bool
        Count also the people of each move.
    times : bool
        Measure also how long each move took.
    loops : bool
        Count also who came back to an event, and how.
    """

    scope: Scope = field(default_factory=Scope)
    view: View = field(default_factory=View)
    people: bool = True
    times: bool = False
    loops: bool = False

    def plan(self, catalog: Catalog) -> GraphPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        InputError
            If a name is unknown, or times are needed and there are none.
        """
        return GraphPlan(spec=self, lens=Lens.compile(catalog, self.scope, self.view))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GraphPlan:
    """A graph compiled against one catalog."""

    spec: Graph
    lens: Lens

    def over(self, bucket: Bucket) -> Moves:
        """Return the moves of one bucket."""
        # moves of collapsed journeys are those of whole ones without the moves to itself
        plain = self.lens.view.collapse and not (self.spec.times or self.spec.loops)
        seen = self.lens.see(bucket, collapse=not plain)
        journeys, codes, kinds = seen.journeys, seen.codes, len(self.lens.nodes)
        people = durations = np.empty(0, np.int64)
        if self.spec.people:
            keys, counts, people = moves_people(
                journeys.offsets, codes, journeys.owner, journeys.skip, kinds
            )
        else:
            keys, counts = moves(journeys.offsets, codes, journeys.skip, kinds)
        if plain:
            apart = np.flatnonzero(keys % (kinds + 2) != 0)  # source and target are not the same
            keys, counts = keys[apart], counts[apart]
            people = people[apart] if self.spec.people else people
        timed = KeyedDurations.none()
        if self.spec.times and self.lens.catalog.timed:
            places, durations = move_durations(
                journeys.offsets, codes, journeys.time, journeys.skip, kinds + 1
            )
            timed = KeyedDurations.of(places, durations)
        repeats = np.empty((0, 0), np.int64)
        if self.spec.loops:
            repeats = tally_repeats(journeys.offsets, codes, journeys.owner, journeys.skip, kinds)
        return Moves(
            population=Population.of(journeys),
            keys=keys,
            counts=counts,
            people=people,
            durations=timed,
            repeats=repeats,
        )

    def answer(self, total: Moves) -> Answer[GraphRow]:
        """Return the answer: the commonest move first."""
        return answer_of(self.spec, self.lens, total)
