"""Which events become the steps of a map: what most people of each stage do, in their order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.events.paths import NO_DOING
from sojourn.stages.suggest.kinds import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.maps.draft.survey import Survey
    from sojourn.stages.model import StageModel
    from sojourn.stages.suggest.structure import Structured

MOST_COLUMNS = 12.3
"""Columns that stand beside each other on a wide screen without scrolling."""
LEAST_OF_STAGE = 2.08
"""Columns' room that a stage takes up, however few its steps."""
LEAST_UNBOUND = 1.5
"""The same for a stage that no event leads into."""
PER_STAGE = 2
"""Steps that every stage gets, where it has them, before shares decide."""
COMMON = 0.2
"""An event done by fewer than this share of the people of its stage's commonest is no step …"""
COMMON_BOUND = 0.02
"""… unless it leads into the stage: then only if hardly anybody does it."""
FEWEST = 0.02
"""An event that leads nowhere and is done by fewer than this share of all people is no step,
unless it is the commonest of its stage."""
SAME = 0.98
"""Two events done by the same people to this share, one right after the other, need one column
(where their names tell nothing) as long as there is a lack of room."""
NEAR = 0.15
"""How near, in their usual place, two such events must lie."""
_TELLING = {Kind.INTENT: 1.4, Kind.PURCHASE: 2.0, Kind.SIGNUP: 1.4, Kind.REVIEW: 1.2,
            Kind.REFER: 1.4, Kind.FULFIL: 1.2, Kind.REPEAT: 1.4, Kind.BROWSE: 0.8,
            Kind.USE: 0.9}  # fmt: skip
"""How much an event tells beside its reach: what lies near the purchase tells more."""
_LESS_TELLING = frozenset({Kind.ERROR, Kind.SUPPORT, Kind.FAILED_END, Kind.CANCEL, Kind.REFUND,
                           Kind.PLANNED})  # fmt: skip
"""Shown as friction at the steps they follow, not as steps, where there is a choice."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that could become a step of a stage (its position, from 1)."""

    name: str
    people: int
    stage: int
    rank: float
    binds: bool
    share: float = 1.0
    """Its people, in those of the commonest event of its stage."""

    @property
    def weight(self) -> float:
        """How much it tells: the share that did it, more where a purchase is near."""
        return self.share * _TELLING.get(kind_of(self.name), 1.0)


def bindings(model: StageModel) -> dict[str, int]:
    """Return the lowest stage each event leads into by itself."""
    bound: dict[str, int] = {}
    for number, stage in enumerate(model.stages, start=1):
        for rule in stage.enter:
            for name in rule.evidence.events:
                bound.setdefault(name, number)
    return bound


def candidates(survey: Survey, structured: Structured, bound: dict[str, int]) -> list[Candidate]:
    """Return every common event with its stage: the one it leads into, else where it is done.

    Without any bound event (stages by depth), where it is done more than events usually are.
    What nobody did, a page's own doings or who somebody is, is no step.
    """
    ranks = {seen.name: seen.rank for seen in structured.seen}
    acts = survey.states[[name not in NO_DOING for name in survey.names], 1:-1]
    typical = acts.sum(axis=0) / max(1, int(acts.sum()))
    found = []
    for name, states in zip(survey.names, survey.states, strict=True):
        people, inside = int(states.sum()), states[1:-1]
        if name in NO_DOING and name not in bound:
            continue
        if not people or (name not in bound and not inside.sum()):
            continue
        weight = inside if bound else inside / np.maximum(typical, 1e-9)
        stage = bound.get(name) or int(weight.argmax()) + 1
        found.append(Candidate(name, people, stage, ranks.get(name, 0.5), name in bound))
    return _common(found, int(survey.now.stocks[:, 0].sum()))


def _common(found: list[Candidate], everyone: int) -> list[Candidate]:
    """Return those done by a fair share of the people of their stage."""
    most: dict[int, int] = {}
    for each in found:
        most[each.stage] = max(most.get(each.stage, 0), each.people)
    shared = [replace(each, share=each.people / most[each.stage]) for each in found]
    return [
        each
        for each in shared
        if each.share == 1.0
        or (each.binds and each.share >= COMMON_BOUND)
        or (each.share >= COMMON and each.people >= FEWEST * everyone)
    ]


def telling(
    found: list[Candidate], structured: Structured, model: StageModel, taken: Sequence[int]
) -> list[Candidate]:
    """Return the candidates that become steps, each stage's in the order people do them.

    Every stage first gets its most telling ones, those after a purchase as well as those before;
    then the share of the stage's people decides, until the columns fill a wide screen.

    Parameters
    ----------
    found : list of Candidate
    structured : Structured
    model : StageModel
    taken : sequence of int
        Stages in which a column is taken already, one entry a column.
    """
    numbers = range(1, len(model.stages) + 1)
    weighed = sorted(found, key=lambda each: (-each.weight, -each.people, each.name))
    plain = [each for each in weighed if kind_of(each.name) not in _LESS_TELLING]
    first = [
        each
        for number in numbers
        for each in [one for one in plain if one.stage == number][:PER_STAGE]
    ]
    queue = [*first, *(each for each in plain if each not in first)]
    queue += [each for each in weighed if each not in plain] if len(plain) < len(numbers) else []
    fresh, alike = _apart(queue, structured)
    chosen: list[Candidate] = []
    for each in (*fresh, *alike):
        if _room([*chosen, each], model, taken) <= MOST_COLUMNS:
            chosen.append(each)
    return [
        each
        for number in numbers
        for each in in_order([one for one in chosen if one.stage == number], structured)
    ]


def _room(chosen: list[Candidate], model: StageModel, taken: Sequence[int]) -> float:
    """Return how many columns' room the steps take up, stages without steps included."""
    total = 0.0
    for number, stage in enumerate(model.stages, start=1):
        steps = sum(each.stage == number for each in chosen) + taken.count(number)
        total += max(steps, LEAST_OF_STAGE if steps or stage.observed else LEAST_UNBOUND)
    return total


def _apart(
    queue: list[Candidate], structured: Structured
) -> tuple[list[Candidate], list[Candidate]]:
    """Return those that tell something of their own, and those done by the same people as one."""
    places = {seen.name: place for place, seen in enumerate(structured.seen)}

    def same(one: Candidate, other: Candidate) -> bool:
        known = kind_of(one.name) is not Kind.OTHER or kind_of(other.name) is not Kind.OTHER
        if known or not {one.name, other.name} <= set(places) or one.stage != other.stage:
            return False
        p, q = places[one.name], places[other.name]
        both = structured.before[p, q] + structured.before[q, p]
        return bool(
            both >= SAME * max(one.people, other.people) and abs(one.rank - other.rank) < NEAR
        )

    fresh: list[Candidate] = []
    for each in queue:
        if not any(same(each, other) for other in fresh):
            fresh.append(each)
    return fresh, [each for each in queue if each not in fresh]


def in_order(steps: list[Candidate], structured: Structured) -> list[Candidate]:
    """Return the steps in the order in which most people who did both came to them.

    Where the majorities go round in a circle, the step that comes before more of the others
    stands first; of equal ones that which lies earlier on average.
    """
    places = {seen.name: place for place, seen in enumerate(structured.seen)}

    def before(one: Candidate, other: Candidate) -> bool:
        if one.name not in places or other.name not in places:
            return one.rank < other.rank
        return structured.order(places[one.name], places[other.name]) > 0.5

    def key(one: Candidate) -> tuple[int, float, str]:
        return -sum(before(one, other) for other in steps if other is not one), one.rank, one.name

    return sorted(steps, key=key)
