"""How many people are in which state on a date, as a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from sojourn.base.estimate import MaybeEstimate, wilson
from sojourn.base.timespan import to_datetime
from sojourn.index.errors import UntimedRangeError
from sojourn.insight.answer import Answer
from sojourn.insight.question import Partial, Plan, Scope, Spec
from sojourn.kernels.stages.tally import states_at
from sojourn.stages.ask.overview import state_names
from sojourn.stages.timeline import Follower

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.stages.model import StageModel


@dataclass(frozen=True, slots=True)
class StateCounts(Partial):
    """People by state; parts merge with ``+``."""

    people: NDArray[np.int64]
    """Shape (states,)."""

    @override
    def __add__(self, other: StateCounts) -> StateCounts:
        return StateCounts(self.people + other.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class StagesOn(Spec[StateCounts]):
    """People by state at an instant; one after as-of means as-of."""

    model: StageModel
    instant_us: int
    scope: Scope = field(default_factory=Scope)

    @override
    def plan(self, catalog: Catalog) -> StagesOnPlan:
        if not catalog.timed:
            raise UntimedRangeError
        return StagesOnPlan(self, Follower.of(self.model, self.scope, catalog))


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRow:
    """People in one state, and their share of everybody seen up to now."""

    state: str
    people: int
    share: MaybeEstimate


@dataclass(frozen=True, slots=True)
class StagesOnPlan(Plan[StateCounts]):
    """The question against one catalog."""

    spec: StagesOn
    follower: Follower

    @override
    def over(self, bucket: Bucket) -> StateCounts:
        followed = self.follower.over(bucket)
        states = states_at(followed.lines.offsets, followed.lines.moves, self.spec.instant_us)
        journeys = followed.journeys
        present = journeys.offsets[1:] > journeys.offsets[:-1]
        if len(journeys.skip):
            present &= journeys.skip == 0
        wanted = len(self.spec.model.stages) + 2
        return StateCounts(np.bincount(states[present], minlength=wanted))

    @override
    def answer(self, total: StateCounts) -> Answer[object]:
        catalog = self.follower.catalog
        everyone = int(total.people.sum())
        instant = min(self.spec.instant_us, catalog.as_of_us)
        rows = [
            StateRow(state=name, people=int(count), share=wilson(int(count), everyone))
            for name, count in zip(state_names(self.spec.model), total.people, strict=True)
        ]
        notes: tuple[str, ...] = ()
        if self.spec.instant_us > catalog.as_of_us:
            notes = ("The data do not reach that far: shown as of their newest event.",)
        return Answer(
            question="stages-on",
            spec=self.spec,
            as_of=to_datetime(catalog.as_of_us),
            rows=tuple(rows),
            definition=f"People by their state at {to_datetime(instant):%Y-%m-%d %H:%M} UTC,"
            " out of everybody in the data; those who came later are not yet seen.",
            notes=notes,
        )
