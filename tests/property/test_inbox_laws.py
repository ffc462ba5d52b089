"""Whatever is settled at the door becomes an event in the lake: nothing accepted is lost later."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.adapters.readers.calls import read_calls
from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.events.calls.intake import POSTHOG, SEGMENT
from sojourn.ports.inbox import Kept

NOW_US = 1_772_366_400_000_000
LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
JSON = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
TIMES = st.datetimes().map(str) | st.integers() | st.floats(-1e13, 1e13) | JSON
CALLS = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "page", "screen", "identify", "group", "alias"])},
    optional={
        "event": st.text() | JSON, "userId": JSON | st.text(), "anonymousId": JSON, "name": JSON,
        "properties": JSON | st.dictionaries(st.text(), JSON), "context": JSON, "traits": JSON,
        "timestamp": TIMES, "originalTimestamp": TIMES, "sentAt": TIMES, "messageId": JSON,
        "previousId": JSON, "distinct_id": JSON, "uuid": JSON,
    },
)  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CALLS, min_size=1, max_size=8), st.sampled_from([SEGMENT, POSTHOG]), TIMES)
def test_whatever_is_accepted_is_an_event(calls, dialect, sent) -> None:
    request = Request(calls=calls, dialect=dialect, source="web", sent=sent, received_us=NOW_US)
    intake = take_in(request, Limits(), lambda: "made")
    assert len(intake.items) + len(intake.faults) == len(calls)
    if not intake.items:
        return
    kept = [Kept(place, item) for place, item in enumerate(intake.items, 1)]
    events, bad = read_calls(kept)
    assert bad == []
    assert events["position"].to_pylist() == [one.position for one in kept]
    assert events["own_id"].null_count == 0
    for text in events["properties"].to_pylist():
        assert isinstance(json.loads(text), dict)
