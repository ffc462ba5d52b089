"""Segments as what is kept of each person, and what is asked of it.

Rules that ask the same of people share what is kept: a *clue*. Each clue is a few numbers that
events, in whatever order and however often they come, can only bring to the same end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from sojourn.base.predicate import (
    ALWAYS,
    TRAIT_PREFIX,
    AllOf,
    AnyOf,
    Compare,
    Not,
    Operator,
    Predicate,
    fields,
)
from sojourn.index.compare import check_patterns
from sojourn.segments.errors import SegmentError
from sojourn.segments.model import (
    Did,
    Every,
    InStage,
    Neither,
    Rule,
    Segment,
    Sequence,
    Some,
    Trait,
    Which,
    every_rule,
)
from sojourn.segments.signals import StageRules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sojourn.stages.model import Evidence, StageModel

LAPSED = "lapsed"
NEGATED = {
    Operator.NE: Operator.EQ,
    Operator.NOT_IN: Operator.IN,
    Operator.MISSING: Operator.EXISTS,
}


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest events that meet a condition, as many as any rule counts to."""

    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Known:
    """What one comparison says of a property's last or first value."""

    compare: Compare
    """Not negated; its field is without ``trait.``."""
    which: Which


@dataclass(frozen=True, slots=True)
class Chain:
    """When the steps were last all done in order."""

    steps: tuple[Predicate, ...]
    window_us: int | None


@dataclass(frozen=True, slots=True)
class Staged:
    """The states of the stage model, past and, if nothing more happens, to come."""


Clue: TypeAlias = Newest | Known | Chain | Staged


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of a clue's events (or its chain) are less than so old; any age for None."""

    clue: int
    count: int
    within_us: int | None


@dataclass(frozen=True, slots=True)
class Older:
    """There was an event, and the last is at least so old."""

    clue: int
    quiet_us: int


@dataclass(frozen=True, slots=True)
class NoneSince:
    """There was an event of one clue, and none of the other came after the last."""

    clue: int
    other: int


@dataclass(frozen=True, slots=True)
class Says:
    """The comparison holds for the person."""

    clue: int


@dataclass(frozen=True, slots=True)
class In:
    """The person's state is one of these; states count from 1."""

    clue: int
    states: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Each part holds."""

    parts: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Some part holds."""

    parts: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class No:
    """The part does not hold."""

    part: Test


Test: TypeAlias = AtLeast | Older | NoneSince | Says | In | All | OneOf | No


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Several segments, compiled together.

    Attributes
    ----------
    clues : tuple of Clue
    keep : tuple of int
        How many events each clue keeps; 1 for those that keep none.
    tests : tuple of Test
        One a segment.
    model : StageModel or None
        The stage model that rules about stages mean.
    stage : StageRules or None
        The same, for events one by one; None where no rule asks for stages.
    """

    clues: tuple[Clue, ...]
    keep: tuple[int, ...]
    tests: tuple[Test, ...]
    model: StageModel | None
    stage: StageRules | None = None

    @property
    def staged(self) -> int | None:
        """The clue that holds the person's stages; None where no rule asks for them."""
        return next((n for n, clue in enumerate(self.clues) if isinstance(clue, Staged)), None)


def compile_segments(
    segments: Iterable[Segment], model: StageModel | None, timezone: str = "UTC"
) -> RuleSet:
    """Return segments ready to be worked out.

    Parameters
    ----------
    segments : iterable of Segment
    model : StageModel or None
        Needed where a rule names a stage.
    timezone : str
        Whose days its rules count.

    Raises
    ------
    SegmentError
        If a rule names a stage and there is no model, or none of that name.
    InputError
        If a condition has a regular expression that is none: it would stop all the others.
    """
    compiler = _Compiler(model)
    tests = tuple(compiler.test(segment.who) for segment in segments)
    clues = tuple(compiler.clues)
    stage = StageRules.of(model, timezone) if model and Staged() in clues else None
    for condition in _conditions(clues, stage):
        check_patterns(condition)
    return RuleSet(
        clues=clues,
        keep=tuple(compiler.clues[clue] for clue in clues),
        tests=tests,
        model=model,
        stage=stage,
    )


def check_conditions(model: StageModel) -> None:
    """Check that the conditions of a stage model can be asked of an event.

    Raises
    ------
    InputError
        If one has a regular expression that is none.
    """
    for condition in StageRules.of(model, "UTC").asked:
        check_patterns(condition)


def _conditions(clues: Iterable[Clue], stage: StageRules | None) -> Iterator[Predicate]:
    """Return every condition that events or traits are held against."""
    for clue in clues:
        match clue:
            case Newest(predicate=predicate):
                yield predicate
            case Known(compare=compare):
                yield compare
            case Chain(steps=steps):
                yield from steps
            case Staged():
                yield from stage.asked if stage else ()


def names_of(rule: Rule) -> tuple[frozenset[str], frozenset[str]]:
    """Return the event names and the properties that a rule asks for."""
    events: set[str] = set()
    properties: set[str] = set()
    for each in every_rule(rule):
        match each:
            case Did(evidence=evidence, without=without):
                found = [evidence] if without is None else [evidence, without]
            case Sequence(steps=steps):
                found = list(steps)
            case Trait(where=where):
                properties |= {name.removeprefix(TRAIT_PREFIX) for name in fields(where)}
                continue
            case _:
                continue
        for evidence in found:
            events |= set(evidence.events)
            properties |= fields(evidence.where)
    return frozenset(events), frozenset(properties - {"event"})


@dataclass(slots=True)
class _Compiler:
    model: StageModel | None
    clues: dict[Clue, int] = field(default_factory=dict)

    def clue(self, clue: Clue, keep: int = 1) -> int:
        self.clues[clue] = max(keep, self.clues.get(clue, 1))
        return list(self.clues).index(clue)

    def test(self, rule: Rule) -> Test:
        found: Test
        match rule:
            case Every(rules=rules):
                found = All(tuple(self.test(each) for each in rules))
            case Some(rules=rules):
                found = OneOf(tuple(self.test(each) for each in rules))
            case Neither(rules=rules):
                found = No(OneOf(tuple(self.test(each) for each in rules)))
            case Did():
                found = self.did(rule)
            case Sequence():
                _refuse_traits(*(step.where for step in rule.steps))
                steps = tuple(step.predicate for step in rule.steps)
                found = AtLeast(self.clue(Chain(steps, rule.window_us)), 1, rule.within_us)
            case Trait(where=where, which=which):
                found = self.trait(where, which)
            case InStage(stages=stages):
                found = In(self.clue(Staged()), tuple(self.state(key) for key in stages))
        return found

    def did(self, rule: Did) -> Test:
        needed = max(1, rule.at_least, 0 if rule.at_most is None else rule.at_most + 1)
        clue = self.newest(rule.evidence, needed)
        tests: list[Test] = []
        if rule.at_least:
            tests.append(AtLeast(clue, rule.at_least, rule.within_us))
        if rule.at_most is not None:
            tests.append(No(AtLeast(clue, rule.at_most + 1, rule.within_us)))
        if rule.quiet_us is not None:
            tests.append(Older(clue, rule.quiet_us))
        if rule.without is not None:
            tests.append(NoneSince(clue, self.newest(rule.without, 1)))
        return tests[0] if len(tests) == 1 else All(tuple(tests))

    def newest(self, evidence: Evidence, keep: int) -> int:
        _refuse_traits(evidence.where)
        return self.clue(Newest(evidence.predicate), keep)

    def trait(self, where: Predicate, which: Which) -> Test:
        match where:
            case AllOf(parts=parts):
                return All(tuple(self.trait(part, which) for part in parts))
            case AnyOf(parts=parts):
                return OneOf(tuple(self.trait(part, which) for part in parts))
            case Not(part=part):
                return No(self.trait(part, which))
            case Compare():
                plain = replace(where, field=where.field.removeprefix(TRAIT_PREFIX))
                positive = NEGATED.get(plain.operator)
                if positive is None:
                    return Says(self.clue(Known(plain, which)))
                values = () if positive is Operator.EXISTS else plain.values
                known = Known(replace(plain, operator=positive, values=values), which)
                return No(Says(self.clue(known)))

    def state(self, key: str) -> int:
        if self.model is None:
            raise SegmentError(
                f"The rule names the stage {key!r}, and no stage model was applied.",
                remedy="Apply one first: sojourn stages apply FILE",
            )
        names = [*(stage.key for stage in self.model.stages), LAPSED]
        if key not in names:
            raise SegmentError(f"There is no stage {key!r}.", allowed=", ".join(names))
        return names.index(key) + 1


def _refuse_traits(*conditions: Predicate) -> None:
    for where in conditions:
        named = sorted(name for name in fields(where) if name.startswith(TRAIT_PREFIX))
        if where != ALWAYS and named:
            raise SegmentError(
                f"The condition on an event names {named[0]!r}, which is of the person.",
                allowed="a rule of its own beside it: - trait: CONDITION",
            )
