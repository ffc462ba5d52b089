"""One person's journey as a question: event by event, the newest ones, bounded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.base.errors import InputError
from sojourn.base.predicate import ALWAYS
from sojourn.base.timespan import SECOND_US, to_datetime
from sojourn.identity.ownership import ANONYMOUS
from sojourn.index.errors import UntimedRangeError
from sojourn.index.journeys import EVER
from sojourn.index.masks import NUMBER_SUFFIX, row_mask
from sojourn.insight.answer import Answer
from sojourn.insight.overview.cells import values_of
from sojourn.insight.overview.known import Known, known_of
from sojourn.insight.phrases import scope_notes
from sojourn.insight.question import Scope
from sojourn.insight.roles import check
from sojourn.insight.views.lens import DEFAULT_GAP_US, in_range

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog

    Ints: TypeAlias = NDArray[np.int64]
    Value: TypeAlias = str | float

DEFAULT_LIMIT = 200
MAX_LIMIT = 10_000


class NoPersonError(InputError):
    """Nobody has that id. Remedy: give an id as it stands in the data."""

    code = "no-person"

    def __init__(self, person: str) -> None:
        super().__init__(
            f"There is no person {person!r}.",
            allowed=(
                f"a user id as it stands in the data, or {ANONYMOUS}ID for somebody never "
                "identified"
            ),
            remedy="List some with: sojourn sql -w WORKSPACE"
            ' "SELECT DISTINCT user_id FROM events LIMIT 20"',
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEvent:
    """One event of the person.

    Attributes
    ----------
    time : datetime or None
        UTC; None where events carry no times.
    event : str
    gap_seconds : float or None
        Since the event before, also where that is not shown; None for the first of all.
    session : int or None
        Number of the session, from 1; None where events carry no times.
    properties : mapping of str to str or float
        Those the event has, of the properties in the index.
    """

    time: datetime | None
    event: str
    gap_seconds: float | None
    session: int | None
    properties: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What one person did, event by event.

    Attributes
    ----------
    person : str
        The id; of somebody never identified with or without ``anon:`` before it.
    scope : Scope
        The range and the filter on events choose what is shown.
    limit : int
        The newest events shown at most: 1 to 10,000.
    session_gap_us : int
        A new session begins when more than this lies between two events.
    """

    person: str
    scope: Scope = field(default_factory=Scope)
    limit: int = DEFAULT_LIMIT
    session_gap_us: int = DEFAULT_GAP_US

    def plan(self, catalog: Catalog) -> PersonPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        InputError
            If a name is unknown or the limit cannot be used.
        """
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InputError(f"{self.limit} events cannot be shown.", allowed=f"1 to {MAX_LIMIT:,}")
        check((self.scope.events,), catalog)
        return PersonPlan(spec=self, catalog=catalog)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """What was found of one person; a person lies in one bucket, so parts do not overlap.

    Attributes
    ----------
    person : str
        The id they were found by; empty when they are not in this part.
    events : int
        Events that meet scope and range, shown or not.
    sessions : int
    first_us, last_us : int
    rows : tuple of PersonEvent
    known : Known or None
        From all of the person's events, whatever the scope; None when nobody was found.
    """

    person: str = ""
    events: int = 0
    sessions: int = 0
    first_us: int = 0
    last_us: int = 0
    rows: tuple[PersonEvent, ...] = ()
    known: Known | None = None

    def __add__(self, other: Lived) -> Lived:
        return other if not self.person else self


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PersonPlan:
    """One person's journey compiled against one catalog."""

    spec: Person
    catalog: Catalog

    def over(self, bucket: Bucket) -> Lived:
        """Return what one bucket knows of the person."""
        for person in self.catalog.ids_meant(self.spec.person):
            place = bucket.find_person(person)
            if place is not None and not (len(bucket.skip) and bucket.skip[place]):
                return self._lived(bucket, person, place)
        return Lived()

    def answer(self, total: Lived) -> Answer[PersonEvent]:
        """Return the newest events, in order of time.

        Raises
        ------
        NoPersonError
            If nobody has the id.
        """
        if not total.person:
            raise NoPersonError(self.spec.person)
        notes = list(scope_notes(replace(self.spec.scope, people=ALWAYS), self.catalog))
        parts = self.catalog.merged.parts(total.person)
        if parts:
            notes.append(f"Merged into {total.person}: {', '.join(parts)}.")
        if total.events > len(total.rows):
            notes.append(f"The newest {len(total.rows):,} of {total.events:,} events are shown.")
        timed = self.catalog.timed and total.events > 0
        return Answer(
            question="person",
            spec=self.spec,
            as_of=to_datetime(self.catalog.as_of_us),
            rows=total.rows,
            definition=(
                "The person's events in order of time, with the properties that the index holds; "
                "what they told of the person, each value since the event that told it first."
            ),
            notes=tuple(notes),
            extra={
                "person": total.person,
                **(total.known.as_json() if total.known else {}),
                "merged": list(self.catalog.merged.parts(total.person)),
                "totals": {
                    "events": total.events,
                    "shown": len(total.rows),
                    "sessions": total.sessions if timed else None,
                    "first_seen": to_datetime(total.first_us).isoformat() if timed else None,
                    "last_seen": to_datetime(total.last_us).isoformat() if timed else None,
                },
            },
        )

    def _lived(self, bucket: Bucket, person: str, place: int) -> Lived:
        rows = np.arange(bucket.offsets[place], bucket.offsets[place + 1])
        known = known_of(person, bucket, self.catalog, rows, self.spec.session_gap_us)
        if self.spec.scope.events != ALWAYS:
            rows = rows[row_mask(self.spec.scope.events, bucket, self.catalog)[rows] != 0]
        if self.spec.scope.range != EVER:
            if not self.catalog.timed:
                raise UntimedRangeError
            rows = rows[in_range(bucket.time[rows], self.spec.scope.range) != 0]
        if not len(rows):
            return Lived(person=person, known=known)
        time = bucket.time[rows]
        gaps = np.diff(time, prepend=time[0])
        sessions = np.cumsum(gaps > self.spec.session_gap_us) + 1
        shown = slice(max(0, len(rows) - self.spec.limit), len(rows))
        return Lived(
            person=person,
            events=len(rows),
            sessions=int(sessions[-1]),
            first_us=int(time[0]),
            last_us=int(time[-1]),
            rows=self._events(bucket, rows[shown], gaps[shown], sessions[shown]),
            known=known,
        )

    def _events(
        self, bucket: Bucket, rows: Ints, gaps: Ints, sessions: Ints
    ) -> tuple[PersonEvent, ...]:
        timed = self.catalog.timed
        first = len(gaps) > 0 and sessions[0] == 1 and gaps[0] == 0
        properties: list[dict[str, Value]] = [{} for _ in rows]
        for column in self.catalog.columns:
            for at, value in enumerate(values_of(column, bucket, rows, self.catalog)):
                if value is not None:
                    properties[at].setdefault(column.name.removesuffix(NUMBER_SUFFIX), value)
        return tuple(
            PersonEvent(
                time=to_datetime(int(bucket.time[row])) if timed else None,
                event=self.catalog.events[bucket.event[row]],
                gap_seconds=float(gap) / SECOND_US if timed and not (first and at == 0) else None,
                session=int(session) if timed else None,
                properties=properties[at],
            )
            for at, (row, gap, session) in enumerate(zip(rows, gaps, sessions, strict=True))
        )
