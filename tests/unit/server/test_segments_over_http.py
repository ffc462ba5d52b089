"""Segments over HTTP: kept in versions, sized, listed page by page, explained, retired."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from sojourn.app.access.roles import Role
from sojourn.app.segmenting.documents import keep_segment
from sojourn.cli.main import cli
from sojourn.segments.document import read_segment
from webs import Web, web_over

DOCUMENT = {
    "sojourn": "segment/1", "key": "buyers", "title": {"en": "Buyers", "ko": "구매 고객"},
    "who": {"events": ["bought"], "within": "30d"},
}  # fmt: skip
URL = "/w/shop/api/v1/segments"


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with web_over(tmp_path_factory.mktemp("segments")) as found:
        yield found


def as_role(web: Web, role: Role):
    return web.client(authorization=f"Bearer {web.token('shop', role)}")


def test_a_segment_is_kept_in_versions_and_retired(web: Web) -> None:
    editor = as_role(web, Role.EDITOR)
    document = {**DOCUMENT, "key": "regulars"}  # the other tests keep theirs, in any order
    made = editor.post(URL, json={"document": document, "why": "spring"})
    assert made.status_code == 201, made.text
    first = made.json()
    assert (first["key"], first["version"], first["why"]) == ("regulars", 1, "spring")
    assert (first["who"], first["doubts"]) == ("editor@example.com", [])
    yaml = "sojourn: segment/1\nkey: regulars\ntitle: Buyers\nwho: {events: bouht}\n"
    second = editor.post(URL, json={"document": yaml}).json()
    assert second["version"] == 2
    assert "bought" in second["doubts"][0]
    whole = as_role(web, Role.ANALYST).get(f"{URL}/regulars").json()
    assert [each["version"] for each in whole["versions"]] == [1, 2]
    assert "bouht" in whole["document"]
    assert "bouht" not in editor.get(f"{URL}/regulars?version=1").json()["document"]
    gone = editor.delete(f"{URL}/regulars").json()
    assert (gone["active"], gone["version"]) == (False, 3)
    listed = {each["key"]: each["active"] for each in editor.get(URL).json()}
    assert listed["regulars"] is False
    newest = web.site.served["shop"].accounts.log.newest(9)
    noted = [(each.action, each.what) for each in newest if "regulars" in each.what]
    assert noted == [
        ("segment-retired", "regulars"), ("segment-kept", "regulars version 2"),
        ("segment-kept", "regulars version 1"),
    ]  # fmt: skip
    assert editor.post(URL, json={"document": document}).json()["active"] is True


def test_members_and_sizes_are_told_as_of_when(web: Web) -> None:
    editor, analyst = as_role(web, Role.EDITOR), as_role(web, Role.ANALYST)
    editor.post(URL, json={"document": DOCUMENT})
    size = analyst.get(f"{URL}/buyers/size").json()
    assert (size["rows"][0]["people"], size["n"]) == (1, 1)
    before = analyst.get(f"{URL}/buyers/size?at=2026-02-01T00:30:00").json()
    assert (before["rows"][0]["people"], before["n"]) == (0, 1)
    late = analyst.get(f"{URL}/buyers/size?at=2026-06-01").json()
    assert late["rows"][0]["people"] == 0
    assert "only time has passed" in late["notes"][0]
    members = analyst.get(f"{URL}/buyers/members").json()
    assert [row["person"] for row in members["rows"]] == ["ann"]
    assert analyst.get(f"{URL}/buyers/members?after=ann").json()["rows"] == []
    assert web.site.served["shop"].accounts.log.newest(1)[0].action == "person-seen"


def test_all_sizes_come_in_one_answer(tmp_path) -> None:
    with web_over(tmp_path) as web:
        editor, analyst = as_role(web, Role.EDITOR), as_role(web, Role.ANALYST)
        url = "/w/shop/api/v1/segment-sizes"
        assert analyst.get(url).json()["rows"] == []
        editor.post(URL, json={"document": DOCUMENT})
        editor.post(
            URL,
            json={"document": {**DOCUMENT, "key": "others", "who": {"none": [DOCUMENT["who"]]}}},
        )
        editor.delete(f"{URL}/others")  # it can still be asked about
        found = analyst.get(url).json()
        assert [(row["segment"], row["people"]) for row in found["rows"]] == [
            ("buyers", 1),
            ("others", 0),
        ]
        assert (found["n"], found["rows"][0]["share"]["n"]) == (1, 1)
        before = analyst.get(f"{url}?at=2026-02-01T00:30:00").json()
        assert [row["people"] for row in before["rows"]] == [0, 1]
        assert as_role(web, Role.VIEWER).get(url).status_code == 403


def test_why_is_told_rule_by_rule(web: Web) -> None:
    as_role(web, Role.EDITOR).post(URL, json={"document": DOCUMENT})
    analyst = as_role(web, Role.ANALYST)
    told = analyst.get(f"{URL}/buyers/people/ann").json()
    assert told["inside"] is True
    assert told["rows"][0]["events"] == ["2026-02-01 01:00:00 bought"]
    assert analyst.get(f"{URL}/buyers/people/nobody").status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/none", 404, "unknown-name"), ("/none/size", 404, "unknown-name"),
     ("/buyers?version=99", 404, "unknown-name"), ("/buyers/size?at=soon", 400, "date"),
     ("/Not%20a%20key", 422, "invalid"), ("/buyers/members?limit=0", 422, "invalid")],
)  # fmt: skip
def test_what_is_not_there_is_a_problem(web: Web, path, status, code) -> None:
    as_role(web, Role.EDITOR).post(URL, json={"document": DOCUMENT})
    answer = as_role(web, Role.ANALYST).get(URL + path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("document", ["", "a: [", {}, {"key": "x"}, {**DOCUMENT, "who": {"x": 1}}])
def test_a_document_that_is_none_is_refused(web: Web, document) -> None:
    answer = as_role(web, Role.EDITOR).post(URL, json={"document": document})
    assert answer.status_code == 400, answer.text


def test_who_may_only_look_changes_nothing(web: Web) -> None:
    for role in (Role.VIEWER, Role.ANALYST):
        client = as_role(web, role)
        assert client.post(URL, json={"document": DOCUMENT}).status_code == 403
        assert client.delete(f"{URL}/buyers").status_code == 403
    assert as_role(web, Role.VIEWER).get(f"{URL}/buyers/members").status_code == 403


def test_a_timeline_tells_of_segments_entered_and_left(web: Web) -> None:
    workspace = web.site.served["other"].workspace
    analyst = web.client(authorization=f"Bearer {web.token('other', Role.ANALYST)}")
    url = "/w/other/api/v1/people/ann/events"
    assert analyst.get(url).json()["segments"] == {"inside": [], "changes": []}
    now = 1_769_904_000_000_000  # 2026-02-01
    following = workspace.following
    following.now_us = lambda: now + 2 * 3_600_000_000
    document = DOCUMENT | {"key": "lately", "who": {"events": ["bought"], "within": "1d"}}
    keep_segment(workspace.documents, read_segment(json.dumps(document)), who="test")
    following.run()
    told = analyst.get(url).json()
    assert told["segments"] == {"inside": ["lately"], "changes": []}  # not seen to enter
    following.now_us = lambda: now + 48 * 3_600_000_000
    following.run()
    told = analyst.get(url).json()["segments"]
    assert told["inside"] == []
    assert told["changes"] == [
        {"segment": "lately", "version": 1, "entered": False, "cause": "time",
         "at": "2026-02-02T01:00:00+00:00"},
    ]  # fmt: skip
    shown = CliRunner().invoke(cli, ["person", "ann", "-w", workspace.path], env={"COLUMNS": "100"})
    assert re.search(r"left +lately +2026-02-02 01:00:00 · as time passed", shown.output)


@pytest.mark.parametrize(
    "who", [{"where": "plan matches '('"}, {"trait": "plan matches 'a{1001}'"},
            {"sequence": [{"events": ["seen"]}, {"where": "not (plan = a or plan matches '[')"}]},
            {"events": ["seen"], "without": {"where": "plan matches '(?=a)'"}}],
    ids=["event", "trait", "sequence", "without"],
)  # fmt: skip
def test_a_pattern_that_is_none_is_refused_before_it_stops_all_segments(web: Web, who) -> None:
    editor = as_role(web, Role.EDITOR)
    made = editor.post(URL, json={"document": {**DOCUMENT, "key": "broken", "who": who}})
    assert (made.status_code, made.json()["code"]) == (400, "input")
    assert "regular expression" in made.json()["detail"]
    assert editor.get(f"{URL}/broken").status_code == 404
    web.site.served["shop"].workspace.following.run()


@pytest.mark.parametrize(
    "at", ["9999-12-31", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"]
)
def test_the_last_day_there_is_is_no_failure(web: Web, at) -> None:
    as_role(web, Role.EDITOR).post(URL, json={"document": DOCUMENT})
    answer = as_role(web, Role.ANALYST).get(f"{URL}/buyers/size?at={at}")
    assert (answer.status_code, answer.json()["code"]) == (400, "date")
