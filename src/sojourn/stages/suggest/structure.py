"""The structure of a data set as a question: what a stage model can be built on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from sojourn.base.timespan import MINUTE_US, to_datetime
from sojourn.events.paths import NO_DOING
from sojourn.index.journeys import scoped
from sojourn.insight.answer import Answer
from sojourn.insight.durations import Durations
from sojourn.insight.question import Partial, Plan, Scope, Spec
from sojourn.kernels.stages.structure import AGAIN, CLOSES, OPENS, PEOPLE, RANK, structure
from sojourn.stages.suggest.kinds import Kind, kind_of
from sojourn.stages.timeline import in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog

MOST_EVENTS = 64
"""Only the most common events take part in a proposal, and only what somebody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureSpec(Spec["StructureCounts"]):
    """How events lie in people's lives."""

    scope: Scope
    session_gap_us: int = 30 * MINUTE_US

    @override
    def plan(self, catalog: Catalog) -> StructurePlan:
        counts = catalog.event_counts
        done = [code for code, name in enumerate(catalog.events) if name not in NO_DOING]
        chosen = sorted(done, key=lambda code: -counts[code])[:MOST_EVENTS]
        names = tuple(catalog.events[code] for code in chosen)
        place = np.full((2, len(counts)), -1, np.int64)
        place[0, chosen] = np.arange(len(chosen))
        place[1] = 0
        place[1, chosen] = [kind_of(name) in (Kind.PURCHASE, Kind.REPEAT) for name in names]
        return StructurePlan(self, catalog, place, names)


@dataclass(frozen=True, slots=True)
class StructureCounts(Partial):
    """Counts that merge with ``+``, as of :class:`sojourn.kernels.stages.structure.Structure`."""

    events: NDArray[np.int64]
    before: NDArray[np.int64]
    depth: NDArray[np.int64]
    spans: Durations
    gaps: Durations
    returns: Durations

    @override
    def __add__(self, other: StructureCounts) -> StructureCounts:
        return StructureCounts(
            self.events + other.events,
            self.before + other.before,
            self.depth + other.depth,
            self.spans + other.spans,
            self.gaps + other.gaps,
            self.returns + other.returns,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One event's place in people's lives.

    Attributes
    ----------
    again : int
        People who did it again after a pause.
    rank : float
        Where its first occurrence lies among a person's kinds of event: 0 first, 1 last.
    """

    name: str
    people: int
    opens: int
    closes: int
    again: int
    rank: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """What a stage model can be built on.

    Attributes
    ----------
    seen : tuple of Seen
        Most common first.
    before : ndarray of shape (events, events), int64
        People whose first event of the row comes before their first of the column.
    depth : ndarray of shape (2, DEPTHS), int64
        People by number of rows and of different events.
    spans, gaps, returns : Durations
        From first to last event; pauses between sessions; pauses between purchases.
    """

    seen: tuple[Seen, ...]
    before: NDArray[np.int64]
    depth: NDArray[np.int64]
    spans: Durations
    gaps: Durations
    returns: Durations
    people: int
    catalog: Catalog

    @property
    def coverage(self) -> int:
        """Time from the first to the last event of the data, µs; 0 without times."""
        return self.catalog.last_us - self.catalog.first_us if self.catalog.timed else 0

    def order(self, one: int, other: int) -> float:
        """Return the share of those with both events whose first ``one`` comes first."""
        first, second = int(self.before[one, other]), int(self.before[other, one])
        return first / (first + second) if first + second else 0.5


@dataclass(frozen=True, slots=True)
class StructurePlan(Plan[StructureCounts]):
    """The question against one catalog."""

    spec: StructureSpec
    catalog: Catalog
    place: NDArray[np.int64]
    """Shape (2, event names): the place of each event or -1; whether it is a purchase."""
    names: tuple[str, ...]

    @override
    def over(self, bucket: Bucket) -> StructureCounts:
        journeys = scoped(bucket, self.catalog, self.spec.scope, cut_range=False)
        pause = self.spec.session_gap_us
        if not self.catalog.timed:
            journeys, pause = in_order(journeys), 2**62
        found = structure(
            journeys.offsets, journeys.time, journeys.event, journeys.skip, self.place, pause
        )
        return StructureCounts(
            found.events, found.before, found.depth, Durations.of(found.spans),
            Durations.of(found.gaps), Durations.of(found.returns),
        )  # fmt: skip

    @override
    def answer(self, total: StructureCounts) -> Answer[object]:
        rows = [
            Seen(
                name=name,
                people=int(row[PEOPLE]),
                opens=int(row[OPENS]),
                closes=int(row[CLOSES]),
                again=int(row[AGAIN]),
                rank=int(row[RANK]) / 1000 / max(1, int(row[PEOPLE])),
            )
            for name, row in zip(self.names, total.events, strict=True)
        ]
        found = Structured(
            seen=tuple(rows),
            before=total.before,
            depth=total.depth,
            spans=total.spans,
            gaps=total.gaps,
            returns=total.returns,
            people=int(total.depth[0].sum()),
            catalog=self.catalog,
        )
        return Answer(
            question="structure",
            spec=self.spec,
            as_of=to_datetime(self.catalog.as_of_us),
            rows=(found,),
            definition="How events lie in people's lives.",
        )
