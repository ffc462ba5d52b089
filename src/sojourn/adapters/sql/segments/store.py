"""Where segments are followed, in SQL."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import delete, insert, select
from typing_extensions import override

from sojourn.adapters.sql.segments.schema import changes, links, people, position
from sojourn.adapters.sql.segments.writing import (
    kept_people,
    note_changes,
    note_sent,
    put_people,
    unsent_changes,
)
from sojourn.ports.segments import (
    Change,
    KeptPerson,
    Link,
    Position,
    SegmentStep,
    SegmentStore,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from sojourn.adapters.sql.state import StateDatabase

ValueT = TypeVar("ValueT")
AT_ONCE = 500
"""Values in one statement's list."""
EXPIRED_AT_ONCE = 20_000
"""Changes removed in one transaction: those who follow segments wait for it."""
_PRAGMAS = ("PRAGMA cache_size = -65536", "PRAGMA wal_autocheckpoint = 8192")
"""People come in no order: their pages are kept in memory, and written back 32 MB at a time."""
_CHANGE = (
    changes.c.person, changes.c.segment, changes.c.version, changes.c.entered, changes.c.at_us,
    changes.c.by_time,
)  # fmt: skip


class SqlSegmentStep(SegmentStep):
    """One transaction; see :class:`sojourn.ports.segments.SegmentStep`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @override
    def position(self) -> Position | None:
        return _position(self._connection)

    @override
    def move_to(self, position: Position) -> None:
        _move_to(self._connection, position)

    @override
    def clear(self) -> None:
        for each in (people, links, position):
            self._connection.execute(delete(each))

    @override
    def clear_links(self) -> None:
        self._connection.execute(delete(links))

    @override
    def everyone(self) -> Iterator[str]:
        yield from self._connection.execute(select(people.c.person)).scalars()

    @override
    def people(self, persons: Iterable[str]) -> Mapping[str, KeptPerson]:
        found: dict[str, KeptPerson] = {}
        for some in _pieces(persons):
            found |= kept_people(self._connection, some)
        return found

    @override
    def put(self, people_kept: Sequence[KeptPerson]) -> None:
        put_people(self._connection, people_kept)

    @override
    def add(self, people_kept: Sequence[KeptPerson]) -> None:
        put_people(self._connection, people_kept)

    @override
    def drop(self, persons: Sequence[str]) -> None:
        for some in _pieces(persons):
            self._connection.execute(delete(people).where(people.c.person.in_(some)))

    @override
    def due(self, until_us: int, most: int) -> Sequence[KeptPerson]:
        query = (
            select(people)
            .where(people.c.due_us.is_not(None), people.c.due_us <= until_us)
            .order_by(people.c.due_us)
            .limit(most)
        )
        return [KeptPerson(*row) for row in self._connection.execute(query)]

    @override
    def links(self, anonymous_ids: Iterable[str]) -> Sequence[Link]:
        found: list[Link] = []
        for some in _pieces(anonymous_ids):
            query = select(links).where(links.c.anonymous_id.in_(some))
            found += [Link(*row) for row in self._connection.execute(query)]
        return found

    @override
    def put_links(self, anonymous_ids: Sequence[str], new: Sequence[Link]) -> None:
        for some in _pieces(anonymous_ids):
            self._connection.execute(delete(links).where(links.c.anonymous_id.in_(some)))
        if new:
            self._connection.execute(insert(links), [one._asdict() for one in new])

    @override
    def note(self, made: Sequence[Change]) -> None:
        note_changes(self._connection, made)


class SqlSegmentStore(SegmentStore):
    """Segments in SQL; see :class:`sojourn.ports.segments.SegmentStore`.

    Parameters
    ----------
    database : StateDatabase
        Of the segments' own family of tables.
    """

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    @override
    @contextmanager
    def step(self) -> Iterator[SegmentStep]:
        with self._database.transaction() as connection:
            if connection.dialect.name == "sqlite":
                for pragma in _PRAGMAS:
                    connection.exec_driver_sql(pragma)
            yield SqlSegmentStep(connection)

    @override
    def position(self) -> Position | None:
        with self._database.transaction(reading=True) as connection:
            return _position(connection)

    @override
    def person(self, person: str) -> KeptPerson | None:
        with self._database.transaction(reading=True) as connection:
            row = connection.execute(select(people).where(people.c.person == person)).one_or_none()
        return None if row is None else KeptPerson(*row)

    @override
    def unsent(self, most: int) -> Sequence[tuple[int, Change]]:
        with self._database.transaction(reading=True) as connection:
            return unsent_changes(connection, most)

    @override
    def sent(self, last: int) -> None:
        with self._database.transaction() as connection:
            note_sent(connection, last)

    @override
    def changes(self, person: str, most: int) -> Sequence[Change]:
        query = select(*_CHANGE).where(changes.c.person == person).order_by(changes.c.id.desc())
        with self._database.transaction(reading=True) as connection:
            return [Change(*row) for row in connection.execute(query.limit(most))]

    @override
    def expire(self, before_us: int) -> int:
        old = (changes.c.at_us < before_us, changes.c.waiting.is_(False))
        first = select(changes.c.id).where(*old).order_by(changes.c.id).limit(EXPIRED_AT_ONCE)
        gone = 0
        while True:
            with self._database.transaction() as connection:
                found = connection.execute(first).scalars().all()
                if not found:
                    return gone
                some = changes.c.id.between(found[0], found[-1])
                gone += connection.execute(delete(changes).where(some, *old)).rowcount

    @override
    def forget(self, persons: Sequence[str]) -> None:
        with self._database.transaction() as connection:
            for some in _pieces(persons):
                connection.execute(delete(people).where(people.c.person.in_(some)))
                connection.execute(delete(changes).where(changes.c.person.in_(some)))
                connection.execute(delete(links).where(links.c.user_id.in_(some)))

    @override
    def close(self) -> None:
        self._database.close()


def _pieces(values: Iterable[ValueT]) -> Iterator[Sequence[ValueT]]:
    every = list(values)
    for first in range(0, len(every), AT_ONCE):
        yield every[first : first + AT_ONCE]


def _position(connection: Connection) -> Position | None:
    body = connection.execute(select(position.c.body)).scalar_one_or_none()
    if body is None:
        return None
    found = json.loads(body)
    return Position(
        rules=found["rules"],
        files=tuple(found["files"]),
        clock_us=found["clock_us"],
        sizes=tuple(found["sizes"]),
        merged=tuple((gone, kept) for gone, kept in found["merged"]),
        people=found.get("people", 0),
        unfinished=found.get("unfinished", ""),
    )


def _move_to(connection: Connection, to: Position) -> None:
    body = json.dumps(
        {
            "rules": to.rules, "files": to.files, "clock_us": to.clock_us, "sizes": to.sizes,
            "merged": to.merged, "people": to.people, "unfinished": to.unfinished,
        }
    )  # fmt: skip
    connection.execute(delete(position))
    connection.execute(insert(position).values(id=1, body=body))
