"""Choosing the steps of a map: which events become columns, in which stage, in what order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.timespan import MINUTE_US
from sojourn.kernels.stages.rules import NEVER
from sojourn.kernels.stages.steps import Steps
from sojourn.maps.document import Label, LaneKind
from sojourn.maps.draft.names import label_of, nth_label
from sojourn.stages.suggest.kinds import Kind, kind_of, tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.catalog import Catalog
    from sojourn.maps.draft.survey import Survey
    from sojourn.stages.model import StageModel
    from sojourn.stages.suggest.structure import Structured

MOST_STEPS = 12
PER_STAGE = 2
"""Steps that every stage with bound events gets before reach alone decides."""
FEWEST_SHARE = 0.02
"""An event reached by fewer people than this share becomes no column by itself."""
FEWEST_STEPS = 4
SAME = 0.98
"""Two events done by the same people to this share, one right after the other, need one column
(where their names tell nothing)."""
NEAR = 0.15
"""How near, in their usual place, two such events must lie."""
RUNGS = 4
"""With so few kinds of event that columns are free, repeats get columns: first, second …"""
_TELLING = {Kind.INTENT: 1.4, Kind.PURCHASE: 2.0, Kind.SIGNUP: 1.4, Kind.REVIEW: 1.2,
            Kind.REFER: 1.4, Kind.FULFIL: 1.2, Kind.REPEAT: 1.4, Kind.BROWSE: 0.8,
            Kind.USE: 0.9}  # fmt: skip
"""How much an event tells beside its reach: what lies near the purchase tells more."""
_LESS_TELLING = frozenset({Kind.ERROR, Kind.SUPPORT, Kind.FAILED_END, Kind.CANCEL, Kind.REFUND,
                           Kind.PLANNED})  # fmt: skip
"""Shown as friction at the steps they follow, not as steps, where there is a choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDef:
    """One column of the map before it is measured.

    Attributes
    ----------
    key : str
    title : Label
    events : tuple of str
    stage : int
        Position of its stage, from 1.
    rung : int
        1 for a person's first act of these events, 2 for the second …; 0 when all acts count.
    last_rung : bool
        Further acts count here too.
    within_us : int
        For planned steps: the time the plan allows since the planned step before; 0 for any.
    planned : bool
    """

    key: str
    title: Label
    events: tuple[str, ...]
    stage: int
    rung: int = 0
    last_rung: bool = True
    within_us: int = 0
    planned: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    people: int
    stage: int
    rank: float
    binds: bool


def choose_steps(survey: Survey, structured: Structured, model: StageModel) -> tuple[StepDef, ...]:
    """Return the steps of the map, in order, at most ``MOST_STEPS``.

    Every observed stage first gets its most common bound events, then reach decides. Within a
    stage steps stand in their typical order. An event that leads into two stages gives each a
    step: the first time, and again.
    """
    found = _candidates(survey, structured, model)
    again = _again(model)
    if len(found) + len(again) <= 3 and again:
        return keyed(_ladder(found, again), model)
    chosen = _told(found, structured, len(model.stages), MOST_STEPS - len(again))
    steps = [(c.stage, c.rank, _plain_step(c, again)) for c in chosen]
    ranks = {c.name: c.rank for c in found}
    for names, stage in again.items():
        rank = max((ranks.get(name, 1.0) for name in names), default=1.0)
        steps.append((stage, rank, _again_step(names, stage)))
    steps.sort(key=lambda each: each[:2])
    return keyed([step for _, _, step in steps], model)


def _told(
    found: list[_Candidate], structured: Structured, stages: int, free: int
) -> list[_Candidate]:
    """Return the most telling candidates: a few for every stage, then by weight."""
    weighed = sorted(found, key=_weight)
    chosen: list[_Candidate] = []
    for stage in range(1, stages + 1):
        own = [c for c in weighed if c.stage == stage and c.binds]
        chosen += _fresh(own, chosen, structured)[:PER_STAGE]
    rest = [c for c in weighed if c not in chosen]
    plain = [c for c in rest if kind_of(c.name) not in _LESS_TELLING]
    for candidate in plain:
        if len(chosen) < free and _fresh([candidate], chosen, structured):
            chosen.append(candidate)
    if len(chosen) < min(free, FEWEST_STEPS):
        chosen += [c for c in rest if c not in chosen][: FEWEST_STEPS - len(chosen)]
    return chosen[:free]


def _weight(candidate: _Candidate) -> tuple[float, str]:
    return -candidate.people * _TELLING.get(kind_of(candidate.name), 1.0), candidate.name


def _fresh(
    candidates: list[_Candidate], chosen: list[_Candidate], structured: Structured
) -> list[_Candidate]:
    """Return the candidates that are not done by the same people as one chosen, right beside it."""
    places = {seen.name: place for place, seen in enumerate(structured.seen)}

    def same(one: _Candidate, other: _Candidate) -> bool:
        known = kind_of(one.name) is not Kind.OTHER or kind_of(other.name) is not Kind.OTHER
        if known or not {one.name, other.name} <= set(places) or one.stage != other.stage:
            return False
        p, q = places[one.name], places[other.name]
        both = structured.before[p, q] + structured.before[q, p]
        return both >= SAME * max(one.people, other.people) and abs(one.rank - other.rank) < NEAR

    kept: list[_Candidate] = []
    for candidate in candidates:
        if not any(same(candidate, other) for other in (*chosen, *kept)):
            kept.append(candidate)
    return kept


def _candidates(survey: Survey, structured: Structured, model: StageModel) -> list[_Candidate]:
    ranks = {seen.name: seen.rank for seen in structured.seen}
    bound = _bindings(model)
    everyone = int(survey.now.stocks[:, 0].sum())
    typical = survey.states[:, 1:-1].sum(axis=0) / max(1, int(survey.states[:, 1:-1].sum()))
    found = []
    for name, states in zip(survey.names, survey.states, strict=True):
        people = int(states.sum())
        if people < max(1, FEWEST_SHARE * everyone) and name not in bound:
            continue
        inside = states[1:-1]
        if not people or (name not in bound and not inside.sum()):
            continue
        weight = inside if bound else inside / np.maximum(typical, 1e-9)
        stage = bound.get(name) or int(weight.argmax()) + 1
        found.append(_Candidate(name, people, stage, ranks.get(name, 0.5), name in bound))
    return found


def _bindings(model: StageModel) -> dict[str, int]:
    """Return the lowest stage each event leads into by itself."""
    bound: dict[str, int] = {}
    for number, stage in enumerate(model.stages, start=1):
        for rule in stage.enter:
            for name in rule.evidence.events:
                bound.setdefault(name, number)
    return bound


def _again(model: StageModel) -> dict[tuple[str, ...], int]:
    """Return the events whose repetition leads into a later stage than their first time."""
    bound = _bindings(model)
    found: dict[tuple[str, ...], int] = {}
    for number, stage in enumerate(model.stages, start=1):
        for rule in stage.enter:
            names = rule.evidence.events
            if rule.at_least == 2 and names and all(bound[name] < number for name in names):
                found.setdefault(names, number)
    return found


def _plain_step(candidate: _Candidate, again: dict[tuple[str, ...], int]) -> StepDef:
    repeated = any(candidate.name in names for names in again)
    return StepDef(
        key=slug(candidate.name),
        title=label_of(candidate.name),
        events=(candidate.name,),
        stage=candidate.stage,
        rung=1 if repeated else 0,
        last_rung=not repeated,
    )


def _again_step(names: tuple[str, ...], stage: int) -> StepDef:
    first = label_of(names[0])
    return StepDef(
        key=f"{slug(names[0])}-again",
        title=Label(en=f"{first.en} again", ko=f"{first.ko or first.en} 다시"),
        events=names,
        stage=stage,
        rung=2,
    )


def _ladder(found: list[_Candidate], again: dict[tuple[str, ...], int]) -> list[StepDef]:
    """Return first, second … steps where there are hardly any kinds of event."""
    steps: list[StepDef] = []
    repeated = {name: stage for names, stage in again.items() for name in names}
    for candidate in sorted(found, key=lambda each: (each.stage, each.rank)):
        if candidate.name not in repeated:
            steps.append(_plain_step(candidate, again))
            continue
        for rung in range(1, RUNGS + 1):
            last = rung == RUNGS
            steps.append(
                StepDef(
                    key=f"{slug(candidate.name)}-{rung}",
                    title=nth_label(candidate.name, rung, last=last),
                    events=(candidate.name,),
                    stage=candidate.stage if rung == 1 else repeated[candidate.name],
                    rung=rung,
                    last_rung=last,
                )
            )
    return sorted(steps, key=lambda step: step.stage)


def slug(name: str) -> str:
    """Return a key made of a name's words; Hangul stays."""
    return "-".join(tokens(name))[:40].strip("-") or re.sub(r"\W+", "-", name).strip("-") or "step"


def keyed(steps: list[StepDef], model: StageModel) -> tuple[StepDef, ...]:
    """Return the steps with keys of their own: unlike each other's, stages' and lanes'."""
    taken = {stage.key for stage in model.stages} | {lane.value for lane in LaneKind} | {"map"}
    result = []
    for step in steps:
        key = step.key if step.key not in taken else f"{step.key}-step"
        number = 2
        while key in taken:
            key, number = f"{step.key}-{number}", number + 1
        taken.add(key)
        result.append(replace(step, key=key))
    return tuple(result)


def as_arrays(
    steps: tuple[StepDef, ...], catalog: Catalog, stages: int, span: NDArray[np.int64]
) -> Steps:
    """Return the steps as the kernel wants them."""
    rungs: dict[str, dict[int, int]] = {}
    for number, step in enumerate(steps):
        for name in step.events:
            rungs.setdefault(name, {})[max(1, step.rung)] = number
    counters = _counters(steps)
    codes = {name: code for code, name in enumerate(catalog.events)}
    names = [name for name in rungs if name in codes]
    most = max((max(ladder) for ladder in rungs.values()), default=1)
    group = np.full(len(catalog.events), -1, np.int64)
    table = np.full((max(1, len(names)), most), -1, np.int64)
    counter = np.zeros(max(1, len(names)), np.int64)
    for place, name in enumerate(names):
        group[codes[name]] = place
        counter[place] = counters[name]
        number = -1
        for rung in range(1, most + 1):
            number = rungs[name].get(rung, number)
            table[place, rung - 1] = number
    return Steps(
        group=group,
        rungs=table,
        counter=counter,
        stage=np.array([step.stage for step in steps], np.int64),
        stages=stages,
        pause=30 * MINUTE_US if catalog.timed else -NEVER,
        start=int(span[0]),
        end=int(span[1]),
    )


def _counters(steps: tuple[StepDef, ...]) -> dict[str, int]:
    """Return the counter of each event: those that share a repeat step count together."""
    counters: dict[str, int] = {}
    for number, step in enumerate(sorted(steps, key=lambda each: -each.rung)):
        for name in step.events:
            counters.setdefault(name, number)
    return counters
