"""Membership of everybody at once: stages, bots, amounts, names that the data lack."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slow_stages import LAST_HOUR, PEOPLE, live, models, rows_of
from sojourn.base.grammar import parse_predicate
from sojourn.base.timespan import DAY_US, HOUR_US
from sojourn.index.errors import UntimedRangeError
from sojourn.index.masks import row_mask
from sojourn.index.memory import memory_index
from sojourn.insight.overview.person import NoPersonError
from sojourn.segments.ask.members import Members, Sizes
from sojourn.segments.ask.why import Why
from sojourn.segments.document import read_segment
from sojourn.segments.holds import Arrived, holds
from sojourn.segments.model import InStage, Segment
from sojourn.stages.model import Words

HEAD = "sojourn: segment/1\nkey: s\nwho:\n"


def ask(spec, index):
    plan = spec.plan(index.catalog)
    parts = [plan.over(bucket) for bucket in index.buckets]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return plan.answer(total)


def members(body, rows, at=None):
    index = memory_index(rows, buckets=2)
    found = ask(Members(segment=read_segment(HEAD + body), at_us=at), index)
    return [row.person for row in found.rows]


ORDERS = [
    ("ann", 1 * DAY_US, "order", {"value": 10.5, "currency": "EUR"}),
    ("ann", 3 * DAY_US, "order", {"value": 20}),
    ("bob", 2 * DAY_US, "order", {"value": "11", "currency": "KRW"}),
    ("bob", 9 * DAY_US, "visit"),
    ("cat", 9 * DAY_US, "visit", {"bot": True}),
    ("dan", 12 * DAY_US, "visit"),
]


@pytest.mark.parametrize(
    ("body", "inside"),
    [
        ("  {events: order}", ["ann", "bob"]),
        ("  {events: order, at_least: 2, within: 12d}", ["ann"]),
        ("  {events: order, at_least: 2, within: 11d}", []),
        ("  {events: order, quiet: 10d}", ["bob"]),
        ("  none: [{events: order}]", ["dan"]),
        ("  {events: order, where: value > 10.5}", ["ann", "bob"]),
        ("  {events: order, where: value >= 10.5 and currency = EUR}", ["ann"]),
        ("  {events: order, without: {events: visit}}", ["ann"]),
        ("  {events: never_sent}", []),
        ("  {events: any, where: never_said = 3}", []),
        ("  none: [{events: any, where: never_said = 3}]", ["ann", "bob", "dan"]),
        ("  {events: any, where: event != order}", ["bob", "dan"]),
        ("  {trait: missing currency}", ["dan"]),
        ("  {sequence: [{events: order}, {events: order}], window: 2d}", ["ann"]),
        ("  {sequence: [{events: order}, {events: order}], window: 47h}", []),
    ],
)
def test_who_is_inside_as_of_the_newest_event(body, inside) -> None:
    assert members(body, ORDERS) == inside


def test_a_window_ends_at_exactly_its_length() -> None:
    body = "  {events: order, within: 10d}"
    assert members(body, ORDERS, at=13 * DAY_US - 1) == ["ann"]
    assert members(body, ORDERS, at=13 * DAY_US) == []


def test_at_an_instant_of_the_past_later_events_and_people_are_not_there() -> None:
    index = memory_index(ORDERS)
    segment = read_segment(HEAD + "  none: [{events: order, at_least: 2}]")
    answer = ask(Members(segment=segment, at_us=2 * DAY_US), index)
    assert [row.person for row in answer.rows] == ["ann", "bob"]
    assert (answer.extra["people"], answer.extra["n"]) == (2, 2)


def test_sizes_carry_n_and_an_interval_and_say_that_only_time_has_passed() -> None:
    segment = read_segment(HEAD + "  {events: order, within: 30d}")
    answer = ask(Sizes(segments=(segment,), at_us=20 * DAY_US), memory_index(ORDERS))
    (row,) = answer.rows
    assert (row.people, row.share.n) == (2, 3)
    assert row.share.low < 2 / 3 < row.share.high
    assert "since then only time has passed" in answer.notes[0]


def test_a_list_that_is_cut_says_so() -> None:
    segment = read_segment(HEAD + "  {events: any}")
    answer = ask(Members(segment=segment, limit=2), memory_index(ORDERS, buckets=3))
    assert [row.person for row in answer.rows] == ["ann", "bob"]
    assert answer.notes == ("2 of 3 are listed, by id.",)


def test_events_without_times_have_no_segments() -> None:
    index = memory_index([("ann", None, "a")])
    with pytest.raises(UntimedRangeError):
        ask(Members(segment=read_segment(HEAD + "  {events: a}")), index)


def test_why_names_each_rule_with_the_events_that_count() -> None:
    body = "  all: [{events: order, within: 12d}, {none: [{trait: currency = KRW}]}]"
    segment = read_segment(HEAD + body)
    answer = ask(Why(segment=segment, person="ann"), memory_index(ORDERS))
    assert [(row.depth, row.holds, row.counted) for row in answer.rows] == [
        (0, True, 0), (1, True, 2), (1, True, 0), (2, False, 1),
    ]  # fmt: skip
    assert answer.rows[1].events == ("1970-01-04 00:00:00 order", "1970-01-02 00:00:00 order")
    assert answer.rows[1].changes.day == 16
    assert answer.extra["inside"] is True
    with pytest.raises(NoPersonError):
        ask(Why(segment=segment, person="nobody"), memory_index(ORDERS))


@given(models(), PEOPLE, st.data())
@settings(max_examples=60, deadline=None)
def test_a_stage_is_the_one_the_slow_stages_say(model, people, data) -> None:
    hour = data.draw(st.integers(0, LAST_HOUR))
    stage = data.draw(st.integers(1, len(model.stages) + 1))
    key = [*(each.key for each in model.stages), "lapsed"][stage - 1]
    segment = Segment(key="s", title=Words(en="s"), who=InStage(stages=(key,)))
    index = memory_index(rows_of(people))
    spec = Members(segment=segment, at_us=hour * HOUR_US, model=model)
    found = {row.person for row in ask(spec, index).rows} - {"clock"}
    expected = {
        f"p{number}"
        for number, events in enumerate(people)
        if live(events, model, hour).states[hour] == stage and events[0][0] <= hour
    }
    assert found == expected


TEXTS = (
    "p = x", "p != x", "p = 3", "p > 2", "p > b", "p contains 1", "p matches '^x'", "exists p",
    "missing p", "p in (x, 3)", "p = true", "value = 12.34", "value > 2", "value >= 0.335",
    "exists value", "event = a", "event matches 'b'", "p = x or value > 2", "not p = x",
)  # fmt: skip
VALUES = st.none() | st.sampled_from(
    ("x", "xy", "3", " 3 ", "1e1", "", "true", True, False, 3, 2.5, -1)
)
MONEY = st.none() | st.sampled_from(("12.34", 12.34, 3, 0.335, "0.345", "free", True, 1e30))


@given(
    st.sampled_from(TEXTS),
    st.lists(st.tuples(st.sampled_from("ab"), VALUES, MONEY, st.sampled_from((None, "KRW", "KWD"))),
             min_size=1, max_size=6),
)  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_an_event_that_arrives_meets_what_its_row_in_the_index_meets(text, rows) -> None:
    predicate = parse_predicate(text)
    events = [
        (name, {k: v for k, v in (("p", p), ("value", value), ("currency", c)) if v is not None})
        for name, p, value, c in rows
    ]
    always = ("b", {"p": "zz", "value": 1, "currency": "EUR"})  # every name and column is there
    also = ("a", {"p": 77})
    table = [("q", at, name, found) for at, (name, found) in enumerate([*events, always, also])]
    index = memory_index(table)
    marks = row_mask(predicate, index.buckets[0], index.catalog)
    for (name, found), mark in zip(events, marks, strict=False):
        assert holds(predicate, Arrived(name, found, "XXX")) == bool(mark), (name, found)
