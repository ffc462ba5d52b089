"""A backup brings back state and inbox, from each kind of database and into each."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import MetaData, select

import databases
from sojourn.adapters.sql.errors import StateTakenError
from sojourn.adapters.sql.inbox.packing import PLACES
from sojourn.adapters.sql.inbox.schema import INBOX
from sojourn.adapters.sql.schema import STATE
from sojourn.adapters.sql.state import StateDatabase
from sojourn.app.access.roles import Role
from sojourn.app.collecting.keys import make_write_key
from sojourn.compose import open_workspace
from sojourn.compose.keeping import back_up, check_backup, restore
from sojourn.ports.inbox import Item, Refused

if TYPE_CHECKING:
    import postgres


def quiet(_what: str, _done: int, _total: int) -> None:
    return


def item(name: str) -> Item:
    body = f'{{"type":"track","event":"Bought","userId":"ann","messageId":"{name}"}}'
    return Item("web", "segment", 1_900_000_000_000_000, body.encode())


def fill(workspace) -> None:
    """Something in every corner: deleted rows, NULs, bytes, big numbers, other letters."""
    make_write_key(workspace.write_keys, "website")
    make_write_key(workspace.write_keys, "app")
    workspace.write_keys.revoke("app")
    workspace.documents.put("map", "main", "단계: [a, b]", who="ann", why="first")
    workspace.documents.put("map", "main", "단계: [a, b, c]", who="ann")
    for number in range(3):
        workspace.ledger.begin(f"{number}.csv", size=2**40, options="")
    workspace.accounts.invite(Role.ADMIN)
    workspace.inbox.put([item("gone"), item("gone too")])
    workspace.inbox.forget(workspace.inbox.mark(1).number)
    refused = Refused("web", 5, "no-person", "nobody", b"\0\xff")
    workspace.inbox.put([item("marked"), item("marked too")], [refused])
    assert workspace.inbox.mark(1)
    workspace.inbox.put([item("waits")])
    workspace.inbox.close()


def rows(where, chain) -> dict[str, list[dict[str, object]]]:
    database = StateDatabase(where, chain)
    with database.transaction(reading=True) as connection:
        tables = MetaData()
        tables.reflect(connection)
        found = {
            table.name: sorted((dict(r) for r in connection.execute(select(table)).mappings()), key=repr)
            for table in tables.sorted_tables
        }  # fmt: skip
    database.close()
    return found


def everything(path, server) -> dict[str, list[dict[str, object]]]:
    workspace = open_workspace(path)
    if server is None:
        return rows(path / "state.db", STATE) | rows(path / "inbox.db", INBOX)
    found = databases.Databases(path.parent, server, workspace.about.id)
    return rows(found.schema(), STATE)  # both families are there


@pytest.mark.parametrize("to_kind", databases.KINDS)
@pytest.mark.parametrize("from_kind", databases.KINDS)
def test_state_and_inbox_come_back_whatever_they_were_and_are_kept_in(
    from_kind, to_kind, tmp_path, request, monkeypatch
) -> None:
    kinds = {"sqlite": None}
    if "postgres" in {from_kind, to_kind}:
        kinds["postgres"] = request.getfixturevalue("postgres_server")

    def keep_in(kind: str) -> postgres.Server | None:
        server = kinds[kind]
        if server is None:
            monkeypatch.delenv("SOJOURN_DATABASE", raising=False)
        else:
            monkeypatch.setenv("SOJOURN_DATABASE", server.url_with_password())
        return server

    server = keep_in(from_kind)
    shop = open_workspace(tmp_path / "shop", create=True)
    fill(shop)
    before = everything(tmp_path / "shop", server)
    numbers = _next_numbers_of(before)
    back_up(tmp_path / "shop", tmp_path / "backup", quiet)
    assert everything(tmp_path / "shop", server) == before
    if from_kind == "postgres":  # the same workspace, so the same schema, in which it is still
        if to_kind == "postgres":
            with pytest.raises(StateTakenError):
                restore(tmp_path / "backup", tmp_path / "again", quiet)
            assert not (tmp_path / "again").exists()
            assert everything(tmp_path / "shop", server) == before
        schema = databases.Databases(tmp_path, server, shop.about.id).schema().schema
        server.run(f"ALTER SCHEMA {schema} RENAME TO moved_{from_kind}_{to_kind}")

    server = keep_in(to_kind)
    contents = restore(tmp_path / "backup", tmp_path / "again", quiet).contents
    after = everything(tmp_path / "again", server)
    (was,), (now,) = before.pop("inbox_about"), after.pop("inbox_about")
    assert was["id"] != now["id"]  # or the lake would take its batches for those of the original
    assert was["last_batch"] == now["last_batch"] == 2
    assert after == before
    assert {fact.name: fact.value for fact in contents.facts}["calls that wait in the inbox"] == 3
    again = open_workspace(tmp_path / "again")
    assert ("database" in (tmp_path / "again" / "sojourn.toml").read_text()) == (server is not None)
    assert _given(again) == numbers
    assert check_backup(tmp_path / "backup", quiet) == contents


def _next_numbers_of(before) -> tuple[int, int]:
    """The ledger's and the inbox's next numbers: those of rows that are gone are not given again."""
    assert [row["calls"] for row in before["inbox_packs"]] == [2, 1]
    assert before["inbox_leaving"] == [{"position": 2, "batch": 2}]
    return len(before["imports"]) + 1, 4 * PLACES


def _given(workspace) -> tuple[int, int]:
    entry = workspace.ledger.begin("next.csv", size=None, options="")
    assert workspace.hand_over.run().items == 3
    workspace.inbox.put([item("next")])
    (kept,) = workspace.inbox.mark(1).items
    workspace.inbox.close()
    return entry, kept[0]


def test_what_was_deleted_is_not_in_a_copy(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("SOJOURN_DATABASE", raising=False)
    shop = open_workspace(tmp_path / "shop", create=True)
    shop.inbox.put([item("forgotten")])
    shop.inbox.close()
    with closing(sqlite3.connect(tmp_path / "shop" / "inbox.db")) as connection:
        connection.execute("PRAGMA secure_delete = OFF")  # as many builds of SQLite have it
        connection.execute("DELETE FROM inbox_packs")
        connection.commit()
    assert b"forgotten" in (tmp_path / "shop" / "inbox.db").read_bytes()
    back_up(tmp_path / "shop", tmp_path / "backup", quiet)
    assert b"forgotten" not in (tmp_path / "backup" / "inbox.db").read_bytes()
