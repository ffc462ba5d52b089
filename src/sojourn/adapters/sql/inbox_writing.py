"""The statements by which calls come into the inbox, the hottest of all.

Written out: as an expression the first takes longer to compile than SQLite to carry out, and
PostgreSQL is told everything in one statement, because each costs it several messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from sojourn.adapters.sql.inbox_schema import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from sojourn.ports.inbox import Item, Refused

REFUSED_KEPT = 10_000
"""The calls refused last that are kept: enough to mend a sender by, too few to fill a disk."""
REFUSED_BYTES = 4096
STATEMENT_BYTES = 16 * 1024 * 1024
"""Of bodies in one statement to PostgreSQL, which takes a gigabyte, and twice the memory here."""

_PUT = (
    "INSERT INTO inbox_items (key, source, dialect, received_us, body) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (key) DO NOTHING"
)
_REFUSE = (
    "INSERT INTO inbox_refused (source, received_us, code, reason, body) VALUES (?, ?, ?, ?, ?)"
)
# Numbered as they came, then written in the order of their keys: two collectors that hold the same
# calls in different orders would otherwise wait for each other.
_PUT_MANY = """
WITH arrived AS MATERIALIZED (
  SELECT nextval('inbox_items_position_seq') AS position, call.*
  FROM unnest(CAST(%s AS bytea[]), CAST(%s AS text[]), CAST(%s AS text[]), CAST(%s AS bigint[]),
              CAST(%s AS bytea[])) AS call (key, source, dialect, received_us, body)
)
INSERT INTO inbox_items (position, key, source, dialect, received_us, body)
SELECT position, key, source, dialect, received_us, body FROM arrived ORDER BY key, position
ON CONFLICT (key) DO NOTHING
"""
_REFUSE_MANY = """
INSERT INTO inbox_refused (source, received_us, code, reason, body)
SELECT * FROM unnest(CAST(%s AS text[]), CAST(%s AS bigint[]), CAST(%s AS text[]),
                     CAST(%s AS text[]), CAST(%s AS bytea[]))
"""


def put_items(connection: Connection, items: Sequence[Item]) -> None:
    """Insert items in their order, those whose key is there already left out."""
    if connection.dialect.name == "sqlite":
        rows = [(i.key, i.source, i.dialect, i.received_us, i.body) for i in items]
        connection.exec_driver_sql(_PUT, rows)
        return
    for some in _pieces(items):
        columns = (
            _of_bytes([item.key for item in some]),
            _of_texts([item.source for item in some]),
            _of_texts([item.dialect for item in some]),
            _array([str(item.received_us) for item in some]),
            _of_bytes([item.body for item in some]),
        )  # fmt: skip
        connection.exec_driver_sql(_PUT_MANY, columns)


def _of_bytes(values: Sequence[bytes]) -> str:
    return _array([f'"\\\\x{value.hex()}"' for value in values])


def _of_texts(values: Sequence[str]) -> str:
    """Return an array of texts, of which most are the same."""
    quoted = {
        value: '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in set(values)
    }
    return _array([quoted[value] for value in values])


def _array(written: Sequence[str]) -> str:
    """Return an array of PostgreSQL's as it is written; the driver takes several times as long."""
    return "{" + ",".join(written) + "}"


def put_refused(connection: Connection, calls: Sequence[Refused]) -> None:
    """Insert refused calls, cut off where they are long; the oldest go."""
    rows = [
        # What was sent is quoted in the reason, and PostgreSQL's texts cannot hold a NUL.
        (c.source, c.received_us, c.code, c.reason.replace("\0", "\N{SYMBOL FOR NULL}"),
         c.body[:REFUSED_BYTES])
        for c in calls
    ]  # fmt: skip
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_REFUSE, rows)
    else:
        columns = tuple(map(list, zip(*rows, strict=True)))
        connection.exec_driver_sql(_REFUSE_MANY, columns)
    newest = select(func.max(refused.c.id)).scalar_subquery()
    connection.execute(delete(refused).where(refused.c.id <= newest - REFUSED_KEPT))


def _pieces(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield items in pieces of bounded size, most often in one."""
    first, size = 0, 0
    for at, item in enumerate(items):
        size += len(item.body)
        if size > STATEMENT_BYTES and at > first:
            yield items[first:at]
            first, size = at, len(item.body)
    yield items[first:]
