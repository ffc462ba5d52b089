"""A person erased through a real server: nothing of them is in any byte of the workspace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

import pytest

from every_byte import EveryByte
from people_known import Someone, import_rows, word
from serving import Served, eventually, served
from sojourn.app.segmenting.documents import keep_segment
from sojourn.compose import open_workspace
from sojourn.segments.document import read_segment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals and ps")
BUYERS = "sojourn: segment/1\nkey: buyers\nwho:\n  {events: order, at_least: 1}"


def ask(url: str, body: object = None, **headers: str):
    """Status, body and headers of one answer."""
    data = None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **named})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), error.headers


def signed_in(server: Served) -> dict[str, str]:
    body = {"invitation": server.setup, "email": "dpo@example.com", "password": word()}
    status, said, headers = ask(f"{server.pages}/w/shop/api/v1/setup", body)
    assert status == 201, said
    return {"cookie": headers["set-cookie"].partition(";")[0], "x_csrf_token": said["csrf"]}


def send(server: Served, one: Someone) -> None:
    calls = [{**call, "timestamp": "2026-02-01T00:00:00Z"} for call in one.calls()]
    status, said, _ = ask(f"{server.url}/v1/batch", {"writeKey": server.key, "batch": calls})
    assert status == 200
    assert said["accepted"] == len(calls) - 1  # one is no event, and refused


def sojourn(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sojourn", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def prepared(folder: Path, people: list[Someone]) -> Path:
    """A workspace with an import, a row that was no event, and a segment."""
    root = folder / "shop"
    workspace = open_workspace(root, create=True)
    import_rows(workspace, folder, [row for one in people for row in one.rows()])
    keep_segment(workspace.documents, read_segment(BUYERS), who="x")
    workspace.inbox.close()
    return root


def test_nothing_is_left_of_a_person_who_was_erased_over_http(tmp_path) -> None:
    gone, other = Someone(), Someone()
    root = prepared(tmp_path, [gone, other])
    with served(root) as server:
        for one in (gone, other):
            send(server, one)
        api, session = f"{server.pages}/w/shop/api/v1", signed_in(server)
        events = {one.user: f"{api}/people/{one.user}/events" for one in (gone, other)}
        for url in events.values():
            assert eventually(lambda url=url: len(ask(url, **session)[1].get("rows", ())) == 6, 30)
        status, said, _ = ask(f"{api}/people/{gone.user}/export", **session)
        assert status == 200
        assert not [value for value in gone.values if value not in json.dumps(said)]
        assert eventually(
            lambda: "buyers" in ask(f"{api}/people/{gone.user}/export", **session)[1]
            ["segments"]["inside"], 30,
        )  # fmt: skip
        before = ask(events[other.user], **session)[1]["rows"]
        assert all(EveryByte(root).places_with([value]) for value in gone.values)

        status, asked, _ = ask(
            f"{api}/people/{gone.user}/erasure", {"why": f"{gone.email} asked"}, **session
        )
        assert status == 202, asked
        assert ask(events[gone.user], **session)[0] == 404
        assert ask(f"{api}/people/{gone.user}/export", **session)[0] == 404
        send(server, gone)  # a client that knows of nothing
        sojourn("people", "erase", "--run", "-w", str(root))
        assert ask(events[gone.user], **session)[0] == 404
        assert ask(events[other.user], **session)[1]["rows"] == before
        server.stop()
    sojourn("people", "erase", "--run", "-w", str(root))  # where the server read an old index
    sojourn("people", "certificate", asked["id"], "-w", str(root))
    every = EveryByte(root)
    assert every.places_with(gone.values) == set()
    assert every.places_with([asked["id"]])
    for value in other.values:
        assert every.places_with([value])
    told = "".join(path.read_text("utf-8") for path in (server.log, tmp_path / "shop.said"))
    assert not [value for value in gone.values if value in told]
