"""A shop's orders and refunds come as webhooks, and belong to the person who came to the site."""

from __future__ import annotations

import hmac
import json
import os
import urllib.error
import urllib.request
from base64 import b64encode

import pytest

import sojourn
from serving import Served, eventually, served
from sojourn.app.collecting.webhooks import add_webhook, preset_text
from sojourn.base.errors import InputError
from sojourn.compose import open_workspace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals and ps")
SECRET = "hush"
ORDER = {"id": 5, "customer": {"id": 7}, "total_price": "120.00", "currency": "EUR",
         "created_at": "2026-02-28T10:00:00Z", "line_items": [{"sku": "A", "quantity": 2}]}  # fmt: skip
REFUND = {"id": 9, "order_id": 5, "created_at": "2026-03-02T10:00:00Z",
          "transactions": [{"amount": "20.00", "currency": "EUR"}]}  # fmt: skip


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("SOJOURN_WEBHOOK_SHOPIFY", SECRET)
    with served(tmp_path / "shop") as running:
        yield running


def send(server: Served, topic: str, body: object, secret: str = SECRET) -> int:
    raw = json.dumps(body).encode()
    signature = b64encode(hmac.new(secret.encode(), raw, "sha256").digest()).decode()
    request = urllib.request.Request(
        f"{server.url}/v1/webhooks/shopify?key={server.key}",
        raw,
        {"Content-Type": "application/json", "X-Shopify-Topic": topic,
         "X-Shopify-Hmac-Sha256": signature},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_an_order_and_its_refund_are_one_persons(server: Served) -> None:
    assert send(server, "orders/paid", ORDER) == 404
    documents = open_workspace(server.workspace).documents
    add_webhook(documents, preset_text("shopify"), source="shopify", who="test")
    assert eventually(lambda: send(server, "orders/paid", ORDER) == 200, within=10)
    assert send(server, "orders/paid", ORDER) == 200  # sent again, as such systems do
    assert send(server, "refunds/create", REFUND) == 200
    assert send(server, "orders/paid", {**ORDER, "id": 6}, secret="guess") == 401

    def seen():
        try:
            rows = sojourn.open(str(server.workspace)).person("7").rows
        except InputError:
            return []
        return [row.event for row in rows]

    def both():
        found = seen()
        return found if len(found) > 1 else []

    assert eventually(both, within=30) == ["order_paid", "order_refunded"]
    query = "SELECT sum(CAST(properties ->> 'value' AS DOUBLE)) AS net FROM events"
    assert [
        row["net"] for row in open_workspace(server.workspace).sql(query).read_all().to_pylist()
    ] == [100]
