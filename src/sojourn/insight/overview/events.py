"""Which events there are as a question: count, people, first and last time of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.estimate import MaybeEstimate, wilson
from sojourn.base.timespan import to_datetime
from sojourn.insight.answer import Answer
from sojourn.insight.question import Scope
from sojourn.insight.views.lens import Lens, View
from sojourn.insight.views.nodes import NodeRule
from sojourn.insight.views.population import Population
from sojourn.kernels.process.tallies import tally_events

if TYPE_CHECKING:
    from datetime import datetime
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog

    Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event name.

    Attributes
    ----------
    event : str
    count : int
    people : int
    share : Estimate or NotEstimable
        Of all people: those with the event.
    per_person : float
        count ÷ people.
    first_seen, last_seen : datetime or None
        UTC; None where events carry no times.
    """

    event: str
    count: int
    people: int
    share: MaybeEstimate
    per_person: float
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Which events there are, the commonest first.

    Attributes
    ----------
    scope : Scope
        The range chooses events; the filter on people is taken at their first event in it.
    nodes : NodeRule
        Join names in groups, or count a property's values instead.
    """

    scope: Scope = field(default_factory=Scope)
    nodes: NodeRule = field(default_factory=NodeRule)

    def plan(self, catalog: Catalog) -> EventsPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        InputError
            If a name is unknown.
        """
        return EventsPlan(spec=self, lens=Lens.compile(catalog, self.scope, View(nodes=self.nodes)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventCounts:
    """Events counted; parts merge with ``+``.

    Attributes
    ----------
    population : Population
    counts, people, first, last : ndarray of shape (nodes,), int64
        ``first`` is the largest, ``last`` the smallest int64 where there is no event.
    """

    population: Population
    counts: Ints
    people: Ints
    first: Ints
    last: Ints

    def __add__(self, other: EventCounts) -> EventCounts:
        return EventCounts(
            population=self.population + other.population,
            counts=self.counts + other.counts,
            people=self.people + other.people,
            first=np.minimum(self.first, other.first),
            last=np.maximum(self.last, other.last),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventsPlan:
    """The overview compiled against one catalog."""

    spec: Events
    lens: Lens

    def over(self, bucket: Bucket) -> EventCounts:
        """Return the counts of one bucket."""
        seen = self.lens.see(bucket)
        journeys = seen.journeys
        found = tally_events(
            journeys.offsets, seen.codes, journeys.time, journeys.skip, len(self.lens.nodes)
        )
        return EventCounts(
            population=Population.of(journeys),
            counts=found[0],
            people=found[1],
            first=found[2],
            last=found[3],
        )

    def answer(self, total: EventCounts) -> Answer[EventRow]:
        """Return a row for each event that occurs, the commonest first."""
        order = np.lexsort((np.arange(len(total.counts)), -total.counts))
        chosen = order[total.counts[order] > 0].tolist()
        people = total.population.people
        return Answer(
            question="events",
            spec=self.spec,
            as_of=to_datetime(self.lens.catalog.as_of_us),
            rows=tuple(self._row(node, total) for node in chosen),
            definition=(
                "How often each event happened and to how many people; the share is of all people "
                "with any event here."
            ),
            notes=(*self.lens.notes(), *total.population.notes()),
            extra={
                "totals": {
                    "events": int(total.counts.sum()), "people": people, "kinds": len(chosen)
                }
            },
        )  # fmt: skip

    def _row(self, node: int, total: EventCounts) -> EventRow:
        timed = self.lens.catalog.timed
        count, people = int(total.counts[node]), int(total.people[node])
        return EventRow(
            event=self.lens.nodes.labels[node],
            count=count,
            people=people,
            share=wilson(people, total.population.people),
            per_person=count / people,
            first_seen=to_datetime(int(total.first[node])) if timed else None,
            last_seen=to_datetime(int(total.last[node])) if timed else None,
        )
