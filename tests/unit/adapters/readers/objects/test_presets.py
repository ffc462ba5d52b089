"""Each tool's own export, small and as its documentation shows it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from readouts import FIXTURES, read
from sojourn.adapters.readers.errors import PresetError
from sojourn.base.errors import UnknownNameError
from sojourn.events.calls.segment import segment_row

TOOLS = ("segment", "rudderstack", "ga4", "amplitude", "mixpanel", "posthog")


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_is_recognised_and_can_be_asked_for(tool) -> None:
    found = read(FIXTURES / f"{tool}.jsonl")
    assert found.reader.format == f"JSON lines ({tool})"
    assert not found.rejected
    assert read(FIXTURES / f"{tool}.jsonl", preset=tool).events == found.events
    assert {choice.role for choice in found.reader.roles} >= {"time", "event"}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_list_gives_what_lines_give(tool) -> None:
    text = (FIXTURES / f"{tool}.jsonl").read_text("utf-8")
    values = [json.loads(line) for line in text.splitlines()]
    as_lines = read(text)
    for listed in (json.dumps(values, indent=1), json.dumps(values)):
        as_list = read(listed)
        assert as_list.events == as_lines.events
        assert as_list.reader.format == f"JSON ({tool})"


def test_segment() -> None:
    found = read(FIXTURES / "segment.jsonl")
    assert found.column("event") == ["Viewed Recipes Page", "identify", "Order Completed", "alias"]
    assert found.column("own_id") == ["ajs-001", "ajs-002", "ajs-003", "py-004"]
    assert found.column("user_id") == [None, "u-97", "u-97", "u-97"]
    assert found.column("anonymous_id") == ["507f191e-810c-4c29-9afb-de860ea00001"] * 4
    assert found.events[0]["time"] == datetime(2025, 3, 1, 9, 0, 0, 320_000, tzinfo=UTC)
    page, identify, order, alias = found.properties
    assert page == {
        "browser": "Safari",
        "device": "mobile",
        "locale": "ko-KR",
        "os": "iOS",
        "page": "/recipes",
        "page_title": "Recipes",
        "page_url": "https://shop.example/recipes?utm_source=newsletter",
        "referrer": "https://www.google.com/",
        "utm_campaign": "spring-sale",
        "utm_content": "hero",
        "utm_medium": "email",
        "utm_source": "newsletter",
    }
    told = {"plan": "free", "email": "kim@shop.example"}
    assert identify == told | {"$traits": {"set": told}}
    assert order == {
        "order_id": "o-1",
        "value": 29.9,
        "currency": "USD",
        "shipping.method": "express",
        "products": [{"quantity": 2, "sku": "k-1"}],
    }
    assert alias is None


@pytest.mark.parametrize(
    ("written", "amount"), [("12.50", 12.5), ("₩1,200", 1200), ("1,200원", 1200), ("free", "free")]
)
def test_amounts_given_as_text_are_numbers(written, amount) -> None:
    call = {"type": "track", "event": "Paid", "messageId": "m1", "userId": "u",
            "timestamp": "2025-03-01T09:00:00Z", "properties": {"revenue": written}}  # fmt: skip
    plain = {"user_id": "u", "time": "2025-03-01", "event": "Paid", "amount": written}
    for found in (call, plain):
        more = {**found, "messageId": "m2"} if found is call else found
        filled = json.loads(json.dumps(plain | {"amount": "5"}))
        lines = [found, more] if found is call else [found, *[filled] * 5]
        text = "\n".join(json.dumps(line) for line in lines)
        assert read(text).properties[0]["value"] == amount


def test_a_currency_is_for_amounts_that_carry_none() -> None:
    calls = [
        {"type": "track", "event": "Paid", "messageId": f"m{i}", "userId": "u",
         "timestamp": "2025-03-01T09:00:00Z", "properties": own}
        for i, own in enumerate([{"revenue": 5}, {"revenue": 5, "currency": "EUR"}, {"step": 1}])
    ]  # fmt: skip
    found = read("\n".join(map(json.dumps, calls)), currency="KRW")
    assert [own.get("currency") for own in found.properties] == ["KRW", "EUR", None]


def test_rudderstack() -> None:
    found = read(FIXTURES / "rudderstack.jsonl")
    assert found.column("event") == ["Product Viewed", "Viewed Cart Screen"]
    assert found.column("user_id") == [None, None]
    assert found.properties[0] == {
        "device": "mobile",
        "os": "Android",
        "price": 12.5,
        "product_id": "k-1",
        "session_id": "1709283600",
    }


def test_ga4() -> None:
    found = read(FIXTURES / "ga4.jsonl")
    assert found.column("event") == ["page_view", "purchase"]
    assert found.column("user_id") == [None, "u-97"]
    assert found.events[0]["time"] == datetime(2025, 3, 1, 0, 0, 0, 123_456, tzinfo=UTC)
    view, purchase = found.properties
    assert view == {
        "browser": "Chrome",
        "city": "Seoul",
        "country": "South Korea",
        "device": "mobile",
        "engagement_time_msec": 2100,
        "first_user_campaign": "(direct)",
        "first_user_medium": "(none)",
        "first_user_source": "(direct)",
        "gclid": "x",
        "language": "ko-kr",
        "os": "Android",
        "page": "/recipes",
        "page_url": "https://shop.example/recipes?gclid=x",
        "plan": "free",
        "platform": "WEB",
        "referrer": "https://www.google.com/",
        "session_id": "1740787190",
        "utm_campaign": "brand",
        "utm_medium": "cpc",
        "utm_source": "google",
    }
    assert purchase["value"] == 19900.0
    assert purchase["currency"] == "KRW"
    assert purchase["transaction_id"] == "o-1"
    assert purchase["items"] == [{"item_id": "k-1", "item_name": "Kit", "price": 19900.0}]


def test_ga4_as_parquet(tmp_path) -> None:
    rows = [json.loads(line) for line in (FIXTURES / "ga4.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        row["event_timestamp"] = int(row["event_timestamp"])
        row["items"] = [{k: str(v) for k, v in item.items()} for item in row["items"]]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "ga4.parquet")
    found = read(tmp_path / "ga4.parquet")
    plain = read(FIXTURES / "ga4.jsonl")
    assert found.reader.format == "Parquet (ga4)"
    for key in ("event", "time", "user_id", "anonymous_id"):
        assert found.column(key) == plain.column(key)
    assert found.properties[0] == plain.properties[0]


def test_amplitude_times_are_utc_whatever_the_zone() -> None:
    found = read(FIXTURES / "amplitude.jsonl", timezone="Asia/Seoul")
    assert found.column("time")[0] == datetime(2025, 3, 1, 9, 0, 0, 120_000, tzinfo=UTC)
    assert found.column("own_id") == ["amp-1", "amp-2"]
    assert found.column("user_id") == [None, "u-97"]
    assert found.properties == [
        {
            "city": "Seoul",
            "country": "South Korea",
            "device": "mobile",
            "language": "Korean",
            "os": "ios",
            "page": "/recipes/1",
            "plan": "free",
            "platform": "iOS",
            "recipe": "kimchi stew",
            "session_id": "1740819600000",
            "utm_source": "newsletter",
        },
        {"country": "South Korea", "device": "mobile", "platform": "iOS", "value": 29.9},
    ]


def test_mixpanel() -> None:
    found = read(FIXTURES / "mixpanel.jsonl")
    assert found.column("user_id") == [None, "u-97", "u-98"]
    assert found.column("anonymous_id") == ["D-1", "D-1", None]
    assert found.column("time")[0] == datetime(2025, 3, 1, 9, tzinfo=UTC)
    assert found.properties == [
        {
            "browser": "Chrome",
            "city": "Seoul",
            "country": "KR",
            "device": "desktop",
            "os": "Windows",
            "page": "/recipes",
            "page_url": "https://shop.example/recipes?x=1",
            "referrer": "https://www.google.com/",
            "utm_source": "newsletter",
        },
        {"items": ["k-1", "k-2"], "value": 29.9},
        None,
    ]


def test_posthog() -> None:
    found = read(FIXTURES / "posthog.jsonl")
    device = "01954eff-0000-7000-8000-00000000000a"
    assert found.column("event") == ["$pageview", "$identify", "order paid"]
    assert found.column("user_id") == [None, "u-97", "u-97"]
    assert found.column("anonymous_id") == [device, device, None]
    assert found.properties == [
        {
            "$initial_referrer": "https://www.google.com/",
            "$traits": {"once": {"$initial_referrer": "https://www.google.com/"}},
            "browser": "Chrome",
            "country": "KR",
            "device": "desktop",
            "page": "/recipes",
            "page_url": "https://shop.example/recipes?x=1",
            "session_id": "s-1",
            "utm_source": "newsletter",
        },
        {"plan": "free", "$traits": {"set": {"plan": "free"}}},
        {"value": 29.9},
    ]


@pytest.mark.parametrize("tool", TOOLS)
def test_no_address_and_no_user_agent_is_kept(tool) -> None:
    for properties in read(FIXTURES / f"{tool}.jsonl").properties:
        text = json.dumps(properties)
        assert "203.0.113.7" not in text
        assert "Mozilla" not in text


@pytest.mark.parametrize("preset", [None, "orders"])
def test_orders(preset) -> None:
    found = read(FIXTURES / "orders.csv", preset=preset)
    assert found.column("user_id") == ["0007", "0008"]
    assert found.column("event") == ["purchase", "purchase"]
    assert [event["properties"] for event in found.events] == [
        '{"currency":"USD","product":"Kit","status":"paid","value":29.90}',
        '{"currency":"USD","product":"Box","status":"paid","value":1234.50}',
    ]


def test_a_preset_that_does_not_fit() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'segment'"):
        read(FIXTURES / "segment.jsonl", preset="segmnt")
    with pytest.raises(PresetError, match="no events as ga4 writes them"):
        read(FIXTURES / "segment.jsonl", preset="ga4")
    with pytest.raises(PresetError, match="reads objects"):
        read(FIXTURES / "orders.csv", preset="ga4")
    with pytest.raises(PresetError, match="roles were given too"):
        read(FIXTURES / "ga4.jsonl", preset="ga4", roles={"event": "event_name"})


def test_what_is_refunded_is_below_nothing(tmp_path) -> None:
    path = tmp_path / "ga4.jsonl"
    rows = [json.loads(line) for line in (FIXTURES / "ga4.jsonl").read_text("utf-8").splitlines()]
    purchase = rows[1]
    ecommerce = {"transaction_id": "o-1", "refund_value": 5000.0}
    rows.append({**purchase, "event_name": "refund", "ecommerce": ecommerce, "event_params": []})
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    assert [each.get("value") for each in read(path).properties[1:]] == [19900.0, -5000.0]


@pytest.mark.parametrize(
    ("properties", "value"),
    [({"total": 30}, -30), ({"revenue": "12.50"}, -12.5), ({"value": -4}, -4), ({"total": "free"}, "free")],
)  # fmt: skip
def test_an_order_refunded_in_segments_words_is_below_nothing(properties, value) -> None:
    call = {"type": "track", "event": "Order Refunded", "userId": "ann", "properties": properties}
    assert segment_row(call).properties["value"] == value
    paid = segment_row({**call, "event": "Order Completed"})
    assert paid.properties["value"] in properties.values()
