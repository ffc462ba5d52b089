"""Merging two people over HTTP, and who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sojourn.app.access.roles import Role
from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.events.calls.intake import SEGMENT
from webs import NOW_US, Web, web_over

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "/w/shop/api/v1"


@pytest.fixture
def web(tmp_path) -> Iterator[Web]:
    with web_over(tmp_path) as found:
        workspace = found.site.served["shop"].workspace
        call = {"type": "track", "event": "seen", "userId": "bob", "messageId": "bob"}
        request = Request(
            calls=[call], dialect=SEGMENT, source="web", sent=None, received_us=NOW_US
        )
        workspace.inbox.put(take_in(request, Limits(), lambda: "made").items)
        workspace.hand_over.run()
        yield found


def test_an_editor_merges_two_people_and_tells_them_apart_again(web: Web) -> None:
    editor = web.client(authorization=f"Bearer {web.token('shop', Role.EDITOR)}")
    before = editor.get(f"{BASE}/events").json()
    body = {"gone": "bob", "kept": "ann", "why": "the same phone"}
    made = editor.post(f"{BASE}/merges", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["made"]["who"] == "editor@example.com"
    timeline = editor.get(f"{BASE}/people/bob/events").json()
    assert (timeline["person"], timeline["merged"]) == ("ann", ["bob"])
    assert [row["event"] for row in timeline["rows"]] == ["seen", "bought", "seen"]
    undone = editor.post(f"{BASE}/merges/undone", json={"gone": "bob", "why": "two people"})
    assert undone.json()["undone"]["why"] == "two people"
    assert editor.get(f"{BASE}/events").json()["rows"] == before["rows"]
    listed = editor.get(f"{BASE}/merges").json()
    assert [(each["gone"], each["undone"]["why"]) for each in listed] == [("bob", "two people")]


def test_what_cannot_be_merged_is_told_and_noted_without_ids(web: Web) -> None:
    editor = web.client(authorization=f"Bearer {web.token('shop', Role.EDITOR)}")
    body = {"gone": "bob", "kept": "ann", "why": "the same phone"}
    assert editor.post(f"{BASE}/merges", json=body).status_code == 201
    for wrong, status, kind in (
        (body, 409, "already-merged"),
        (body | {"gone": "ann", "kept": "bob"}, 409, "merge-circle"),
        (body | {"gone": "ann"}, 400, "same-person"),
        (body | {"gone": "zoe"}, 404, "no-person"),
        (body | {"gone": "undefined"}, 400, "placeholder-person"),
        (body | {"why": " "}, 400, "no-reason"),
        (body | {"why": ""}, 422, "invalid"),
    ):
        refused = editor.post(f"{BASE}/merges", json=wrong)
        assert (refused.status_code, refused.json()["code"]) == (status, kind)
    missing = editor.post(f"{BASE}/merges/undone", json={"gone": "ann", "why": "x"})
    assert (missing.status_code, missing.json()["code"]) == (404, "not-merged")
    admin = web.client(authorization=f"Bearer {web.token('shop', Role.ADMIN)}")
    noted = {each["action"]: each["what"] for each in admin.get(f"{BASE}/audit").json()}
    assert noted["people-merged"] == "1"
