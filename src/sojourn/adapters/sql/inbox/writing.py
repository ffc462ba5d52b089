"""The statements by which calls come into the inbox, the hottest of all.

Written out: as an expression the first takes longer to compile than SQLite to carry out, and
PostgreSQL is told everything in one statement, because each costs it several messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from sojourn.adapters.sql.inbox.packing import packs_of
from sojourn.adapters.sql.inbox.schema import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from sojourn.adapters.sql.inbox.packing import Pack
    from sojourn.ports.inbox import Item, Refused

REFUSED_KEPT = 10_000
"""The calls refused last that are kept: enough to mend a sender by, too few to fill a disk."""
REFUSED_BYTES = 4096
STATEMENT_BYTES = 16 * 1024 * 1024
"""Of bodies in one statement to PostgreSQL, which takes a gigabyte, and twice the memory here."""

_PUT = (
    "INSERT INTO inbox_packs (source, dialect, received_us, calls, sizes, bodies)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_REFUSE = (
    "INSERT INTO inbox_refused (source, received_us, code, reason, body) VALUES (?, ?, ?, ?, ?)"
)
_PUT_MANY = """
INSERT INTO inbox_packs (source, dialect, received_us, calls, sizes, bodies)
SELECT source, dialect, received_us, calls, sizes, bodies
FROM unnest(CAST(%s AS text[]), CAST(%s AS text[]), CAST(%s AS bigint[]), CAST(%s AS integer[]),
            CAST(%s AS text[]), CAST(%s AS bytea[]))
  WITH ORDINALITY AS pack (source, dialect, received_us, calls, sizes, bodies, place)
ORDER BY place
"""
_REFUSE_MANY = """
INSERT INTO inbox_refused (source, received_us, code, reason, body)
SELECT * FROM unnest(CAST(%s AS text[]), CAST(%s AS bigint[]), CAST(%s AS text[]),
                     CAST(%s AS text[]), CAST(%s AS bytea[]))
"""


def put_items(connection: Connection, items: Sequence[Item]) -> None:
    """Insert items in their order."""
    packs = list(packs_of(items))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_PUT, packs)
        return
    for some in _pieces(packs):
        columns = (
            _of_texts([pack.source for pack in some]),
            _of_texts([pack.dialect for pack in some]),
            _array([str(pack.received_us) for pack in some]),
            _array([str(pack.calls) for pack in some]),
            _of_texts([pack.sizes for pack in some]),
            _of_bytes([pack.bodies for pack in some]),
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


def _pieces(packs: Sequence[Pack]) -> Iterator[Sequence[Pack]]:
    """Yield packs in pieces of bounded size, most often in one."""
    first, size = 0, 0
    for at, pack in enumerate(packs):
        size += len(pack.bodies)
        if size > STATEMENT_BYTES and at > first:
            yield packs[first:at]
            first, size = at, len(pack.bodies)
    yield packs[first:]
