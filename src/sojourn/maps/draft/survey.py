"""The first look: stage figures of the range and of the one before, and where events lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from sojourn.base.timespan import TimeRange, to_datetime
from sojourn.insight.answer import Answer
from sojourn.insight.question import Partial, Plan, Scope, Spec
from sojourn.kernels.stages.steps import states_of_events
from sojourn.stages.figures import StageCounts, counted
from sojourn.stages.timeline import Follower, span_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.stages.model import StageModel
    from sojourn.stages.timeline import Followed

MOST_EVENTS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveySpec(Spec["SurveyCounts"]):
    """Stage figures of a range, beside those of the range of equal length just before.

    Attributes
    ----------
    model : StageModel
    scope : Scope
    before : TimeRange or None
        The range to compare with; None when the data do not reach back that far.
    """

    model: StageModel
    scope: Scope
    before: TimeRange | None = None

    @override
    def plan(self, catalog: Catalog) -> SurveyPlan:
        counts = np.array(catalog.event_counts, np.int64)
        chosen = np.argsort(-counts, kind="stable")[:MOST_EVENTS]
        place = np.full(len(counts), -1, np.int64)
        place[chosen] = np.arange(len(chosen))
        names = tuple(catalog.events[code] for code in chosen)
        return SurveyPlan(self, Follower.of(self.model, self.scope, catalog), place, names)


@dataclass(frozen=True, slots=True)
class SurveyCounts(Partial):
    """Counts that merge with ``+``."""

    now: StageCounts
    before: StageCounts | None
    states: NDArray[np.int64]
    """Shape (places, states): people by state just after their first event of each kind."""
    span: tuple[int, int, int]
    """First and last time of an event inside the range, and how many events."""

    @override
    def __add__(self, other: SurveyCounts) -> SurveyCounts:
        both = None
        if self.before is not None and other.before is not None:
            both = self.before + other.before
        first = min(self.span[0], other.span[0])
        last = max(self.span[1], other.span[1])
        return SurveyCounts(
            self.now + other.now, both, self.states + other.states,
            (first, last, self.span[2] + other.span[2]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the first look found.

    Attributes
    ----------
    now, before : StageCounts
        Of the range, and of the one before where there is one.
    names : tuple of str
        The events looked at, most common first.
    states : ndarray of shape (events, states), int64
        People by their state just after their first event of the kind in the range.
    events : int
        Rows inside the range.
    first_us, last_us : int
        Times of the first and last of them.
    """

    now: StageCounts
    before: StageCounts | None
    names: tuple[str, ...]
    states: NDArray[np.int64]
    events: int
    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True)
class SurveyPlan(Plan[SurveyCounts]):
    """The question against one catalog."""

    spec: SurveySpec
    follower: Follower
    place: NDArray[np.int64]
    """Shape (event names,): the place of each event among those looked at, or -1."""
    names: tuple[str, ...]

    @override
    def over(self, bucket: Bucket) -> SurveyCounts:
        spec, catalog = self.spec, self.follower.catalog
        followed = self.follower.over(bucket)
        span = span_of(spec.scope.range, catalog)
        now = counted(followed, spec.model, span)
        before = None
        if spec.before is not None:
            earlier = span_of(spec.before, catalog)
            before = counted(followed, spec.model, earlier)
        journeys, lines = followed.journeys, followed.lines
        bounds = np.array([len(spec.model.stages) + 2, span[0], span[1]], np.int64)
        states = states_of_events(
            journeys.offsets, journeys.time, journeys.event, journeys.skip, self.place,
            (lines.offsets, lines.moves, bounds),
        )  # fmt: skip
        return SurveyCounts(now, before, states, _extent(followed, span))

    @override
    def answer(self, total: SurveyCounts) -> Answer[object]:
        found = Survey(
            now=total.now,
            before=total.before,
            names=self.names,
            states=total.states,
            events=total.span[2],
            first_us=total.span[0],
            last_us=total.span[1],
        )
        return Answer(
            question="survey",
            spec=self.spec,
            as_of=to_datetime(self.follower.catalog.as_of_us),
            rows=(found,),
            definition="Stage figures, and where events lie.",
        )


def _extent(followed: Followed, span: NDArray[np.int64]) -> tuple[int, int, int]:
    """Return first, last and number of the rows in the range, of the people who are drawn."""
    journeys = followed.journeys
    time = journeys.time
    kept = (time >= span[0]) & (time < span[1])
    if len(journeys.skip):
        kept &= np.repeat(journeys.skip == 0, np.diff(journeys.offsets))
    inside = time[kept]
    if not len(inside):
        return 2**62, -(2**62), 0
    return int(inside.min()), int(inside.max()), len(inside)
