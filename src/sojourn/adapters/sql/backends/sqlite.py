"""Tables in one SQLite file, every commit on disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool, QueuePool
from typing_extensions import override

from sojourn.adapters.disk.errors import DiskFullError, is_disk_full
from sojourn.adapters.sql.backends.backend import Backend, is_reading
from sojourn.adapters.sql.errors import StateUnusableError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.pool import ConnectionPoolEntry

    from sojourn.adapters.sql.chains import Chain
    from sojourn.base.errors import InputError

_BUSY_S = 30
_PRAGMAS = ("synchronous = FULL", "foreign_keys = ON")
_LEAST_ROOM_BYTES = 256 * 1024


class SqliteFile(Backend):
    """A file with a write-ahead log; see :class:`Backend`.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    @override
    def place(self) -> str:
        return str(self._path)

    @override
    def engine(self, chain: Chain, *, kept_open: bool) -> Engine:
        path, writable = self._path, self.may_change()
        if writable:
            url = URL.create("sqlite", database=str(path))  # as text, % and # would be taken apart
        else:
            url = URL.create(
                "sqlite", database=f"file:{quote(path.as_posix())}", query=_unchanging(path)
            )
        # No pool, usually: a workspace that nobody writes to is one file, ready to be copied.
        pool = QueuePool if kept_open else NullPool
        engine = create_engine(url, connect_args={"timeout": _BUSY_S}, poolclass=pool)
        event.listen(engine, "connect", _prepare if writable else _begin_by_hand)
        event.listen(engine, "begin", _begin if writable else _begin_reading)
        return engine

    @override
    def at_one_instant(self, engine: Engine) -> Engine:
        return engine  # as every transaction does

    @override
    def make_room(self, engine: Engine) -> None:
        return

    @override
    def compact(self, engine: Engine, chain: Chain) -> None:
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("VACUUM")  # writes every page anew; what was deleted is in none
            busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.close()
        finally:
            raw.close()
        if busy:
            raise StateUnusableError(
                self.place, "another process is reading it", remedy="Try again in a moment."
            )

    @override
    def may_change(self) -> bool:
        return is_writable(self._path)

    @override
    def told(self, error: Exception) -> InputError | None:
        said = error.orig if isinstance(error, DatabaseError) else error
        if not isinstance(said, sqlite3.DatabaseError):
            return None
        if is_disk_full(error) or (_io_failed(said) and _no_room(self._path)):
            return DiskFullError(self.place)
        return StateUnusableError(self.place, str(said))


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


def _io_failed(error: sqlite3.DatabaseError) -> bool:
    return "disk i/o error" in str(error).lower()


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
    connection.exec_driver_sql("BEGIN" if is_reading(connection) else "BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
