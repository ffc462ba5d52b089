"""The inbox in SQL."""

from __future__ import annotations

import uuid
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update
from typing_extensions import override

from sojourn.adapters.sql.inbox.packing import Pack, kept_of
from sojourn.adapters.sql.inbox.schema import about, leaving, packs, refused
from sojourn.adapters.sql.inbox.writing import put_items, put_refused
from sojourn.ports.inbox import Batch, Inbox, Item, Refused, Waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from sojourn.adapters.sql.state import StateDatabase

_PACK = (
    packs.c.position, packs.c.source, packs.c.dialect, packs.c.received_us, packs.c.calls,
    packs.c.sizes, packs.c.bodies,
)  # fmt: skip


class SqlInbox(Inbox):
    """A durable queue in SQL; see :class:`sojourn.ports.inbox.Inbox`.

    Parameters
    ----------
    database : StateDatabase
        Of the inbox's own family of tables.
    """

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    @override
    def identity(self) -> str:
        with self._database.transaction() as connection:
            return _identity(connection)

    @override
    def newest(self) -> int:
        with self._database.transaction(reading=True) as connection:
            return int(connection.execute(select(about.c.last_batch)).scalar_one_or_none() or 0)

    @override
    def renew(self) -> None:
        with self._database.transaction() as connection:
            _identity(connection)
            connection.execute(update(about).values(id=str(uuid.uuid4())))

    @override
    def put(self, items: Sequence[Item], refused: Sequence[Refused] = ()) -> None:
        # Several collectors may put at once; those that also clear out old refusals take turns.
        with self._database.transaction(beside=bool(items) and not refused) as connection:
            if not items and not refused:
                _touch(connection)
            if items:
                put_items(connection, items)
            if refused:
                put_refused(connection, refused)

    @override
    def mark(self, most: int) -> Batch | None:
        with self._database.transaction() as connection:
            number = connection.execute(select(func.min(leaving.c.batch))).scalar_one()
            if number is None:
                number = _mark_next(connection, most)
        if number is None:
            return None
        with self._database.transaction(reading=True) as connection:  # the collector goes on
            found = connection.execute(
                select(*_PACK)
                .join(leaving, leaving.c.position == packs.c.position)
                .where(leaving.c.batch == number)
                .order_by(packs.c.position)
            )
            kept = chain.from_iterable(kept_of(row[0], Pack(*row[1:])) for row in found.all())
            return Batch(number, tuple(kept))

    @override
    def forget(self, number: int) -> None:
        ours = leaving.c.batch == number
        with self._database.transaction() as connection:
            if connection.dialect.name == "sqlite":
                # The collector waits meanwhile. What an erasure leaves lying is compacted away.
                connection.exec_driver_sql("PRAGMA secure_delete = OFF")
            connection.execute(
                delete(packs).where(packs.c.position.in_(select(leaving.c.position).where(ours)))
            )
            connection.execute(delete(leaving).where(ours))

    @override
    def waiting(self) -> Waiting:
        with self._database.transaction(reading=True) as connection:
            count = connection.execute(select(func.sum(packs.c.calls))).scalar_one()
            first = select(packs.c.received_us).order_by(packs.c.position).limit(1)
            return Waiting(int(count or 0), connection.execute(first).scalar_one_or_none())

    @override
    def refused(self, most: int) -> Sequence[Refused]:
        columns = (refused.c.source, refused.c.received_us, refused.c.code, refused.c.reason,
                   refused.c.body)  # fmt: skip
        with self._database.transaction(reading=True) as connection:
            found = connection.execute(select(*columns).order_by(refused.c.id.desc()).limit(most))
            return tuple(Refused(*row) for row in found)

    @override
    def close(self) -> None:
        self._database.close()


def _identity(connection: Connection) -> str:
    found = connection.execute(select(about.c.id)).scalar_one_or_none()
    if found is not None:
        return str(found)
    made = str(uuid.uuid4())
    connection.execute(insert(about).values(id=made, last_batch=0))
    return made


def _touch(connection: Connection) -> None:
    """Write something that changes nothing: a full or a read-only disk says so then."""
    _identity(connection)
    for step in (1, -1):  # there and back: SQLite writes nothing where nothing changes
        connection.execute(update(about).values(last_batch=about.c.last_batch + step))


def _mark_next(connection: Connection, most: int) -> int | None:
    """Give the oldest items the next number, where none are marked; None where there are none."""
    oldest = select(packs.c.position, packs.c.calls).order_by(packs.c.position).limit(most)
    chosen: list[int] = []
    count = 0
    for position, calls in connection.execute(oldest):
        if chosen and count + calls > most:
            break
        chosen.append(position)
        count += calls
    if not chosen:
        return None
    _identity(connection)
    number = int(connection.execute(select(about.c.last_batch)).scalar_one()) + 1
    connection.execute(
        insert(leaving), [{"position": position, "batch": number} for position in chosen]
    )
    connection.execute(update(about).values(last_batch=number))
    return number
