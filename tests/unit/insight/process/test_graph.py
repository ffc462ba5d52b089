"""The directly-follows graph against a twin over plain lists."""

from __future__ import annotations

import pickle
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slow_paths import MINUTE, ROWS, ask, collapsed, journeys, moves, names, quantile
from sojourn.base.errors import InternalError
from sojourn.base.estimate import NotEstimable, wilson
from sojourn.base.grammar import parse_predicate
from sojourn.base.predicate import event_is
from sojourn.base.timespan import TimeRange
from sojourn.index.errors import UntimedRangeError
from sojourn.index.memory import memory_index
from sojourn.insight.process import keyed
from sojourn.insight.process.graph import Graph
from sojourn.insight.process.keyed import KeyedDurations
from sojourn.insight.question import Scope
from sojourn.insight.views.lens import Unit, UntimedSessionError, View
from sojourn.insight.views.nodes import NodeRule

SAMPLE = [
    *(("ann", at * MINUTE, e) for at, e in enumerate("abbca")),
    *(("bob", at * 60 * MINUTE, e) for at, e in enumerate("abab")),
    ("cid", 7, "d"),
]


def counts_of(answer):
    return {(row.source, row.target): row.count for row in answer.rows}


@given(ROWS, st.booleans(), st.booleans(), st.integers(1, 3))
def test_moves_and_people_equal_the_twin(rows, sessions, collapse, buckets) -> None:
    view = View(unit=Unit.SESSION if sessions else Unit.PERSON, collapse=collapse)
    answer = ask(Graph(view=view), rows, buckets)
    found = journeys(rows, gap=30 * MINUTE if sessions else None)
    if collapse:
        found = [(person, collapsed(journey)) for person, journey in found]
    counts, people = moves(found)
    assert counts_of(answer) == dict(counts)
    assert {(row.source, row.target): row.people for row in answer.rows} == people
    assert [row.count for row in answer.rows] == sorted(counts.values(), reverse=True)
    lean = ask(Graph(view=view, people=False), rows, buckets)
    assert counts_of(lean) == dict(counts)
    assert all(row.people is None for row in lean.rows)


@given(ROWS, st.integers(1, 3))
def test_times_are_exact_quantiles(rows, buckets) -> None:
    answer = ask(Graph(times=True), rows, buckets)
    times = defaultdict(list)
    for _, journey in journeys(rows):
        for (t0, a), (t1, b) in pairwise(journey):
            times[a, b].append((t1 - t0) / 1e6)
    for row in answer.rows:
        if row.source is None or row.target is None:
            assert row.median is None
            assert row.p90 is None
            continue
        seen = times[row.source, row.target]
        assert row.median.n == row.count == len(seen)
        assert row.median.seconds == pytest.approx(quantile(seen, 0.5))
        assert row.p90.seconds == pytest.approx(quantile(seen, 0.9))
        assert row.median.relative_error == 0


@given(ROWS)
def test_flow_is_conserved_at_every_event(rows) -> None:
    answer = ask(Graph(loops=True), rows)
    seen = defaultdict(int)
    for _, _, name, *_ in rows:
        seen[name] += 1
    nodes = answer.extra["nodes"]
    assert {node["event"]: node["count"] for node in nodes} == dict(seen)
    for node in nodes:
        assert node["came"] + node["started"] == node["count"] == node["left"] + node["ended"]
    totals = answer.extra["totals"]
    assert totals["events"] == len(rows)
    assert totals["journeys"] == sum(node["started"] for node in nodes)
    assert totals["moves"] == len(rows) - totals["journeys"]
    found = journeys(rows)
    for node in nodes:
        event = node["event"]
        having = [names(j) for _, j in found if event in names(j)]
        assert node["journeys"] == node["people"] == len(having)
        assert (
            node["repeated"]
            == wilson(sum(j.count(event) > 1 for j in having), len(having)).to_json()
        )
        assert node["self_loops"] == sum((a, b) == (event, event) for j in having
                                         for a, b in pairwise(j))  # fmt: skip


def test_shares_are_of_the_moves_from_the_source() -> None:
    answer = ask(Graph(), SAMPLE)
    rows = {(row.source, row.target): row for row in answer.rows}
    assert rows["a", "b"].share == wilson(3, 4)
    assert rows["a", None].share == wilson(1, 4)
    assert rows[None, "a"].share == wilson(2, 3)


def test_the_range_cuts_journeys_and_says_so() -> None:
    span = TimeRange(start_us=MINUTE, end_us=4 * MINUTE)
    answer = ask(Graph(scope=Scope(range=span)), SAMPLE)
    assert counts_of(answer) == {
        (None, "b"): 1, ("b", "b"): 1, ("b", "c"): 1, ("c", None): 1
    }  # fmt: skip
    assert answer.extra["totals"]["began_before"] == 1
    assert answer.extra["totals"]["goes_on"] == 1
    assert any("began before" in note for note in answer.notes)
    assert any("go on after" in note for note in answer.notes)
    sessions = ask(Graph(scope=Scope(range=span), view=View(unit=Unit.SESSION)), SAMPLE)
    assert counts_of(sessions) == counts_of(answer)


def test_filters_come_before_adjacency() -> None:
    answer = ask(Graph(scope=Scope(events=event_is("a", "c"))), SAMPLE)
    assert counts_of(answer) == {
        (None, "a"): 2, ("a", "c"): 1, ("c", "a"): 1, ("a", "a"): 1, ("a", None): 2
    }  # fmt: skip
    assert any("event in (a, c)" in note for note in answer.notes)
    only = ask(Graph(scope=Scope(people=parse_predicate("event = d"))), SAMPLE)
    assert counts_of(only) == {(None, "d"): 1, ("d", None): 1}
    sessions = Graph(scope=Scope(people=parse_predicate("event = b")), view=View(unit=Unit.SESSION))
    assert counts_of(ask(sessions, SAMPLE)) == {(None, "b"): 2, ("b", None): 2}


def test_only_journeys_that_match_a_pattern() -> None:
    answer = ask(Graph(view=View(matching="b -> b")), SAMPLE)
    assert answer.extra["totals"]["people"] == 1
    assert counts_of(answer)["b", "b"] == 1
    assert any("b -> b" in note for note in answer.notes)


def test_rare_events_join_as_other_and_flow_stays_whole() -> None:
    answer = ask(Graph(view=View(nodes=NodeRule(keep=2)), loops=True), SAMPLE)
    assert answer.extra["other"] == {"label": "Other (2)", "kinds": 2}
    assert counts_of(answer)["b", "Other (2)"] == 1
    assert sum(node["count"] for node in answer.extra["nodes"]) == len(SAMPLE)
    same = ask(Graph(view=View(nodes=NodeRule(keep=3))), SAMPLE)
    assert counts_of(same) == counts_of(ask(Graph(), SAMPLE))  # one kind alone keeps its name


def test_events_without_times_keep_their_order() -> None:
    untimed = [(person, None, event) for person, _, event in SAMPLE]
    answer = ask(Graph(times=True), untimed)
    assert counts_of(answer) == counts_of(ask(Graph(), SAMPLE))
    inner = next(row for row in answer.rows if row.source and row.target)
    assert inner.median == NotEstimable("these events carry no times")
    assert any("not estimable" in note for note in answer.notes)
    with pytest.raises(UntimedSessionError):
        ask(Graph(view=View(unit=Unit.SESSION)), untimed)
    with pytest.raises(UntimedRangeError):
        ask(Graph(scope=Scope(range=TimeRange(start_us=0))), untimed)


def test_no_event_meets_the_filter() -> None:
    answer = ask(Graph(scope=Scope(events=event_is("a"), people=event_is("b")), times=True),
                 SAMPLE)  # fmt: skip
    assert answer.rows == ()
    assert answer.extra["totals"]["journeys"] == 0
    assert answer.extra["totals"]["kinds_of_event"] == 0
    assert answer.extra["nodes"] == []


def test_a_plan_can_be_sent_to_another_process() -> None:
    index = memory_index(SAMPLE)
    plan = Graph(view=View(matching="a -> b")).plan(index.catalog)
    copy = pickle.loads(pickle.dumps(plan))
    one = plan.answer(plan.over(index.buckets[0]))
    assert copy.answer(copy.over(index.buckets[0])) == one


def test_the_json_has_the_contracted_keys() -> None:
    found = ask(Graph(), SAMPLE).to_json()
    assert found["question"] == "graph"
    assert {"source", "target", "count", "people"} <= set(found["rows"][0])
    assert any(row["source"] is None for row in found["rows"])
    assert any(row["target"] is None for row in found["rows"])


def test_keyed_durations_merge_to_the_same_quantiles(monkeypatch) -> None:
    rng = np.random.default_rng(1)
    keys = rng.integers(0, 5, 3000)
    values = rng.integers(0, 10**9, 3000)
    whole = KeyedDurations.of(keys, values).quantiles((0.5, 0.9))
    parts = [KeyedDurations.of(keys[at : at + 500], values[at : at + 500])
             for at in range(0, 3000, 500)]  # fmt: skip
    assert sum(parts, KeyedDurations.none()).quantiles((0.5, 0.9)) == whole
    for key, (median, p90) in whole.items():
        seen = values[keys == key] / 1e6
        assert median.seconds == pytest.approx(np.quantile(seen, 0.5))
        assert p90.seconds == pytest.approx(np.quantile(seen, 0.9))
        assert median.low <= median.seconds <= median.high
    monkeypatch.setattr(keyed, "EXACT_LIMIT", 1000)
    coarse = KeyedDurations.of(keys, values)
    assert coarse.coarse
    merged = sum((KeyedDurations.of(keys[at : at + 500], values[at : at + 500])
                  for at in range(0, 3000, 500)), KeyedDurations.none())  # fmt: skip
    assert merged.quantiles((0.5,)) == coarse.quantiles((0.5,))
    for key, (median, _) in coarse.quantiles((0.5, 0.9)).items():
        assert median.seconds == pytest.approx(whole[key][0].seconds, rel=0.005)
        assert median.relative_error == pytest.approx(2**-8)
        assert median.low <= median.seconds <= median.high
    joined = coarse.rekeyed(lambda keys: np.where(keys < 4, 0, -1))
    exact = KeyedDurations.of(np.zeros(3000, np.int64)[keys < 4], values[keys < 4])
    assert joined.n == exact.n
    assert joined.quantiles((0.5,)) == exact.quantiles((0.5,))


@pytest.mark.parametrize("dense", [0, 10**9])
def test_durations_counted_beforehand_are_the_same(dense: int, monkeypatch) -> None:
    rng = np.random.default_rng(2)
    keys, values = rng.integers(0, 5, 4000), rng.integers(0, 10**9, 4000)
    halves = (slice(0, 2500), slice(2500, 4000))
    plain = [KeyedDurations.of(keys[half], values[half]) for half in halves]
    monkeypatch.setattr(keyed, "_FEW", 2000)
    monkeypatch.setattr(keyed, "_DENSE", dense)
    counted = [KeyedDurations.of(keys[half], values[half]) for half in halves]
    assert [len(part.cells) > 0 for part in counted] == [True, False]
    assert len((counted[1] + counted[0]).cells) > 0
    exact = (plain[0] + plain[1]).quantiles((0.5,))
    assert (counted[0] + counted[1]).quantiles((0.5,)) == exact
    monkeypatch.setattr(keyed, "EXACT_LIMIT", 3000)
    one, two = plain[0] + plain[1], counted[1] + counted[0]
    assert one.coarse
    assert two.coarse
    assert one.quantiles((0.5,)) == two.quantiles((0.5,)) != exact
    far = keys.astype(np.int64) + keyed.LARGEST_KEY
    assert KeyedDurations.of(far[:2500], values[:2500]).n == 2500
    with pytest.raises(InternalError, match="too large"):
        KeyedDurations.of(far, values)


def test_long_durations_and_many_keys_do_not_overflow() -> None:
    keys = np.array([2**40, 0, 2**40], np.int64)
    values = np.array([2**50, 5, 2**50 + 2], np.int64)
    found = KeyedDurations.of(keys, values).quantiles((0.5,))
    assert found[2**40][0].seconds == pytest.approx((2**50 + 1) / 1e6)
    assert found[0][0].seconds == pytest.approx(5e-6)
