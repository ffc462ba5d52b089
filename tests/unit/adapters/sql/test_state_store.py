"""state.db: migrated, durable, versioned documents and the ledger."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from databases import Clock
from sojourn.adapters.disk.errors import DiskFullError
from sojourn.adapters.sql.documents import SqlDocuments
from sojourn.adapters.sql.errors import StateUnusableError
from sojourn.adapters.sql.inbox.schema import INBOX
from sojourn.adapters.sql.migrating.migrate import alembic_config
from sojourn.adapters.sql.schema import STATE
from sojourn.adapters.sql.state import StateDatabase
from sojourn.adapters.workspace.folder import FORMAT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateDatabase]:
    database = StateDatabase(tmp_path / "state.db")
    yield database
    database.close()


CHAINS = pytest.mark.parametrize("chain", [STATE, INBOX], ids=lambda chain: chain.folder)


@CHAINS
def test_the_newest_migration_is_the_one_the_code_knows(chain) -> None:
    assert ScriptDirectory.from_config(alembic_config(chain)).get_current_head() == chain.head


def test_two_families_of_tables_may_share_a_database(tmp_path: Path) -> None:
    for chain in (STATE, INBOX, STATE):
        database = StateDatabase(tmp_path / "any.db", chain)
        database.prepare()
        database.close()
    with sqlite3.connect(tmp_path / "any.db") as plain:
        names = {row[0] for row in plain.execute("SELECT name FROM sqlite_master")}
    plain.close()
    assert {"documents", "write_keys", "inbox_packs", "alembic_version", "inbox_version"} <= names


def test_databases_are_made_in_several_threads_at_once(tmp_path: Path) -> None:
    """As one collector does with the inboxes of several workspaces."""
    made = [
        StateDatabase(tmp_path / f"{number % 4}.{chain.versions}", chain, kept_open=True)
        for number in range(8)  # each file by two threads
        for chain in (STATE, INBOX)
    ]
    with ThreadPoolExecutor(len(made)) as pool:
        list(pool.map(StateDatabase.prepare, made))
    for database in made:
        database.close()
    for path in tmp_path.iterdir():
        with sqlite3.connect(path) as plain:
            names = {row[0] for row in plain.execute("SELECT name FROM sqlite_master")}
        plain.close()
        assert ("documents" in names, "inbox_packs" in names) == (
            path.suffix == f".{STATE.versions}", path.suffix == f".{INBOX.versions}",
        )  # fmt: skip


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everything")
def test_an_older_database_that_may_only_be_read_is_read(tmp_path: Path) -> None:
    older = StateDatabase(tmp_path / "state.db", replace(STATE, head="0001"))
    SqlDocuments(older, Clock()).put("map", "a", "1", who="me")
    older.close()
    (tmp_path / "state.db").chmod(0o444)
    tmp_path.chmod(0o555)
    again = StateDatabase(tmp_path / "state.db")
    assert len(SqlDocuments(again, Clock()).newest("map")) == 1
    again.close()
    tmp_path.chmod(0o755)


def test_commits_are_synced_through_a_write_ahead_log(state: StateDatabase) -> None:
    with state.transaction() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_the_format_of_the_workspace_is_known_from_the_start(
    tmp_path: Path, state: StateDatabase
) -> None:
    state.prepare()
    with sqlite3.connect(tmp_path / "state.db") as plain:
        found = plain.execute("SELECT name, value FROM meta").fetchall()
    plain.close()
    assert found == [("format", str(FORMAT))]


def test_an_io_error_without_room_is_a_full_disk(
    state: StateDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What SQLite says when its shared-memory file cannot grow."""
    error = OperationalError("INSERT", {}, sqlite3.OperationalError("disk I/O error"))
    with pytest.raises(StateUnusableError, match="disk I/O error"), state.transaction():
        raise error
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 4096}))
    with pytest.raises(DiskFullError), state.transaction():
        raise error


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"not a database at all" * 100)
    broken = StateDatabase(tmp_path / "state.db")
    with pytest.raises(StateUnusableError, match="not a database") as said, broken.transaction():
        pass
    broken.close()
    assert "No event is lost" in said.value.remedy
    assert "move it away" in said.value.remedy


def test_a_full_disk_is_told(state: StateDatabase) -> None:
    documents = SqlDocuments(state, Clock())
    documents.put("map", "a", "x", who="me")

    def overfill() -> None:
        with state.transaction() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))
            connection.execute(text("UPDATE documents SET body = zeroblob(1000000)"))

    with pytest.raises(DiskFullError):
        overfill()
    assert [d.body for d in documents.history("map", "a")] == ["x"]


def test_a_store_that_may_only_be_read_is_read(
    state: StateDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a read-only disk: nothing is put beside the file, and writing is said to be impossible."""
    SqlDocuments(state, Clock()).put("stages", "default", "a: 1", who="me")
    state.close()
    monkeypatch.setattr("sojourn.adapters.sql.backends.sqlite.is_writable", lambda _: False)
    before = (tmp_path / "state.db").read_bytes()
    documents = SqlDocuments(StateDatabase(tmp_path / "state.db"), Clock())
    found = documents.get("stages", "default")
    assert found is not None
    assert found.body == "a: 1"
    with pytest.raises(StateUnusableError, match="readonly"):
        documents.put("stages", "default", "a: 2", who="me")
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]
    assert (tmp_path / "state.db").read_bytes() == before
