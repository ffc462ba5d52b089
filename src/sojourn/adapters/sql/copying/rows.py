"""Every row of some tables from one database to another, of whatever kind each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Integer, MetaData, Table, delete, func, insert, select, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Column

ROWS = 1_000
"""Read and written at a time."""


def tables_of(connection: Connection) -> Sequence[Table]:
    """Return the tables of a SQLite file, each after those that it refers to."""
    found = MetaData()
    found.reflect(connection)
    return found.sorted_tables


def copy_rows(source: Connection, target: Connection, tables: Sequence[Table]) -> None:
    """Put the rows of tables in the place of the target's, and let it count on from there.

    Parameters
    ----------
    source, target : Connection
        Each in a transaction; the source in one that sees one instant.
    tables : sequence of Table
        Of either, in an order in which they can be filled.
    """
    for table in reversed(tables):  # new tables may have rows too
        target.execute(delete(Table(table.name, MetaData(), autoload_with=target)))
    for table in tables:
        from_table = Table(table.name, MetaData(), autoload_with=source)
        to_table = Table(table.name, MetaData(), autoload_with=target, resolve_fks=False)
        names = [column.name for column in table.columns]
        _copy(source, target, from_table, to_table, names)
        for column in table.primary_key.columns:
            if len(table.primary_key.columns) == 1 and isinstance(column.type, Integer):
                number = _counted_to(source, from_table.columns[column.name])
                if number:
                    _go_on_after(target, to_table.columns[column.name], number)


def _copy(
    source: Connection, target: Connection, from_table: Table, to_table: Table,
    names: Sequence[str],
) -> None:  # fmt: skip
    for rows in _pieces(source, from_table, names):
        target.execute(insert(to_table), rows)


def _pieces(
    source: Connection, table: Table, names: Sequence[str]
) -> Iterator[list[dict[str, object]]]:
    query = select(*(table.columns[name] for name in names))
    streamed = {"stream_results": True, "yield_per": ROWS}
    with source.execute(query, execution_options=streamed) as found:
        for rows in found.mappings().partitions():
            yield [dict(row) for row in rows]


def _counted_to(connection: Connection, column: Column[int]) -> int:
    """Return the highest number that was ever given, also to rows that are gone."""
    highest = connection.execute(select(func.max(column))).scalar_one() or 0
    if connection.dialect.name == "sqlite":
        if not connection.execute(_HAS_SEQUENCES).first():
            return int(highest)
        given = connection.execute(_SEQUENCE, {"name": column.table.name}).scalar_one_or_none()
    else:
        given = connection.execute(
            _LAST_VALUE, {"name": column.table.name, "column": column.name}
        ).scalar_one_or_none()
    return max(int(highest), int(given or 0))


def _go_on_after(connection: Connection, column: Column[int], number: int) -> None:
    """Let the numbers that a database gives go on after one."""
    names = {"name": column.table.name, "number": number}
    if connection.dialect.name != "sqlite":
        connection.execute(_SET_SEQUENCE, names | {"column": column.name})
    elif connection.execute(_HAS_SEQUENCES).first() and _counts_for_good(connection, column):
        connection.execute(_FORGET_SEQUENCE, {"name": column.table.name})
        connection.execute(_BEGIN_SEQUENCE, names)


def _counts_for_good(connection: Connection, column: Column[int]) -> bool:
    """Return whether SQLite never gives a number of this table twice."""
    made = connection.execute(_MADE, {"name": column.table.name}).scalar_one()
    return "AUTOINCREMENT" in str(made).upper()


_HAS_SEQUENCES = text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
_SEQUENCE = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_FORGET_SEQUENCE = text("DELETE FROM sqlite_sequence WHERE name = :name")
_BEGIN_SEQUENCE = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)")
_MADE = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
_LAST_VALUE = text(
    "SELECT last_value FROM pg_sequences WHERE format('%I.%I', schemaname, sequencename)"
    " = pg_get_serial_sequence(quote_ident(:name), :column)"
)
_SET_SEQUENCE = text(
    "SELECT setval(sequence, :number) FROM"
    " (SELECT pg_get_serial_sequence(quote_ident(:name), :column) AS sequence) AS found"
    " WHERE sequence IS NOT NULL"
)
