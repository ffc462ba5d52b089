"""One contract over every database: migrated once, versioned documents, the ledger, write keys."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from databases import Clock
from sojourn.adapters.sql.access_schema import users  # noqa: F401 - its tables belong to STATE
from sojourn.adapters.sql.documents import SqlDocuments
from sojourn.adapters.sql.erasing.tables import erasures  # noqa: F401 - its tables belong to STATE
from sojourn.adapters.sql.errors import NameTakenError, NewerStateError
from sojourn.adapters.sql.inbox.schema import INBOX
from sojourn.adapters.sql.inbox.store import SqlInbox
from sojourn.adapters.sql.keys import SqlWriteKeys
from sojourn.adapters.sql.ledger import SqlLedger
from sojourn.adapters.sql.people_schema import merges  # noqa: F401 - likewise
from sojourn.adapters.sql.providing.tables import begun  # noqa: F401 - likewise
from sojourn.adapters.sql.schema import STATE
from sojourn.adapters.sql.segments.schema import SEGMENTS
from sojourn.adapters.sql.state import revision
from sojourn.base.errors import UnknownNameError
from sojourn.base.timespan import to_datetime
from sojourn.compose import open_workspace
from sojourn.ports.inbox import Item
from sojourn.ports.workspace import Counts, ImportStatus, LedgerEnd

if TYPE_CHECKING:
    from databases import Databases
    from sojourn.adapters.sql.state import StateDatabase

CHAINS = pytest.mark.parametrize("chain", [STATE, INBOX, SEGMENTS], ids=lambda chain: chain.folder)


@pytest.fixture
def state(any_databases: Databases) -> StateDatabase:
    return any_databases.open(STATE)


@CHAINS
def test_migrations_make_exactly_the_tables_of_the_code(any_databases: Databases, chain) -> None:
    database = any_databases.open(chain)
    with database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": chain.versions})
        assert compare_metadata(context, chain.metadata) == []


def test_a_second_opening_does_not_migrate(
    any_databases: Databases, state: StateDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    SqlDocuments(state, Clock()).put("map", "a", "1", who="me")
    monkeypatch.setattr("sojourn.adapters.sql.migrating.migrate.migrate", pytest.fail)
    again = any_databases.open(STATE)
    assert len(SqlDocuments(again, Clock()).newest("map")) == 1


def test_a_migration_that_breaks_off_leaves_nothing_behind(
    any_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Operations.create_table

    def breaking(self: Operations, name: str, *columns: object) -> object:
        if name == "imports":
            raise KeyboardInterrupt
        return create(self, name, *columns)

    broken = any_databases.open(STATE)
    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_table", breaking)
        with pytest.raises(KeyboardInterrupt), broken.transaction():
            pass
    again = any_databases.open(STATE)
    assert SqlLedger(again, Clock()).entries() == ()


def test_many_processes_may_open_a_new_database_at_once(any_databases: Databases) -> None:
    code = (
        "import sys; from sojourn.compose import open_workspace; "
        "shop = open_workspace(sys.argv[1]); shop.inbox.identity(); "
        "[shop.documents.put('map', 'same', f'{sys.argv[2]} {i}', who='me') for i in range(5)]"
    )
    made = open_workspace(any_databases.folder / "shop", create=True).path
    started_anew = any_databases.folder / "again"
    started_anew.mkdir()
    about = (any_databases.folder / "shop" / "sojourn.toml").read_text("utf-8")
    new_id = about.replace(open_workspace(made).about.id, any_databases.workspace)
    (started_anew / "sojourn.toml").write_text(new_id, "utf-8")
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(started_anew), str(i)]) for i in range(4)
    ]
    assert [process.wait(60) for process in processes] == [0] * 4
    history = open_workspace(started_anew).documents.history("map", "same")
    assert [document.version for document in history] == list(range(1, 21))


def test_a_newer_database_is_left_alone(any_databases: Databases, state: StateDatabase) -> None:
    with state.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = any_databases.open(STATE)
    with pytest.raises(NewerStateError, match="revision 9999"), newer.transaction():
        pass
    assert revision(state._engine) == "9999"


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


def test_a_write_key_is_good_until_it_is_revoked(state: StateDatabase) -> None:
    keys = SqlWriteKeys(state, Clock())
    keys.add("web", "a" * 64)
    keys.add("shop", "b" * 64)
    with pytest.raises(NameTakenError, match="web"):
        keys.add("web", "c" * 64)
    assert keys.good() == {"a" * 64: "web", "b" * 64: "shop"}
    keys.revoke("web")
    assert keys.good() == {"b" * 64: "shop"}
    assert [(key.name, key.revoked is None) for key in keys.all()] == [
        ("shop", True),
        ("web", False),
    ]
    with pytest.raises(UnknownNameError, match="web"):
        keys.revoke("web")


def test_text_of_every_kind_comes_back_as_it_was(state: StateDatabase) -> None:
    documents = SqlDocuments(state, Clock())
    body = "이름: '한글' \\ {\"a\", NULL} \u2028 \N{PILE OF POO}\n" * 100
    assert documents.put("map", "지도", body, who="ann's").body == body


@pytest.mark.parametrize("name", ["web", 'a"b\\c,{}', "NULL", "", " 앱\n\t'$1", "{1,2}"])
def test_an_item_comes_back_as_it_was(any_databases: Databases, name: str) -> None:
    inbox = SqlInbox(any_databases.open(INBOX))
    bodies = (b'{"a":"\\u0000"}', b"", bytes(range(256)))
    given = [Item(name, "segment", n, body) for n, body in enumerate(bodies)]
    inbox.put(given)
    batch = inbox.mark(10)
    assert batch is not None
    assert [kept.item for kept in batch.items] == given
