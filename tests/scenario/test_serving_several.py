"""``sojourn serve -w A -w B``: one server, and nothing of one workspace is in another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

import postgres
import sojourn
from every_byte import EveryByte
from serving import Served, eventually, served
from sojourn.base.errors import InputError
from sojourn.compose import open_workspace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals and ps")
PASSWORD = "correct horse battery"


@pytest.fixture
def server(tmp_path):
    with served(tmp_path / "a", others=(tmp_path / "b",)) as running:
        yield running


def ask(url: str, body: object = None, method: str = "", **headers: str):
    """Status, body and headers of one answer."""
    data = None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(
        url, data, {"Content-Type": "application/json", **named}, method=method or None
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), error.headers


def send(server: Served, key: str, *ids: str, event: str = "Bought", **more: object) -> int:
    calls = [
        {"type": "track", "event": event, "userId": "ann", "messageId": each, **more}
        for each in ids
    ]
    return ask(f"{server.url}/v1/batch", {"writeKey": key, "batch": calls})[0]


def timeline(folder: Path) -> list[str]:
    try:
        return [row.event for row in sojourn.open(str(folder)).person("ann").rows]
    except InputError:
        return []


def signed_in(server: Served, name: str) -> dict[str, str]:
    """What a browser sends along once the first account of a workspace is made."""
    body = {"invitation": server.setups[name], "email": f"{name}@example.com", "password": PASSWORD}
    status, said, headers = ask(f"{server.pages}/w/{name}/api/v1/setup", body)
    assert status == 201, said
    return {"cookie": headers["set-cookie"].partition(";")[0], "x_csrf_token": said["csrf"]}


def test_the_same_person_of_two_workspaces_is_two(server: Served) -> None:
    a, b = server.workspace, server.others[0]
    assert set(server.keys) == set(server.setups) == {"a", "b"}
    assert len(set(server.keys.values())) == len(set(server.setups.values())) == 2
    # the same id of a call in both: each counts where it belongs
    assert send(server, server.keys["a"], "m1", "m2", event="Bought in a") == 200
    assert send(server, server.keys["b"], "m1", event="Bought in b") == 200
    assert send(server, "wk_of_nobody", "m3") == 401
    assert eventually(lambda: timeline(a) == ["Bought in a"] * 2, within=30)
    assert eventually(lambda: timeline(b) == ["Bought in b"], within=30)
    assert server.stop() == 0
    for folder, own, other in (
        (a, "Bought in a", "Bought in b"),
        (b, "Bought in b", "Bought in a"),
    ):
        held = EveryByte(folder)
        assert (bool(held.places_with([own])), held.places_with([other])) == (True, set())


def test_what_opens_one_opens_no_other(server: Served) -> None:
    api = {name: f"{server.pages}/w/{name}/api/v1" for name in ("a", "b")}
    stolen = {"invitation": server.setups["a"], "email": "x@example.com", "password": PASSWORD}
    assert ask(f"{api['b']}/setup", stolen)[0] == 410
    browser = {name: signed_in(server, name) for name in api}
    for name, other in (("a", "b"), ("b", "a")):
        assert ask(f"{api[name]}/session", **browser[name])[1]["workspace"] == name
        assert ask(f"{api[other]}/session", **browser[name])[0] == 401
        token = ask(f"{api[name]}/tokens", {"name": "t", "role": "admin"}, **browser[name])[1]
        bearer = {"authorization": f"Bearer {token['secret']}"}
        assert ask(f"{api[name]}/users", **bearer)[1][0]["email"] == f"{name}@example.com"
        assert ask(f"{api[other]}/users", **bearer)[0] == 401
        # a key made on one page sends to that page's workspace
        key = ask(f"{api[name]}/keys", {"name": "site"}, **browser[name])[1]["secret"]
        listed = [each["name"] for each in ask(f"{api[other]}/keys", **browser[other])[1]]
        assert ("site" in listed) is (name == "b")
        assert eventually(lambda key=key: send(server, key, "m1") == 200)
        assert ask(f"{api[name]}/install", **browser[name])[1]["workspace"] == name
        audit = ask(f"{api[name]}/audit", **browser[name])[1]
        assert [row["what"] for row in audit if row["action"] == "key-made"] == ["site"]
    assert ask(f"{server.pages}/")[0] == 404  # names are nobody's business


def test_each_worker_is_replaced_alone(server: Served) -> None:
    before = server.children()
    assert set(before) == {"collector", "web", "worker a", "worker b"}
    os.kill(before["worker b"], signal.SIGKILL)
    assert send(server, server.keys["b"], "m1") == 200
    assert eventually(lambda: timeline(server.others[0]) == ["Bought"], within=30)
    after = server.children()
    assert {name for name in before if before[name] != after[name]} == {"worker b"}
    assert server.stop() == 0


def test_erasures_of_each_workspace_are_done(server: Served) -> None:
    folders = (server.workspace, *server.others)
    for folder in folders:
        assert send(server, server.keys[folder.name], "m1") == 200
        assert eventually(lambda folder=folder: timeline(folder) == ["Bought"], within=30)
    for folder in folders[1:]:
        done = subprocess.run(
            [sys.executable, "-m", "sojourn", "people", "erase", "ann", "--why", "asked",
             "-w", str(folder)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert eventually(lambda: timeline(folders[1]) == [], within=30)
    assert timeline(folders[0]) == ["Bought"]


def test_one_whose_database_is_broken_stops_only_itself(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    with served(a, others=(b,)) as server:
        assert send(server, server.keys["a"], "m1") == 200
        assert server.stop() == 0
        kept = {path: path.read_bytes() for path in (b / "state.db", b / "inbox.db")}
        for path in kept:
            for left in path.parent.glob(f"{path.name}-*"):
                left.unlink()
            path.write_bytes(b"this is no database" * 1000)
        server.start()
        assert eventually(lambda: send(server, server.keys["a"], "m2") == 200, within=30)
        assert send(server, server.keys["b"], "m2") == 503
        assert ask(f"{server.url}/readyz")[1] == {"status": "partly", "workspaces": 2, "ready": 1}
        for place in (server.url, server.pages):
            assert ask(f"{place}/readyz")[1]["status"] == "partly"
            answers = [ask(f"{place}/readyz/{name}") for name in "abc"]
            assert [status for status, *_ in answers] == [200, 503, 404]
            assert answers[1][2]["retry-after"]
        assert eventually(lambda: timeline(a) == ["Bought"] * 2, within=30)
        for path, content in kept.items():
            back = path.with_name(f"{path.name}.back")
            back.write_bytes(content)
            back.replace(path)  # in one step: whoever looks meanwhile finds the one or the other
        assert eventually(lambda: send(server, server.keys["b"], "m3") == 200, within=30)
        assert eventually(lambda: timeline(b) == ["Bought"], within=30)


@pytest.mark.skipif(bool(postgres.why_not()), reason=postgres.why_not())
def test_one_in_a_file_and_one_in_postgresql(tmp_path: Path, monkeypatch) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    with postgres.running() as database:
        monkeypatch.setenv("PGPASSWORD", database.password)
        monkeypatch.setenv("SOJOURN_DATABASE", database.url)
        open_workspace(b, create=True)  # its folder says where from now on
        monkeypatch.delenv("SOJOURN_DATABASE")
        with served(a, others=(b,)) as server:
            tables = database.run("SELECT count(*) FROM pg_tables WHERE tablename = 'users'")
            assert (tables, (a / "state.db").exists(), (b / "state.db").exists()) == (
                [[1]], True, False,
            )  # fmt: skip
            assert send(server, server.keys["a"], "m1", event="Bought in a") == 200
            assert send(server, server.keys["b"], "m1", event="Bought in b") == 200
            assert eventually(lambda: timeline(b) == ["Bought in b"], within=30)
            browser = signed_in(server, "b")
            assert ask(f"{server.pages}/w/a/api/v1/session", **browser)[0] == 401
            database.stop()
            assert send(server, server.keys["a"], "m2", event="Bought in a") == 200
            status, said, headers = ask(
                f"{server.url}/v1/track",
                {"writeKey": server.keys["b"], "event": "x", "userId": "ann", "messageId": "m2"},
            )
            assert (status, said["code"]) == (503, "state-unusable")
            assert int(headers["retry-after"]) > 0
            assert ask(f"{server.url}/readyz/b")[0] == 503
            assert server.stop() == 0
            # A server that starts while one database is away serves the others.
            server.start()
            assert send(server, server.keys["a"], "m3", event="Bought in a") == 200
            assert send(server, server.keys["b"], "m3", event="Bought in b") == 503
            database.start()
            assert eventually(
                lambda: send(server, server.keys["b"], "m3", event="Bought in b") == 200, within=30
            )
            assert eventually(lambda: timeline(a) == ["Bought in a"] * 3, within=30)
            assert eventually(lambda: timeline(b) == ["Bought in b"] * 2, within=60)
            assert server.stop() == 0
