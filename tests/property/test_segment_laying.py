"""New events laid beside what is kept of many people at once are what they are one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from slow_segments import LAST_HOUR, SEGMENTS, Happened, lives
from slow_stages import LAST_HOUR as LAST_STAGE_HOUR
from slow_stages import PEOPLE, models
from sojourn.base.timespan import HOUR_US
from sojourn.segments import chain
from sojourn.segments.compiled import compile_segments
from sojourn.segments.facts import table_of, take, wake
from sojourn.segments.holds import Arrived, Listener
from sojourn.segments.laying import Coming, laid_beside
from sojourn.segments.model import Did, InStage, Segment, Sequence
from sojourn.segments.packing import Person, packed, unpacked
from sojourn.segments.table import judge
from sojourn.stages.model import Evidence, Words


class OneByOne:
    """The slow way: each person by themselves, event by event."""

    def __init__(self, rules):
        self.rules = rules
        self.people = []
        self.good = []

    def take(self, number, key, hits, bot, now):
        person = self.people[number]
        person.facts.bot |= bot
        self.good[number] &= take(person.facts, self.rules, key, hits, now)

    def judge(self, now):
        for number, person in enumerate(self.people):
            self.good[number] &= wake(person.facts, self.rules, now)
            at = np.array([now], np.int64)
            verdict = judge(self.rules, table_of([person.facts], self.rules), at)
            person.inside = np.flatnonzero(verdict.inside[:, 0]).tolist()
            person.due_us = int(verdict.due[0])


def check(rules, events, data, last):
    """Lay several lots of events beside each other, those of some people twice."""
    slow = OneByOne(rules)
    slow.people = [Person() for _ in events]
    slow.good = [True] * len(events)
    bodies = [b""] * len(events)
    order = data.draw(st.permutations([(n, e) for n, life in enumerate(events) for e in life]))
    again = data.draw(st.lists(st.sampled_from(order), max_size=3)) if order else []
    order = [*order, *again]
    for now in sorted(data.draw(st.lists(st.integers(0, last), min_size=1, max_size=3))):
        share = data.draw(st.integers(0, len(order)))
        coming, order = order[:share], order[share:]
        lot = Coming()
        for number, (key, hits, bot) in coming:
            lot.add(number, key, hits, bot=bot)
            slow.take(number, key, hits, bot, now * HOUR_US)
        before = [person.inside for person in slow.people]
        slow.judge(now * HOUR_US)
        at = np.full(len(bodies), now * HOUR_US, np.int64)
        laid = laid_beside(rules, bodies, lot, at)
        for number, person in enumerate(slow.people):
            assert np.flatnonzero(laid.before[number]).tolist() == before[number]
            if laid.hard[number]:
                assert is_hard(person, slow.good[number], bodies[number])
                continue
            assert slow.good[number]
            assert unpacked(laid.kept.bodies[number]) == person
            assert laid.kept.due[number] == person.next_us()
            assert np.flatnonzero(laid.kept.inside[number]).tolist() == person.inside
        bodies = [packed(person) for person in slow.people]


def is_hard(person, good, before):
    """Whether more is kept of a person than events that have come, or was."""
    facts = unpacked(before).facts if before else Person().facts
    return (
        not good
        or person.facts.pending
        or facts.pending
        or any(fact.cut for fact in person.facts.chains.values())
        or person.facts.cut
    )


def arrived(listener, event):
    came = Arrived(event.name, dict(event.properties), "XXX")
    return event.key, listener.hits(came), False


@given(SEGMENTS, st.lists(lives(most=12), min_size=1, max_size=4), st.data())
@settings(max_examples=200, deadline=None)
def test_laid_beside_what_is_kept_they_are_what_one_by_one_they_are(segments, people, data):
    rules = compile_segments(segments, None)
    listener = Listener(rules)
    events = [[arrived(listener, event) for event in life] for life in people]
    check(rules, events, data, LAST_HOUR)


@given(SEGMENTS, lives(most=chain.KEPT + 30), st.data())
@settings(max_examples=60, deadline=None)
def test_so_are_people_of_whom_there_is_much(segments, life, data):
    rules = compile_segments(segments, None)
    listener = Listener(rules)
    check(rules, [[arrived(listener, event) for event in life]], data, LAST_HOUR)


A, B = Evidence(events=("a",)), Evidence(events=("b",))
CROWDED = st.lists(st.tuples(st.integers(0, 2), st.sampled_from("ab")), min_size=1, max_size=6).map(
    lambda rows: [
        Happened(hour, place // 2, place * 7 % 5, name) for place, (hour, name) in enumerate(rows)
    ]
)
TIGHT = tuple(
    Segment(key=f"s{number}", title=Words(en="s"), who=rule)
    for number, rule in enumerate(
        (
            Did(evidence=A, without=B),
            Did(evidence=B, without=A),
            Sequence(steps=(A, B), window_us=HOUR_US),
        )
    )
)


@given(st.lists(CROWDED, min_size=1, max_size=3), st.data())
@settings(max_examples=150, deadline=None)
def test_so_are_events_of_one_time_and_steps_that_are_just_in_time(people, data):
    rules = compile_segments(TIGHT, None)
    listener = Listener(rules)
    events = [[arrived(listener, event) for event in life] for life in people]
    check(rules, events, data, LAST_HOUR)


@given(models(), PEOPLE, st.integers(0, 9), st.data())
@settings(max_examples=100, deadline=None)
def test_so_are_people_in_stages_and_bots(model, people, bot, data):
    keys = [*(stage.key for stage in model.stages), "lapsed"]
    segments = [
        Segment(key=f"s{number}", title=Words(en="s"), who=InStage(stages=(key,)))
        for number, key in enumerate(keys)
    ]
    rules = compile_segments(segments, model)
    if not rules.stage.alone:
        return
    listener = Listener(rules)
    events = [
        [
            ((at * HOUR_US, number, number), listener.hits(Arrived(name, {}, "XXX")), number == bot)
            for number, (at, name) in enumerate(life)
        ]
        for life in people
    ]
    check(rules, events, data, LAST_STAGE_HOUR)
