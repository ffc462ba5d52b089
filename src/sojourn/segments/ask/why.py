"""Why a person is in a segment or not, rule by rule, as a question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from sojourn.base.timespan import to_datetime
from sojourn.identity.ownership import ANONYMOUS, USER
from sojourn.insight.answer import Answer
from sojourn.insight.overview.person import NoPersonError
from sojourn.insight.question import Partial, Plan, Spec
from sojourn.segments.ask.members import compiled, moment, notes_of
from sojourn.segments.bulk import table_at
from sojourn.segments.compiled import Chain, Clue, Known, Newest, RuleSet
from sojourn.segments.model import Did, Segment, Sequence, Trait, parts
from sojourn.segments.rows import clue_marks
from sojourn.segments.table import NEVER, truth
from sojourn.segments.words import in_words

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.segments.model import Rule
    from sojourn.stages.model import StageModel

MOST_EVENTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyRow:
    """One rule of the segment.

    Attributes
    ----------
    depth : int
        How deep it stands in groups of rules.
    rule, rule_ko : str
    holds : bool
    counted : int
        Events that the rule looked at and that count, up to the instant.
    events : tuple of str
        The newest of them: when, and which.
    changes : datetime or None
        When time alone may change it.
    """

    depth: int
    rule: str
    rule_ko: str
    holds: bool
    counted: int
    events: tuple[str, ...]
    changes: datetime | None


@dataclass(frozen=True, slots=True)
class Reasons(Partial):
    """What was found where the person is."""

    person: str = ""
    rows: tuple[WhyRow, ...] = ()

    @override
    def __add__(self, other: Reasons) -> Reasons:
        return self if self.person else other


@dataclass(frozen=True, slots=True, kw_only=True)
class Why(Spec[Reasons]):
    """Why a person is in a segment or not; see :class:`sojourn.segments.ask.members.Members`."""

    segment: Segment
    person: str
    at_us: int | None = None
    model: StageModel | None = None

    @override
    def plan(self, catalog: Catalog) -> WhyPlan:
        ruled = tuple(with_depth(self.segment.who, 0))
        segments = tuple(replace(self.segment, who=rule) for _, rule in ruled)
        found = compiled(segments, self.model, self.at_us, catalog)
        return WhyPlan(self, ruled, *found, catalog)


def with_depth(rule: Rule, depth: int) -> list[tuple[int, Rule]]:
    """Return a rule and all within it, each with how deep it stands."""
    found = [(depth, rule)]
    for part in parts(rule):
        found += with_depth(part, depth + 1)
    return found


@dataclass(frozen=True, slots=True)
class WhyPlan(Plan[Reasons]):
    """The question against one catalog."""

    spec: Why
    ruled: tuple[tuple[int, Rule], ...]
    rules: RuleSet
    at: int
    catalog: Catalog

    @override
    def over(self, bucket: Bucket) -> Reasons:
        given = self.spec.person
        for person in (given, ANONYMOUS + given, USER + given):
            place = bucket.find_person(person)
            if place is not None and not (len(bucket.skip) and bucket.skip[place]):
                return Reasons(person, self._rows(bucket, place))
        return Reasons()

    def _rows(self, bucket: Bucket, place: int) -> tuple[WhyRow, ...]:
        table = table_at(self.rules, bucket, self.catalog, self.at)
        at = np.full(len(table.seen), self.at, np.int64)
        rows = []
        for (depth, rule), test in zip(self.ruled, self.rules.tests, strict=True):
            holds, due = truth(test, table, at)
            words = in_words(rule)
            counted = self._counted(rule, bucket, place)
            changes = int(due[place])
            rows.append(
                WhyRow(
                    depth=depth, rule=words.en, rule_ko=words.ko or words.en,
                    holds=bool(holds[place] & table.seen[place]), counted=len(counted),
                    events=tuple(self._named(bucket, row) for row in counted[::-1][:MOST_EVENTS]),
                    changes=None if changes >= NEVER else to_datetime(changes),
                )
            )  # fmt: skip
        return tuple(rows)

    def _counted(self, rule: Rule, bucket: Bucket, place: int) -> list[int]:
        """Return the person's rows that a rule looks at, oldest first."""
        first, end = int(bucket.offsets[place]), int(bucket.offsets[place + 1])
        oldest = -NEVER
        clues: list[Clue] = []
        match rule:
            case Did(evidence=evidence, within_us=within):
                clues = [Newest(evidence.predicate)]
                oldest = oldest if within is None else self.at - within
            case Sequence(steps=steps, window_us=window):
                clues = [Chain(tuple(step.predicate for step in steps), window)]
            case Trait():
                clues = [clue for clue in self._clues_of(rule) if isinstance(clue, Known)]
            case _:
                return []
        found: set[int] = set()
        for clue in clues:
            rows = np.flatnonzero(clue_marks(clue, self.rules, bucket, self.catalog).some)
            mine = rows[(rows >= first) & (rows < end)]
            time = bucket.time[mine]
            found |= set(mine[(time <= self.at) & (time > oldest)].tolist())
        return sorted(found)

    def _clues_of(self, rule: Trait) -> tuple[Clue, ...]:
        segment = replace(self.spec.segment, who=rule)
        return compiled((segment,), self.spec.model, self.at, self.catalog)[0].clues

    def _named(self, bucket: Bucket, row: int) -> str:
        name = self.catalog.events[int(bucket.event[row])]
        return f"{to_datetime(int(bucket.time[row])):%Y-%m-%d %H:%M:%S} {name}"

    @override
    def answer(self, total: Reasons) -> Answer[WhyRow]:
        if not total.person:
            raise NoPersonError(self.spec.person)
        inside = total.rows[0].holds
        state = "inside" if inside else "outside"
        return Answer(
            question="segments-why",
            spec=self.spec,
            as_of=to_datetime(self.catalog.as_of_us),
            rows=total.rows,
            definition=f"{total.person} is {state} {self.spec.segment.key!r} at"
            f" {moment(self.at)}: each rule with the events it counts, the newest first.",
            notes=notes_of(self.at, self.catalog),
            extra={
                "person": total.person,
                "inside": inside,
                "at": to_datetime(self.at).isoformat(),
            },
        )
