"""Everything a workspace holds of one person comes out, and nothing of anybody else."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from people_known import Someone, filled, import_rows, put, word
from sojourn.app.people import merge_people, unmerge_person
from sojourn.app.privacy.errors import OwnedIdError, UnknownPersonError
from sojourn.app.privacy.exporting import export_person
from sojourn.app.segmenting.documents import keep_segment
from sojourn.cli.main import cli
from sojourn.compose import open_workspace
from sojourn.insight.overview.person import NoPersonError
from sojourn.segments.document import read_segment

if TYPE_CHECKING:
    from databases import Databases


def test_all_of_a_person_and_nothing_of_others_is_in_it(tmp_path, any_databases: Databases) -> None:
    workspace, people = filled(tmp_path)
    one, *others = people
    keep_segment(
        workspace.documents,
        read_segment("sojourn: segment/1\nkey: buyers\nwho:\n  {events: order, at_least: 1}"),
        who="x",
    )
    workspace.following.run()
    put(workspace, {"type": "identify", "userId": one.user, "timestamp": "2026-02-02T00:00:00Z",
                    "traits": {"name": "New Name", "consent.email": True}})  # fmt: skip
    said = export_person(workspace, one.user).content
    text = json.dumps(said)
    assert not [value for value in one.values if value not in text]
    assert not [value for each in others for value in each.values if value in text]
    assert said["user_ids"] == (one.user,)
    assert {each["id"] for each in said["anonymous_ids"]} == {one.anonymous, one.phone}
    assert [event["event"] for event in said["events"]] == [
        "visit", "login", one.event, "identify", "order", "look", "identify",
    ]  # fmt: skip
    order = said["events"][4]
    assert order["properties"]["note"] == one.notes[3]
    assert (order["user_id"], order["source"]) == (one.user, "web")
    names = {trait["name"]: trait for trait in said["traits"]}
    assert names["name"]["value"] == "New Name"
    assert [former["value"] for former in names["name"]["former"]] == [one.name]
    assert said["segments"]["inside"] == ["buyers"]
    assert one.notes[4] in said["refused_calls"][0]["call"]
    assert one.notes[2] in said["rows_set_apart"][0]
    workspace.following.store.close()
    workspace.inbox.close()
    assert any_databases.workspace


def test_of_a_shared_device_and_of_merges_only_what_is_theirs(tmp_path) -> None:
    workspace = open_workspace(tmp_path / "ws", create=True)
    first, second, third = Someone(), Someone(), Someone()
    device = word()
    import_rows(workspace, tmp_path, [
        ("", device, "2025-01-01", "visit", "", "", "early"),
        (first.user, device, "2025-01-02", "login", "", "", ""),
        ("", device, "2025-01-03", "visit", "", "", "early"),
        (second.user, device, "2025-01-04", "login", "", "", ""),
        ("", device, "2025-01-05", "visit", "", "", "late"),
        (third.user, "", "2025-01-06", "login", "", "", ""),
    ])  # fmt: skip
    said = export_person(workspace, first.user).content
    assert [event["event"] for event in said["events"]] == ["visit", "login", "visit"]
    assert said["anonymous_ids"][0]["until"].startswith("2025-01-04")
    assert second.user not in json.dumps(said)
    with pytest.raises(OwnedIdError):
        export_person(workspace, device)
    with pytest.raises(UnknownPersonError):
        export_person(workspace, "nobody")
    merge_people(workspace, third.user, first.user, who="x", why="the same")
    merge_people(workspace, second.user, first.user, who="x", why="a mistake")
    unmerge_person(workspace, second.user, who="x", why="two people")
    for person in (first.user, third.user):
        said = export_person(workspace, person).content
        assert len(said["events"]) == 4
        assert [(each["gone"], each["kept"]) for each in said["merges"]] == [
            (third.user, first.user)
        ]
        assert second.user not in json.dumps(said)
    workspace.erasing().ask(first.user)
    with pytest.raises(NoPersonError):
        export_person(workspace, first.user)


def test_the_command_writes_the_document_and_the_audit_log_says_so_without_a_name(tmp_path) -> None:
    workspace, people = filled(tmp_path, 2)
    workspace.inbox.close()
    one = people[0]
    target = tmp_path / "person.json"
    done = CliRunner().invoke(
        cli, ["people", "export", one.user, "-o", str(target), "-w", str(tmp_path / "ws")]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(target.read_text("utf-8"))["person"] == one.user
    (entry,) = workspace.accounts.log.newest(1)
    assert (entry.action, len(entry.what)) == ("person-exported", 16)
    if os.name == "posix":
        assert target.stat().st_mode & 0o077 == 0  # nobody else's to read
    assert entry.what not in {one.user, people[1].user}
