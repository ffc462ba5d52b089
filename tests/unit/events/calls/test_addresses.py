"""No whole IP address of a call is kept, whether it is an event or refused."""

from __future__ import annotations

import pytest

from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits, read_limits
from sojourn.events.calls.addresses import short_ip, with_short_ips
from sojourn.events.calls.intake import DIALECTS

WHOLE = "203.0.113.77"
SEGMENT_CALL = {"type": "track", "userId": "ann", "event": "look", "context": {"ip": WHOLE}}
CALLS = [
    ("segment", SEGMENT_CALL),
    ("segment", {**SEGMENT_CALL, "context": {"traits": {"ip": WHOLE}}}),
    ("segment", {**SEGMENT_CALL, "type": "no type"}),
    ("segment", {"type": "identify", "userId": "ann", "traits": {"ip": [WHOLE]}}),
    ("posthog", {"event": "look", "distinct_id": "ann", "properties": {"$ip": WHOLE}}),
    ("posthog", {"event": "look", "distinct_id": "a", "properties": {"$set": {"$ip": WHOLE}}}),
]


def kept(dialect: str, call: dict[str, object], limits: Limits) -> bytes:
    request = Request(
        calls=[call], dialect=DIALECTS[dialect], source="web", sent=None, received_us=10**15
    )
    taken = take_in(request, limits, lambda: "id")
    (body,) = [one.body for one in (*taken.items, *taken.refused)]
    return body


@pytest.mark.parametrize(("dialect", "call"), CALLS)
def test_an_address_is_kept_short_unless_told_otherwise(dialect, call) -> None:
    short = kept(dialect, call, Limits())
    assert WHOLE.encode() not in short
    assert b"203.0.113.0" in short
    assert WHOLE.encode() in kept(dialect, call, read_limits({"SOJOURN_WHOLE_IPS": "1"}))
    assert WHOLE in repr(call), "what was given is not changed"


@pytest.mark.parametrize(
    ("given", "short"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("[2001:db8:1:2::9]:443", "[2001:db8:1::]:443"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:cb00:714d", "::ffff:203.0.113.0"),
        ("none", "none"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_addresses_are_shortened(given, short) -> None:
    assert short_ip(given) == short


def test_a_call_without_an_address_is_not_copied() -> None:
    call = {"properties": {"a": 1}, "context": {"page": {}}}
    assert with_short_ips(call) is call
