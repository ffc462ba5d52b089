"""Events, properties and one person's journey."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slow_paths import MINUTE, ROWS, ask
from sojourn.base.errors import InputError, UnknownNameError
from sojourn.base.estimate import NotEstimable, wilson
from sojourn.base.predicate import event_is
from sojourn.base.timespan import TimeRange, from_datetime, to_datetime
from sojourn.index.errors import UntimedRangeError
from sojourn.index.memory import Calendar, memory_index
from sojourn.insight.overview.events import Events
from sojourn.insight.overview.person import NoPersonError, Person
from sojourn.insight.overview.properties import Properties
from sojourn.insight.question import Scope
from sojourn.insight.views.nodes import NodeRule


@given(ROWS, st.integers(1, 3))
def test_events_equal_the_twin(rows, buckets) -> None:
    answer = ask(Events(), rows, buckets)
    seen = defaultdict(list)
    for row in rows:
        seen[row[2]].append(row)
    people = len({row[0] for row in rows})
    assert {row.event for row in answer.rows} == set(seen)
    for row in answer.rows:
        having = seen[row.event]
        who = {r[0] for r in having}
        assert (row.count, row.people) == (len(having), len(who))
        assert row.share == wilson(len(who), people)
        assert row.per_person == pytest.approx(len(having) / len(who))
        assert from_datetime(row.first_seen) == min(r[1] for r in having)
        assert from_datetime(row.last_seen) == max(r[1] for r in having)
    counts = [row.count for row in answer.rows]
    assert counts == sorted(counts, reverse=True)
    assert answer.extra["totals"] == {"events": len(rows), "people": people, "kinds": len(seen)}


SAMPLE = [
    ("ann", 0, "view", {"page": "/a", "value": 2.5, "size": 3.0, "currency": "EUR"}),
    ("ann", MINUTE, "view", {"page": "/b", "size": 7.0}),
    ("ann", 60 * MINUTE, "buy", {"value": 10.0, "currency": "EUR"}),
    ("anon:7", 5, "view", {"page": "/a"}),
]


def test_events_in_a_range_and_by_page() -> None:
    answer = ask(Events(scope=Scope(range=TimeRange(start_us=MINUTE))), SAMPLE)
    assert [(row.event, row.count, row.people) for row in answer.rows] == [
        ("view", 1, 1), ("buy", 1, 1)
    ]  # fmt: skip
    pages = ask(Events(nodes=NodeRule(property="page")), SAMPLE)
    assert [(row.event, row.count, row.people) for row in pages.rows] == [
        ("/a", 2, 2), ("buy", 1, 1), ("/b", 1, 1)
    ]  # fmt: skip


def test_events_without_times() -> None:
    answer = ask(Events(), [("ann", None, "view"), ("ann", None, "buy")])
    assert [row.first_seen for row in answer.rows] == [None, None]


def test_properties_say_how_they_are_filled() -> None:
    answer = ask(Properties(), SAMPLE, buckets=2)
    rows = {row.property: row for row in answer.rows}
    assert rows["page"].filled == 3
    assert rows["page"].share == wilson(3, 4)
    assert rows["page"].distinct == 2
    assert [(v.value, v.count) for v in rows["page"].top] == [("/a", 2), ("/b", 1)]
    assert (rows["size"].low, rows["size"].high, rows["size"].kind) == ("3", "7", "number")
    assert isinstance(rows["size"].distinct, NotEstimable)
    assert rows["value"].kind == "money"
    assert answer.rows[0].property == "page"
    assert answer.extra["totals"] == {"events": 4, "properties": 4}
    json = answer.to_json()
    assert json["rows"][0]["top"][0] == {"value": "/a", "count": 2}


def test_properties_of_some_events_only() -> None:
    scope = Scope(events=event_is("buy"), people=event_is("buy"))
    answer = ask(Properties(scope=scope), SAMPLE)
    assert {row.property for row in answer.rows} == {"value", "currency"}
    assert answer.rows[0].share == wilson(1, 1)


def test_money_of_one_currency_has_limits_and_of_two_has_none() -> None:
    index = memory_index(SAMPLE, calendar=Calendar(currency="EUR"))
    plan = Properties().plan(index.catalog)
    rows = {r.property: r for r in plan.answer(plan.over(index.buckets[0])).rows}
    assert (rows["value"].low, rows["value"].high) == ("2.50", "10.00")
    more = [*SAMPLE, ("bob", 0, "buy", {"value": 1.0, "currency": "USD"})]
    rows = {r.property: r for r in ask(Properties(), more).rows}
    assert rows["value"].low is None


def test_one_person_event_by_event() -> None:
    answer = ask(Person(person="ann"), SAMPLE, buckets=2)
    found = [(row.event, row.gap_seconds, row.session) for row in answer.rows]
    assert found == [("view", None, 1), ("view", 60.0, 1), ("buy", 3540.0, 2)]
    assert answer.rows[0].time == to_datetime(0)
    assert answer.rows[0].properties == {
        "page": "/a", "value": "2.50 EUR", "size": 3.0, "currency": "EUR"
    }  # fmt: skip
    assert answer.rows[2].properties == {"value": "10.00 EUR", "currency": "EUR"}
    assert answer.extra["totals"]["sessions"] == 2
    assert answer.extra["person"] == "ann"


def test_somebody_never_identified_is_found_without_the_prefix() -> None:
    assert ask(Person(person="7"), SAMPLE).extra["person"] == "anon:7"
    assert ask(Person(person="anon:7"), SAMPLE).extra["person"] == "anon:7"


def test_only_the_newest_events_are_shown() -> None:
    rows = [("ann", n * MINUTE, "view") for n in range(50)]
    answer = ask(Person(person="ann", limit=3), rows)
    assert [row.time for row in answer.rows] == [to_datetime(n * MINUTE) for n in (47, 48, 49)]
    assert answer.rows[0].gap_seconds == 60.0
    assert "The newest 3 of 50 events are shown." in answer.notes
    assert answer.extra["totals"]["events"] == 50


def test_a_person_within_filters() -> None:
    scope = Scope(events=event_is("view"), range=TimeRange(start_us=1))
    answer = ask(Person(person="ann", scope=scope), SAMPLE)
    assert [row.time for row in answer.rows] == [to_datetime(MINUTE)]
    nothing = Scope(range=TimeRange(start_us=10**12))
    assert ask(Person(person="ann", scope=nothing), SAMPLE).rows == ()


def test_a_person_without_times() -> None:
    rows = [("ann", None, "view"), ("ann", None, "buy")]
    answer = ask(Person(person="ann"), rows)
    assert [(r.time, r.event, r.gap_seconds, r.session) for r in answer.rows] == [
        (None, "view", None, None), (None, "buy", None, None)
    ]  # fmt: skip
    with pytest.raises(UntimedRangeError):
        ask(Person(person="ann", scope=Scope(range=TimeRange(start_us=0))), rows)


def test_long_text_properties_are_shown(monkeypatch) -> None:
    monkeypatch.setattr("sojourn.index.encode.PLAIN_FLOOR", 1)
    rows = [(f"p{n}", 0, "note", {"text": f"말 {n}"}) for n in range(30)]
    assert ask(Person(person="p3"), rows).rows[0].properties == {"text": "말 3"}
    (row,) = ask(Properties(), rows).rows
    assert (row.kind, row.filled) == ("text", 30)


def test_nobody_has_that_id() -> None:
    with pytest.raises(NoPersonError, match="no person 'zoe'"):
        ask(Person(person="zoe"), SAMPLE)
    with pytest.raises(InputError, match="0 events"):
        ask(Person(person="ann", limit=0), SAMPLE)
    with pytest.raises(UnknownNameError):
        ask(Person(person="ann", scope=Scope(events=event_is("vieww"))), SAMPLE)
