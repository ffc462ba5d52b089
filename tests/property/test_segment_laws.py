"""Membership is the same at once, event by event in any order, and worked out from scratch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from slow_segments import LAST_HOUR, SEGMENTS, inside, lives
from sojourn.base.timespan import HOUR_US
from sojourn.index.memory import memory_index
from sojourn.segments import chain
from sojourn.segments.ask.members import judged
from sojourn.segments.bulk import facts_at
from sojourn.segments.compiled import compile_segments
from sojourn.segments.document import read_segment, write_segment
from sojourn.segments.facts import Facts, join, table_of, take, wake
from sojourn.segments.holds import Arrived, Listener
from sojourn.segments.table import NEVER, judge

PEOPLE = st.lists(lives(), min_size=1, max_size=3)
HOURS = st.integers(0, LAST_HOUR + 25)


def truths(segments, people, hour):
    return [[inside(segment.who, life, hour) for life in people] for segment in segments]


def index_of(people):
    rows = [
        (f"p{number}", event.hour * HOUR_US, event.name, dict(event.properties))
        for number, life in enumerate(people)
        for event in sorted(life)
    ]
    return memory_index([*rows, ("clock", 0, "tick", {"p": "z", "q": 0})])


def verdicts(index, rules, hour):
    """Who is inside, by person, whatever the order of the bucket."""
    bucket = index.buckets[0]
    verdict, _ = judged(rules, bucket, index.catalog, hour * HOUR_US)
    ids = list(bucket.person_ids(np.arange(len(bucket.offsets) - 1)))
    return {person: verdict.inside[:, at].tolist() for at, person in enumerate(ids)}


def taken_in(rules, life, order, now=NEVER):
    """What is kept of somebody whose events came in some order; None where it was not enough."""
    facts, listener = Facts(), Listener(rules)
    good = True
    for event in order:
        arrived = Arrived(event.name, dict(event.properties), "XXX")
        good &= take(facts, rules, event.key, listener.hits(arrived), now)
    assert len(life) <= len(order)
    return facts if good else None


def said(rules, facts, hour):
    at = np.full(len(facts), hour * HOUR_US, np.int64)
    return judge(rules, table_of(facts, rules), at)


@given(SEGMENTS, PEOPLE, HOURS)
@settings(max_examples=150, deadline=None)
def test_at_once_it_is_what_the_slow_way_says(segments, people, hour):
    rules = compile_segments(segments, None)
    found = verdicts(index_of(people), rules, hour)
    expected = truths(segments, people, hour)
    for number in range(len(people)):
        assert found[f"p{number}"] == [row[number] for row in expected]


@given(SEGMENTS, lives(), st.data(), HOURS)
@settings(max_examples=300, deadline=None)
def test_event_by_event_in_any_order_and_again_it_is_the_same(segments, life, data, hour):
    rules = compile_segments(segments, None)
    order = data.draw(st.permutations(life)) + data.draw(st.lists(st.sampled_from(life)))
    facts = taken_in(rules, life, order, now=hour * HOUR_US)
    wake(facts, rules, hour * HOUR_US)
    assert said(rules, [facts], hour).inside[:, 0].tolist() == [
        inside(segment.who, life, hour) for segment in segments
    ]


@given(SEGMENTS, lives(), st.data(), HOURS)
@settings(max_examples=150, deadline=None)
def test_two_who_are_one_are_what_the_one_would_be(segments, life, data, hour):
    rules = compile_segments(segments, None)
    first = data.draw(st.lists(st.sampled_from(life), unique=True))
    second = [event for event in life if event not in first] + first[:1]
    now = hour * HOUR_US
    halves = [taken_in(rules, [], half, now) for half in (first, second)]
    both = join(*halves, rules)
    assert said(rules, [both], hour).inside[:, 0].tolist() == [
        inside(segment.who, life, hour) for segment in segments
    ]


@given(SEGMENTS, lives(), st.integers(0, LAST_HOUR))
@settings(max_examples=200, deadline=None)
def test_between_now_and_the_due_instant_nothing_changes_and_every_change_is_announced(
    segments, life, start
):
    rules = compile_segments(segments, None)
    facts = taken_in(rules, life, life, now=start * HOUR_US)
    verdict = said(rules, [facts], start)
    for hour in range(start, start + 70):
        waiting = facts.pending and facts.pending[0][0][0] <= hour * HOUR_US
        if waiting or verdict.due[0] <= hour * HOUR_US:
            wake(facts, rules, hour * HOUR_US)
            verdict = said(rules, [facts], hour)
        assert verdict.due[0] > hour * HOUR_US
        assert verdict.inside[:, 0].tolist() == [
            inside(segment.who, life, hour) for segment in segments
        ]


@dataclass
class Stored:
    """A bucket that knows each row's place and id, from the events it was made of."""

    rows: list

    def stored(self, name):
        if name == "position":
            return np.array([event.position for event in self.rows], np.int64)
        return (np.array([e.ident for e in self.rows], np.int64)).view(np.uint64) ^ np.uint64(
            1 << 63
        )


@given(SEGMENTS, lives(), HOURS, HOURS)
@settings(max_examples=150, deadline=None)
def test_what_is_kept_from_the_index_is_what_events_would_have_left(segments, life, now, later):
    rules = compile_segments(segments, None)
    rows = [("p", e.hour * HOUR_US, e.name, dict(e.properties)) for e in sorted(life)]
    index = memory_index(rows)
    stored = Stored(sorted(life))
    (facts,) = facts_at(rules, (index.buckets[0], index.catalog, stored), now * HOUR_US)
    by_events = taken_in(rules, life, life, now * HOUR_US)
    assert facts.newest == by_events.newest
    assert facts.known == by_events.known
    wake(facts, rules, max(now, later) * HOUR_US)
    assert said(rules, [facts], max(now, later)).inside[:, 0].tolist() == [
        inside(segment.who, life, max(now, later)) for segment in segments
    ]


@given(SEGMENTS, lives(most=70), st.data())
@settings(max_examples=60, deadline=None)
def test_a_long_chain_is_either_right_or_said_to_be_unknown(segments, life, data):
    rules = compile_segments(segments, None)
    late = data.draw(st.lists(st.sampled_from(life), max_size=4, unique=True))
    order = sorted(event for event in life if event not in late) + late
    facts = taken_in(rules, life, order)
    if facts is None:
        assert len(life) > chain.KEPT
        return
    for segment, row in zip(segments, said(rules, [facts], LAST_HOUR).inside, strict=True):
        assert row[0] == inside(segment.who, life, LAST_HOUR)


@given(SEGMENTS)
@settings(max_examples=100, deadline=None)
def test_a_document_is_read_back_as_it_was_written(segments):
    for segment in segments:
        assert read_segment(write_segment(segment)) == segment
