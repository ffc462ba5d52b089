from __future__ import annotations

import pyarrow as pa
import pytest

from sojourn.base.errors import UnknownNameError
from sojourn.events.role_names import NAMES, folded
from sojourn.events.roles import ColumnSample, find_roles

TIMES = ["2025-01-02 03:04", "2025-01-03 03:04"]


def roles(columns, given=None, **options):
    samples = [ColumnSample(name=n, values=pa.array(v, pa.string())) for n, v in columns.items()]
    found = find_roles(samples, given or {}, **options)
    return {str(choice.role): choice.column for choice in found.choices}, found


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            ("user_id", "session_id", "event", "timestamp", "platform", "acquisition_channel"),
            {"person": "user_id", "session_id": "session_id", "event": "event",
             "time": "timestamp", "device": "platform", "channel": "acquisition_channel"},
        ),
        (
            ("고객번호", "이벤트", "일시", "기기", "유입채널"),
            {"person": "고객번호", "event": "이벤트", "time": "일시", "device": "기기",
             "channel": "유입채널"},
        ),
        (
            ("case:concept:name", "concept:name", "time:timestamp", "org:resource"),
            {"person": "case:concept:name", "event": "concept:name", "time": "time:timestamp"},
        ),
        (
            ("anonymous_id", "userId", "EventName", "occurred_at", "utm_source", "url"),
            {"anonymous": "anonymous_id", "person": "userId", "event": "EventName",
             "time": "occurred_at", "utm_source": "utm_source", "page": "url"},
        ),
        (("visitor_id", "page", "ts"), {"anonymous": "visitor_id", "event": "page", "time": "ts"}),
        (("order_id", "reviewerId", "action", "date"),
         {"person": "reviewerId", "event": "action", "time": "date"}),
        (("customer", "state", "changed_at"),
         {"person": "customer", "event": "state", "time": "changed_at"}),
    ],
)  # fmt: skip
def test_roles_by_name(names, expected) -> None:
    columns = {name: ["a", "a"] for name in names}
    for name in names:
        if name in expected.values() and expected.get("time") == name:
            columns[name] = TIMES
    assert roles(columns)[0] == expected


def test_a_name_is_not_enough_for_a_time_or_an_amount() -> None:
    columns = {
        "user": ["a", "b"],
        "event": ["x", "y"],
        "time": ["fast", "slow"],
        "seen": TIMES,
        "amount": ["many", "few"],
        "total": ["1", "2.5"],
    }
    assert roles(columns)[0] == {"person": "user", "event": "event", "time": "seen",
                                 "value": "total"}  # fmt: skip


def test_a_table_of_amounts_is_purchases() -> None:
    found, full = roles({"customer_id": ["1"], "date": ["2025-01-02"], "amount": ["3"]})
    assert full.event_name == "purchase"
    assert "amounts" in full.event_why
    assert found["value"] == "amount"


def test_a_table_of_ratings_is_reviews() -> None:
    _, full = roles({"reviewerId": ["1"], "date": ["2025-01-02"], "rating": ["3"]})
    assert full.event_name == "review"


def test_a_table_of_neither_says_nothing() -> None:
    _, full = roles({"user": ["1"], "date": ["2025-01-02"], "colour": ["red"]})
    assert full.event_name is None


def test_the_user_has_the_last_word() -> None:
    columns = {"user_id": ["1"], "device_id": ["d"], "event": ["x"], "kind": ["y"], "ts": TIMES[:1]}
    found, full = roles(columns, {"event": "kind", "anonymous": ""})
    assert found == {"event": "kind", "person": "user_id", "time": "ts"}
    assert full.choices[0].why == "as you said"
    with pytest.raises(UnknownNameError, match="Did you mean 'person'"):
        roles(columns, {"persn": "user_id"})
    with pytest.raises(UnknownNameError, match="Did you mean 'user_id'"):
        roles(columns, {"person": "user-id"})


def test_an_own_id_is_different_in_every_row() -> None:
    base = {"user_id": ["1", "1"], "event": ["x", "x"], "ts": TIMES}
    assert roles({**base, "event_id": ["a", "b"]})[0]["id"] == "event_id"
    assert "id" not in roles({**base, "event_id": ["7", "7"]})[0]


def test_a_lone_value_is_an_id_only_where_it_looks_like_one() -> None:
    row = {"user_id": ["a"], "time": TIMES[:1], "event": ["x"]}
    assert roles({**row, "event_id": ["9f1c2d3e-4b5a"]})[0]["id"] == "event_id"
    assert "id" not in roles({**row, "event_id": ["1"]})[0]


@pytest.mark.parametrize("stray", ["0", "-5", " 7 "])
def test_a_stray_number_does_not_spoil_a_column_of_times(stray) -> None:
    columns = {"user_id": ["a"] * 3, "time": [*TIMES, stray], "event": ["x"] * 3}
    assert roles(columns)[0]["time"] == "time"
    assert "time" not in roles({**columns, "time": [stray, stray, TIMES[0]]})[0]


def test_day_and_clock_in_two_columns() -> None:
    days, clocks = ["2025-01-02", "2025-01-03"], ["10:00", "오후 3:04"]
    for day, clock in (("date", "time"), ("일자", "시간"), ("day", "clock")):
        found, _ = roles({"user_id": ["1", "2"], "event": ["a", "b"], day: days, clock: clocks})
        assert (found["date"], found["clock"]) == (day, clock)
        assert "time" not in found


def test_no_name_serves_two_roles() -> None:
    seen = [name for role, names in NAMES.items() for name in names]
    assert len(seen) == len(set(seen))
    assert all(name == folded(name) for name in seen)


def test_a_status_beside_several_times_is_no_event() -> None:
    columns = {"customer_id": ["1"], "status": ["paid"], "ordered_at": TIMES[:1]}
    assert roles(columns)[0]["event"] == "status"
    found, full = roles({**columns, "paid_at": TIMES[:1]})
    assert "event" not in found
    assert full.event_name is None
