"""Which calls are events, and when they happened."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.events.calls.intake import (
    POSTHOG,
    SEGMENT,
    Arrival,
    Refusal,
    instant_us,
    settle,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def us(when: datetime) -> int:
    return (when - EPOCH) // timedelta(microseconds=1)


def arrival(sent: object = None) -> Arrival:
    return Arrival(received_us=us(NOW), sent_us=instant_us(sent), new_id=lambda: "made")


def call(**more: object) -> dict[str, object]:
    return {"type": "track", "event": "Bought", "userId": "ann", "messageId": "m1", **more}


def time_of(found: dict | Refusal) -> datetime:
    assert isinstance(found, dict), found
    return datetime.fromisoformat(found["timestamp"])


def test_a_call_is_kept_with_its_id_and_time() -> None:
    found = settle(call(timestamp="2026-03-01T09:00:00.5+09:00"), SEGMENT, arrival())
    assert isinstance(found, dict)
    assert found == call(timestamp="2026-03-01T00:00:00.500000+00:00")


def test_a_wrong_clock_is_set_right() -> None:
    """The device's clock is three years behind; the event happened ten seconds before sending."""
    found = settle(
        call(originalTimestamp="2023-03-01T11:59:50Z", timestamp="2023-01-01T00:00:00Z"),
        SEGMENT,
        arrival("2023-03-01T12:00:00Z"),
    )
    assert time_of(found) == NOW - timedelta(seconds=10)
    assert "originalTimestamp" not in found


@given(
    skew=st.timedeltas(timedelta(days=-4000), timedelta(days=4000)),
    before=st.timedeltas(timedelta(0), timedelta(days=3000)),
)
def test_no_skew_moves_an_event(skew, before) -> None:
    sent = NOW + skew
    found = settle(call(timestamp=(sent - before).isoformat()), SEGMENT, arrival(sent.isoformat()))
    assert time_of(found) == NOW - before


def test_a_calls_own_sending_goes_before_its_batchs() -> None:
    own = call(timestamp="2026-03-01T10:00:00Z", sentAt="2026-03-01T11:00:00Z")
    assert time_of(settle(own, SEGMENT, arrival("2026-03-01T12:00:00Z"))) == NOW - timedelta(
        hours=1
    )
    assert "sentAt" not in settle(own, SEGMENT, arrival())


def test_without_a_time_it_happened_when_it_came() -> None:
    assert time_of(settle(call(), SEGMENT, arrival("2020-01-01T00:00:00Z"))) == NOW


def test_a_call_without_an_id_gets_one() -> None:
    bare = {key: value for key, value in call().items() if key != "messageId"}
    found = settle(bare, SEGMENT, arrival())
    assert found["messageId"] == "made"


def test_posthogs_calls_are_settled_too() -> None:
    sent = {"event": "seen", "distinct_id": "ann", "properties": {"$time": 1772366390}, "uuid": "u"}
    found = settle(sent, POSTHOG, arrival())
    assert (found["uuid"], time_of(found)) == ("u", NOW - timedelta(seconds=10))


@pytest.mark.parametrize(
    ("sent", "code", "says"),
    [
        (["track"], "not-an-object", "allowed: an object"),
        (None, "not-an-object", "None"),
        (call(type="buy"), "bad-type", "'buy'.*allowed: alias, group"),
        (call(type=None), "bad-type", "None"),
        (call(type=["track"]), "bad-type", "track"),
        (call(userId="NULL"), "no-person", "'NULL' stands for nobody"),
        (call(userId=None), "no-person", "no person is given"),
        (call(userId={"a": 1}), "no-person", "no person is given"),
        (call(event="  "), "no-event", "any text"),
        (call(event=7.5), None, ""),
        (call(messageId="x" * 256), "long-id", "256 characters.*255"),
        (call(timestamp="yesterday"), "bad-time", "'yesterday'.*ISO 8601"),
        (call(timestamp=True), "bad-time", "True"),
        (call(timestamp=[1]), "bad-time", "ISO"),
        (call(timestamp=1e300), "time-range", "after 9999"),
        (call(timestamp="1980-01-01T00:00:00Z"), "time-range", "before 1990"),
        (call(anonymousId="a1", userId="undefined"), None, ""),
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused_with_the_reason(sent, code, says) -> None:
    found = settle(sent, SEGMENT, arrival())
    if code is None:
        assert isinstance(found, dict)
        return
    assert isinstance(found, Refusal)
    assert found.code == code
    assert re.search(says, found.reason)
    assert len(found.reason) < 200


def test_a_time_up_to_a_day_ahead_is_believed() -> None:
    found = settle(call(timestamp="2026-03-02T12:00:00Z"), SEGMENT, arrival())
    assert time_of(found) == NOW + timedelta(days=1)
    assert "properties" not in found


@pytest.mark.parametrize("given", ["2026-03-02T12:00:01Z", "2099-01-01", 4102444800])
@pytest.mark.parametrize("at", [None, "2026-03-01T12:00:00Z"])
def test_a_time_further_ahead_is_kept_beside_that_of_receipt(given, at) -> None:
    """Their clock is ahead, or ours is behind: the event is kept all the same."""
    found = settle(call(timestamp=given, properties={"n": 1}), SEGMENT, arrival(at))
    assert time_of(found) == NOW
    assert found["properties"] == {"n": 1, "$given_time": given}
    sent = {"event": "seen", "distinct_id": "ann", "properties": {"$time": given}, "uuid": "u"}
    found = settle(sent, POSTHOG, arrival(at))
    assert (time_of(found), found["properties"]) == (NOW, {"$given_time": given})


def test_a_clock_ahead_that_says_when_it_sent_is_set_right_and_not_marked() -> None:
    ahead = call(timestamp="2099-01-01T11:59:00Z")
    found = settle(ahead, SEGMENT, arrival("2099-01-01T12:00:00Z"))
    assert time_of(found) == NOW - timedelta(minutes=1)
    assert "properties" not in found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(
    ["type", "event", "userId", "anonymousId", "messageId", "timestamp", "originalTimestamp",
     "sentAt", "context", "properties", "traits", "name", "previousId", "distinct_id", "uuid"]
)  # fmt: skip
TYPES = st.sampled_from(["track", "page", "identify", "alias"])


@given(st.dictionaries(KEYS, JSON), TYPES | JSON, st.sampled_from([SEGMENT, POSTHOG]), JSON)
def test_whatever_comes_is_settled_or_refused(sent, kind, dialect, at) -> None:
    found = settle({**sent, "type": kind}, dialect, arrival(at))
    assert isinstance(found, dict | Refusal)
    if isinstance(found, dict):
        again = settle(found, dialect, arrival())
        assert again == found  # settled once, settled for good


def test_a_browsers_user_agent_says_what_the_device_is_and_goes_no_further() -> None:
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile Safari/604.1"
    came = Arrival(received_us=us(NOW), new_id=lambda: "made", agent=phone)
    for more in ({}, {"context": {"locale": "ko"}}, {"context": None}):
        found = settle(call(**more), SEGMENT, came)
        assert isinstance(found, dict)
        properties = SEGMENT.row(found).properties
        assert (properties["device"], properties["os"]) == ("mobile", "iOS")
        assert phone not in repr(properties)
    other = settle({"event": "seen", "distinct_id": "a1", "uuid": "m1"}, POSTHOG, came)
    assert isinstance(other, dict)
    assert phone not in repr(other)


def test_times_are_read_as_people_and_programs_write_them() -> None:
    wanted = us(datetime(2026, 1, 1, tzinfo=UTC))
    for written in ("2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T09:00:00+09:00",
                    " 2026-01-01 00:00:00 ", 1767225600, 1767225600000, 1767225600.0):  # fmt: skip
        assert instant_us(written) == wanted, written
    for written in ("", "x", None, float("inf"), [], {}, True):
        assert instant_us(written) is None, written
