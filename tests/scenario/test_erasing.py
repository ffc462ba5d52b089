"""Erasing a person: nothing of them is left in any byte, and nobody else is any different."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from every_byte import EveryByte
from people_known import Someone, counts, filled, import_rows, journeys, put, word
from sojourn.adapters.sql.erasing import purging
from sojourn.adapters.sql.inbox.schema import INBOX
from sojourn.adapters.sql.schema import STATE
from sojourn.app.people import merge_people
from sojourn.app.privacy.errors import OwnedIdError, UnknownPersonError
from sojourn.compose import open_workspace
from sojourn.insight.overview.person import NoPersonError, Person

if TYPE_CHECKING:
    from databases import Databases


def test_nothing_of_an_erased_person_is_left_and_nobody_else_is_different(
    tmp_path, any_databases: Databases
) -> None:
    workspace, people = filled(tmp_path)
    gone, *others = people
    root, server = tmp_path / "ws", any_databases.server
    every = EveryByte(root, server)
    for value in gone.values:
        assert every.places_with([value]), "the search finds what is there"
    before = journeys(workspace, others)
    events = counts(workspace)
    asked = workspace.erasing().ask(gone.user, why=f"{gone.email} asked")
    with pytest.raises(NoPersonError):
        workspace.ask(Person(person=gone.user))
    seen = workspace.sql("SELECT * FROM events").read_all().to_pylist()
    assert not [row for row in seen if any(value in repr(row) for value in gone.values)]
    assert counts(workspace)["order"] == events["order"] - 1
    assert journeys(workspace, others) == before
    put(workspace, *gone.calls())  # comes after, and is not taken
    (done,) = workspace.erasing().run()
    workspace.inbox.close()
    every = EveryByte(root, server)
    assert every.places_with(gone.values) == set()
    assert every.places_with([asked.id])
    assert journeys(workspace, others) == before
    found = json.loads(done.certificate)["removed"]
    assert (found["events"], found["quarantined"], found["documents"]) == (6, 1, 1)
    assert found["refused"] == 2
    assert found["files"] == 4
    for other in others:
        for value in (other.user, other.email, other.name, *other.notes, other.event):
            assert every.places_with([value])


@pytest.mark.usefixtures("any_databases")
def test_what_comes_after_is_not_taken_until_it_is_lifted(tmp_path) -> None:
    workspace, people = filled(tmp_path)
    gone = people[0]
    asked = workspace.erasing().ask(gone.user)
    workspace.erasing().run()
    put(workspace, *gone.calls())
    workspace.hand_over.run()
    import_rows(workspace, tmp_path, gone.rows())
    (tmp_path / "people.csv").unlink()
    with pytest.raises(NoPersonError):
        workspace.ask(Person(person=gone.user))
    dropped = sum(one.dropped for one in workspace.erasing().erasures.suppressed())
    assert dropped == 3 + 4  # calls that are events, and rows with the one that is none
    assert not list((tmp_path / "ws" / "quarantine").glob("000002*"))
    assert workspace.erasing().lift(asked.id) == 3
    put(workspace, *gone.calls())
    workspace.hand_over.run()
    assert len(workspace.ask(Person(person=gone.user)).rows) == 3


def test_on_a_shared_device_the_others_keep_what_is_theirs(tmp_path) -> None:
    first, second, third = Someone(), Someone(), Someone()
    device = word()
    workspace = open_workspace(tmp_path / "ws", create=True)
    rows = [
        ("", device, "2025-01-01", "visit", "", "", ""),
        (first.user, device, "2025-01-02", "login", "", "", ""),
        ("", device, "2025-01-03", "visit", "", "", ""),
        (second.user, device, "2025-01-04", "login", "", "", ""),
        ("", device, "2025-01-05", "visit", "", "", ""),
        (third.user, device, "2025-01-06", "login", "", "", ""),
        ("", device, "2025-01-07", "visit", "", "", ""),
    ]
    import_rows(workspace, tmp_path, rows)
    after = f"anon:{device}#1"
    assert [len(workspace.ask(Person(person=p)).rows) for p in (first.user, after)] == [3, 2]
    with pytest.raises(OwnedIdError):
        workspace.erasing().ask(device)
    workspace.erasing().ask(first.user)
    workspace.erasing().ask(second.user)
    for _ in range(2):  # while hidden, and when gone
        assert len(workspace.ask(Person(person=third.user)).rows) == 1
        assert len(workspace.ask(Person(person=after)).rows) == 2
        assert workspace.sql("SELECT * FROM events").read_all().num_rows == 3
        workspace.erasing().run()
    import_rows(workspace, tmp_path, [("", device, "2025-01-01 12:00", "visit", "", "", "late")])
    assert len(workspace.ask(Person(person=after)).rows) == 2
    assert len(workspace.ask(Person(person=third.user)).rows) == 1
    workspace.erasing().ask(after)
    workspace.erasing().run()
    assert workspace.sql("SELECT * FROM events").read_all().num_rows == 1


def test_somebody_never_identified_can_be_erased_and_a_stranger_cannot(tmp_path) -> None:
    workspace = open_workspace(tmp_path / "ws", create=True)
    import_rows(workspace, tmp_path, [("", "dev-12345", "2025-01-01", "visit", "", "", "")])
    with pytest.raises(UnknownPersonError):
        workspace.erasing().ask("nobody")
    workspace.erasing().ask("anon:dev-12345")
    (done,) = workspace.erasing().run()
    assert done.found["events"] == 1
    assert EveryByte(tmp_path / "ws").places_with(["dev-12345"]) == set()
    assert workspace.sql("SELECT * FROM events").read_all().num_rows == 0


def test_who_was_merged_goes_together(tmp_path) -> None:
    workspace = open_workspace(tmp_path / "ws", create=True)
    one, other, third = Someone(), Someone(), Someone()
    import_rows(workspace, tmp_path, [*one.rows(), *other.rows(), *third.rows()])
    merge_people(workspace, other.user, one.user, who="x", why="the same")
    before = workspace.ask(Person(person=third.user)).rows
    assert len(workspace.ask(Person(person=one.user)).rows) == 6
    workspace.erasing().ask(other.user)
    for person in (one, other):
        with pytest.raises(NoPersonError):
            workspace.ask(Person(person=person.user))
    assert workspace.sql("SELECT * FROM events").read_all().num_rows == 3
    (done,) = workspace.erasing().run()
    assert (done.found["events"], done.found["merges"]) == (6, 1)
    gone = [v for who in (one, other) for v in (who.user, who.anonymous, who.email, who.event)]
    assert EveryByte(tmp_path / "ws").places_with(gone) == set()
    assert workspace.ask(Person(person=third.user)).rows == before


def test_every_table_is_looked_at(tmp_path) -> None:
    workspace = open_workspace(tmp_path / "ws", create=True)
    workspace.inbox.waiting()
    for file, chain in (("state.db", STATE), ("inbox.db", INBOX)):
        with sqlite3.connect(tmp_path / "ws" / file) as database:
            listed = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            there = {name for (name,) in listed if not name.startswith("sqlite_")}
        database.close()
        known = {table.name for table in chain.metadata.sorted_tables}
        assert there - {chain.versions} == known
        assert known - {table.name for table in purging.NOT_OF_PEOPLE}
    workspace.inbox.close()


class Broken(BaseException):
    """Stands for a kill."""


def break_off(monkeypatch: pytest.MonkeyPatch, at: int) -> list[int]:
    """Let the step number ``at`` never return; steps are what changes a file or a folder."""
    steps = [0]

    def stepping(name: str, owner: object) -> None:
        whole = getattr(owner, name)

        def step(*given: object, **more: object) -> object:
            if any("leases" in str(one) for one in given):
                return whole(*given, **more)  # ended by the garbage collector, at any time
            steps[0] += 1
            if steps[0] == at:
                raise Broken
            return whole(*given, **more)

        monkeypatch.setattr(owner, name, step)

    for name in ("fsync", "link", "unlink", "rename", "replace"):
        stepping(name, os)
    stepping("rmtree", shutil)
    from sojourn.adapters.sql.state import StateDatabase

    stepping("transaction", StateDatabase)
    stepping("compact", StateDatabase)
    return steps


def test_broken_off_at_any_step_it_goes_on_and_says_the_same(tmp_path) -> None:
    workspace, people = filled(tmp_path, 3)
    gone, *others = people
    workspace.erasing().ask(gone.user)
    workspace.inbox.close()
    before = journeys(workspace, others)
    del workspace
    told, at, last = set(), 0, 1
    while at < last:
        at += 5
        root = tmp_path / f"at{at}"
        shutil.copytree(tmp_path / "ws", root, ignore=shutil.ignore_patterns("leases"))
        with pytest.MonkeyPatch.context() as patched:
            steps = break_off(patched, at)
            try:
                open_workspace(root).erasing().run()
            except Broken:
                last = at + 1
            else:
                assert steps[0] < at
        again = open_workspace(root)
        again.erasing().run()
        again.inbox.close()
        assert EveryByte(root).places_with(gone.values) == set(), at
        assert journeys(again, others) == before, at
        (done,) = again.erasing().erasures.all()
        said = json.loads(done.certificate)["removed"]
        told.add((said["events"], said["files"], said["quarantined"], said["refused"]))
        shutil.rmtree(root)
    assert at > 60
    assert told == {(6, 4, 1, 1)}
