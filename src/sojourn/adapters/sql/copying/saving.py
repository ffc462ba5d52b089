"""The tables of a workspace into a backup, and back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from typing_extensions import override

from sojourn.adapters.sql.copying.rows import copy_rows, tables_of
from sojourn.adapters.sql.errors import StateTakenError
from sojourn.adapters.sql.inbox.schema import INBOX, packs
from sojourn.adapters.sql.schema import STATE
from sojourn.adapters.sql.state import StateDatabase
from sojourn.ports.backup import Fact, Tables, Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table

    from sojourn.adapters.sql.backends.backend import Backend
    from sojourn.adapters.sql.chains import Chain


STATE_FILE, INBOX_FILE = "state.db", "inbox.db"


@dataclass(frozen=True, slots=True)
class Family:
    """A family of tables, and how its file is called in a backup."""

    chain: Chain
    file: str


FAMILIES = (Family(STATE, STATE_FILE), Family(INBOX, INBOX_FILE))


class SqlTables(Tables):
    """State and inbox, wherever they are kept.

    Parameters
    ----------
    folder : Path
        Of the workspace: where its files are when there is no server.
    server : Backend, optional
        Where all families are kept together.
    """

    def __init__(self, folder: Path, server: Backend | None) -> None:
        self._folder = folder
        self._server = server

    @override
    def save(self, folder: str, told: Told) -> Sequence[Fact]:
        if self._server is not None:
            self._save_rows(self._server, Path(folder))
        else:
            for family in FAMILIES:
                path = self._folder / family.file
                if path.exists():
                    _copy_file(StateDatabase(path, family.chain), Path(folder) / family.file)
        return (Fact("calls that wait in the inbox", _waiting_in(Path(folder) / INBOX_FILE)),)

    @override
    def load(self, folder: str) -> None:
        if self._server is None:
            return  # the files are where they belong
        if not all(StateDatabase(self._server, family.chain).is_new() for family in FAMILIES):
            raise StateTakenError(self._server.place)
        for family in FAMILIES:
            path = Path(folder) / family.file
            if path.exists():
                _load(self._server, family, path)
                path.unlink()

    def _save_rows(self, server: Backend, folder: Path) -> None:
        """Copy every family as of one instant."""
        databases = [StateDatabase(server, family.chain) for family in FAMILIES]
        for database in databases:
            database.prepare()
        try:
            with databases[0].transaction(reading=True, snapshot=True) as source:
                for family in FAMILIES:
                    _save_family(source, family, folder)
        finally:
            for database in databases:
                database.close()


def _load(server: Backend, family: Family, path: Path) -> None:
    saved, database = StateDatabase(path, family.chain), StateDatabase(server, family.chain)
    try:
        saved.prepare()
        with saved.transaction(reading=True) as source, database.transaction() as target:
            tables = _without_version(tables_of(source), family.chain)
            copy_rows(source, target, tables)
    finally:
        saved.close()
        database.close()


def _save_family(source: Connection, family: Family, folder: Path) -> None:
    saved = StateDatabase(folder / family.file, family.chain)
    try:
        with saved.transaction() as target:
            tables = _without_version(tables_of(target), family.chain)
            copy_rows(source, target, tables)
    finally:
        saved.close()


def _copy_file(database: StateDatabase, target: Path) -> None:
    try:
        database.copy_to(target)
    finally:
        database.close()


def _without_version(tables: Sequence[Table], chain: Chain) -> Sequence[Table]:
    return [table for table in tables if table.name != chain.versions]


def _waiting_in(inbox: Path) -> int:
    """Return how many calls wait in a copy of the inbox."""
    if not inbox.exists():
        return 0
    database = StateDatabase(inbox, INBOX)
    with database.transaction(reading=True) as connection:
        return int(connection.execute(select(func.sum(packs.c.calls))).scalar_one() or 0)
