"""One person's history through the stages, as a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from typing_extensions import override

from sojourn.base.timespan import DAY_US, to_datetime
from sojourn.insight.answer import Answer
from sojourn.insight.overview.person import NoPersonError
from sojourn.insight.question import Partial, Plan, Scope, Spec
from sojourn.kernels.stages.rules import AT, ROW, STATE
from sojourn.stages.ask.overview import NOT_SEEN, state_names
from sojourn.stages.timeline import Follower

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.stages.model import StageModel


@dataclass(frozen=True, slots=True)
class Moves(Partial):
    """The person's moves where they were found: instant, state, event of the row."""

    found: bool = False
    moves: tuple[tuple[int, int, int], ...] = ()

    @override
    def __add__(self, other: Moves) -> Moves:
        return self if self.found else other


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonStages(Spec[Moves]):
    """Every move of one person.

    Attributes
    ----------
    person : str
        The id; of somebody never identified with or without ``anon:`` before it.
    """

    model: StageModel
    person: str
    scope: Scope = field(default_factory=Scope)

    @override
    def plan(self, catalog: Catalog) -> PersonStagesPlan:
        return PersonStagesPlan(self, Follower.of(self.model, self.scope, catalog))


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """One move.

    Attributes
    ----------
    at : datetime or None
        When; None where events carry no times.
    source, target : str
        The states.
    event : str
        The event that made the move; where time made it, the last one before.
    days : float or None
        How long the person then stayed, so far if still there; None without times.
    """

    at: datetime | None
    source: str
    target: str
    event: str
    days: float | None


@dataclass(frozen=True, slots=True)
class PersonStagesPlan(Plan[Moves]):
    """The question against one catalog."""

    spec: PersonStages
    follower: Follower

    @override
    def over(self, bucket: Bucket) -> Moves:
        for name in self.follower.catalog.ids_meant(self.spec.person):
            ordinal = bucket.find_person(name)
            if ordinal is not None and not (len(bucket.skip) and bucket.skip[ordinal]):
                break
        else:
            return Moves()
        followed = self.follower.over(bucket)
        lines, event = followed.lines, followed.journeys.event
        mine = lines.moves[lines.offsets[ordinal] : lines.offsets[ordinal + 1]]
        return Moves(
            True,
            tuple((int(m[AT]), int(m[STATE]), int(event[m[ROW]])) for m in mine),
        )

    @override
    def answer(self, total: Moves) -> Answer[object]:
        if not total.found:
            raise NoPersonError(self.spec.person)
        catalog, names = self.follower.catalog, state_names(self.spec.model)
        rows = []
        state = NOT_SEEN
        for number, (at, target, event) in enumerate(total.moves):
            last = number + 1 == len(total.moves)
            until = catalog.as_of_us if last else total.moves[number + 1][0]
            rows.append(
                MoveRow(
                    at=to_datetime(at) if catalog.timed else None,
                    source=state,
                    target=names[target],
                    event=catalog.events[event],
                    days=(until - at) / DAY_US if catalog.timed else None,
                )
            )
            state = names[target]
        return Answer(
            question="stages-person",
            spec=self.spec,
            as_of=to_datetime(catalog.as_of_us),
            rows=tuple(rows),
            definition="Every move of one person between the states of the stage model; the last"
            " state is the present one.",
            notes=() if rows else ("This person has not been seen in any stage.",),
        )
