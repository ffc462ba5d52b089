"""Merges of people in every database: what stands, who did it, and what cannot be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from databases import Clock
from sojourn.adapters.sql.glance import standing_merges
from sojourn.adapters.sql.merges import SqlMerges
from sojourn.adapters.sql.people_schema import merges as table
from sojourn.adapters.sql.schema import STATE
from sojourn.cli.main import cli
from sojourn.compose import open_workspace
from sojourn.identity.merging import (
    AlreadyMergedError,
    Arrow,
    MergeCircleError,
    NotMergedError,
    SamePersonError,
)
from sojourn.ports.people import Act

if TYPE_CHECKING:
    from databases import Databases


@pytest.fixture
def merges(any_databases: Databases) -> SqlMerges:
    return SqlMerges(any_databases.open(STATE), Clock())


def test_a_merge_stands_until_it_is_undone_and_is_remembered_for_good(merges: SqlMerges) -> None:
    made = merges.add("ann", "bob", who="kim", why="one phone")
    assert (made.gone, made.kept, made.undone) == ("ann", "bob", None)
    assert (made.made.who, made.made.why, made.made.when.second) == ("kim", "one phone", 1)
    assert merges.standing() == {"ann": "bob"}
    assert merges.arrows() == (Arrow(1_000_000, "ann", "bob"),)
    undone = merges.undo("ann", who="lee", why="two phones")
    assert undone.undone == Act(who="lee", why="two phones", when=undone.undone.when)
    assert merges.standing() == {}
    again = merges.add("ann", "cid", who="kim", why="한국어 '\"")
    assert merges.all() == (undone, again)


def test_what_cannot_stand_is_refused_and_leaves_nothing(merges: SqlMerges) -> None:
    merges.add("ann", "bob", who="kim", why="")
    merges.add("bob", "cid", who="kim", why="")
    for gone, kept, error in (
        ("ann", "ann", SamePersonError),
        ("ann", "eve", AlreadyMergedError),
        ("cid", "ann", MergeCircleError),
    ):
        with pytest.raises(error):
            merges.add(gone, kept, who="kim", why="")
    with pytest.raises(NotMergedError):
        merges.undo("cid", who="kim", why="")
    assert merges.standing() == {"ann": "bob", "bob": "cid"}
    assert len(merges.all()) == 2


def test_of_two_merges_at_once_that_exclude_each_other_one_is_made(
    any_databases: Databases,
) -> None:
    stores = [SqlMerges(any_databases.open(STATE), Clock()) for _ in range(2)]
    stores[0].all()  # the tables are made

    def turn(at: int) -> bool:
        gone, kept = (("ann", "bob"), ("bob", "ann"))[at]
        try:
            stores[at].add(gone, kept, who="kim", why="")
        except MergeCircleError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        for _ in range(8):
            assert sorted(pool.map(turn, (0, 1))) == [False, True]
            stores[0].undo(next(iter(stores[0].standing())), who="kim", why="")


def test_the_database_itself_lets_nobody_be_taken_up_twice(
    any_databases: Databases, merges: SqlMerges
) -> None:
    merges.add("ann", "bob", who="kim", why="")
    row = {"gone": "ann", "kept": "cid", "who": "", "made_us": 0, "why": ""}
    engine = any_databases.opened[0]._opened()
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(table).values(row))


def test_questions_see_a_merge_at_once_wherever_the_state_is_kept(any_databases: Databases) -> None:
    folder = any_databases.folder
    (folder / "log.csv").write_text(
        "user_id,timestamp,event\nann,2026-01-02T00:00:00Z,buy\nbob,2026-01-01T00:00:00Z,visit\n"
    )
    shop = str(folder / "shop")

    def run(*words: str) -> str:
        done = CliRunner().invoke(cli, [*words, "-w", shop], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    run("import", str(folder / "log.csv"))
    assert open_workspace(shop).catalog.people == 2
    assert "ann counts as bob" in run("people", "merge", "ann", "bob", "--why", "one phone")
    assert open_workspace(shop).catalog.people == 1
    assert "by command line: one phone" in run("people", "merges")
    assert '"undone": null' in run("people", "merges", "--json")
    run("people", "unmerge", "ann", "--why", "two", "--who", "kim")
    assert open_workspace(shop).catalog.people == 2
    assert "by kim: two" in run("people", "merges")


def test_a_glance_sees_what_the_store_sees(tmp_path) -> None:
    from sojourn.adapters.sql.state import StateDatabase

    path = tmp_path / "state.db"
    assert standing_merges(path) is None
    state = StateDatabase(path, kept_open=True)
    merges = SqlMerges(state, Clock())
    merges.add("ann", "bob", who="kim", why="")
    there = tuple(merges.arrows())
    assert [(each.gone, each.kept) for each in there] == [("ann", "bob")]
    assert path.with_name("state.db-wal").stat().st_size
    assert standing_merges(path) == there, "while somebody has it open"
    state.close()
    assert standing_merges(path) == there
    assert sorted(each.name for each in tmp_path.iterdir()) == ["state.db"], "nothing left behind"
    path.write_bytes(b"no database" * 100)
    assert standing_merges(path) is None


def test_a_glance_at_a_state_older_than_merges_sees_none(tmp_path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "state.db")) as old:
        old.execute("CREATE TABLE documents (id TEXT)")
    assert standing_merges(tmp_path / "state.db") == ()
