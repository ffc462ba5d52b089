"""What is kept of people: the same at once and one by one, as bytes and back, stages included."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from slow_segments import LAST_HOUR, SEGMENTS, lives
from slow_stages import LAST_HOUR as LAST_STAGE_HOUR
from slow_stages import PEOPLE, live, models, rows_of
from sojourn.base.timespan import HOUR_US
from sojourn.index.memory import memory_index
from sojourn.segments import signals
from sojourn.segments.bulk import facts_at
from sojourn.segments.compiled import compile_segments
from sojourn.segments.facts import Facts, join, table_of, take, wake
from sojourn.segments.holds import Arrived, Listener
from sojourn.segments.keeping import kept_at
from sojourn.segments.model import InStage, Segment
from sojourn.segments.packing import Person, inside_of, packed, unpacked
from sojourn.segments.table import NEVER, judge
from sojourn.stages.model import Words


class Stored:
    """A bucket whose rows have a place and an id: their number."""

    def __init__(self, bucket):
        self.rows = np.arange(len(bucket.time), dtype=np.int64)

    def stored(self, name):
        return self.rows if name == "position" else self.rows.astype(np.uint64)


def in_stages(model):
    """One segment for each state of a model."""
    keys = [*(stage.key for stage in model.stages), "lapsed"]
    return [
        Segment(key=f"s{number}", title=Words(en="s"), who=InStage(stages=(key,)))
        for number, key in enumerate(keys)
    ]


def one_by_one(rules, known, now):
    found = []
    for facts in facts_at(rules, known, now):
        verdict = judge(rules, table_of([facts], rules), np.array([now], np.int64))
        inside = np.flatnonzero(verdict.inside[:, 0]).tolist()
        found.append(Person(facts, inside, int(verdict.due[0])))
    return found


def check(rules, index, now):
    bucket = index.buckets[0]
    known = (bucket, index.catalog, Stored(bucket))
    wanted = np.arange(len(bucket.offsets) - 1)
    kept = kept_at(rules, known, now, wanted)
    expected = one_by_one(rules, known, now)
    assert [unpacked(body) for body in kept.bodies] == expected
    assert kept.due == [person.next_us() for person in expected]
    assert [inside_of(body) for body in kept.bodies] == [person.inside for person in expected]
    assert [np.flatnonzero(row).tolist() for row in kept.inside] == [p.inside for p in expected]
    some = kept_at(rules, known, now, wanted[::2])
    assert list(some.bodies) == list(kept.bodies[::2])


@given(SEGMENTS, st.lists(lives(most=50), min_size=1, max_size=4), st.integers(0, LAST_HOUR))
@settings(max_examples=150, deadline=None)
def test_many_at_once_are_kept_as_one_by_one(segments, people, hour) -> None:
    rows = [
        (f"p{number}", event.hour * HOUR_US, event.name, dict(event.properties))
        for number, life in enumerate(people)
        for event in sorted(life)
    ]
    index = memory_index([*rows, ("clock", 0, "tick", {"p": "z", "q": 0})])
    check(compile_segments(segments, None), index, hour * HOUR_US)


@given(models(), PEOPLE, st.integers(0, LAST_STAGE_HOUR))
@settings(max_examples=100, deadline=None)
def test_so_are_people_in_stages(model, people, hour) -> None:
    rules = compile_segments(in_stages(model), model)
    check(rules, memory_index(rows_of(people)), hour * HOUR_US)


@given(models(), PEOPLE, st.data())
@settings(max_examples=150, deadline=None)
def test_stages_followed_event_by_event_in_any_order_are_the_slow_ones(model, people, data) -> None:
    rules = compile_segments(in_stages(model), model)
    if not rules.stage.alone:
        return
    listener = Listener(rules)
    hour = data.draw(st.integers(0, LAST_STAGE_HOUR))
    for events in people:
        halves = [Facts(), Facts()]
        for number in data.draw(st.permutations(range(len(events)))):
            at, name = events[number]
            key = (at * HOUR_US, number, number)
            hits = listener.hits(Arrived(name, {}, "XXX"))
            for half in {number % 2, data.draw(st.integers(0, 1))}:
                assert take(halves[half], rules, key, hits, hour * HOUR_US)
        facts = join(*halves, rules)
        wake(facts, rules, hour * HOUR_US)
        state = live(events, model, hour).states[hour] if facts.seen else 0
        verdict = judge(rules, table_of([facts], rules), np.array([hour * HOUR_US], np.int64))
        assert np.flatnonzero(verdict.inside[:, 0]).tolist() == ([state - 1] if state else [])
        assert verdict.due[0] > hour * HOUR_US


@given(SEGMENTS, lives(most=70), st.permutations(range(70)), st.integers(0, LAST_HOUR))
@settings(max_examples=100, deadline=None)
def test_bytes_are_read_back_as_they_were_written(segments, life, order, hour) -> None:
    rules = compile_segments(segments, None)
    listener, facts = Listener(rules), Facts()
    for number in order:
        if number < len(life):
            event = life[number]
            hits = listener.hits(Arrived(event.name, dict(event.properties), "XXX"))
            take(facts, rules, event.key, hits, hour * HOUR_US)
    person = Person(facts, [0, 300], NEVER)
    assert unpacked(packed(person)) == person


def test_whoever_does_too_much_for_a_stage_model_is_worked_out_from_the_index() -> None:
    facts = Facts()
    model_of_many = compile_segments((), None)
    assert model_of_many.stage is None
    for number in range(signals.KEPT):
        facts.signals.append(((number, 0, 0), 1))
    joined = join(facts, Facts(seen=True), model_of_many)
    assert joined is not None
    assert len(joined.signals) == signals.KEPT
    other = Facts(signals=[((-1, 0, 0), 1)])
    assert join(facts, other, model_of_many) is None
