"""Opening a database: a family of tables, migrated, every commit on disk."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import finalize

from sqlalchemy import Connection, Engine, String, column, inspect, select, table

from sojourn.adapters.sql.backends.backend import BESIDE, READING, Backend
from sojourn.adapters.sql.backends.sqlite import SqliteFile
from sojourn.adapters.sql.schema import STATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.adapters.sql.chains import Chain


class StateDatabase:
    """``state.db`` or another family of tables, opened and migrated at first use.

    Parameters
    ----------
    where : Path or Backend
        A SQLite file, or another database.
    chain : Chain
    kept_open : bool
        Keep connections for the next transaction: of use where there are many a second.
    """

    def __init__(
        self, where: Path | Backend, chain: Chain = STATE, *, kept_open: bool = False
    ) -> None:
        self._backend = SqliteFile(where) if isinstance(where, Path) else where
        self._chain = chain
        self._kept_open = kept_open
        self._engine: Engine | None = None

    @contextmanager
    def transaction(
        self, *, reading: bool = False, beside: bool = False, snapshot: bool = False
    ) -> Iterator[Connection]:
        """Run statements in one transaction; it is on disk when the block has ended.

        Those that write to one family of tables take turns, so that what one has read stays true
        until it has written.

        Parameters
        ----------
        reading : bool
            Nothing is changed: other processes may write meanwhile.
        beside : bool
            It is right whoever else writes at the same time, and need not take its turn where the
            database can do several at once.
        snapshot : bool
            All statements see one instant.

        Raises
        ------
        DiskFullError
            If there is no room.
        StateUnusableError
            If the database is none, cannot be reached or cannot be written.
        NewerStateError
            If a newer version of sojourn made it.
        """
        try:
            opened = self._opened()
            if snapshot:
                opened = self._backend.at_one_instant(opened)
            engine = opened.execution_options(**{READING: reading, BESIDE: beside})
            with engine.begin() as connection:
                yield connection
        except Exception as error:
            told = self._backend.told(error)
            if told is None:
                raise
            raise told from error

    def copy_to(self, path: Path) -> None:
        """Copy a SQLite file, as it is at one instant, while others read and write it.

        What was deleted from it is not in the copy, of which SQLite may keep traces.

        Raises
        ------
        DiskFullError, StateUnusableError, NewerStateError
            As :meth:`transaction`.
        """
        try:
            connection = self._opened().raw_connection()
            try:
                connection.cursor().execute("VACUUM INTO ?", (str(path),))
            finally:
                connection.close()
        except Exception as error:
            told = self._backend.told(error)
            if told is None:
                raise
            raise told from error

    def is_new(self) -> bool:
        """Return whether the tables are yet to be made.

        Raises
        ------
        StateUnusableError
            If the database cannot be reached.
        """
        try:
            engine = self._backend.engine(self._chain, kept_open=False)
            try:
                return revision(engine, self._chain) is None
            finally:
                engine.dispose()
        except Exception as error:
            told = self._backend.told(error)
            if told is None:
                raise
            raise told from error

    def prepare(self) -> None:
        """Make the database and its tables where there are none, or bring them up to date.

        Raises
        ------
        DiskFullError, StateUnusableError, NewerStateError
            As :meth:`transaction`.
        """
        with self.transaction():
            return

    def compact(self) -> None:
        """Leave nothing lying about of what was deleted.

        Raises
        ------
        StateUnusableError
            If another process reads it and does not end.
        """
        try:
            self._backend.compact(self._opened(), self._chain)
        except Exception as error:
            told = self._backend.told(error)
            if told is None:
                raise
            raise told from error

    def close(self) -> None:
        """Close every connection."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _is_behind(self, found: str | None) -> bool:
        """Return whether the tables must be brought to our revision before they are used.

        What an older version wrote and nobody may change is read as it is.
        """
        if found is not None and found < self._chain.head and not self._backend.may_change():
            return False
        return found != self._chain.head

    def _opened(self) -> Engine:
        if self._engine is None:
            engine = self._backend.engine(self._chain, kept_open=self._kept_open)
            finalize(self, engine.dispose)  # whoever forgets to close leaves no connection open
            try:
                self._bring_up(engine)
            except BaseException:
                engine.dispose()
                raise
            self._engine = engine
        return self._engine

    def _bring_up(self, engine: Engine) -> None:
        """Bring the tables to our revision where they are behind it."""
        if self._is_behind(revision(engine, self._chain)):
            self._backend.make_room(engine)
            # Alembic is slow to load and needed once in a workspace's life.
            import_module("sojourn.adapters.sql.migrating.migrate").migrate(
                engine, self._backend.place, self._chain
            )


def revision(engine: Engine, chain: Chain = STATE) -> str | None:
    """Return the revision a family of tables is at; None for a new one."""
    with engine.execution_options(**{READING: True}).connect() as connection:
        if not inspect(connection).has_table(chain.versions):
            return None
        number = column("version_num", String)
        found = connection.execute(select(number).select_from(table(chain.versions)))
        return found.scalar_one_or_none()
