"""The statements by which people and changes are kept: thousands of rows in each transaction.

Compiled here and run as they are, because to prepare a row costs more as an expression than
SQLite takes to write it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import column, select, table, text, update
from sqlalchemy.dialects import postgresql, sqlite

from sojourn.ports.segments import Change, KeptPerson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnClause, Connection, Executable, TableClause

_PEOPLE = table("segment_people", column("person"), column("body"), column("due_us"))
_CHANGES = table(
    "segment_changes",
    *(column(name) for name in (*Change._fields, "waiting")),
)
"""The tables with their values as the database takes them."""
_WAITING = text("waiting")
"""TRICKY: written as a comparison, it is not the condition of SQLite's index, and every change that
was ever made is looked at."""


def put_people(connection: Connection, people: Sequence[KeptPerson]) -> None:
    """Write people, in place of what was known of them."""
    rows = [(one.person.encode(), one.body, one.due_us) for one in people]
    _write(connection, _PEOPLE, rows, replacing=True)


def kept_people(connection: Connection, persons: Sequence[str]) -> dict[str, KeptPerson]:
    """Return what is kept of some people."""
    query = select(_PEOPLE).where(column("person").in_([person.encode() for person in persons]))
    rows = (
        KeptPerson(bytes(person).decode(), bytes(body), due)
        for person, body, due in connection.execute(query)
    )
    return {kept.person: kept for kept in rows}


def note_changes(connection: Connection, changes: Sequence[Change]) -> None:
    """Add changes, to be sent."""
    rows = [(one.person.encode(), *one[1:], True) for one in changes]
    _write(connection, _CHANGES, rows, replacing=False)


def unsent_changes(connection: Connection, most: int) -> list[tuple[int, Change]]:
    """Return changes that were not sent yet, with their numbers, the first ones."""
    return [
        (
            row.id,
            Change(
                bytes(row.person).decode(), row.segment, row.version, bool(row.entered),
                row.at_us, bool(row.by_time),
            ),
        )
        for row in connection.execute(unsent_query(most))
    ]  # fmt: skip


def unsent_query(most: int) -> Executable:
    """Return the query for changes that were not sent yet."""
    names: list[ColumnClause[object]] = [column(name) for name in ("id", *Change._fields)]
    return select(*names).select_from(_CHANGES).where(_WAITING).order_by(column("id")).limit(most)


def note_sent(connection: Connection, last: int) -> None:
    """Note that the changes up to a number were sent; those who write them take turns."""
    due = update(_CHANGES).where(_WAITING, column("id") <= last)
    connection.execute(due.values(waiting=False))


def _write(
    connection: Connection, to: TableClause, rows: Sequence[tuple[object, ...]], *, replacing: bool
) -> None:
    if not rows:
        return
    names = [each.name for each in to.columns]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(to)
    if replacing:
        key, *rest = names
        statement = statement.on_conflict_do_update(
            index_elements=[key], set_={name: statement.excluded[name] for name in rest}
        )
    compiled = statement.compile(dialect=connection.dialect, column_keys=names)
    if compiled.positional:
        connection.exec_driver_sql(str(compiled), list(rows))
    else:
        named = [dict(zip(names, row, strict=True)) for row in rows]
        connection.exec_driver_sql(str(compiled), named)
