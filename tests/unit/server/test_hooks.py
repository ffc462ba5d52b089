"""The collector's contract with systems that send of their own accord."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest

from sojourn.app.collecting.webhooks import preset_text
from sojourn.events.webhooks.document import read_webhook
from sojourn.server.collector.app import Collector
from sojourn.server.collector.hooks import Hooks
from sojourn.server.collector.tenants import Tenant, Tenants

KEY = "wk_secret"
PAID = ("X-Shopify-Topic", "orders/paid")
ORDER = {"id": 5, "customer": {"id": 7}, "total_price": "12.50", "currency": "EUR",
         "processed_at": "2026-02-28T10:00:00Z"}  # fmt: skip
FORM = "sojourn: webhook/1\nname: erp\nevents: [{event: 'sale_{kind}', user: who, id: no}]"


@dataclass
class Shelf:
    items: list = field(default_factory=list)
    refused: list = field(default_factory=list)

    def waiting(self):
        return len(self.items)

    def put(self, items, refused=()) -> None:
        self.items += items
        self.refused += refused

    def bodies(self):
        return [json.loads(item.body) for item in self.items]


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def collector(shelf):
    known = {name: read_webhook(preset_text(name)) for name in ("shopify", "stripe")}
    known["erp"] = read_webhook(FORM)
    made = Collector(
        tenants=Tenants(
            [
                Tenant(
                    name="shop",
                    inbox=shelf,
                    good_keys=lambda: {hashlib.sha256(KEY.encode()).hexdigest(): "shop"},
                    hooks=Hooks(
                        known=lambda: known, environment={"SOJOURN_WEBHOOK_SHOPIFY": "shhh"}
                    ),
                )
            ]
        ),
        now_us=lambda: 1_772_366_400_000_000,
    )
    made.tenants.look_up()
    yield made
    made.tenants.close()


def send(collector, name: str, body: bytes, headers=(), query: str = f"key={KEY}"):
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def answer(message):
        sent.append(message)

    raw = [(key.lower().encode(), value.encode()) for key, value in headers]
    scope = {"type": "http", "method": "POST", "path": f"/v1/webhooks/{name}", "headers": raw,
             "query_string": query.encode()}  # fmt: skip
    asyncio.run(collector(scope, receive, answer))
    return sent[0]["status"], json.loads(sent[1]["body"])


def shopify(collector, body: object, *headers, secret: str = "shhh", **more):
    raw = json.dumps(body).encode()
    signature = b64encode(hmac.new(secret.encode(), raw, "sha256").digest()).decode()
    return send(collector, "shopify", raw, [*headers, ("X-Shopify-Hmac-Sha256", signature)], **more)


def test_a_signed_order_is_kept(collector, shelf) -> None:
    assert shopify(collector, ORDER, PAID) == (200, {"success": True, "accepted": 1, "refused": []})
    (body,) = shelf.bodies()
    assert body["event"] == "order_paid"
    assert body["properties"] == {"order_id": 5, "value": "12.50", "currency": "EUR"}
    assert (shelf.items[0].source, shelf.items[0].dialect) == ("shop", "segment")


def test_what_is_sent_again_has_the_same_id(collector, shelf) -> None:
    shopify(collector, ORDER, PAID)
    shopify(collector, {**ORDER, "updated_at": "later"}, PAID)
    assert len({body["messageId"] for body in shelf.bodies()}) == 1


def test_a_key_in_the_authorisation_will_do(collector) -> None:
    basic = ("Authorization", "Basic " + b64encode(f"{KEY}:".encode()).decode())
    assert shopify(collector, ORDER, PAID, basic, query="")[0] == 200


def test_who_has_no_key_or_no_secret_is_refused(collector, shelf) -> None:
    assert shopify(collector, ORDER, PAID, query="")[1]["type"] == "urn:sojourn:problem:write-key"
    assert shopify(collector, ORDER, PAID, query="key=other")[0] == 401
    status, problem = shopify(collector, ORDER, PAID, secret="guess")
    assert (status, problem["type"]) == (401, "urn:sojourn:problem:webhook-signature")
    status, problem = send(collector, "stripe", b"{}")
    assert (status, problem["type"]) == (503, "urn:sojourn:problem:webhook-secret")
    status, problem = send(collector, "shopfy", b"{}")
    assert (status, "Did you mean 'shopify'?" in problem["detail"]) == (404, True)
    assert shelf.items == []


def test_what_no_rule_knows_is_answered_well(collector, shelf) -> None:
    answer = shopify(collector, ORDER, ("X-Shopify-Topic", "products/update"))
    assert answer == (200, {"success": True, "accepted": 0, "refused": []})
    assert shelf.items == []


def test_what_becomes_no_event_is_kept_with_the_reason(collector, shelf) -> None:
    status, said = shopify(collector, {**ORDER, "processed_at": "yesterday"}, PAID)
    assert (status, said["accepted"], said["refused"][0]["code"]) == (200, 0, "bad-time")
    assert shelf.refused[0].code == "bad-time"


def test_a_form(collector, shelf) -> None:
    form = urlencode({"who": "앤", "kind": "phone", "no": "1"}).encode()
    kind = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    assert send(collector, "erp", form, [kind])[0] == 200
    assert (shelf.bodies()[0]["event"], shelf.bodies()[0]["userId"]) == ("sale_phone", "앤")
    assert send(collector, "erp", b"\xff=1", [kind])[0] in {200, 400}
    many = urlencode({f"f{n}": "1" for n in range(2000)}).encode()
    assert send(collector, "erp", many, [kind])[1]["type"] == "urn:sojourn:problem:bad-form"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 5000, b"\xff", b"null", b"[]", b'"a"', b"1e999"]
)
def test_no_body_is_too_much(collector, body) -> None:
    assert send(collector, "erp", body)[0] in {200, 400}
