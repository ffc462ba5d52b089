"""Planned against actual: the steps of a drawn map, and how lived journeys keep to them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.base.estimate import wilson
from sojourn.base.timespan import DAY_US, to_datetime
from sojourn.maps.document import Cell, Evidence, Item, Label, Lane, LaneKind, Provenance
from sojourn.maps.draft.steps import StepDef, keyed
from sojourn.maps.errors import PlanError

if TYPE_CHECKING:
    from sojourn.index.catalog import Catalog
    from sojourn.maps.document import JourneyMap, Step
    from sojourn.maps.draft.assemble import Findings
    from sojourn.stages.model import StageModel

MOST_STEPS = 12
DEVIATIONS = ("on_plan", "late", "repeated", "out_of_order", "skipped")
"""Names of the kernel's columns, as the renderer knows them."""


def follow_plan(
    plan: JourneyMap, drafted: tuple[StepDef, ...], model: StageModel, catalog: Catalog
) -> tuple[StepDef, ...]:
    """Return the steps of a plan in its order, and drafted ones beside them while there is room.

    Raises
    ------
    PlanError
        If no step of the plan is bound to an event of the data.
    """
    known = set(catalog.events)
    bound = [step for step in plan.steps if known & set(step.events)]
    if not bound:
        raise PlanError(
            "No step of the plan is bound to an event of the data.",
            allowed=", ".join(catalog.events[:12]),
            remedy="Name events under `events:` of its steps.",
        )
    stages = {stage.key: number for number, stage in enumerate(model.stages, start=1)}
    guessed = {name: step.stage for step in drafted for name in step.events}
    times = Counter(name for step in bound for name in set(step.events))
    seen: Counter[str] = Counter()
    steps: list[StepDef] = []
    for step in bound:
        stage = stages.get(step.stage) or _guess(step, guessed)
        stage = max(stage, steps[-1].stage if steps else 1)
        seen.update(set(step.events))
        repeated = max(times[name] for name in step.events) > 1
        rung = max(seen[name] for name in step.events)
        steps.append(
            StepDef(
                key=step.key,
                title=step.title,
                events=tuple(name for name in step.events if name in known),
                stage=stage,
                rung=rung if repeated else 0,
                last_rung=not repeated or rung == max(times[name] for name in step.events),
                within_us=round(step.within_days * DAY_US),
                planned=True,
            )
        )
    taken = {name for step in steps for name in step.events}
    extra = [step for step in drafted if not taken & set(step.events)]
    steps += extra[: max(0, MOST_STEPS - len(steps))]
    return keyed(sorted(steps, key=lambda step: step.stage), model)


def _guess(step: Step, guessed: dict[str, int]) -> int:
    return min((guessed[name] for name in step.events if name in guessed), default=1)


def with_conformance(drawn: JourneyMap, found: Findings) -> JourneyMap:
    """Return the map with the lane that holds lived journeys against the plan."""
    counts = found.measured.facts.plan
    places = [number for number, step in enumerate(found.steps) if step.planned]
    date = to_datetime(found.catalog.as_of_us).date().isoformat() if found.catalog.timed else ""
    cells: list[Cell] = []
    for place, number in enumerate(places):
        row = counts[place]
        total = int(row.sum())
        cells.append(
            Cell(
                lane=LaneKind.CONFORMANCE.value,
                step=drawn.steps[number].key,
                provenance=Provenance.MEASURED if total else Provenance.UNKNOWN,
                question=None if total else Label(
                    en="Nobody has come this far yet.", ko="아직 여기까지 온 고객이 없어요."
                ),
                shares=tuple(
                    Item(label=name, count=int(count), share=wilson(int(count), total))
                    for name, count in zip(DEVIATIONS, row, strict=True)
                ) if total else (),
                evidence=(Evidence(kind="event", n=total, date=date),) if total else (),
                updated=date,
            )
        )  # fmt: skip
    outside = [
        Cell(
            lane=LaneKind.CONFORMANCE.value,
            step=drawn.steps[number].key,
            provenance=Provenance.MEASURED,
            text=Label(en="Not in the plan", ko="계획에 없음"),
            updated=date,
        )
        for number, step in enumerate(found.steps)
        if not step.planned
    ]
    lane = Lane(
        key=LaneKind.CONFORMANCE.value,
        kind=LaneKind.CONFORMANCE,
        title=Label(en="Plan vs actual", ko="계획과 실제"),
        note=Label(en="of those who came this far", ko="여기까지 온 고객 중"),
    )
    return replace(drawn, lanes=(*drawn.lanes, lane), cells=(*drawn.cells, *cells, *outside))
