"""What is particular to PostgreSQL: durable, bounded, safe among many, and plain when it fails."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

import postgres
from databases import Databases
from serving import eventually
from sojourn.adapters.disk.errors import DiskFullError
from sojourn.adapters.sql.backends.address import DatabaseAddressError, read_address
from sojourn.adapters.sql.backends.postgres import MOST, PostgresSchema
from sojourn.adapters.sql.documents import SqlDocuments
from sojourn.adapters.sql.errors import StateLeftBehindError, StateUnusableError
from sojourn.adapters.sql.inbox.schema import INBOX
from sojourn.adapters.sql.inbox.store import SqlInbox
from sojourn.adapters.sql.inbox.writing import STATEMENT_BYTES, put_items
from sojourn.adapters.sql.schema import STATE
from sojourn.adapters.sql.state import StateDatabase
from sojourn.base.errors import InputError, MissingExtraError
from sojourn.compose import open_workspace
from sojourn.ports.inbox import Item

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def many(tmp_path: Path, postgres_server: postgres.Server) -> Iterator[Databases]:
    found = Databases(tmp_path, postgres_server)
    yield found
    found.close()


def item(key: int, more: bytes = b"") -> Item:
    return Item("web", "segment", 1, b"%d %b" % (key, more))


def inbox_of(many: Databases) -> SqlInbox:
    return SqlInbox(many.open(INBOX, kept_open=True))


def keys_in(batch) -> list[int]:
    return [int(kept.item.body.split()[0]) for kept in batch.items]


def test_each_workspace_has_a_schema_of_its_own(many: Databases, tmp_path) -> None:
    other = Databases(tmp_path, many.server)
    for one, body in ((many, "a"), (other, "b")):
        SqlDocuments(one.open(STATE), lambda: 1).put("map", "m", body, who="me")
        inbox_of(one).identity()
    assert SqlDocuments(many.open(STATE), lambda: 1).get("map", "m").body == "a"
    assert SqlDocuments(other.open(STATE), lambda: 1).get("map", "m").body == "b"
    tables = many.server.run(
        "SELECT schemaname, count(*) FROM pg_tables WHERE tablename IN ('documents', 'inbox_packs')"
        " GROUP BY schemaname"
    )
    assert [many.schema().schema, 2] in tables
    assert "public" not in {schema for schema, _ in tables}
    other.close()


def test_commits_are_on_disk_whatever_the_server_says(many: Databases) -> None:
    many.server.run("ALTER ROLE owner SET synchronous_commit = 'off'")
    try:
        for kept_open in (False, True):
            with many.open(STATE, kept_open=kept_open).transaction() as connection:
                assert connection.scalar(text("SHOW synchronous_commit")) == "on"
    finally:
        many.server.run("ALTER ROLE owner RESET synchronous_commit")
    many.server.run("ALTER ROLE owner SET synchronous_commit = 'remote_apply'")
    try:
        with many.open(STATE).transaction() as connection:
            assert connection.scalar(text("SHOW synchronous_commit")) == "remote_apply"
    finally:
        many.server.run("ALTER ROLE owner RESET synchronous_commit")


def test_a_server_that_keeps_nothing_is_refused(many: Databases) -> None:
    many.server.run("ALTER SYSTEM SET fsync = off")
    many.server.run("SELECT pg_reload_conf()")
    try:
        assert eventually(lambda: many.server.run("SHOW fsync") == [["off"]])
        with pytest.raises(StateUnusableError, match="fsync = off"):
            many.open(STATE).prepare()
    finally:
        many.server.run("ALTER SYSTEM RESET fsync")
        many.server.run("SELECT pg_reload_conf()")
        assert eventually(lambda: many.server.run("SHOW fsync") == [["on"]])


def test_items_committed_late_are_marked_later(many: Databases) -> None:
    first, second, worker = inbox_of(many), inbox_of(many), inbox_of(many)
    first.put([item(1)])
    with first._database.transaction(beside=True) as connection:
        put_items(connection, [item(2)])
        second.put([item(3)])
        batch = worker.mark(10)
        assert keys_in(batch) == [1, 3]
        worker.forget(batch.number)
    late = worker.mark(10)
    assert keys_in(late) == [2]
    assert late.items[0].position < batch.items[1].position
    worker.forget(late.number)
    assert worker.waiting().items == 0


def test_collectors_beside_a_worker_lose_and_double_nothing(many: Databases) -> None:
    """The same keys come to both collectors, in opposite orders, while a worker takes them."""
    inbox_of(many).identity()
    errors: list[Exception] = []
    rounds, size = 40, 50

    def collect(turn: int) -> None:
        inbox = inbox_of(many)
        try:
            for number in range(rounds):
                keys = range(number * size, (number + 1) * size)
                inbox.put([item(key) for key in (keys if turn else reversed(keys))])
        except Exception as error:  # noqa: BLE001 - shown below
            errors.append(error)

    collectors = [threading.Thread(target=collect, args=(turn,)) for turn in range(2)]
    for one in collectors:
        one.start()
    taken: list[int] = []
    numbers: list[int] = []
    worker = inbox_of(many)
    while any(one.is_alive() for one in collectors) or worker.waiting().items:
        batch = worker.mark(70)
        if batch:
            assert worker.mark(70) == batch
            taken += keys_in(batch)
            numbers.append(batch.number)
            worker.forget(batch.number)
    assert errors == []
    # A key that comes again after it was taken is taken again: the lake knows it by its id.
    assert set(taken) == set(range(rounds * size))
    assert numbers == sorted(set(numbers))


def test_more_than_one_statement_holds_is_put_whole(many: Databases) -> None:
    inbox = inbox_of(many)
    given = [item(key, b"x" * (STATEMENT_BYTES // 3)) for key in range(7)]
    inbox.put(given)
    assert [kept.item for kept in inbox.mark(100).items] == given


def test_connections_are_bounded(many: Databases) -> None:
    database = many.open(INBOX, kept_open=True)
    database.prepare()
    count = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sojourn'"
        " AND datname = 'tests'"
    )
    (before,) = many.server.run(count)[0]
    most: list[int] = []
    begun = threading.Barrier(12)

    def use() -> None:
        begun.wait()
        with database.transaction(reading=True) as connection:
            most.append(connection.scalar(text(count)))
            connection.execute(text("SELECT pg_sleep(0.05)"))

    threads = [threading.Thread(target=use) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(most) == 12
    assert max(most) - before <= MOST


def test_it_goes_on_after_its_connections_were_ended_and_the_server_restarted(many) -> None:
    inbox = inbox_of(many)
    inbox.put([item(1)])
    many.server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND application_name = 'sojourn'"
    )
    inbox.put([item(2)])
    end = text("SELECT pg_terminate_backend(pg_backend_pid())")
    stopped = pytest.raises(StateUnusableError, match=r"being stopped|broke off")
    with stopped, inbox._database.transaction() as connection:
        connection.execute(end)
    inbox.put([item(3)])
    for number, how in enumerate((signal.SIGQUIT, signal.SIGKILL), 5):
        many.server.stop(how)
        with pytest.raises(StateUnusableError, match="nothing answers there") as said:
            inbox.put([item(4)])
        assert "goes on by itself" in said.value.remedy
        many.server.start()
        inbox.put([item(number)])
    assert keys_in(inbox.mark(10)) == [1, 2, 3, 5, 6]


@pytest.mark.parametrize(
    ("code", "words"),
    [("25006", "may only be read"), ("53300", "connections are in use"), ("40P01", "same moment"),
     ("42501", "may not do that"), ("55P03", "locked for too long"), ("P0001", "as it says")],
)  # fmt: skip
def test_what_the_server_says_is_told_in_plain_words(many: Databases, code, words) -> None:
    def raising(code: str) -> None:
        with many.open(STATE).transaction() as connection:
            connection.exec_driver_sql(
                f"DO $$ BEGIN RAISE EXCEPTION 'as it says' USING ERRCODE = '{code}'; END $$"
            )

    with pytest.raises(StateUnusableError, match=words) as said:
        raising(code)
    assert many.server.password not in said.value.message
    assert said.value.remedy
    with pytest.raises(DiskFullError):
        raising("53100")


def test_a_database_that_may_only_be_read_is_read_and_not_written(many: Databases) -> None:
    SqlDocuments(many.open(STATE), lambda: 1).put("map", "a", "1", who="me")
    many.server.run("ALTER ROLE owner SET default_transaction_read_only = on")
    try:
        documents = SqlDocuments(many.open(STATE), lambda: 1)
        assert documents.get("map", "a").body == "1"
        with pytest.raises(StateUnusableError, match="may only be read"):
            documents.put("map", "a", "2", who="me")
    finally:
        import pg8000.native

        with pg8000.native.Connection(
            postgres.OWNER, host="127.0.0.1", port=many.server.port, database=postgres.DATABASE,
            password=many.server.password,
        ) as connection:  # fmt: skip
            connection.run("SET default_transaction_read_only = off")
            connection.run("ALTER ROLE owner RESET default_transaction_read_only")


def test_who_is_not_let_in_is_told_and_no_password_shown(many, caplog) -> None:
    caplog.set_level(logging.DEBUG)

    def opening(text: str) -> str:
        address, password = read_address(text, "here", may_hold_password=True)
        with pytest.raises(StateUnusableError) as said:
            StateDatabase(PostgresSchema(address, password, many.workspace)).prepare()
        return said.value.message

    server = many.server
    good = server.url_with_password()
    assert "does not let this user in" in opening(good.replace(server.password, "wrong-secret"))
    assert "does not let this user in" in opening(server.url)
    assert "no such database" in opening(good.replace("/tests", "/nothing"))
    assert "no computer of that name" in opening(good.replace("127.0.0.1", "no-such-host.invalid"))
    assert "no such socket" in opening(good.replace("@127.0.0.1", "@") + "?host=/no/such/folder")
    assert "SSL" in opening(good + "?sslmode=require")
    said = caplog.text + "".join(str(record.args) for record in caplog.records)
    assert server.password not in said
    assert "wrong-secret" not in said


def test_a_user_without_rights_needs_no_more_than_its_schema(many: Databases) -> None:
    server = many.server
    server.run(f"CREATE ROLE plain LOGIN PASSWORD '{server.password}'")
    address, password = read_address(
        server.url_with_password("plain"), "here", may_hold_password=True
    )
    schema = PostgresSchema(address, password, many.workspace)
    with pytest.raises(StateUnusableError, match="may not do that there"):
        StateDatabase(schema).prepare()
    server.run(f"CREATE SCHEMA {schema.schema} AUTHORIZATION plain")
    documents = SqlDocuments(StateDatabase(schema), lambda: 1)
    assert documents.put("map", "a", "1", who="me").version == 1


def test_a_socket_works_as_well(many: Databases) -> None:
    text = many.server.url_with_password().replace("@127.0.0.1", "@")
    address, password = read_address(
        f"{text}?host={many.server.folder}", "here", may_hold_password=True
    )
    StateDatabase(PostgresSchema(address, password, many.workspace)).prepare()


def test_a_new_schema_is_not_begun_beside_what_was_kept_before(many: Databases, tmp_path) -> None:
    left = tmp_path / "state.db"
    left.write_bytes(b"")
    schema = many.schema(left_behind=(left, tmp_path / "inbox.db"))
    with pytest.raises(StateLeftBehindError, match=r"state\.db"):
        StateDatabase(schema).prepare()
    left.unlink()
    StateDatabase(schema).prepare()
    left.write_bytes(b"")
    StateDatabase(many.schema(left_behind=(left,))).prepare()  # once begun, files do not matter


def test_without_its_driver_the_extra_is_named(many: Databases, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pg8000", None)
    with pytest.raises(MissingExtraError, match="pg8000") as said:
        many.open(STATE).prepare()
    assert "pip install 'sojourn[postgres]'" in said.value.remedy


def test_a_workspace_made_with_a_database_remembers_it_without_the_password(
    many: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = many.server
    monkeypatch.setenv("SOJOURN_DATABASE", server.url_with_password())
    made = open_workspace(tmp_path / "shop", create=True)
    made.documents.put("map", "a", "1", who="me")
    written = (tmp_path / "shop" / "sojourn.toml").read_text("utf-8")
    assert f'database = "{server.url}"' in written
    assert not {p.name for p in (tmp_path / "shop").iterdir()} & {"state.db", "inbox.db"}
    assert not any(
        server.password.encode() in p.read_bytes()
        for p in (tmp_path / "shop").rglob("*") if p.is_file()
    )  # fmt: skip
    monkeypatch.delenv("SOJOURN_DATABASE")
    monkeypatch.setenv("PGPASSFILE", "/nowhere")
    with pytest.raises(StateUnusableError, match="does not let this user in"):
        open_workspace(tmp_path / "shop").documents.newest("map")
    monkeypatch.setenv("PGPASSWORD", server.password)
    assert open_workspace(tmp_path / "shop").documents.get("map", "a").body == "1"
    monkeypatch.delenv("PGPASSWORD")
    (tmp_path / "pgpass").write_text(f"127.0.0.1:{server.port}:*:owner:{server.password}\n")
    (tmp_path / "pgpass").chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    assert open_workspace(tmp_path / "shop").documents.get("map", "a").body == "1"


def test_a_password_in_the_settings_of_a_workspace_is_refused(many, tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("SOJOURN_DATABASE", raising=False)
    made = open_workspace(tmp_path / "shop", create=True)
    path = tmp_path / "shop" / "sojourn.toml"
    with path.open("a") as file:
        file.write(f'database = "{many.server.url_with_password()}"\n')
    with pytest.raises(DatabaseAddressError, match="holds a password") as said:
        open_workspace(made.path).documents.newest("map")
    assert many.server.password not in said.value.message
    path.write_text(path.read_text().replace(many.server.password, "x") + "\n")
    assert isinstance(said.value, InputError)
