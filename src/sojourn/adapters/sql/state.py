"""Opening the state store: one SQLite file, migrated, every commit on disk."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from filelock import FileLock
from sqlalchemy import (
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

from sojourn.adapters.disk.errors import DiskFullError, is_disk_full
from sojourn.adapters.sql.errors import StateUnusableError
from sojourn.adapters.sql.schema import HEAD

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.pool import ConnectionPoolEntry

_BUSY_S = 30
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")


class StateDatabase:
    """``state.db``, opened and migrated at first use.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine: Engine | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Run statements in one transaction; it is on disk when the block has ended.

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
            with self._opened().begin() as connection:
                yield connection
        except DatabaseError as error:
            if is_disk_full(error):
                raise DiskFullError(str(self._path)) from error
            raise StateUnusableError(f"{self._path} cannot be used: {error.orig}") from error

    def close(self) -> None:
        """Close every connection."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _opened(self) -> Engine:
        if self._engine is None:
            engine = make_engine(self._path)
            if revision(engine) != HEAD:
                with FileLock(self._path.with_name("state.lock")):
                    # Alembic is slow to load and needed once in a workspace's life.
                    import_module("sojourn.adapters.sql.migrate").migrate(engine, str(self._path))
            self._engine = engine
        return self._engine


def make_engine(path: Path) -> Engine:
    """Return an engine over a SQLite file: write-ahead log, full sync, foreign keys."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_S})
    event.listen(engine, "connect", _prepare)
    return engine


def revision(engine: Engine) -> str | None:
    """Return the revision a database is at; None for a new one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        number = column("version_num", String)
        found = connection.execute(select(number).select_from(table("alembic_version")))
        return str(found.scalar_one())


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
