"""Every endpoint of a running server, called by everybody: what each is answered, and what shows.

Two workspaces of one server hold people of the same ids, and each a mark that is nowhere in the
other. Whoever calls, an answer about one workspace must not hold the other's mark.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doors import body_of, path_of
from every_byte import EveryByte
from serving import served
from sojourn.app.access.roles import Role, may
from sojourn.compose import open_workspace
from sojourn.server.collector.routes import ROUTES
from sojourn.server.web.matrix import Door, doors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from serving import Served

NAMES = ("one", "two")
NO_WORKSPACE = "three"
PASSWORD = "correct horse battery"
DONE = frozenset((200, 201, 202, 204, 404, 409))
"""Who may call is answered so: that what was asked for is not there is an answer, too."""
SAFE = frozenset(("GET", "HEAD"))
OTHER_METHODS = ("GET", "PUT", "PATCH", "DELETE")
KEEPS_S = 60.0


@dataclass(frozen=True)
class Answer:
    status: int
    code: str
    """Of a problem."""
    text: str
    headers: http.client.HTTPMessage


@dataclass(frozen=True)
class Caller:
    """Somebody who calls, from a network address of their own: a server bounds each one's pace."""

    kind: str
    home: str = ""
    """The workspace they belong to; empty for who belongs to none any more."""
    role: Role | None = None
    headers: dict[str, str] = field(default_factory=dict)
    is_whole: bool = True
    """Not a session without its token against forged requests."""


@dataclass
class Found:
    """What came of it."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Calls by who called, whose door it was and what came of it."""
    bad: list[str] = field(default_factory=list)
    doors: int = 0
    callers: int = 0
    accepted: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    """Calls that the collector took, by workspace."""
    shown: int = 0
    """Answers about a workspace that hold its own mark."""

    def judge(self, who: tuple[str, str], what: str, answer: Answer, expected: str) -> None:
        """Count an answer; note it where it is not the expected one."""
        came = _came(answer)
        self.counts[(*who, expected)] += 1
        if came != expected:
            self.bad.append(f"{who[0]}, {who[1]}: {what} gave {answer.status} {answer.code}")


def _came(answer: Answer) -> str:
    if answer.status in DONE and answer.code not in {"unknown-workspace", "unknown-path"}:
        return "done"
    return f"{answer.status} {answer.code}".strip()


@dataclass
class Calls:
    """Calls on a running server of two workspaces."""

    server: Served
    found: Found = field(default_factory=Found)
    marks: dict[str, str] = field(default_factory=dict)
    sources: dict[Caller | str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.marks = {name: f"only-{name}-{secrets.token_hex(6)}" for name in NAMES}

    def ask(
        self, port: int, method: str, path: str, body: object = None, source: str = "", **headers
    ) -> Answer:
        """One request; who is told to wait waits."""
        raw = None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if raw is not None:
            named["content-type"] = "application/json"
        while True:
            connection = http.client.HTTPConnection(
                "127.0.0.1", port, timeout=KEEPS_S, source_address=(source, 0) if source else None
            )
            try:
                connection.request(method, path, raw, named)
                answer = connection.getresponse()
                text = answer.read().decode("utf-8", "replace")
            finally:
                connection.close()
            if answer.status != 429:
                break
            time.sleep(float(answer.headers["retry-after"]))
        kind = answer.headers.get("content-type", "")
        code = json.loads(text)["code"] if kind == "application/problem+json" else ""
        return Answer(answer.status, code, text, answer.headers)

    def page(self, method: str, path: str, body: object = None, **more: str) -> Answer:
        return self.ask(self.server.pages_port, method, path, body, **more)

    def send(self, path: str, body: object, **headers: str) -> Answer:
        return self.ask(self.server.port, "POST", path, body, **headers)

    def api(self, name: str, method: str, path: str, body: object, as_: Caller) -> dict:
        """What comes of something that must be done before the matrix can be called."""
        answer = self.page(method, f"/w/{name}/api/v1{path}", body, **as_.headers)
        assert answer.status in {200, 201, 204}, answer.text
        return json.loads(answer.text or "{}")

    def session(self, name: str, invitation: str, email: str, role: Role) -> Caller:
        """A new account and its session in a browser."""
        body = {"invitation": invitation, "email": email, "password": PASSWORD}
        answer = self.page("POST", f"/w/{name}/api/v1/setup", body)
        assert answer.status == 201, answer.text
        cookie = answer.headers["set-cookie"].partition(";")[0]
        headers = {"cookie": cookie, "x_csrf_token": json.loads(answer.text)["csrf"]}
        return Caller("session", name, role, headers)

    def invited(self, name: str, admin: Caller, role: Role, local: str) -> Caller:
        link = self.api(name, "POST", "/invitations", {"role": role}, admin)["path"]
        email = f"{local}@{self.marks[name]}.example"
        return self.session(name, link.partition("#setup=")[2], email, role)

    def token(self, name: str, of: Caller, role: Role, kind: str) -> Caller:
        body = {"name": self.marks[name], "role": role}
        made = self.api(name, "POST", "/tokens", body, of)
        return Caller(kind, name, role, {"authorization": f"Bearer {made['secret']}"})

    def people(self, name: str, whole: bool) -> Iterator[Caller]:
        """Everybody who belongs, or belonged, to a workspace."""
        email = f"admin@{self.marks[name]}.example"
        admin = self.session(name, self.server.setups[name], email, Role.ADMIN)
        by_role = {Role.ADMIN: admin}
        for role in Role:
            if role is not Role.ADMIN:
                by_role[role] = self.invited(name, admin, role, role)
        yield from by_role.values()
        yield self.token(name, admin, Role.ADMIN, "token")
        basic = base64.b64encode(f"{self.server.keys[name]}:".encode()).decode()
        yield Caller("write key", headers={"authorization": f"Basic {basic}"})
        yield Caller("write key", headers={"authorization": f"Bearer {self.server.keys[name]}"})
        body = {"email": email, "password": PASSWORD}
        again = self.page("POST", f"/w/{name}/api/v1/session", body)
        without = {"cookie": again.headers["set-cookie"].partition(";")[0]}
        yield Caller("session without its CSRF token", name, Role.ADMIN, without, is_whole=False)
        if whole:
            yield from self.further(name, by_role)

    def further(self, name: str, by_role: dict[Role, Caller]) -> Iterator[Caller]:
        """Tokens of every scope, and who may do less than before, or nothing any more."""
        admin = by_role[Role.ADMIN]
        for role, session in by_role.items():
            for scope in Role:
                if may_make(role, scope) and (role, scope) != (Role.ADMIN, Role.ADMIN):
                    yield self.token(name, session, scope, "token")
        smaller = self.invited(name, admin, Role.ADMIN, "smaller")
        token = self.token(name, smaller, Role.ADMIN, "token of an admin who is one no more")
        user = self.api(name, "GET", "/session", None, smaller)["user"]
        self.api(name, "PUT", f"/users/{user}/role", {"role": Role.VIEWER}, admin)
        yield Caller(token.kind, name, Role.VIEWER, token.headers)
        gone = self.invited(name, admin, Role.ADMIN, "gone")
        left = self.token(name, gone, Role.ADMIN, "token of an account that was removed")
        user = self.api(name, "GET", "/session", None, gone)["user"]
        self.api(name, "DELETE", f"/users/{user}", None, admin)
        yield Caller(left.kind, headers=left.headers)
        yield Caller("session of an account that was removed", headers=gone.headers)
        out = self.invited(name, admin, Role.ADMIN, "out")
        self.api(name, "DELETE", "/session", None, out)
        yield Caller("session that was ended", headers=out.headers)
        link = self.api(name, "POST", "/invitations", {"role": Role.ADMIN}, admin)["path"]
        secret = link.partition("#setup=")[2]
        yield Caller("set-up link as a token", headers={"authorization": f"Bearer {secret}"})

    def fill(self, name: str) -> None:
        """Events of the same person in each workspace, and a mark."""
        calls = [
            {"type": "identify", "userId": "ann", "traits": {"name": self.marks[name]}},
            *({"type": "track", "userId": person, "event": event, "timestamp": f"2026-02-01T0{at}:00:00Z",
               "properties": {"device": "mobile", "value": 12, "mark": self.marks[name]}}
              for at, event in enumerate(("Viewed Home Page", "Order Completed", self.marks[name]))
              for person in ("ann", self.marks[name])),
        ]  # fmt: skip
        numbered = [{**call, "messageId": f"first-{n}"} for n, call in enumerate(calls)]
        sent = {"writeKey": self.server.keys[name], "batch": numbered}
        answer = self.send("/v1/batch", sent)
        assert answer.status == 200, answer.text
        self.found.accepted[name] += len(numbered)

    def has_arrived(self, name: str) -> bool:
        """Whether what :meth:`fill` sent can be asked about."""
        lake = open_workspace(self.server.workspace.with_name(name)).lake
        return lake.version() >= 1


def may_make(role: Role, scope: Role) -> bool:
    """Whether a role's account can make a token of a scope."""
    order = list(Role)
    return order.index(scope) <= order.index(role)


def whole_matrix(root: Path, *, whole: bool = True) -> Found:
    """Call every door of both workspaces as everybody, then the collector with every credential.

    Parameters
    ----------
    root : Path
        Where the two workspaces are made.
    whole : bool
        Or a short form: fewer callers.
    """
    with served(root / NAMES[0], others=(root / NAMES[1],)) as server:
        calls = Calls(server)
        for name in NAMES:
            calls.fill(name)
        stolen_links(calls)
        everybody = [Caller("nobody")]
        for name in NAMES if whole else NAMES[:1]:
            everybody += calls.people(name, whole)
        ends = time.monotonic() + KEEPS_S
        while not all(calls.has_arrived(name) for name in NAMES) and time.monotonic() < ends:
            time.sleep(0.1)
        pages(calls, everybody)
        collector(calls, [each for each in everybody if each.headers], whole=whole)
        told = json.loads(calls.page("GET", "/openapi.json").text)["paths"]
        calls.found.bad += undocumented(told)
        assert server.stop() == 0
    for name, other in (NAMES, NAMES[::-1]):
        places = EveryByte(root / name).places_with([calls.marks[other]])
        calls.found.bad += [f"{place} of {name} holds what is {other}'s" for place in places]
        rows = open_workspace(root / name).sql("SELECT event_id FROM events").read_all().num_rows
        if rows != calls.found.accepted[name]:
            calls.found.bad.append(f"{name} took {calls.found.accepted[name]} calls, holds {rows}")
    return calls.found


def stolen_links(calls: Calls) -> None:
    """The set-up link of one workspace at the other: it makes nothing, and is not used up."""
    for name, other in (NAMES, NAMES[::-1]):
        body = {"invitation": calls.server.setups[name], "email": "x@example.com",
                "password": PASSWORD}  # fmt: skip
        answer = calls.page("POST", f"/w/{other}/api/v1/setup", body)
        who = ("set-up link", "another workspace")
        calls.found.judge(who, "POST /setup", answer, "410 invitation")


def pages(calls: Calls, everybody: Sequence[Caller]) -> None:
    """Every door of the pages and the API, those that end a session last."""
    found = calls.found
    all_doors = sorted(doors(), key=lambda door: (door.route.path_format == "/session", door.path))
    found.doors, found.callers = len(all_doors), len(everybody)
    as_nobody: dict[tuple[str, str, str], Answer] = {}
    for number, caller in enumerate(everybody):
        source = f"127.0.{1 + number // 200}.{1 + number % 200}"
        for name in (*NAMES, NO_WORKSPACE):
            for door in all_doors:
                answer = calls.page(
                    door.method, path_of(door, name), body_of(door), source=source, **caller.headers
                )
                same = as_nobody.setdefault((door.method, door.path, name), answer)
                who = (f"{caller.kind}, {caller.role}" if caller.role else caller.kind,
                       whose(caller, name))  # fmt: skip
                expected = _came(same) if door.action is None else expected_of(caller, door, name)
                found.judge(who, f"{door.method} {door.path}", answer, expected)
                found.shown += calls.marks.get(name, "of no workspace") in answer.text
                found.bad += [
                    f"{who}: {door.method} {door.path} of {name} shows what is {other}'s"
                    for other, mark in calls.marks.items()
                    if other != name and mark in answer.text
                ]


def whose(caller: Caller, name: str) -> str:
    """Where a door is, as the caller sees it."""
    if name == NO_WORKSPACE:
        return "no workspace"
    if not caller.home:
        return "any workspace"
    return "own workspace" if caller.home == name else "another workspace"


def expected_of(caller: Caller, door: Door, name: str) -> str:
    """What must come of a call on a door that asks for something."""
    if name == NO_WORKSPACE:
        return "404 unknown-workspace"
    if caller.home != name or caller.role is None or door.action is None:
        return "401 not-signed-in"
    if not caller.is_whole and door.method not in SAFE:
        return "403 csrf"
    return "done" if may(caller.role, door.action) else "403 role"


def undocumented(paths: dict[str, dict[str, object]]) -> list[str]:
    """Endpoints that the server says it has and the matrix does not know."""
    known = {(door.method, door.path) for door in doors()}
    public = {"/healthz", "/readyz", "/readyz/{workspace}"}
    return [
        f"{method.upper()} {path} is not in the matrix"
        for path, ways in paths.items()
        for method in ways
        if path not in public and (method.upper(), path) not in known
    ]


def collector(calls: Calls, credentials: Sequence[Caller], *, whole: bool) -> None:
    """Every path of the collector with each workspace's write key, and with all that is none."""
    found = calls.found
    for path in ROUTES:
        for name, key in calls.server.keys.items():
            for way in ("in the body", "Basic", "Bearer") if whole else ("in the body",):
                body = call_for(calls, path, name)
                headers = {} if way == "in the body" else {"authorization": authorization(way, key)}
                if not headers:
                    body |= {"api_key" if path.startswith(("/batch", "/capture", "/e", "/i/")) else
                             "writeKey": key}  # fmt: skip
                answer = calls.send(path, body, **headers)
                found.judge(("write key", "own collector"), f"POST {path}, {way}", answer, "done")
                if answer.status == 200:
                    found.accepted[name] += json.loads(answer.text)["accepted"]
        for caller in (Caller("nobody"), *(credentials if whole else credentials[:2])):
            if caller.kind == "write key":
                continue
            answer = calls.send(path, call_for(calls, path, ""), **caller.headers)
            found.judge((caller.kind, "collector"), f"POST {path}", answer, "401 write-key")
        for method in OTHER_METHODS:
            answer = calls.ask(calls.server.port, method, path, source="")
            found.judge(("nobody", "collector"), f"{method} {path}", answer, "405 method")


def authorization(way: str, key: str) -> str:
    basic = way == "Basic"
    return f"{way} {base64.b64encode(f'{key}:'.encode()).decode() if basic else key}"


def call_for(calls: Calls, path: str, name: str) -> dict[str, object]:
    """A body that fits a path, with the mark of the workspace it is for, under an id of its own."""
    own, mark = secrets.token_hex(8), calls.marks.get(name, "nobody's")
    call = {"messageId": own, "uuid": own, "userId": "bea", "distinct_id": "bea", "event": "sent",
            "name": "sent", "previousId": "bea-before", "groupId": "g", "type": "track",
            "properties": {"mark": mark}, "traits": {"mark": mark}}  # fmt: skip
    return {"batch": [call]} if ROUTES[path].call == "" and path not in {"/capture", "/e"} else call
