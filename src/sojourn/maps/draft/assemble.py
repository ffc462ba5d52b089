"""Putting a map together from what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.estimate import Estimate, MaybeEstimate, NotEstimable, wilson
from sojourn.base.timespan import DAY_US, to_datetime
from sojourn.kernels.stages.tally import CONVERTED, MATURE
from sojourn.maps.document import (
    DataNote,
    Flow,
    FlowKind,
    Health,
    Item,
    JourneyMap,
    Label,
    LaneKind,
    MapKind,
    OpenQuestion,
    Sojourn,
    SojournPoint,
    Stage,
    Step,
)
from sojourn.maps.draft.lanes import Drawn, cells_of, lanes_of
from sojourn.maps.draft.measure import REACHED, STOPPED
from sojourn.maps.draft.names import label_of
from sojourn.maps.draft.questions import FEELINGS, GOAL, NEEDS, about
from sojourn.maps.draft.stake import (
    difference,
    health_of,
    known_currency,
    place_of,
    stake_of,
)
from sojourn.maps.draft.wording import definition_of
from sojourn.maps.whose import persona_question
from sojourn.stages.figures import (
    StageCounts,
    StageFigures,
    figures,
    median_days,
    no_way_on,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.catalog import Catalog
    from sojourn.maps.document import Cell, Filters
    from sojourn.maps.draft.facts import Measured
    from sojourn.maps.draft.steps import StepDef
    from sojourn.maps.draft.survey import Survey
    from sojourn.stages.model import StageModel, Words
    from sojourn.stages.suggest.result import Suggestion
    from sojourn.stages.survival import Curve

FORMAT = "sojourn-map/1"
CURVE_POINTS = 48
LEAKS = 3
MOST_ASKED = 5
"""Steps whose thoughts are asked for first: weak ones, then those where most stopped."""
_LEFT = Label(en="Left", ko="이탈")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a map is told rather than measured."""

    id: str
    title: Label
    sources: tuple[str, ...]
    notes: tuple[Label, ...] = ()
    simulated: bool = False
    filters: Filters | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything measured for a map."""

    catalog: Catalog
    model: StageModel
    suggestion: Suggestion | None
    survey: Survey
    steps: tuple[StepDef, ...]
    measured: Measured
    days: float
    """Length of the range; 0 without times."""


def assemble(found: Findings, heading: Heading) -> JourneyMap:
    """Return the map."""
    stages = _stages(found)
    steps = _steps(found, stages)
    date = to_datetime(found.catalog.as_of_us).date().isoformat() if found.catalog.timed else ""
    drawn = Drawn(steps, found.steps, found.measured, found.catalog, date)
    cells = cells_of(drawn)
    return JourneyMap(
        format=FORMAT,
        id=heading.id,
        title=heading.title,
        kind=MapKind.AS_IS,
        goal=None,
        persona=None,
        scenario="",
        currency=known_currency(found.measured.columns, found.catalog.currency),
        stages=stages,
        flows=_flows(found),
        steps=steps,
        lanes=lanes_of(drawn),
        cells=cells,
        open_questions=_open(found, steps, cells, heading.filters),
        data=_data(found, heading),
        filters=heading.filters,
    )


def _stages(found: Findings) -> tuple[Stage, ...]:
    now = figures(found.survey.now, found.model)
    return tuple(_stage(found, figure) for figure in now)


def _stage(found: Findings, figure: StageFigures) -> Stage:
    rule = found.model.stages[figure.stage - 1]
    place = place_of(found.measured.facts.stages, figure.stage - 1, found.measured.columns)
    currency = known_currency(found.measured.columns, found.catalog.currency)
    stuck = no_way_on(found.model, figure.stage)
    timed = found.catalog.timed
    return Stage(
        key=rule.key,
        title=_label(rule.title),
        ever=figure.ever,
        at_start=figure.at_start,
        entered=figure.entered,
        left=figure.left,
        at_end=figure.at_end,
        direct=figure.direct,
        conversion=figure.conversion,
        immature=figure.immature,
        window_days=rule.window_us / DAY_US if timed else 0.0,
        change_points=stuck or _change(found.survey.now, found.survey.before, figure.stage),
        sojourn=_sojourn(found, figure) if rule.observed or stuck is None else stuck,
        stake=stuck or stake_of(place, currency, found.days),
        leaks_to=_leaks(found, figure.stage),
        definition=definition_of(rule, timed=timed),
        observed=rule.observed,
        people=figure.people,
    )


def _change(now: StageCounts, before: StageCounts | None, state: int) -> MaybeEstimate:
    if before is None:
        return NotEstimable("no earlier range of the same length")
    then, here = before.stocks[state], now.stocks[state]
    gap = difference(
        (int(here[CONVERTED]), int(here[MATURE])), (int(then[CONVERTED]), int(then[MATURE]))
    )
    if gap is None:
        return NotEstimable("one of the two ranges has no mature entries")
    return Estimate(value=100 * gap.value, low=100 * gap.low, high=100 * gap.high, n=gap.n)


def _sojourn(found: Findings, figure: StageFigures) -> Sojourn | NotEstimable:
    curve = figure.curve
    if curve is None:
        return NotEstimable("these events carry no times")
    if not curve.n:
        return NotEstimable("nobody was in the stage")
    keep = _thinned(len(curve.ages_us))
    low, high = curve.band(keep)
    points = tuple(
        SojournPoint(
            days=float(curve.ages_us[i]) / DAY_US,
            staying=float(curve.staying[i]),
            low=float(below),
            high=float(above),
        )
        for i, below, above in zip(keep, low, high, strict=True)
    )
    return Sojourn(
        median_days=median_days(curve),
        beyond_days=curve.longest_us / DAY_US,
        spells=curve.n,
        curve=points,
        active_days=None if figure.active is None else median_days(figure.active),
        exits=_exits(found, curve),
    )


def _exits(found: Findings, curve: Curve) -> tuple[Item, ...]:
    """Return the share that had left to each destination, most first; the count is people."""
    stages = found.model.stages
    items = []
    for state, exit_ in enumerate(curve.exits):
        if isinstance(exit_, Estimate) and exit_.value > 0:
            inside = state < len(stages)
            items.append(
                Item(
                    label=stages[state].key if inside else "left",
                    count=round(exit_.value * curve.n),
                    share=exit_,
                    note=_label(stages[state].title) if inside else _LEFT,
                )
            )
    return tuple(sorted(items, key=lambda item: -item.count))


def _thinned(count: int) -> NDArray[np.int64]:
    if count <= CURVE_POINTS:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, CURVE_POINTS).astype(np.int64))


def _leaks(found: Findings, state: int) -> tuple[Item, ...]:
    """Return where those who left the stage were last seen; without times, where they ended."""
    counts = found.survey.now.last_seen if found.catalog.timed else found.survey.now.ended_at
    row = counts[state - 1]
    total = int(row.sum())
    order = row.argsort(kind="stable")[::-1][:LEAKS]
    return tuple(
        Item(
            label=found.catalog.events[code],
            count=int(row[code]),
            share=wilson(int(row[code]), total),
            note=label_of(found.catalog.events[code]),
        )
        for code in order
        if row[code]
    )


def _flows(found: Findings) -> tuple[Flow, ...]:
    """Return every move of the range as one flow for each pair of states."""
    keys = [stage.key for stage in found.model.stages]
    lapsed = len(keys) + 1
    moves = found.survey.now.moves
    flows = []
    for source in range(lapsed + 1):
        for target in range(1, lapsed + 1):
            count = int(moves[source, target])
            if count:
                flows.append(
                    Flow(
                        source=keys[source - 1] if 0 < source < lapsed else None,
                        target=keys[target - 1] if target < lapsed else None,
                        kind=_kind(source, target, lapsed),
                        moves=count,
                    )
                )
    return tuple(flows)


def _kind(source: int, target: int, lapsed: int) -> FlowKind:
    if target == lapsed:
        return FlowKind.LEFT
    if source == 0:
        return FlowKind.NEW
    if source == lapsed:
        return FlowKind.RETURNED
    if target < source:
        return FlowKind.BACK
    return FlowKind.FORWARD if target == source + 1 else FlowKind.SKIP


def _steps(found: Findings, stages: tuple[Stage, ...]) -> tuple[Step, ...]:
    return tuple(_step(found, stages, number, step) for number, step in enumerate(found.steps))


def _step(found: Findings, stages: tuple[Stage, ...], number: int, step: StepDef) -> Step:
    columns, facts = found.measured.columns, found.measured.facts
    place = place_of(facts.steps.rates, number, columns)
    people = facts.steps.people[number]
    reached, stopped = int(people[REACHED]), int(people[STOPPED])
    last = number == len(found.steps) - 1
    if last:
        end = NotEstimable("the last step")
        return Step(
            key=step.key, stage=stages[step.stage - 1].key, title=step.title, events=step.events,
            reached=reached, progression=end, health=Health.UNKNOWN,
            health_reason=Label(en="The last step: nothing to go on to.",
                                ko="마지막 스텝이라 더 나아갈 곳이 없어요."), stake=end,
        )  # fmt: skip
    health, reason = health_of(place, (stopped, reached), _usual_stop(found))
    return Step(
        key=step.key,
        stage=stages[step.stage - 1].key,
        title=step.title,
        events=step.events,
        reached=reached,
        progression=wilson(place.went, place.n),
        health=health,
        health_reason=reason,
        stake=stake_of(place, known_currency(columns, found.catalog.currency), found.days),
    )


def _usual_stop(found: Findings) -> float:
    """Return the median share of people last seen at a step."""
    people = found.measured.facts.steps.people
    shares = people[:, STOPPED] / np.maximum(people[:, REACHED], 1)
    return float(np.median(shares))


def _open(
    found: Findings,
    steps: tuple[Step, ...],
    cells: tuple[Cell, ...],
    filters: Filters | None,
) -> tuple[OpenQuestion, ...]:
    """Return what to find out first: of the map, of stages, of whole lanes, of the worst steps.

    Every unknown cell carries its own question; the list holds those that come first.
    """
    questions = [
        OpenQuestion(where="map", question=GOAL),
        OpenQuestion(where="map", question=persona_question(filters)),
    ]
    if found.suggestion is not None:
        questions += [
            OpenQuestion(where=unbound.stage, question=_label(unbound.question))
            for unbound in found.suggestion.unbound
        ]
    stopped = found.measured.facts.steps.people[:, STOPPED]
    order = [int(number) for number in stopped.argsort(kind="stable")[::-1]]
    worst = steps[order[0]]
    questions += [
        OpenQuestion(where=LaneKind.FEELINGS.value, question=about(FEELINGS, worst)),
        OpenQuestion(where=LaneKind.NEEDS.value, question=about(NEEDS, worst)),
    ]
    telling = [n for n in order if steps[n].health is Health.WEAK]
    telling += [n for n in order if n not in telling and stopped[n] > 0]
    asked = {steps[number].key for number in telling[:MOST_ASKED]}
    questions += [
        OpenQuestion(where=cell.step, question=cell.question)
        for cell in cells
        if cell.lane == LaneKind.THOUGHTS and cell.step in asked and cell.question is not None
    ]
    return tuple(questions)


def _data(found: Findings, heading: Heading) -> DataNote:
    catalog, survey = found.catalog, found.survey
    timed = catalog.timed and survey.events > 0
    return DataNote(
        as_of=to_datetime(catalog.as_of_us).isoformat() if timed else "",
        start=to_datetime(survey.first_us).isoformat() if timed else "",
        end=to_datetime(survey.last_us).isoformat() if timed else "",
        timezone=catalog.timezone,
        people=int(survey.now.stocks[:, 0].sum()),
        events=survey.events,
        sources=heading.sources,
        notes=heading.notes,
        simulated=heading.simulated,
    )


def _label(words: Words) -> Label:
    return Label(en=words.en, ko=words.ko)
