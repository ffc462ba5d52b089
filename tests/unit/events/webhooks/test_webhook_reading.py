"""What other systems send becomes events as their documents say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.app.collecting.webhooks import preset_text, presets
from sojourn.base.errors import InputError
from sojourn.events.webhooks.document import read_webhook
from sojourn.events.webhooks.model import event_names
from sojourn.events.webhooks.paths import Payload, read_path
from sojourn.events.webhooks.reading import read_payload
from sojourn.events.webhooks.values import read_text

ORDER = {
    "id": 820982911946154508,
    "created_at": "2026-11-20T10:00:00+09:00",
    "processed_at": "2026-11-20T10:00:05+09:00",
    "total_price": "409.94",
    "currency": "USD",
    "discount_codes": [{"code": "SPRING"}],
    "customer": {"id": 115310627314723954, "email": "ann@example.com"},
    "line_items": [{"sku": "A-1", "quantity": 1}, {"sku": "B-2", "quantity": 2}, {"quantity": 0}],
}
REFUND = {
    "id": 509562969,
    "order_id": 820982911946154508,
    "created_at": "2026-11-24T10:00:00+09:00",
    "note": "too small",
    "transactions": [
        {"amount": "100.00", "currency": "USD"},
        {"amount": "9.94", "currency": "USD"},
    ],
    "refund_line_items": [{"line_item": {"sku": "B-2"}}],
}


def read(preset: str, body: object, **headers: str):
    webhook = read_webhook(preset_text(preset))
    return read_payload(webhook, Payload(body=body, headers=headers, digest="d"))


def shopify(topic: str, body: object):
    return read("shopify", body, **{"x-shopify-topic": topic})


def document(events: str, more: str = "") -> str:
    return f"sojourn: webhook/1\nname: erp\n{more}events:\n{events}"


def one_rule(body: object, **fields: object):
    rule = {"event": "e", "user": "u", **fields}
    webhook = read_webhook(document("  - " + json.dumps(rule)))
    return read_payload(webhook, Payload(body=body, digest="d"))


def test_an_order_of_shopify() -> None:
    (call,) = shopify("orders/paid", ORDER)
    assert call == {
        "type": "track",
        "event": "order_paid",
        "messageId": "shopify:order-820982911946154508-paid",
        "userId": "115310627314723954",
        "anonymousId": "shopify-order-820982911946154508",
        "timestamp": "2026-11-20T10:00:05+09:00",
        "properties": {
            "order_id": 820982911946154508, "value": "409.94", "currency": "USD",
            "coupon": "SPRING", "products": ["A-1", "B-2"], "quantity": 3,
        },
    }  # fmt: skip


def test_a_refund_of_shopify_belongs_to_whose_order_it_was() -> None:
    (refund,) = shopify("refunds/create", REFUND)
    (order,) = shopify("orders/paid", ORDER)
    assert refund["anonymousId"] == order["anonymousId"]
    assert "userId" not in refund
    assert refund["properties"]["value"] == -109.94
    assert refund["properties"]["products"] == ["B-2"]


def test_a_guests_order_has_no_user() -> None:
    (call,) = shopify("orders/paid", {**ORDER, "customer": None})
    assert "userId" not in call
    assert call["anonymousId"] == "shopify-order-820982911946154508"


def test_a_customer_of_shopify_is_an_identify() -> None:
    (call,) = shopify(
        "customers/update", {"id": 7, "updated_at": "2026-11-20T10:00:00Z", "tags": "vip"}
    )
    assert (call["type"], call["userId"], call["traits"]) == ("identify", "7", {"tags": "vip"})


def test_what_no_rule_knows_is_no_event() -> None:
    assert shopify("products/update", ORDER) == []
    assert read("shopify", ORDER) == []


def stripe(kind: str, thing: object):
    return read(
        "stripe", {"id": "evt_1", "type": kind, "created": 1763600405, "data": {"object": thing}}
    )


def test_a_payment_of_stripe_in_a_currency_with_and_without_cents() -> None:
    session = {
        "id": "cs_1",
        "payment_status": "paid",
        "payment_intent": "pi_1",
        "customer": "cus_1",
    }
    for currency, value in (("usd", 20.0), ("krw", 2000), ("kwd", "2.000")):
        (call,) = stripe("checkout.session.completed",
                         {**session, "amount_total": 2000, "currency": currency})  # fmt: skip
        assert float(call["properties"]["value"]) == float(value)
        assert call["properties"]["currency"] == currency.upper()
    assert call["userId"] == "cus_1"
    (own,) = stripe("checkout.session.completed", {**session, "client_reference_id": "ann"})
    assert own["userId"] == "ann"
    (refund,) = stripe(
        "refund.created", {"payment_intent": "pi_1", "amount": 500, "currency": "usd"}
    )
    assert refund["anonymousId"] == call["anonymousId"]
    assert refund["properties"]["value"] == -5.0


def test_an_unpaid_checkout_of_stripe_is_no_order() -> None:
    assert stripe("checkout.session.completed", {"payment_status": "unpaid"}) == []


def cafe24(**resource: object):
    return read("cafe24", {"event_no": 90023, "resource": {
        "mall_id": "m", "order_id": "20261120-1", "member_id": "ann", "currency": "KRW",
        "order_date": "2026-11-20T10:00:00+09:00", "payment_date": "2026-11-20T10:01:00+09:00",
        "actual_payment_amount": "12000.00", **resource}})  # fmt: skip


def test_a_paid_order_of_cafe24_is_placed_and_paid() -> None:
    calls = cafe24(event_code="create_order", paid="T")
    assert [call["event"] for call in calls] == ["order_placed", "order_paid"]
    (later,) = cafe24(event_code="paid_order", paid="T")
    assert later["messageId"] == calls[1]["messageId"]  # told twice, happened once
    assert [call["event"] for call in cafe24(event_code="create_order", paid="F")] == [
        "order_placed"
    ]
    (back,) = cafe24(event_code="return_complete_refunded", paid="T")
    assert back["properties"]["value"] == -12000


@pytest.mark.parametrize("name", presets())
def test_each_preset_can_be_read(name: str) -> None:
    webhook = read_webhook(preset_text(name), name)
    assert webhook.name == name
    assert webhook.signature is not None
    assert "order_paid" in event_names(webhook)
    assert "order_refunded" in event_names(webhook)


def test_each_entry_of_a_list_is_an_event() -> None:
    body = {"who": "ann", "lines": [{"sku": "a"}, {"sku": "b"}]}
    calls = one_rule(body, user="who", each="lines", properties={"sku": ".sku", "whose": "who"})
    assert [call["properties"] for call in calls] == [
        {"sku": "a", "whose": "ann"}, {"sku": "b", "whose": "ann"},
    ]  # fmt: skip
    assert len({call["messageId"] for call in calls}) == 2
    assert one_rule({"who": "ann", "lines": 7}, user="who", each="lines") == []


def test_conditions() -> None:
    def fits(when: object, **body: object) -> bool:
        return bool(one_rule({"u": "ann", **body}, when=when))

    assert fits({"a": "1"}, a=1)
    assert fits({"a": ["x", "1"]}, a="1")
    assert fits({"a": "true"}, a=True)
    assert not fits({"a": "1"}, a=2)
    assert not fits({"a": "1"})
    assert fits({"a": "*"}, a=[])
    assert not fits({"a": "*"}, a=None)
    assert not fits({"a": "1", "b": "1"}, a=1)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a.b[1].c", 5),
        ("a.b[].c", [4, 5]),
        ("a.b[9].c", None),
        ("a.none.c", None),
        ("{a.name}/{a.b[0].c}", "x/4"),
        ("{a.name}/{a.none}", None),
        ({"value": 3}, 3),
        ({"value": True}, True),
        ({"value": "3"}, "3"),
        ({"first": ["a.none", "a.name"]}, "x"),
        ({"count": "a.b"}, 2),
        ({"count": "a.name"}, None),
        ({"sum": "a.b[].c"}, 9),
        ({"sum": "a.name"}, None),
        ({"sum": "a.none"}, None),
        ({"negative": "a.b[0].c"}, -4),
        ({"negative": {"value": "-1,200.50"}}, -1200.5),
        ({"minor": "a.b[0].c", "currency": {"value": "KRW"}}, 4),
        ({"minor": "a.b[0].c", "currency": {"value": "eur"}}, 0.04),
        ({"minor": {"value": 1.5}, "currency": {"value": "eur"}}, None),
        ({"upper": "a.name"}, "X"),
        ({"lower": {"value": "ABC"}}, "abc"),
        ({"lower": "a.b"}, None),
    ],
)
def test_values(value: object, found: object) -> None:
    body = {"u": "ann", "a": {"b": [{"c": 4}, {"c": 5}], "name": "x"}}
    (call,) = one_rule(body, properties={"p": value})
    assert call.get("properties", {}).get("p") == found


def test_without_an_id_of_its_own_the_payload_is_the_id() -> None:
    assert one_rule({"u": "ann"})[0]["messageId"] == "erp:d.0.0"
    assert one_rule({"u": "ann", "n": 3}, id="n")[0]["messageId"] == "erp:3"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected fields"),
        ("sojourn: webhook/2\nname: a\nevents: []", "webhook/1"),
        ("sojourn: webhook/1\nname: A B\nevents: []", "'A B' as the name"),
        ("sojourn: webhook/1\nname: a\nevents: []", "0 events"),
        (document("  - {event: e}"), "nobody is named"),
        (document("  - {user: u}"), "no event is named"),
        (document("  - {event: '', user: u}"), "has no name"),
        (document("  - {event: e, user: 'a..b'}"), "'a..b' is no value's place"),
        (document("  - {event: e, user: 'x{a'}"), "no value's place"),
        (document("  - {event: e, user: {sum: a, count: b}}"), "no single value"),
        (document("  - {event: e, user: {minor: a}}"), "no single value"),
        (document("  - {event: e, user: u, each: 'header:X'}"), "no list's path"),
        (document("  - {event: e, user: u, when: {a: []}}"), "no condition"),
        (document("  - {event: e, user: u}", "signature: {header: X}\n"), "proof"),
        (document("  - {event: e, user: u}", "signature: {proof: md5, header: X}\n"), "'md5'"),
        (document("  - {event: e, user: u}", "signature: {proof: hmac, header: 'a b'}\n"), "'a b'"),
        (document("  - {event: e, usr: u}"), "Did you mean 'user'?"),
    ],
)
def test_a_document_that_cannot_be_read_says_where(text: str, words: str) -> None:
    with pytest.raises(InputError, match="line") as raised:
        read_webhook(text, "erp.yaml")
    assert words in str(raised.value)


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(body=NESTED, topic=st.sampled_from(("orders/paid", "refunds/create", "customers/update")))
def test_any_payload_is_read_without_an_error(body: object, topic: str) -> None:
    for call in shopify(topic, body):
        assert call["messageId"].startswith("shopify:")


@given(text=st.text(max_size=30))
def test_any_text_is_a_path_or_none(text: str) -> None:
    for value in (read_path(text), read_text(text)):
        if value is not None:
            value.of(Payload(body={"a": [1, {"b": 2}]}))
