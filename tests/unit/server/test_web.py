"""The web process: who may do what, on which workspace, from which page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from doors import body_of, path_of
from sojourn.app.access.roles import Role, may
from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.events.calls.intake import SEGMENT
from sojourn.server.web.app import create_app
from sojourn.server.web.failures import STATUSES
from sojourn.server.web.matrix import Door, doors
from sojourn.server.web.served import Site
from sojourn.server.web.shield import Pace
from webs import HOST, NOW_US, PASSWORD, Web, web_over

if TYPE_CHECKING:
    import httpx2 as httpx


ENDPOINTS = [pytest.param(door, id=f"{door.method} {door.route.path_format}") for door in doors()]
OPEN = {
    ("POST", "/session"), ("POST", "/setup"),
    ("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/sign-in/back"),
}  # fmt: skip


def call(client: httpx.Client, door: Door, name: str):
    return client.request(door.method, path_of(door, name), json=body_of(door))


def test_only_signing_in_needs_no_role() -> None:
    assert {
        (door.method, door.route.path_format) for door in doors() if door.action is None
    } == OPEN


@pytest.mark.parametrize("door", ENDPOINTS)
def test_the_matrix_of_endpoints_and_roles(web: Web, door) -> None:
    if door.action is None:
        return
    assert call(web.client(), door, "shop").status_code == 401
    for role in Role:
        token = web.token("shop", role)
        client = web.client(authorization=f"Bearer {token}")
        answer = call(client, door, "shop")
        if may(role, door.action):
            assert answer.status_code in {200, 201, 202, 204, 404, 409}, (role, answer.text)
        else:
            assert answer.status_code == 403, role
            assert answer.json()["type"] == "urn:sojourn:problem:role"
        # the same token is worth nothing on a second workspace of the server
        assert call(client, door, "other").status_code == 401
        assert call(client, door, "none").status_code == 404


def signed_in(web: Web, name: str = "shop") -> tuple[TestClient, dict[str, str]]:
    client = web.client()
    answer = client.post(
        f"/w/{name}/api/v1/session", json={"email": "admin@example.com", "password": PASSWORD}
    )
    assert answer.status_code == 200, answer.text
    return client, {"x-csrf-token": answer.json()["csrf"]}


def test_a_session_is_a_cookie_that_scripts_cannot_read(web: Web) -> None:
    client = web.client()
    answer = client.post(
        "/w/shop/api/v1/session", json={"email": "admin@example.com", "password": PASSWORD}
    )
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/w/shop" in cookie
    assert "secure" not in cookie  # it is reached without TLS here
    assert answer.json() | {"user": "", "csrf": ""} == {
        "user": "", "email": "admin@example.com", "role": "admin", "csrf": "",
        "workspace": "shop", "collector": "http://127.0.0.1:8401",
    }  # fmt: skip


def test_behind_tls_cookies_go_by_tls_only(web: Web) -> None:
    site = Site(served=web.site.served, hosts=frozenset({"s.example.com"}), https=True)
    client = TestClient(create_app(site), base_url="https://s.example.com")
    answer = client.post(
        "/w/shop/api/v1/session", json={"email": "admin@example.com", "password": PASSWORD}
    )
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age=31536000" in answer.headers["strict-transport-security"]


def test_a_change_needs_the_sessions_own_token(web: Web) -> None:
    client, csrf = signed_in(web)
    path = "/w/shop/api/v1/tokens"
    body = {"name": "x", "role": "viewer"}
    assert client.get(path).status_code == 200
    for headers in ({}, {"x-csrf-token": "guess"}, {**csrf, "origin": "http://evil.example"}):
        answer = client.post(path, json=body, headers=headers)
        assert answer.status_code == 403, headers
    assert (
        client.post(path, json=body, headers={**csrf, "origin": f"http://{HOST}"}).status_code
        == 201
    )


def test_a_token_is_told_its_own_role(web: Web) -> None:
    client, csrf = signed_in(web)
    body = {"name": "report", "role": "viewer"}
    made = client.post("/w/shop/api/v1/tokens", json=body, headers=csrf).json()
    program = web.client(authorization=f"Bearer {made['secret']}")
    assert program.get("/w/shop/api/v1/session").json()["role"] == "viewer"


def test_a_session_of_one_workspace_is_nothing_in_another(web: Web) -> None:
    client, csrf = signed_in(web)
    cookie = client.cookies.get("sojourn_session", path="/w/shop")
    other = web.client(cookie=f"sojourn_session={cookie}")
    assert other.get("/w/other/api/v1/session").status_code == 401
    assert other.get("/w/shop/api/v1/session").status_code == 200
    assert client.delete("/w/shop/api/v1/session", headers=csrf).status_code == 204
    assert other.get("/w/shop/api/v1/session").status_code == 401


def test_another_sites_page_cannot_sign_anybody_in(web: Web) -> None:
    answer = web.client(origin="http://evil.example").post(
        "/w/shop/api/v1/session", json={"email": "admin@example.com", "password": PASSWORD}
    )
    assert answer.json()["type"] == "urn:sojourn:problem:other-origin"


def test_the_set_up_link_works_once(web: Web) -> None:
    secret = web.site.served["other"].accounts.invite(Role.ANALYST)
    body = {"invitation": secret, "email": "new@example.com", "password": PASSWORD}
    client = web.client()
    made = client.post("/w/other/api/v1/setup", json=body)
    assert (made.status_code, made.json()["role"]) == (201, "analyst")
    assert client.get("/w/other/api/v1/session").status_code == 200
    assert client.post("/w/other/api/v1/setup", json=body).status_code == 410
    assert client.post("/w/shop/api/v1/setup", json=body).status_code == 410


def test_failed_sign_ins_are_slowed_down(web: Web) -> None:
    client = web.client()
    wrong = {"email": "viewer@example.com", "password": "x"}
    answers = []
    while not answers or (answers[-1].status_code == 401 and len(answers) < 12):
        answers.append(client.post("/w/other/api/v1/session", json=wrong))
    # On a slow machine the first waits, of a second or two, are over before the next try.
    assert len(answers) > 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_questions_answer_as_the_command_line_does(web: Web) -> None:
    client, _ = signed_in(web)
    events = client.get("/w/shop/api/v1/events").json()
    assert {row["event"]: row["people"] for row in events["rows"]} == {"seen": 1, "bought": 1}
    timeline = client.get("/w/shop/api/v1/people/ann/events").json()
    assert [row["event"] for row in timeline["rows"]] == ["seen", "bought"]
    assert client.get("/w/shop/api/v1/people/nobody/events").status_code == 404
    assert client.get("/w/shop/api/v1/map").json()["format"].startswith("sojourn-map/")


def test_the_maps_page_runs_its_own_scripts_only(web: Web) -> None:
    client, _ = signed_in(web)
    page = client.get("/w/shop/map?lang=ko")
    policy = page.headers["content-security-policy"]
    scripts = policy.split(";")[0]
    assert re.fullmatch(r"script-src( 'sha256-[\w+/]+=*')+", scripts)
    assert "unsafe-inline" not in scripts
    assert page.text.startswith("<!doctype html>") or page.text.startswith("<!DOCTYPE html>")


def test_every_answer_carries_the_security_headers(web: Web) -> None:
    client = web.client()
    for path in ("/w/shop/", "/static/app.js", "/healthz", "/nope", "/w/shop/api/v1/session"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
    assert client.get("/w/shop/api/v1/session").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "127.0.0.1", ""])
def test_another_host_is_not_answered(web: Web, host) -> None:
    answer = web.client(host=host).get("/healthz")
    assert (answer.status_code, answer.json()["type"]) == (421, "urn:sojourn:problem:unknown-host")


def test_bodies_are_bounded_and_checked(web: Web) -> None:
    client = web.client()
    path = "/w/shop/api/v1/session"
    large = client.post(path, content=b"x" * (1024 * 1024 + 1))
    assert large.status_code == 413

    def endless():
        for _ in range(100):
            yield b"x" * 65536

    assert client.post(path, content=endless()).status_code == 413
    for body in (b"", b"{", b"[]", b'{"email": 1}', b'{"email": "a", "password": "b", "c": 1}'):
        answer = client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


def test_too_many_requests_are_told_to_wait(web: Web) -> None:
    app = create_app(web.site)
    app.pace = Pace(most=3)
    client = TestClient(app, base_url=f"http://{HOST}")
    answers = [client.get("/healthz") for _ in range(5)]
    assert [each.status_code for each in answers].count(429) >= 1
    assert int(answers[-1].headers["retry-after"]) <= 61


def test_an_error_nobody_foresaw_says_nothing_of_its_words(web: Web, monkeypatch, caplog) -> None:
    def fails(*_args, **_more):
        raise RuntimeError("ann@example.com")

    monkeypatch.setattr(type(web.site.served["shop"].workspace), "ask", fails)
    client = web.client(authorization=f"Bearer {web.token('shop', Role.VIEWER)}")
    answer = client.get("/w/shop/api/v1/events")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:sojourn:problem:failed")
    assert "ann@" not in answer.text + caplog.text


def test_the_openapi_document_tells_of_every_endpoint(web: Web) -> None:
    document = web.client().get("/openapi.json").json()
    told = {(method.upper(), path) for path, ways in document["paths"].items() for method in ways}
    assert {(door.method, door.path) for door in doors()} <= told
    for ways in document["paths"].values():
        for way in ways.values():
            assert way.get("description") or way.get("summary")
    json.dumps(document)


def test_every_body_and_answer_has_examples(web: Web) -> None:
    document = web.client().get("/openapi.json").json()
    models = document["components"]["schemas"]
    used: set[str] = set()

    def walk(part: object) -> None:
        for value in part.values() if isinstance(part, dict) else part:
            if isinstance(value, str) and value.startswith("#/components/schemas/"):
                name = value.rpartition("/")[2]
                if name not in used:
                    used.add(name)
                    walk(models[name])
            elif isinstance(value, dict | list):
                walk(value)

    def shown(field: dict[str, object]) -> bool:
        says_itself = any(word in str(field) for word in ("$ref", "'date-time'", "'enum'"))
        return "examples" in field or "default" in field or says_itself

    walk(document["paths"])
    assert {"FunnelQuestion", "SignIn", "MergeOut"} <= used
    assert [
        (name, key)
        for name in sorted(used)
        if "examples" not in models[name]
        for key, field in models[name].get("properties", {}).items()
        if not shown(field)
    ] == []


def test_every_problem_of_ours_is_documented(web: Web) -> None:
    document = web.client().get("/openapi.json").json()
    shown = document["paths"]["/w/{workspace}/api/v1/keys"]["post"]["responses"]
    codes = {
        (int(status), code)
        for status, told in shown.items()
        for code in told["content"].get("application/problem+json", {}).get("examples", {})
    }
    source = "".join(
        path.read_text("utf-8")
        for path in Path(create_app.__code__.co_filename).parent.rglob("*.py")
    )
    raised = set(re.findall(r"Problem\(\s*(\d+), \"([a-z-]+)\"", source))
    assert len(raised) > 10
    assert {(int(status), code) for status, code in raised} <= codes
    assert {(status, code) for code, status in STATUSES.items()} <= codes


def test_what_to_install_is_what_the_guide_says(web: Web) -> None:
    client = web.client(authorization=f"Bearer {web.token('shop', Role.EDITOR)}")
    told = client.get("/w/shop/api/v1/install").json()
    assert (told["workspace"], told["collector"]) == ("shop", "http://127.0.0.1:8401")
    code = {each["name"]: each["code"] for each in told["snippets"]}
    assert {"python", "node", "http"} <= set(code)
    guide = (Path(__file__).resolve().parents[3] / "docs" / "clients.md").read_text("utf-8")
    for name, key, url in (
        ("python", 'os.environ["SOJOURN_KEY"]', 'os.environ["SOJOURN_URL"]'),
        ("node", "process.env.SOJOURN_KEY", "process.env.SOJOURN_URL"),
    ):
        lines = code[name].replace(f'"{told["placeholder"]}"', key)
        lines = lines.replace(f'"{told["collector"]}"', url).splitlines()
        # how the library is loaded, made and ended is what the tests of the guide run
        for line in (lines[0], next(each for each in lines if "Client(" in each or "new " in each)):
            assert line in guide, line
        assert lines[-1] in guide
    for text in code.values():
        assert told["placeholder"] in text
        assert told["collector"] in text
    if "browser" in code:
        full = client.get("/w/shop/api/v1/install?consent=full").json()
        assert 'data-consent="full"' in full["snippets"][0]["code"]


def test_write_keys_are_managed_by_editors_and_admins(web: Web) -> None:
    client, csrf = signed_in(web)
    made = client.post("/w/shop/api/v1/keys", json={"name": "website"}, headers=csrf)
    assert (made.status_code, made.json()["secret"][:3]) == (201, "wk_")
    assert (
        client.post("/w/shop/api/v1/keys", json={"name": "website"}, headers=csrf).status_code
        == 409
    )
    assert made.json()["secret"] not in client.get("/w/shop/api/v1/keys").text
    assert client.delete("/w/shop/api/v1/keys/website", headers=csrf).status_code == 204
    assert client.delete("/w/shop/api/v1/keys/website", headers=csrf).status_code == 404
    actions = [row["action"] for row in client.get("/w/shop/api/v1/audit").json()]
    assert {"key-made", "key-revoked"} <= set(actions)


def test_an_admin_erases_a_person_and_sees_the_certificate(web: Web) -> None:
    served = web.site.served["other"]
    client, headers = signed_in(web, "other")
    url = "/w/other/api/v1"
    answer = client.post(f"{url}/people/ann/erasure", json={"why": "asked"}, headers=headers)
    assert answer.status_code == 202, answer.text
    asked = answer.json()
    assert (asked["done"], asked["certificate"], asked["why"]) == (None, None, "asked")
    assert client.get(f"{url}/people/ann/events").status_code == 404
    assert client.get(f"{url}/events").json()["rows"] == []
    served.workspace.erasing().run()
    (done,) = client.get(f"{url}/erasures").json()
    assert done == client.get(f"{url}/erasures/{asked['id']}").json()
    assert done["certificate"]["removed"]["events"] == 2
    assert '"ann"' not in json.dumps(done)
    lifted = client.delete(f"{url}/erasures/{asked['id']}/suppression", headers=headers)
    assert lifted.json() == {"ids": 1}
    noted = [entry.action for entry in served.accounts.log.newest(2)]
    assert noted == ["erasure-lifted", "person-erased"]
    assert client.get(f"{url}/erasures/none").status_code == 404


def test_an_admin_exports_a_person_and_it_is_noted(web: Web) -> None:
    served = web.site.served["shop"]
    client, _ = signed_in(web, "shop")
    answer = client.get("/w/shop/api/v1/people/ann/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    said = answer.json()
    assert (said["person"], [each["event"] for each in said["events"]]) == (
        "ann",
        ["seen", "bought"],
    )
    (entry,) = served.accounts.log.newest(1)
    assert entry.action == "person-exported"
    assert "ann" not in entry.what
    assert client.get("/w/shop/api/v1/people/nobody/export").status_code == 404


@pytest.mark.parametrize("person", ["a/b", "/", "a/export", "../ann", "한글/ann", "x?y#z"])
def test_whoever_has_signs_of_addresses_in_their_id_is_found_and_erased_too(tmp_path, person):
    with web_over(tmp_path) as web:
        workspace = web.site.served["shop"].workspace
        call = {"type": "track", "event": "seen", "userId": person, "messageId": "odd"}
        sent = Request(calls=[call], dialect=SEGMENT, source="web", sent=None, received_us=NOW_US)
        workspace.inbox.put(take_in(sent, Limits(), lambda: "made").items)
        workspace.hand_over.run()
        client = web.client(authorization=f"Bearer {web.token('shop', Role.ADMIN)}")
        about = f"/w/shop/api/v1/people/{quote(person, safe='')}"
        assert "seen" in client.get(f"{about}/events").text
        assert client.get(f"{about}/export").json()["user_ids"] == [person]
        assert client.post(f"{about}/erasure", json={}).status_code == 202
        assert client.get(f"{about}/events").status_code == 404
        assert client.get("/w/shop/api/v1/people/ann/events").status_code == 200
