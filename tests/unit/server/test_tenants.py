"""Several workspaces on one collector: whose call it is, and one that is away."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from dataclasses import dataclass, field

import pytest

from sojourn.app.collecting.webhooks import preset_text
from sojourn.base.errors import InputError
from sojourn.events.webhooks.document import read_webhook
from sojourn.server.collector import tenants as module
from sojourn.server.collector.app import Collector
from sojourn.server.collector.hooks import Hooks
from sojourn.server.collector.tenants import LEAST_SHARE, Tenant, Tenants

NOW_US = 1_772_366_400_000_000


class AwayError(InputError):
    code = "away"


@dataclass
class Shop:
    """What one workspace keeps, in memory; away while :attr:`error` is set."""

    name: str
    error: Exception | None = None
    items: list[object] = field(default_factory=list)
    hold: threading.Event | None = None
    keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = self.keys or {digest(f"wk_{self.name}"): "web"}

    def waiting(self):
        self.check()

    def put(self, items, _refused=()):
        self.check()
        if self.hold:
            self.hold.wait(30)
        self.items += items

    def check(self) -> None:
        if self.error:
            raise self.error

    def good_keys(self):
        self.check()
        return self.keys

    def tenant(self, **hooks: object) -> Tenant:
        return Tenant(
            name=self.name, inbox=self, good_keys=self.good_keys,
            hooks=Hooks(known=lambda: hooks),
        )  # fmt: skip

    def people(self):
        return [json.loads(item.body)["userId"] for item in self.items]


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@pytest.fixture
def shops():
    return Shop("a"), Shop("b")


@pytest.fixture
def serve():
    made = []

    def over(*tenants: Tenant) -> Collector:
        collector = Collector(tenants=Tenants(tenants), now_us=lambda: NOW_US)
        made.append(collector)
        collector.tenants.look_up()
        return collector

    yield over
    for collector in made:
        collector.tenants.close()


async def ask(collector, method: str, path: str, body: object = None, query: str = ""):
    sent = []

    async def receive():
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [],
             "query_string": query.encode()}  # fmt: skip
    await collector(scope, receive, send)
    headers = dict(sent[0]["headers"])
    return sent[0]["status"], json.loads(sent[1]["body"]), headers.get(b"retry-after")


def call(person: str, key: str):
    return {"writeKey": key, "userId": person, "event": "Bought", "messageId": "m"}


def post(collector, person: str, key: str):
    return asyncio.run(ask(collector, "POST", "/v1/track", call(person, key)))


def get(collector, path: str):
    return asyncio.run(ask(collector, "GET", path))


def test_a_call_goes_to_the_workspace_whose_key_it_carries(serve, shops) -> None:
    collector = serve(*(shop.tenant() for shop in shops))
    for person, key in (("ann", "wk_a"), ("zoe", "wk_b"), ("eve", "wk_c")):
        assert post(collector, person, key)[0] == (401 if person == "eve" else 200)
    assert [shop.people() for shop in shops] == [["ann"], ["zoe"]]
    assert [tenant.accepted for tenant in collector.tenants.all] == [1, 1]


def test_one_that_is_away_stops_only_its_own_calls(serve, shops) -> None:
    a, b = shops
    collector = serve(a.tenant(), b.tenant())
    b.error = AwayError("gone")
    collector.tenants.look_up()
    assert post(collector, "ann", "wk_a")[0] == 200
    status, said, again = post(collector, "zoe", "wk_b")
    assert (status, said["code"], again) == (503, "away", b"30")
    b.error = RuntimeError("whatever it is")
    assert post(collector, "zoe", "wk_b")[0] == 500
    assert post(collector, "eve", "wk_c")[0] == 401
    b.error = None
    assert post(collector, "zoe", "wk_b")[0] == 200
    assert [shop.people() for shop in shops] == [["ann"], ["zoe"]]


def test_a_key_nobody_could_read_yet_is_told_to_come_again(serve, shops) -> None:
    a, b = shops
    b.error = AwayError("gone")
    collector = serve(a.tenant(), b.tenant())
    assert post(collector, "ann", "wk_a")[0] == 200
    status, said, again = post(collector, "zoe", "wk_b")
    assert (status, said["code"], again) == (503, "keys-unread", b"5")
    assert post(collector, "eve", "")[0] == 401
    b.error = None
    collector.tenants.look_up()
    assert post(collector, "zoe", "wk_b")[0] == 200
    assert post(collector, "eve", "wk_c")[0] == 401


@pytest.mark.parametrize("error", [AwayError("gone"), RuntimeError("whatever it is")])
def test_readiness_is_told_for_all_and_for_each(serve, shops, error) -> None:
    a, b = shops
    collector = serve(a.tenant(), b.tenant())
    assert get(collector, "/readyz")[:2] == (200, {"status": "ok", "workspaces": 2, "ready": 2})
    b.error = error
    assert get(collector, "/readyz")[:2] == (200, {"status": "partly", "workspaces": 2, "ready": 1})
    assert get(collector, "/readyz/a")[:2] == (200, {"status": "ok"})
    status, _, again = get(collector, "/readyz/b")
    assert (status, again) == (503, b"30")
    assert get(collector, "/readyz/c")[0] == 404
    a.error = error
    assert get(collector, "/readyz")[0] == 503
    assert get(collector, "/healthz")[0] == 200


def test_a_key_that_was_just_read_is_never_taken_for_an_unknown_one(serve, shops) -> None:
    """A client that is told 401 gives its events up; one that is told 503 sends them again."""
    shop, _ = shops
    shop.error = AwayError("away", remedy="wait")
    tenant = shop.tenant()
    collector = serve(tenant)
    shop.error = None
    assert tenant.look()  # its keys are read, and not yet brought together with the others'
    sent = call("ann", "wk_a")
    status, said, _ = asyncio.run(ask(collector, "POST", "/v1/track", sent))
    assert (status, said["code"]) == (503, "keys-unread")
    collector.tenants.look_up()
    assert asyncio.run(ask(collector, "POST", "/v1/track", sent))[0] == 200


def test_one_that_hangs_takes_no_more_than_its_share(serve, shops, monkeypatch) -> None:
    monkeypatch.setattr(module, "PROBE_S", 0.2)
    a, b = shops
    b.hold = threading.Event()
    collector = serve(a.tenant(), b.tenant())
    collector.tenants.share = LEAST_SHARE

    async def many():
        waiting = [
            asyncio.create_task(ask(collector, "POST", "/v1/track", call(f"p{n}", "wk_b")))
            for n in range(LEAST_SHARE)
        ]
        await asyncio.sleep(0.1)
        over = await ask(collector, "POST", "/v1/track", call("one more", "wk_b"))
        other = await ask(collector, "POST", "/v1/track", call("ann", "wk_a"))
        ready = [await ask(collector, "GET", path) for path in ("/readyz/b", "/readyz")]
        b.hold.set()
        return over, other, ready, await asyncio.gather(*waiting)

    over, other, (alone, together), held = asyncio.run(many())
    assert (over[0], over[1]["code"], other[0]) == (429, "overloaded", 200)
    assert (alone[0], alone[1]["code"]) == (503, "no-answer")
    assert (together[0], together[1]["status"]) == (200, "partly")
    assert {status for status, *_ in held} == {200}
    assert get(collector, "/readyz/b")[0] == 200  # the probe that nobody waited for did no harm


def test_a_key_that_two_workspaces_know_writes_to_neither(serve, caplog) -> None:
    shared = {digest("wk_both"): "web"}
    a = Shop("a", keys={**shared, digest("wk_a"): "web"})
    b = Shop("b", keys=dict(shared))
    collector = serve(a.tenant(), b.tenant())
    assert post(collector, "ann", "wk_both")[0] == 401
    assert post(collector, "ann", "wk_a")[0] == 200
    assert (a.people(), b.people()) == (["ann"], [])
    assert "another's too" in caplog.text


def test_a_webhook_is_that_of_its_keys_workspace(serve, shops) -> None:
    a, b = shops
    text = preset_text("cafe24")
    collector = serve(a.tenant(), b.tenant(cafe24=read_webhook(text)))

    def came(name: str, query: str):
        return asyncio.run(ask(collector, "POST", f"/v1/webhooks/{name}", {}, query))[:2]

    assert came("cafe24", "")[0] == 401
    status, said = came("cafe24", "key=wk_a")
    assert (status, said["code"]) == (404, "unknown-webhook")
    assert "Did you mean" not in came("cafe23", "key=wk_a")[1]["detail"]  # names are b's own
    assert came("cafe24", "key=wk_b")[1].get("code") != "unknown-webhook"
    assert "Did you mean 'cafe24'" in came("cafe23", "key=wk_b")[1]["detail"]


def test_keys_are_looked_up_again_after_any_failure(monkeypatch, shops) -> None:
    monkeypatch.setattr(module, "KEYS_EVERY_S", 0.01)
    a, b = shops
    answers = iter([a.keys, RuntimeError("no database"), {digest("wk_new"): "web"}])

    def good_keys():
        answer = next(answers, {digest("wk_new"): "web"})
        if isinstance(answer, Exception):
            raise answer
        return answer

    tenants = Tenants([Tenant(name="a", inbox=a, good_keys=good_keys), b.tenant()])
    made = Collector(tenants=tenants, now_us=lambda: NOW_US)
    told = [{"type": "lifespan.startup"}]
    seen = []

    async def receive():
        if told:
            return told.pop()
        for _ in range(500):
            await asyncio.sleep(0.01)
            if tenants.whose("wk_new"):
                break
        return {"type": "lifespan.shutdown"}

    async def send(message):
        seen.append((message["type"], tenants.whose("wk_b") is not None))

    asyncio.run(made({"type": "lifespan"}, receive, send))
    assert seen[0] == ("lifespan.startup.complete", True)
    assert tenants.whose("wk_new")
    assert tenants.whose("wk_a") is None


def test_a_database_that_hangs_does_not_keep_the_start(monkeypatch, shops) -> None:
    monkeypatch.setattr(module, "FIRST_S", 0.1)
    a, b = shops
    held = threading.Event()
    slow = Tenant(name="b", inbox=b, good_keys=lambda: held.wait(30) and {})
    tenants = Tenants([slow, a.tenant()])
    asyncio.run(tenants.start())
    assert tenants.whose("wk_a")
    held.set()
    tenants.close()


def test_closing_keeps_what_waits_of_every_workspace(shops) -> None:
    tenants = Tenants([shop.tenant() for shop in shops])
    for tenant, shop in zip(tenants.all, shops, strict=True):
        shop.hold = threading.Event()
        tenant.commits.submit((), ())
    closing = threading.Thread(target=tenants.close)
    closing.start()
    shops[1].hold.set()  # in whatever order they are done
    shops[0].hold.set()
    closing.join(30)
    assert not closing.is_alive()
