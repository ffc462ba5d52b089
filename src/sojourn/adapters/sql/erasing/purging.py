"""Taking a person out of every table.

What a table is told of, it is told of by its columns: a row that has an id of the person in a cell
of its own is theirs and goes; a text that names them in passing loses the name. So a table that is
added later is covered, too.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, select, update

from sojourn.adapters.sql import access_schema, people_schema, schema
from sojourn.adapters.sql.erasing.tables import erasures, suppressed
from sojourn.adapters.sql.inbox import schema as inbox
from sojourn.adapters.sql.inbox.packing import bodies_of, packed
from sojourn.adapters.sql.providing import tables as providing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection, RowMapping, Table

    from sojourn.adapters.sql.chains import Chain
    from sojourn.adapters.sql.state import StateDatabase
    from sojourn.identity.mentions import Mentions

NOT_OF_PEOPLE: Final = frozenset(
    (
        schema.meta, schema.write_keys, inbox.about, erasures, suppressed,
        access_schema.users, access_schema.sessions, access_schema.tokens,
        access_schema.invitations, access_schema.failures, providing.begun,
        providing.identities,
    )
)  # fmt: skip
"""Tables of the workspace and of accounts; the erasures themselves forget the ids when done."""
_NOTES: Final = frozenset((access_schema.audit, schema.imports))
"""Rows that tell what was done stay, without the name."""
_NAMES: Final = {schema.documents: "documents", inbox.refused: "refused",
                 inbox.packs: "waiting", access_schema.audit: "notes",
                 schema.imports: "notes", people_schema.merges: "merges"}  # fmt: skip
_OTHER: Final = "entries"


class TablesPurge:
    """Takes a person out of a family of tables.

    Parameters
    ----------
    database : StateDatabase
    chain : Chain
    """

    def __init__(self, database: StateDatabase, chain: Chain) -> None:
        self._database = database
        self._chain = chain

    def __call__(self, person: Mentions, *, remove: bool) -> Mapping[str, int]:
        """Return how many rows name a person, by what they are, and remove them if told so."""
        found: Counter[str] = Counter()
        for table in self._chain.metadata.sorted_tables:
            if table not in NOT_OF_PEOPLE:
                purge = _purge_packs if table is inbox.packs else _purge
                with self._database.transaction(reading=not remove) as connection:
                    rows = purge(connection, table, person, remove=remove)
                found[_NAMES.get(table, _OTHER)] += rows
        return found

    def texts(self) -> Iterator[str]:
        """Return every text in which somebody may be named."""
        for table in self._chain.metadata.sorted_tables:
            if table not in NOT_OF_PEOPLE:
                with self._database.transaction(reading=True) as connection:
                    rows = connection.execute(select(table)).all()
                for cell in (cell for row in rows for cell in row):
                    if isinstance(cell, bytes):
                        yield cell.decode("utf-8", "replace")
                    elif isinstance(cell, str):
                        yield cell


class RefusedSieve:
    """Deletes refused calls that may not be kept.

    Parameters
    ----------
    database : StateDatabase
        The inbox's.
    """

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def __call__(self, may_keep: Callable[[str], bool], since: int) -> int:
        """Look at the calls beyond a number, and return the newest one's."""
        calls = inbox.refused
        query = select(calls.c.id, calls.c.body, calls.c.reason).where(calls.c.id > since)
        with self._database.transaction(reading=True) as connection:
            rows = connection.execute(query).all()
        gone = [
            row.id
            for row in rows
            if not (may_keep(row.body.decode("utf-8", "replace")) and may_keep(row.reason))
        ]
        if gone:
            with self._database.transaction() as connection:
                connection.execute(delete(calls).where(calls.c.id.in_(gone)))
        return max((row.id for row in rows), default=since)


def _purge(connection: Connection, table: Table, person: Mentions, *, remove: bool) -> int:
    keys = list(table.primary_key.columns)
    named = 0
    for row in connection.execute(select(table)).mappings().all():
        texts = {name: cell for name, cell in row.items() if isinstance(cell, str)}
        changed = {name: person.without(t) for name, t in texts.items() if person.are_in(t)}
        bodies = [cell for cell in row.values() if isinstance(cell, bytes)]
        calls = any(_is_said_in(body, person) for body in bodies)
        if not changed and not calls:
            continue
        named += 1
        if remove:
            one = and_(*(column == row[column.name] for column in keys))
            if calls or _is_theirs(table, row, changed, person):
                connection.execute(delete(table).where(one))
            else:
                connection.execute(update(table).where(one).values(changed))
    return named


def _purge_packs(connection: Connection, table: Table, person: Mentions, *, remove: bool) -> int:
    """Take a person's calls out of rows that hold others' calls too."""
    named = 0
    for row in connection.execute(select(table)).mappings().all():
        bodies = bodies_of(row["sizes"], row["bodies"])
        others = [body for body in bodies if not _is_said_in(body, person)]
        named += len(bodies) - len(others)
        if remove and len(others) < len(bodies):
            one = table.c.position == row["position"]
            left = packed(row["source"], row["dialect"], row["received_us"], others)
            changed = update(table).where(one).values(left._asdict())
            connection.execute(changed if others else delete(table).where(one))
    return named


def _is_theirs(table: Table, row: RowMapping, changed: Mapping[str, str], person: Mentions) -> bool:
    """Return whether a row is about the person, and not one that only names them."""
    key = any(column.name in changed for column in table.primary_key.columns)
    return key or (table not in _NOTES and any(person.is_one(row[name]) for name in changed))


def _is_said_in(body: bytes, person: Mentions) -> bool:
    return person.are_in_json(body.decode("utf-8", "replace"))
