"""The collector's contract: who may send, what is taken, what is refused and why."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import zlib
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.app.collecting.group_commit import MOST_WAITING_BYTES
from sojourn.app.collecting.limits import Limits
from sojourn.base.errors import InputError
from sojourn.server.collector.app import Collector
from sojourn.server.collector.routes import ROUTES
from sojourn.server.collector.tenants import Tenant, Tenants

KEY = "wk_secret"
NOW_US = 1_772_366_400_000_000


@dataclass
class Shelf:
    """An inbox in memory."""

    items: list[object] = field(default_factory=list)
    refused: list[object] = field(default_factory=list)
    error: Exception | None = None

    def waiting(self):
        return len(self.items)

    def put(self, items, refused=()) -> None:
        if self.error:
            raise self.error
        self.items += items
        self.refused += refused

    def bodies(self):
        return [json.loads(item.body) for item in self.items]


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def collector(shelf):
    made = Collector(
        tenants=Tenants([Tenant(name="shop", inbox=shelf, good_keys=lambda: {digest(KEY): "web"})]),
        now_us=lambda: NOW_US,
        limits=Limits(call_bytes=1000, request_bytes=4000, calls=20),
    )
    made.tenants.look_up()
    yield made
    made.tenants.close()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


def ask(
    collector, method: str, path: str, body: bytes = b"", headers=(), chunks: int = 1
) -> Answer:
    """One request, its body in some chunks; the answer."""
    size = max(1, -(-len(body) // chunks))
    parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    messages = [
        {"type": "http.request", "body": part, "more_body": n < len(parts) - 1}
        for n, part in enumerate(parts)
    ]
    sent = []

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    asyncio.run(collector(scope, receive, send))
    start, end = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], found, end["body"])


def post(collector, path: str, body: object, headers=()) -> Answer:
    return ask(collector, "POST", path, json.dumps(body).encode(), headers)


def track(**more: object):
    return {"type": "track", "event": "Bought", "userId": "ann", "messageId": "m1", **more}


def basic(user: str):
    return [("Authorization", "Basic " + base64.b64encode(f"{user}:".encode()).decode())]


@pytest.mark.parametrize("call", ["identify", "track", "page", "screen", "group", "alias"])
def test_each_call_has_a_path(collector, shelf, call) -> None:
    sent = {"userId": "ann", "event": "Bought", "name": "Home", "previousId": "a1", "writeKey": KEY}
    for name in (call, call[0]):
        assert post(collector, f"/v1/{name}", {**sent, "messageId": name}).status == 200
    assert {body["type"] for body in shelf.bodies()} == {call}


@pytest.mark.parametrize(
    "headers",
    [basic(KEY), [("Authorization", f"Bearer {KEY}")], [("authorization", basic(KEY)[0][1])]],
)
def test_a_key_may_come_as_a_header(collector, headers) -> None:
    assert post(collector, "/v1/track", track(), headers).json == {
        "success": True, "accepted": 1, "refused": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (track(), []),
        (track(writeKey="wk_other"), []),
        (track(writeKey=7), []),
        (track(), basic("nobody")),
        (track(), [("Authorization", "Basic ???")]),
        (track(), [("Authorization", "Basic " + base64.b64encode(b"\xff\xfe:").decode())]),
    ],
)
def test_without_a_good_key_nothing_is_taken(collector, shelf, body, headers) -> None:
    answer = post(collector, "/v1/track", body, headers)
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert "sojourn keys add" in answer.json["detail"]
    assert not shelf.items


def test_the_source_is_the_keys_name(collector, shelf) -> None:
    post(collector, "/v1/track", track(writeKey=KEY))
    assert [item.source for item in shelf.items] == ["web"]


def test_each_call_of_a_batch_is_told_of(collector, shelf) -> None:
    calls = [track(), track(userId="null", messageId="m2"), "track", track(messageId="m1")]
    answer = post(collector, "/v1/batch", {"batch": calls, "writeKey": KEY})
    assert answer.status == 200
    assert answer.json["accepted"] == 2
    assert [(f["index"], f["messageId"], f["code"]) for f in answer.json["refused"]] == [
        (1, "m2", "no-person"), (2, None, "not-an-object"),
    ]  # fmt: skip
    assert len(shelf.items) == 2
    assert [(each.code, each.source) for each in shelf.refused] == [
        ("no-person", "web"), ("not-an-object", "web"),
    ]  # fmt: skip


def test_a_batch_of_which_nothing_is_taken_is_a_problem(collector) -> None:
    answer = post(collector, "/v1/batch", {"batch": [track(event="")] * 2, "writeKey": KEY})
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["type"] == "urn:sojourn:problem:no-event"
    assert [each["index"] for each in answer.json["errors"]] == [0, 1]


def test_a_problem_says_code_and_message_where_libraries_look(collector) -> None:
    said = post(collector, "/v1/batch", {"batch": [], "writeKey": "wk_other"}).json
    assert said["code"] == "write-key"
    assert said["message"] == said["detail"]


def test_an_empty_batch_is_taken(collector) -> None:
    answer = post(collector, "/v1/batch", {"batch": [], "writeKey": KEY})
    assert (answer.status, answer.json["accepted"]) == (200, 0)


def test_a_batchs_context_is_each_calls_own(collector, shelf) -> None:
    body = {"batch": [track(context={"locale": "ko"}), track(messageId="m2")],
            "context": {"locale": "en", "app": {"version": "1"}}, "writeKey": KEY}  # fmt: skip
    post(collector, "/v1/batch", body)
    assert [body["context"]["locale"] for body in shelf.bodies()] == ["ko", "en"]
    assert all(body["context"]["app"] == {"version": "1"} for body in shelf.bodies())


def test_posthogs_shapes_are_read(collector, shelf) -> None:
    event = {"event": "seen", "distinct_id": "ann", "properties": {}}
    for number, (path, body) in enumerate(
        [
            ("/batch/", {"api_key": KEY, "batch": [{**event, "uuid": "u0"}]}),
            ("/capture/", {"api_key": KEY, **event, "uuid": "u1"}),
            ("/e/", {**event, "uuid": "u2", "properties": {"token": KEY}}),
            ("/i/v0/e/", [{**event, "uuid": "u3", "properties": {"token": KEY}}]),
        ]
    ):
        assert post(collector, path, body).status == 200
        assert len(shelf.items) == number + 1


def test_what_is_packed_is_unpacked(collector, shelf) -> None:
    packed = gzip.compress(json.dumps(track(writeKey=KEY)).encode())
    for headers in ([("Content-Encoding", "gzip")], [("content-encoding", " GZIP ")]):
        assert ask(collector, "POST", "/v1/track", packed, headers, chunks=7).status == 200
    assert len(shelf.items) == 2


BOMB = gzip.compress(b'{"a":"' + b"a" * 50_000_000 + b'"}')


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"", [], 400, "bad-json"),
        (b"{", [], 400, "bad-json"),
        (b"\xff\xfe", [], 400, "bad-json"),
        (b'{"a": NaN}', [], 400, "bad-json"),
        (b'{"a":"\\ud800"}', [], 400, "bad-json"),
        (b'{"a":1e999}', [], 400, "bad-json"),
        (b"[" * 2000 + b"]" * 2000, [], 400, "bad-json"),
        (b'{"a":' * 600 + b"1" + b"}" * 600, [], 400, "bad-shape"),
        (b"[1]", [], 400, "bad-shape"),
        (b"null", [], 400, "bad-shape"),
        (b'{"batch": {}}', [], 400, "bad-shape"),
        (b"x" * 4001, [], 413, "too-large"),
        (b"{}", [("Content-Length", "4001")], 413, "too-large"),
        (BOMB, [("Content-Encoding", "gzip")], 413, "too-large"),
        (gzip.compress(b"{}")[:-9], [("Content-Encoding", "gzip")], 400, "bad-gzip"),
        (b"{}", [("Content-Encoding", "gzip")], 400, "bad-gzip"),
        (b"{}", [("Content-Encoding", "br")], 415, "unknown-encoding"),
        (zlib.compress(b"{}"), [("Content-Encoding", "deflate")], 415, "unknown-encoding"),
    ],
    ids=range(18),
)
def test_bad_bodies_end_in_a_problem_that_says_why(collector, body, headers, status, code) -> None:
    if code == "bad-shape" or status == 400:
        answer = ask(collector, "POST", "/v1/batch", body, headers)
    else:
        answer = ask(collector, "POST", "/v1/batch", body, headers, chunks=3)
    if body is BOMB:  # packed it is small enough only for larger limits
        collector.limits = Limits(request_bytes=200_000)
        answer = ask(collector, "POST", "/v1/batch", body, headers)
    assert (answer.status, answer.json["type"]) == (status, f"urn:sojourn:problem:{code}")
    assert answer.json["detail"].endswith(".")


def test_limits_name_the_call_that_is_over_them(collector) -> None:
    answer = post(
        collector, "/v1/batch",
        {"writeKey": KEY, "batch": [track(), track(messageId="m2", properties={"a": "x" * 1000})]},
    )  # fmt: skip
    assert answer.json["refused"][0] | {"reason": ""} == {
        "index": 1, "messageId": "m2", "code": "too-large", "reason": "",
    }  # fmt: skip
    assert "allowed: 1,000" in answer.json["refused"][0]["reason"]
    alone = post(collector, "/v1/track", track(writeKey=KEY, properties={"a": "x" * 1000}))
    assert alone.status == 413
    many = post(collector, "/v1/batch", {"writeKey": KEY, "batch": [{}] * 21})
    assert (many.status, many.json["title"]) == (413, "Too many calls")


def test_what_is_nested_too_deeply_is_refused(collector) -> None:
    def nested(depth):
        value: object = 1
        for level in range(depth):
            value = {"a": value} if level % 2 else [value]
        return track(writeKey=KEY, properties={"p": value})

    assert post(collector, "/v1/track", nested(62)).status == 200
    for depth in (63, 80, 200):
        assert post(collector, "/v1/track", nested(depth)).json["type"].endswith(":too-deep")


def test_the_key_is_not_kept_with_the_event(collector, shelf) -> None:
    post(collector, "/v1/track", track(writeKey=KEY))
    assert KEY not in repr(shelf.bodies())


def test_other_paths_and_methods_say_what_is_allowed(collector) -> None:
    assert "/v1/batch" in ask(collector, "POST", "/v2/batch").json["detail"]
    got = ask(collector, "GET", "/v1/track")
    assert (got.status, got.headers["allow"]) == (405, "POST")
    assert ask(collector, "GET", "/healthz").status == 200


def test_browsers_of_other_origins_may_send(collector) -> None:
    asked = ask(collector, "OPTIONS", "/v1/track")
    assert asked.status == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "authorization" in asked.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in asked.headers
    told = post(collector, "/v1/track", track(writeKey=KEY), [("Origin", "https://shop.example")])
    assert told.headers["access-control-expose-headers"] == "retry-after"


def agents(shelf) -> list[str | None]:
    return [body.get("context", {}).get("userAgent") for body in shelf.bodies()]


def test_a_page_need_not_say_its_user_agent(collector, shelf) -> None:
    page = [("Origin", "https://shop.example"), ("User-Agent", "Mozilla/5.0 " + "x" * 900)]
    sent = [track(), track(messageId="m2", context={"userAgent": "own", "locale": "ko"})]
    assert post(collector, "/v1/batch", {"batch": sent, "writeKey": KEY}, page).status == 200
    given, own = agents(shelf)
    assert given.startswith("Mozilla/5.0 xxx")
    assert len(given) == 512
    assert own == "own"


def test_the_agent_of_a_server_is_no_visitors(collector, shelf) -> None:
    headers = [("User-Agent", "analytics-python/2.3")]
    assert post(collector, "/v1/track", track(writeKey=KEY), headers).status == 200
    assert agents(shelf) == [None]


def test_a_beacon_needs_no_content_type_of_its_own(collector, shelf) -> None:
    beacon = [("Content-Type", "text/plain;charset=UTF-8"), ("Origin", "null")]
    assert post(collector, "/v1/batch", {"batch": [track()], "writeKey": KEY}, beacon).status == 200
    assert len(shelf.items) == 1


class FullError(InputError):
    """For a test. Remedy: none."""

    code = "full-for-a-test"


def test_a_disk_that_takes_nothing_asks_clients_to_come_back(collector, shelf) -> None:
    shelf.error = FullError("no room")
    answer = post(collector, "/v1/track", track(writeKey=KEY))
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert ask(collector, "GET", "/readyz").status == 503
    assert ask(collector, "GET", "/healthz").status == 200
    shelf.error = None
    assert post(collector, "/v1/track", track(writeKey=KEY)).status == 200
    assert ask(collector, "GET", "/readyz").status == 200


def test_too_much_at_once_is_asked_to_come_back(collector) -> None:
    collector.tenants.all[0].commits._waiting_bytes = MOST_WAITING_BYTES
    answer = post(collector, "/v1/track", track(writeKey=KEY))
    assert (answer.status, answer.headers["retry-after"]) == (429, "1")


def test_an_error_nobody_foresaw_is_a_problem_without_its_words(collector, shelf, caplog) -> None:
    shelf.error = RuntimeError("ann@example.com")
    answer = post(collector, "/v1/track", track(writeKey=KEY))
    assert answer.status == 500
    assert b"ann@" not in answer.body
    assert "ann@" not in caplog.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip
SHAPED = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("batch", "data", "sentAt", "context", "type", "userId", "event", "properties", "distinct_id", "messageId", "timestamp"), JSON),
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(sorted(ROUTES)),
    body=st.one_of(
        st.binary(max_size=200),
        JSON.map(lambda value: json.dumps(value).encode()),
        SHAPED.map(lambda value: json.dumps({"writeKey": KEY, **value}).encode()),
        st.lists(SHAPED, max_size=5).map(
            lambda calls: json.dumps({"writeKey": KEY, "batch": calls}).encode()
        ),
    ),
)
def test_whatever_is_sent_is_answered(collector, path, body) -> None:
    answer = ask(collector, "POST", path, body)
    assert answer.status in {200, 400, 401, 413}
    assert isinstance(answer.json, dict)
    if answer.status == 200:
        assert answer.json["accepted"] + len(answer.json["refused"]) <= 20


def test_a_key_that_sends_too_much_waits_and_no_other(shelf) -> None:
    keys = {digest("wk_busy"): "busy", digest("wk_calm"): "calm"}
    tenant = Tenant(name="shop", inbox=shelf, good_keys=lambda: keys)
    other = Tenant(name="cafe", inbox=Shelf(), good_keys=lambda: {digest("wk_cafe"): "busy"})
    clock = [NOW_US]
    made = Collector(
        tenants=Tenants([tenant, other]),
        now_us=lambda: clock[0],
        limits=Limits(calls=50, per_key=2),
    )
    made.tenants.look_up()

    def send(key, *names):
        batch = [track(messageId=name) for name in names]
        return post(made, "/v1/batch", {"batch": batch, "writeKey": key})

    try:
        assert send("wk_busy", *map(str, range(25))).status == 200
        refused = send("wk_busy", "late", "later")
        assert (refused.status, refused.json["code"]) == (429, "too-many-of-key")
        assert refused.headers["retry-after"] == "3"
        assert refused.headers["access-control-expose-headers"] == "retry-after"
        assert send("wk_calm", "calm").status == 200
        assert send("wk_cafe", "of another workspace").status == 200
        clock[0] += 3_000_000
        assert send("wk_busy", "late").status == 200
        assert (tenant.put_off, other.put_off) == ({"busy": 2}, {})
        assert len(shelf.items) == 27
    finally:
        made.tenants.close()
