"""What is measured at every step and stage of a map, as a question whose parts merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from sojourn.base.calendar import Unit, intervals
from sojourn.base.timespan import to_datetime
from sojourn.insight.answer import Answer
from sojourn.insight.question import Partial, Plan, Scope, Spec
from sojourn.kernels.stages.plan import conformance
from sojourn.kernels.stages.steps import FIRST_ROW, STEP, WENT_ON, walked
from sojourn.kernels.stages.tally import arrivals_in_stages
from sojourn.maps.draft.columns import Chosen, choose_columns
from sojourn.maps.draft.measure import Around, Counted, measure
from sojourn.maps.draft.rates import Arrivals, Bounds, Rates, rates
from sojourn.maps.draft.sources import FirstSources
from sojourn.maps.draft.steps import StepDef, as_arrays
from sojourn.stages.figures import windows
from sojourn.stages.timeline import Follower, span_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.kernels.stages.steps import Steps
    from sojourn.stages.model import StageModel


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsSpec(Spec["Facts"]):
    """What happens at the steps and stages of a map."""

    model: StageModel
    steps: tuple[StepDef, ...]
    scope: Scope
    own: tuple[str, ...] = ()
    """Hosts of one's own: no source."""

    @override
    def plan(self, catalog: Catalog) -> FactsPlan:
        span = span_of(self.scope.range, catalog)
        columns = choose_columns(catalog)
        return FactsPlan(
            self,
            Follower.of(self.model, self.scope, catalog),
            as_arrays(self.steps, catalog, len(self.model.stages), span),
            columns,
            FirstSources.of(catalog, self.own, columns.source),
            span,
        )


@dataclass(frozen=True, slots=True)
class Facts(Partial):
    """Counts at every step, how many went on from every stage, and how people kept to the plan.

    Parts merge with ``+``. ``plan`` has a row for each planned step in order, columns as of
    :func:`sojourn.kernels.stages.plan.conformance`.
    """

    steps: Counted
    stages: Rates
    plan: NDArray[np.int64]

    @override
    def __add__(self, other: Facts) -> Facts:
        return Facts(self.steps + other.steps, self.stages + other.stages, self.plan + other.plan)


def _plan(
    steps: tuple[StepDef, ...], catalog: Catalog
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the place of each step in the plan, and the time each place allows."""
    places = np.full(len(steps), -1, np.int64)
    planned = [number for number, step in enumerate(steps) if step.planned]
    places[planned] = np.arange(len(planned))
    within = [steps[number].within_us if catalog.timed else 0 for number in planned]
    return places, np.array(within, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The answer: facts, and the properties and weeks that their places stand for."""

    facts: Facts
    columns: Chosen
    sources: FirstSources
    weeks: NDArray[np.int64]
    """Shape (weeks + 1,), where each begins and the last ends, microseconds UTC."""


@dataclass(frozen=True, slots=True)
class FactsPlan(Plan[Facts]):
    """The question against one catalog."""

    spec: FactsSpec
    follower: Follower
    steps: Steps
    columns: Chosen
    sources: FirstSources
    span: NDArray[np.int64]
    """As of :func:`sojourn.stages.timeline.span_of`."""

    @property
    def _weeks(self) -> NDArray[np.int64]:
        catalog = self.follower.catalog
        if not catalog.timed or not catalog.rows:
            return np.empty(0, np.int64)
        first = max(int(self.span[0]), catalog.first_us)
        last = max(first, int(self.span[1]) - 1)
        return intervals(Unit.WEEK, catalog.timezone, first, last).edges

    def _bounds(self, per_place: NDArray[np.int64]) -> Bounds:
        timed = self.follower.catalog.timed
        return Bounds(per_place, self._weeks, int(self.span[2]), timed)

    @override
    def over(self, bucket: Bucket) -> Facts:
        catalog, spec = self.follower.catalog, self.spec
        followed = self.follower.over(bucket)
        journeys, lines = followed.journeys, followed.lines
        walk = walked(
            journeys.offsets, journeys.time, journeys.event, journeys.skip, self.steps,
            (lines.offsets, lines.moves),
        )  # fmt: skip
        per_stage = windows(spec.model, timed=catalog.timed)
        at_steps = per_stage[np.array([step.stage - 1 for step in spec.steps], np.int64)]
        around = Around(
            end=int(min(self.span[1] - 1, self.span[2])),
            lapsed=len(spec.model.stages) + 1,
            events=len(catalog.events),
            sources=self.sources,
        )
        steps = measure(bucket, followed, walk, self.columns, self._bounds(at_steps), around)
        begun = arrivals_in_stages(lines.offsets, lines.moves, len(per_stage), self.span)
        row = begun[:, FIRST_ROW]
        at_stages = Arrivals(begun[:, STEP], row, begun[:, 0], begun[:, WENT_ON])
        return Facts(
            steps,
            rates(bucket, followed, at_stages, self.columns, self._bounds(per_stage)),
            conformance(journeys.offsets, journeys.time, walk.step_at, *_plan(spec.steps, catalog)),
        )

    @override
    def answer(self, total: Facts) -> Answer[object]:
        catalog = self.follower.catalog
        return Answer(
            question="steps",
            spec=self.spec,
            as_of=to_datetime(catalog.as_of_us),
            rows=(
                Measured(
                    facts=total, columns=self.columns, sources=self.sources, weeks=self._weeks
                ),
            ),
            definition="What happens at the steps and stages of a map.",
        )
