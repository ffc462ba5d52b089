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
from sojourn.maps.draft.telling import bindings, candidates, telling
from sojourn.stages.suggest.kinds import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.catalog import Catalog
    from sojourn.maps.draft.survey import Survey
    from sojourn.maps.draft.telling import Candidate
    from sojourn.stages.model import StageModel
    from sojourn.stages.suggest.structure import Structured

RUNGS = 4
"""With so few kinds of event that columns are free, repeats get columns: first, second …"""


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


def choose_steps(survey: Survey, structured: Structured, model: StageModel) -> tuple[StepDef, ...]:
    """Return the steps of the map, in order.

    Which events become steps is decided in :mod:`sojourn.maps.draft.telling`. An event that leads
    into two stages gives each a step: the first time, and again.
    """
    bound, again = bindings(model), _again(model)
    found = candidates(survey, structured, bound)
    if len(found) + len(again) <= 3 and again:
        return keyed(_ladder(found, again), model)
    chosen = telling(found, structured, model, tuple(again.values()))
    numbers = range(1, len(model.stages) + 1)
    steps: list[StepDef] = []
    for stage in numbers:
        steps += [_plain_step(each, again) for each in chosen if each.stage == stage]
        steps += [_again_step(names, to) for names, to in again.items() if to == stage]
    return keyed(steps, model)


def _again(model: StageModel) -> dict[tuple[str, ...], int]:
    """Return the events whose repetition leads into a later stage than their first time."""
    bound = bindings(model)
    found: dict[tuple[str, ...], int] = {}
    for number, stage in enumerate(model.stages, start=1):
        for rule in stage.enter:
            names = rule.evidence.events
            if rule.at_least == 2 and names and all(bound[name] < number for name in names):
                found.setdefault(names, number)
    return found


def _plain_step(candidate: Candidate, again: dict[tuple[str, ...], int]) -> StepDef:
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


def _ladder(found: list[Candidate], again: dict[tuple[str, ...], int]) -> list[StepDef]:
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
    """Return the steps for the kernel; span: see :func:`sojourn.stages.timeline.span_of`."""
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
