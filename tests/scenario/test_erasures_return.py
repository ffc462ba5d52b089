"""An older backup brings erased people back, and a later list of erasures takes them out again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from databases import Databases
from every_byte import EveryByte
from people_known import NOW_US, Someone, counts, filled, import_rows, journeys, put, word
from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.app.privacy.errors import ErasureListError, OtherSecretError
from sojourn.cli.main import cli
from sojourn.compose import open_workspace
from sojourn.compose.erasures import export_list, find_list, reapply_list
from sojourn.compose.keeping import back_up, check_backup, restore
from sojourn.events.calls.intake import SEGMENT
from sojourn.insight.overview.person import NoPersonError, Person

if TYPE_CHECKING:
    from pathlib import Path

    from postgres import Server
    from sojourn.app.workspace import Workspace


def quiet(_what: str, _done: int, _total: int) -> None:
    return


def move_away(workspace: Workspace, server: Server | None, folder: Path) -> None:
    """Let a database forget the original: a backup of it is not put beside it there."""
    workspace.inbox.close()
    if server is not None:
        schema = Databases(folder, server, workspace.about.id).schema().schema
        server.run(f"ALTER SCHEMA {schema} RENAME TO {schema}_was")


def test_whoever_was_erased_after_the_backup_is_hidden_at_once_and_gone_with_the_batch(
    tmp_path, any_databases: Databases
) -> None:
    server = any_databases.server
    workspace, people = filled(tmp_path)
    gone, waits, back, *others = people
    put(workspace, {"type": "track", "userId": gone.user, "event": "waiting"})
    back_up(tmp_path / "ws", tmp_path / "backup", quiet)
    before = journeys(workspace, others)
    erasing = workspace.erasing()
    first, lifted = erasing.ask(gone.user), erasing.ask(back.user)
    erasing.run()
    erasing.lift(lifted.id)
    erasing.ask(waits.user)
    listed = export_list(tmp_path / "ws")
    (tmp_path / "list.json").write_text(listed)
    assert not [v for one in people for v in (*one.values, first.why) if v and v in listed]
    move_away(workspace, server, tmp_path)
    for value in gone.values:
        assert EveryByte(tmp_path / "backup").places_with([value]), "the backup brings it back"

    done = restore(tmp_path / "backup", tmp_path / "again", quiet, tmp_path / "list.json").reapplied
    assert done is not None
    assert (done.known, done.found, done.absent, done.lifted) == (0, 3, 0, 0)
    again = open_workspace(tmp_path / "again")
    for one in (gone, waits, back):
        with pytest.raises(NoPersonError):
            again.ask(Person(person=one.user))
    rows = repr(again.sql("SELECT * FROM events").read_all().to_pylist())
    assert not [value for one in (gone, waits, back) for value in one.values if value in rows]
    assert journeys(again, others) == before
    assert not again.erasing().is_due(), "they wait for a batch as they did in the original"

    put(again, *gone.calls())  # not taken, as in the original
    done_now = again.erasing().run()
    again.inbox.close()
    every = EveryByte(tmp_path / "again", server)
    assert every.places_with([v for one in (gone, waits, back) for v in one.values]) == set()
    for other in others:
        for value in other.values:
            assert every.places_with([value])
    assert journeys(again, others) == before
    assert {one.id for one in done_now} == {one.id for one in workspace_erasures(listed)}
    removed = json.loads(done_now[0].certificate)["removed"]
    assert (removed["events"], removed["quarantined"], removed["documents"]) == (7, 1, 1)
    put(again, *back.calls())  # agreed to it, and is known again
    again.hand_over.run()
    assert len(again.ask(Person(person=back.user)).rows) == 3
    again.inbox.close()


def workspace_erasures(listed: str):
    from sojourn.app.privacy.listing import read_list

    return read_list(listed, "list").erasures


def test_a_list_comes_from_a_file_the_workspace_or_a_newer_backup(tmp_path) -> None:
    workspace, people = filled(tmp_path, 3)
    back_up(tmp_path / "ws", tmp_path / "old", quiet)
    workspace.erasing().ask(people[0].user)
    workspace.erasing().run()
    workspace.inbox.close()
    back_up(tmp_path / "ws", tmp_path / "new", quiet)
    (tmp_path / "list").write_text(export_list(tmp_path / "ws"))
    for number, source in enumerate(("list", "ws", "new")):
        target = tmp_path / f"again{number}"
        done = restore(tmp_path / "old", target, quiet, tmp_path / source).reapplied
        assert done is not None
        assert done.found == 1
        open_workspace(target).erasing().run()
        assert EveryByte(target).places_with(people[0].values) == set()
    check_backup(tmp_path / "new", quiet)  # it was only read
    done = restore(tmp_path / "new", tmp_path / "newest", quiet, tmp_path / "ws").reapplied
    assert done is not None
    assert (done.known, done.found) == (1, 0)


def test_the_operator_is_told_where_no_list_was_given_and_can_give_it_later(tmp_path) -> None:
    workspace, people = filled(tmp_path, 3)
    back_up(tmp_path / "ws", tmp_path / "old", quiet)
    workspace.erasing().ask(people[0].user)
    workspace.inbox.close()
    run = CliRunner().invoke
    again, listed = str(tmp_path / "again"), str(tmp_path / "list.json")
    told = run(cli, ["restore", str(tmp_path / "old"), "-w", again, "--json"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["erasures"] is None
    assert "people erasures --apply" in told.stderr
    assert open_workspace(again).ask(Person(person=people[0].user)).rows
    exported = run(cli, ["people", "erasures", "--export", listed, "-w", str(tmp_path / "ws")])
    assert exported.exit_code == 0, exported.output
    told = run(cli, ["people", "erasures", "--apply", listed, "-w", again])
    assert "1 person here again, hidden from now on" in told.output
    with pytest.raises(NoPersonError):
        open_workspace(again).ask(Person(person=people[0].user))
    told = run(cli, ["people", "erasures", "--apply", listed, "-w", again])
    assert "1 were known here" in told.output
    assert "0 people here again" in told.output
    assert run(cli, ["people", "erasures", "-w", again]).exit_code == 2


def test_a_list_of_another_workspace_or_no_list_at_all_restores_nothing(tmp_path) -> None:
    workspace, _ = filled(tmp_path, 1)
    workspace.inbox.close()
    back_up(tmp_path / "ws", tmp_path / "old", quiet)
    open_workspace(tmp_path / "other", create=True)
    with pytest.raises(OtherSecretError):
        restore(tmp_path / "old", tmp_path / "again", quiet, tmp_path / "other")
    listed = json.loads(export_list(tmp_path / "ws"))
    bad = [
        "", "[]", "{}", json.dumps({**listed, "format": 2}), json.dumps({**listed, "ids": "x"}),
        json.dumps({**listed, "ids": [{"digest": 1}]}), json.dumps({**listed, "made_us": None}),
    ]  # fmt: skip
    for number, content in enumerate(bad):
        (tmp_path / f"bad{number}").write_text(content)
        with pytest.raises(ErasureListError):
            restore(tmp_path / "old", tmp_path / "again", quiet, tmp_path / f"bad{number}")
    with pytest.raises(ErasureListError):
        find_list(tmp_path / "nothing")
    assert not (tmp_path / "again").exists()


def test_whoever_is_only_named_beside_the_lake_goes_too(tmp_path) -> None:
    """The backup is from before the person's first event: a refused call names them."""
    workspace = open_workspace(tmp_path / "ws", create=True)
    gone, other = Someone(), Someone()
    import_rows(workspace, tmp_path, other.rows())
    request = Request(
        calls=[{"type": "trick", "userId": gone.user}], dialect=SEGMENT, source="web", sent=None,
        received_us=NOW_US,
    )  # fmt: skip
    taken = take_in(request, Limits(), word)
    workspace.inbox.put(taken.items, taken.refused)
    back_up(tmp_path / "ws", tmp_path / "old", quiet)
    import_rows(workspace, tmp_path, gone.rows())
    workspace.erasing().ask(gone.user)
    workspace.inbox.close()
    assert EveryByte(tmp_path / "old").places_with([gone.user])
    done = restore(tmp_path / "old", tmp_path / "again", quiet, tmp_path / "ws").reapplied
    assert done is not None
    assert (done.found, done.absent) == (1, 0)
    again = open_workspace(tmp_path / "again")
    (erased,) = again.erasing().run()
    assert erased.found["refused"] == 1
    assert EveryByte(tmp_path / "again").places_with(gone.values) == set()
    assert len(again.ask(Person(person=other.user)).rows) == 3
    again.inbox.close()


def test_of_a_shared_device_goes_what_is_known_by_now_to_be_theirs(tmp_path) -> None:
    """The backup knows nobody of the device, or only who came second."""
    workspace = open_workspace(tmp_path / "ws", create=True)
    first, second = Someone(), Someone()
    device = word()
    rows = {
        "visits": [("", device, f"2025-01-0{day}", "visit", "", "", "") for day in (1, 3, 5)],
        "second": [(second.user, device, "2025-01-04", "login", "", "", "")],
        "first": [(first.user, device, "2025-01-02", "login", "", "", "")],
    }
    for name, some in rows.items():
        import_rows(workspace, tmp_path, some)
        back_up(tmp_path / "ws", tmp_path / name, quiet)
    assert len(workspace.ask(Person(person=first.user)).rows) == 3
    workspace.erasing().ask(first.user)
    workspace.inbox.close()
    listed = tmp_path / "ws"
    for name, left in (("visits", 1), ("second", 2), ("first", 2)):
        restore(tmp_path / name, tmp_path / f"again {name}", quiet, listed)
        again = open_workspace(tmp_path / f"again {name}")
        events = again.sql("SELECT * FROM events")
        assert events.read_all().num_rows == left, name
        again.erasing().run()
        assert again.sql("SELECT * FROM events").read_all().num_rows == left, name
        assert sum(counts(again).values()) == left, name
        again.inbox.close()


def test_a_list_brings_a_lift_along_to_a_workspace_that_knew_the_erasure(tmp_path) -> None:
    workspace, people = filled(tmp_path, 2)
    asked = workspace.erasing().ask(people[0].user)
    workspace.erasing().run()
    back_up(tmp_path / "ws", tmp_path / "old", quiet)
    workspace.erasing().lift(asked.id)
    workspace.inbox.close()
    restore(tmp_path / "old", tmp_path / "again", quiet)
    assert reapply_list(tmp_path / "again", tmp_path / "ws").lifted == 1
    again = open_workspace(tmp_path / "again")
    put(again, *people[0].calls())
    again.hand_over.run()
    assert len(again.ask(Person(person=people[0].user)).rows) == 3
    again.inbox.close()
