"""Sessions against a twin over plain lists."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slow_paths import MINUTE, ROWS, ask, journeys, names, quantile
from sojourn.base.calendar import Unit
from sojourn.base.estimate import NotEstimable, wilson
from sojourn.base.predicate import event_is
from sojourn.base.timespan import DAY_US, HOUR_US, TimeRange
from sojourn.index.memory import Calendar, memory_index
from sojourn.insight.overview.sessions import Sessions, SessionsError
from sojourn.insight.question import Scope
from sojourn.insight.views.nodes import NodeRule


@given(ROWS, st.sampled_from([0, 10, 30]), st.integers(1, 3))
def test_sessions_equal_the_twin(rows, gap, buckets) -> None:
    answer = ask(Sessions(session_gap_us=gap * MINUTE), rows, buckets)
    found = journeys(rows, gap=gap * MINUTE)
    (row,) = answer.rows
    lengths = [len(journey) for _, journey in found]
    people = {person for person, _ in found}
    assert (row.sessions, row.people, row.events) == (len(found), len(people), len(rows))
    assert row.bounces == lengths.count(1)
    assert row.bounce == wilson(lengths.count(1), len(found))
    if not found:
        assert isinstance(row.per_person, NotEstimable)
        assert isinstance(row.duration, NotEstimable)
        return
    assert row.per_person == pytest.approx(len(found) / len(people))
    assert row.length_mean == pytest.approx(len(rows) / len(found))
    assert row.length_median == pytest.approx(quantile(lengths, 0.5))
    depths = [len(set(names(journey))) for _, journey in found]
    assert row.depth_median == pytest.approx(quantile(depths, 0.5))
    seconds = [(journey[-1][0] - journey[0][0]) / 1e6 for _, journey in found]
    assert row.duration.seconds == pytest.approx(quantile(seconds, 0.5))
    assert row.duration_p90.seconds == pytest.approx(quantile(seconds, 0.9))
    for key, at in (("entries", 0), ("exits", -1)):
        counts = Counter(names(journey)[at] for _, journey in found)
        assert {e["event"]: e["count"] for e in answer.extra[key]} == dict(counts)
    assert sum(part["count"] for part in answer.extra["lengths"]) == len(found)
    assert answer.extra["lengths"][0]["count"] == row.bounces


SAMPLE = [
    ("ann", 23 * HOUR_US + 50 * MINUTE, "a", {"utm_campaign": "x"}),
    ("ann", 24 * HOUR_US + 5 * MINUTE, "b"),
    ("ann", 24 * HOUR_US + 10 * MINUTE, "c", {"utm_campaign": "y"}),
    ("ann", 24 * HOUR_US + 15 * MINUTE, "c", {"utm_campaign": "y"}),
    ("bob", 3 * DAY_US, "a"),
]


def total(spec: Sessions, rows=SAMPLE):
    return ask(spec, rows).rows[0]


def test_midnight_and_campaigns_split_when_asked() -> None:
    assert total(Sessions()).sessions == 2
    assert total(Sessions(at_midnight=True)).sessions == 3
    assert total(Sessions(on_campaign=True)).sessions == 3
    assert total(Sessions(at_midnight=True, on_campaign=True)).sessions == 3 + 1
    with pytest.raises(SessionsError, match="no campaigns"):
        ask(Sessions(on_campaign=True), [("ann", 0, "a")])
    answer = ask(Sessions(at_midnight=True, on_campaign=True), SAMPLE)
    assert "at midnight or with another utm_campaign" in answer.definition


def test_midnight_is_the_workspaces() -> None:
    index = memory_index(SAMPLE, calendar=Calendar(timezone="Asia/Seoul"))
    plan = Sessions(at_midnight=True).plan(index.catalog)
    assert plan.answer(plan.over(index.buckets[0])).rows[0].sessions == 2


def test_the_range_and_people_are_taken_at_the_sessions_first_event() -> None:
    span = Scope(range=TimeRange(start_us=DAY_US))
    row = total(Sessions(scope=span))
    assert (row.sessions, row.people, row.events) == (1, 1, 1)
    early = Scope(range=TimeRange(end_us=DAY_US))
    assert total(Sessions(scope=early)).events == 4
    people = Scope(people=event_is("b"))
    assert total(Sessions(scope=people)).sessions == 0
    among = Sessions(scope=Scope(people=event_is("c"), events=event_is("c")))
    assert (total(among).sessions, total(among).events) == (1, 2)


def test_a_row_for_each_day() -> None:
    answer = ask(Sessions(interval=Unit.DAY), SAMPLE)
    assert [(row.period, row.sessions, row.people) for row in answer.rows] == [
        (None, 2, 2), ("1970-01-01", 1, 1), ("1970-01-04", 1, 1)
    ]  # fmt: skip
    assert answer.rows[1].length_median == 4


def test_one_person_on_two_days_is_one_person_in_all() -> None:
    rows = [("ann", 0, "a"), ("ann", 2 * DAY_US, "a"), ("ann", 2 * DAY_US + HOUR_US, "a")]
    answer = ask(Sessions(interval=Unit.DAY), rows)
    assert [(row.sessions, row.people) for row in answer.rows] == [(3, 1), (1, 1), (2, 1)]
    assert answer.rows[0].per_person == 3


def test_entries_by_group_and_many_of_them() -> None:
    grouped = ask(Sessions(nodes=NodeRule(groups=("letters=?",))), SAMPLE)
    assert [e["event"] for e in grouped.extra["entries"]] == ["letters"]
    rows = [(f"p{n}", 0, f"e{n:02}") for n in range(30)]
    entries = ask(Sessions(), rows).extra["entries"]
    assert len(entries) == 21
    assert entries[-1]["event"] == "Other (10)"
    assert sum(entry["count"] for entry in entries) == 30


def test_without_times_there_are_no_sessions() -> None:
    answer = ask(Sessions(interval=Unit.DAY), [("ann", None, "a"), ("ann", None, "b")])
    assert answer.rows == ()
    assert answer.extra["not_estimable"] == "these events carry no times"


def test_a_gap_cannot_be_negative() -> None:
    with pytest.raises(SessionsError, match="negative"):
        total(Sessions(session_gap_us=-1))
