"""Opening a database: one SQLite file, migrated, every commit on disk."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    String,
    column,
    create_engine,
    event,
    inspect,
    select,
    table,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool, QueuePool

from sojourn.adapters.disk.errors import DiskFullError, is_disk_full
from sojourn.adapters.sql.errors import StateUnusableError
from sojourn.adapters.sql.schema import STATE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.pool import ConnectionPoolEntry, Pool

    from sojourn.adapters.sql.chains import Chain

_BUSY_S = 30
_PRAGMAS = ("synchronous = FULL", "foreign_keys = ON")
_LEAST_ROOM_BYTES = 256 * 1024
_READING = "sojourn_reading"


class StateDatabase:
    """``state.db`` or another family of tables, opened and migrated at first use.

    Parameters
    ----------
    path : Path
    chain : Chain
    kept_open : bool
        Keep connections for the next transaction: of use where there are many a second.
    """

    def __init__(self, path: Path, chain: Chain = STATE, *, kept_open: bool = False) -> None:
        self._path = path
        self._chain = chain
        self._pool: type[Pool] = QueuePool if kept_open else NullPool
        self._engine: Engine | None = None

    @contextmanager
    def transaction(self, *, reading: bool = False) -> Iterator[Connection]:
        """Run statements in one transaction; it is on disk when the block has ended.

        Parameters
        ----------
        reading : bool
            Nothing is changed: other processes may write meanwhile.

        Raises
        ------
        DiskFullError
            If there is no room.
        StateUnusableError
            If the file is no database or cannot be written.
        NewerStateError
            If a newer version of sojourn made it.
        """
        try:
            engine = self._opened().execution_options(**{_READING: reading})
            with engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            if is_disk_full(error) or (_io_failed(error) and _no_room(self._path)):
                raise DiskFullError(str(self._path)) from error
            raise StateUnusableError(str(self._path), str(error.orig)) from error

    def prepare(self) -> None:
        """Make the file and its tables where there are none, or bring them up to date.

        Raises
        ------
        DiskFullError, StateUnusableError, NewerStateError
            As :meth:`transaction`.
        """
        with self.transaction():
            return

    def close(self) -> None:
        """Close every connection."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _is_behind(self, found: str | None) -> bool:
        """Return whether the tables must be brought to our revision before they are used.

        What an older version wrote and nobody may change is read as it is.
        """
        if found is not None and found < self._chain.head and not is_writable(self._path):
            return False
        return found != self._chain.head

    def _opened(self) -> Engine:
        if self._engine is None:
            engine = make_engine(self._path, self._pool)
            if self._is_behind(revision(engine, self._chain)):
                # Alembic is slow to load and needed once in a workspace's life.
                import_module("sojourn.adapters.sql.migrating.migrate").migrate(
                    engine, str(self._path), self._chain
                )
            self._engine = engine
        return self._engine


def make_engine(path: Path, pool: type[Pool] = NullPool) -> Engine:
    """Return an engine over a SQLite file: write-ahead log, full sync, whole transactions."""
    writable = is_writable(path)
    if writable:
        url = URL.create("sqlite", database=str(path))  # as text, % and # would be taken apart
    else:
        url = URL.create(
            "sqlite", database=f"file:{quote(path.as_posix())}", query=_unchanging(path)
        )
    # No pool, usually: a workspace that nobody writes to is one file, ready to be copied.
    engine = create_engine(url, connect_args={"timeout": _BUSY_S}, poolclass=pool)
    event.listen(engine, "connect", _prepare if writable else _begin_by_hand)
    event.listen(engine, "begin", _begin if writable else _begin_reading)
    return engine


def is_writable(path: Path) -> bool:
    """Return whether a database may be written: the file, and its folder for the log beside it."""
    return all(os.access(p, os.W_OK) for p in (path, path.parent) if p.exists())


def _unchanging(path: Path) -> dict[str, str]:
    """Return how to open a database that may only be read.

    Called unchanging, it needs no log and no lock beside it, which a read-only disk has no place
    for; where a log lies there, somebody with more rights is writing, and it is read as well.
    """
    log = path.with_name(f"{path.name}-wal")
    still = not log.exists() or not log.stat().st_size
    return {"uri": "true", "mode": "ro"} | ({"immutable": "1"} if still else {})


def revision(engine: Engine, chain: Chain = STATE) -> str | None:
    """Return the revision a family of tables is at; None for a new one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(chain.versions):
            return None
        number = column("version_num", String)
        found = connection.execute(select(number).select_from(table(chain.versions)))
        return found.scalar_one_or_none()


def _io_failed(error: DatabaseError) -> bool:
    return "disk i/o error" in str(error.orig).lower()


def _no_room(path: Path) -> bool:
    """Return whether the disk is as good as full: SQLite says no more than "I/O error" then."""
    return shutil.disk_usage(path.parent).free < _LEAST_ROOM_BYTES


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    _begin_by_hand(connection, _)
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.execute("PRAGMA journal_mode = WAL")
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_by_hand(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # TRICKY: left to itself the driver commits before each CREATE TABLE, and a migration that is
    # killed would stay half done. We begin transactions ourselves.
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    # At once for writing: a transaction that reads first could not wait for another's end.
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
