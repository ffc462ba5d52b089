"""state.db: migrated, durable, versioned documents and the ledger."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from sojourn.adapters.disk.errors import DiskFullError
from sojourn.adapters.sql.access_schema import users  # noqa: F401 - its tables belong to STATE
from sojourn.adapters.sql.documents import SqlDocuments
from sojourn.adapters.sql.errors import NewerStateError, StateUnusableError
from sojourn.adapters.sql.inbox_schema import INBOX
from sojourn.adapters.sql.ledger import SqlLedger
from sojourn.adapters.sql.migrating.migrate import alembic_config
from sojourn.adapters.sql.schema import STATE
from sojourn.adapters.sql.state import StateDatabase
from sojourn.adapters.workspace.folder import FORMAT
from sojourn.base.timespan import to_datetime
from sojourn.ports.workspace import Counts, ImportStatus, LedgerEnd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateDatabase]:
    database = StateDatabase(tmp_path / "state.db")
    yield database
    database.close()


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        self.now += 1_000_000
        return self.now


CHAINS = pytest.mark.parametrize("chain", [STATE, INBOX], ids=lambda chain: chain.folder)


@CHAINS
def test_the_newest_migration_is_the_one_the_code_knows(chain) -> None:
    assert ScriptDirectory.from_config(alembic_config(chain)).get_current_head() == chain.head


@CHAINS
def test_migrations_make_exactly_the_tables_of_the_code(tmp_path: Path, chain) -> None:
    database = StateDatabase(tmp_path / "any.db", chain)
    with database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": chain.versions})
        assert compare_metadata(context, chain.metadata) == []
    database.close()


def test_two_families_of_tables_may_share_a_database(tmp_path: Path) -> None:
    for chain in (STATE, INBOX, STATE):
        database = StateDatabase(tmp_path / "any.db", chain)
        database.prepare()
        database.close()
    with sqlite3.connect(tmp_path / "any.db") as plain:
        names = {row[0] for row in plain.execute("SELECT name FROM sqlite_master")}
    plain.close()
    assert {"documents", "write_keys", "inbox_items", "alembic_version", "inbox_version"} <= names


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


def test_a_second_opening_does_not_migrate(
    tmp_path: Path, state: StateDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    SqlDocuments(state, Clock()).put("map", "a", "1", who="me")
    monkeypatch.setattr("sojourn.adapters.sql.migrating.migrate.migrate", pytest.fail)
    again = StateDatabase(tmp_path / "state.db")
    assert len(SqlDocuments(again, Clock()).newest("map")) == 1
    again.close()


def test_a_migration_that_breaks_off_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Operations.create_table

    def breaking(self: Operations, name: str, *columns: object) -> object:
        if name == "imports":
            raise KeyboardInterrupt
        return create(self, name, *columns)

    broken = StateDatabase(tmp_path / "state.db")
    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_table", breaking)
        with pytest.raises(KeyboardInterrupt), broken.transaction():
            pass
    broken.close()
    again = StateDatabase(tmp_path / "state.db")
    assert SqlLedger(again, Clock()).entries() == ()
    again.close()


def test_many_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from sojourn.adapters.sql.state import StateDatabase; "
        "from sojourn.adapters.sql.documents import SqlDocuments; "
        "d = SqlDocuments(StateDatabase(Path(sys.argv[1])), lambda: 1); "
        "[d.put('map', 'same', f'{sys.argv[2]} {i}', who='me') for i in range(5)]"
    )
    path = str(tmp_path / "state.db")
    processes = [subprocess.Popen([sys.executable, "-c", code, path, str(i)]) for i in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    state = StateDatabase(tmp_path / "state.db")
    versions = [
        document.version for document in SqlDocuments(state, Clock()).history("map", "same")
    ]
    assert versions == list(range(1, 21))
    state.close()


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


def test_a_newer_database_is_left_alone(tmp_path: Path, state: StateDatabase) -> None:
    with state.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = StateDatabase(tmp_path / "state.db")
    with pytest.raises(NewerStateError, match="revision 9999"), newer.transaction():
        pass
    with sqlite3.connect(tmp_path / "state.db") as plain:
        assert plain.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    plain.close()


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


def test_documents_are_versioned_and_never_overwritten(state: StateDatabase) -> None:
    documents = SqlDocuments(state, Clock())
    assert documents.get("map", "a") is None
    assert documents.newest("map") == ()
    first = documents.put("map", "a", "one", who="ann", why="first draft")
    assert (first.version, first.who, first.why, first.when) == (
        1, "ann", "first draft", to_datetime(1_000_000),
    )  # fmt: skip
    second = documents.put("map", "a", "two", who="bob")
    documents.put("map", "b", "other", who="bob")
    documents.put("stages", "a", "other kind", who="bob")
    assert documents.get("map", "a") == second
    assert documents.get("map", "a", 1) == first
    assert documents.get("map", "a", 3) is None
    assert documents.history("map", "a") == (first, second)
    assert [(d.id, d.version) for d in documents.newest("map")] == [("a", 2), ("b", 1)]


def test_the_same_body_makes_no_new_version(state: StateDatabase) -> None:
    documents = SqlDocuments(state, Clock())
    first = documents.put("map", "a", "one", who="ann")
    assert documents.put("map", "a", "one", who="bob") == first
    documents.put("map", "a", "two", who="bob")
    assert documents.put("map", "a", "one", who="bob").version == 3


def test_the_ledger_keeps_how_each_import_went(state: StateDatabase) -> None:
    ledger = SqlLedger(state, Clock())
    one = ledger.begin("a.csv", size=10, options="o")
    two = ledger.begin("-", size=None, options="o")
    assert [entry.status for entry in ledger.entries()] == [ImportStatus.RUNNING] * 2
    counts = Counts(read=5, accepted=3, duplicate=1, quarantined=1)
    ledger.end(
        [
            LedgerEnd(id=one, status=ImportStatus.COMPLETE, counts=counts, fingerprint="f",
                      quarantine="quarantine/a.csv"),
            LedgerEnd(id=two, status=ImportStatus.FAILED, counts=Counts(), message="broken"),
        ]
    )  # fmt: skip
    first, second = ledger.entries()
    assert (first.id, first.name, first.size, first.counts) == (one, "a.csv", 10, counts)
    assert (first.fingerprint, first.quarantine) == ("f", "quarantine/a.csv")
    assert first.finished is not None
    assert first.finished > first.started
    assert (second.status, second.message, second.size) == (ImportStatus.FAILED, "broken", None)


def test_only_running_entries_are_interrupted(state: StateDatabase) -> None:
    ledger = SqlLedger(state, Clock())
    done, killed = (ledger.begin(name, size=1, options="") for name in ("done", "killed"))
    ledger.end([LedgerEnd(id=done, status=ImportStatus.COMPLETE, counts=Counts())])
    ledger.interrupt_running()
    assert {entry.id: entry.status for entry in ledger.entries()} == {
        done: ImportStatus.COMPLETE, killed: ImportStatus.INTERRUPTED,
    }  # fmt: skip


def test_a_store_that_may_only_be_read_is_read(
    state: StateDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a read-only disk: nothing is put beside the file, and writing is said to be impossible."""
    SqlDocuments(state, Clock()).put("stages", "default", "a: 1", who="me")
    state.close()
    monkeypatch.setattr("sojourn.adapters.sql.state.is_writable", lambda _: False)
    before = (tmp_path / "state.db").read_bytes()
    documents = SqlDocuments(StateDatabase(tmp_path / "state.db"), Clock())
    found = documents.get("stages", "default")
    assert found is not None
    assert found.body == "a: 1"
    with pytest.raises(StateUnusableError, match="readonly"):
        documents.put("stages", "default", "a: 2", who="me")
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]
    assert (tmp_path / "state.db").read_bytes() == before
