"""Whole paths against a twin over plain lists."""

from __future__ import annotations

import pickle
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slow_paths import MINUTE, ROWS, ask, collapsed, journeys, names, quantile
from sojourn.base.errors import InputError
from sojourn.base.estimate import NotEstimable, wilson
from sojourn.index.memory import memory_index
from sojourn.insight.process.variants import Variants
from sojourn.insight.views.lens import Unit, View

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")


@given(ROWS, st.booleans(), st.booleans(), st.sampled_from([None, 1, 3]), st.integers(1, 3))
def test_paths_equal_the_twin(rows, sessions, collapse, first, buckets) -> None:
    view = View(unit=Unit.SESSION if sessions else Unit.PERSON, collapse=collapse)
    answer = ask(Variants(view=view, first=first, top=None, times=True), rows, buckets)
    counts, people, times = Counter(), defaultdict(set), defaultdict(list)
    for person, journey in journeys(rows, gap=30 * MINUTE if sessions else None):
        steps = (collapsed(journey) if collapse else journey)[:first]
        path = tuple(names(steps))
        counts[path] += 1
        people[path].add(person)
        times[path].append((steps[-1][0] - steps[0][0]) / 1e6)
    assert {row.path: row.count for row in answer.rows} == dict(counts)
    assert {row.path: row.people for row in answer.rows} == {p: len(w) for p, w in people.items()}
    total = sum(counts.values())
    reached = 0
    for row in answer.rows:
        reached += row.count
        assert row.share == wilson(row.count, total)
        assert row.cumulative == pytest.approx(reached / total)
        if len(row.path) == 1:
            assert row.median is None
        else:
            assert row.median.seconds == pytest.approx(quantile(times[row.path], 0.5))
    assert answer.extra["totals"]["variants"] == len(counts)
    assert answer.extra["totals"]["journeys"] == total == sum(row.count for row in answer.rows)
    assert answer.extra["totals"]["once"] == sum(count == 1 for count in counts.values())


@given(ROWS, st.integers(1, 6))
def test_the_top_is_the_same_however_people_are_spread(rows, top) -> None:
    every = ask(Variants(top=None), rows)
    some = ask(Variants(top=top), rows, buckets=3)
    assert some.rows == every.rows[:top]
    totals = some.extra["totals"]
    assert totals["other_variants"] == max(0, totals["variants"] - top)
    assert totals["other_journeys"] == sum(row.count for row in every.rows[top:])


def test_equally_common_paths_stand_shorter_first_then_by_commoner_events() -> None:
    rows = [
        *(("p1", t, e) for t, e in enumerate("aab")),
        *(("p2", t, e) for t, e in enumerate("ab")),
        *(("p3", t, e) for t, e in enumerate("ba")),
        *(("p4", t, e) for t, e in enumerate("c")),
    ]
    paths = ["".join(row.path) for row in ask(Variants(), rows).rows]
    assert paths == ["c", "ab", "ba", "aab"]


def test_coverage_counts_how_many_paths_make_most_journeys() -> None:
    rows = [(f"p{n}", 0, "a") for n in range(6)] + [(f"q{n}", 0, "b") for n in range(3)]
    totals = ask(Variants(), [*rows, ("r", 0, "c")]).extra["totals"]
    assert totals["cover_50_percent"] == 1
    assert totals["cover_80_percent"] == 2
    assert totals["cover_95_percent"] == 3


def test_paths_without_times_have_no_duration() -> None:
    answer = ask(Variants(times=True), [("p", None, "a"), ("p", None, "b"), ("q", None, "a")])
    assert {row.path: row.median for row in answer.rows} == {
        ("a", "b"): NotEstimable("these events carry no times"), ("a",): None
    }  # fmt: skip


def test_nothing_to_show_and_numbers_that_make_no_sense() -> None:
    assert ask(Variants(), []).rows == ()
    with pytest.raises(InputError, match="0 paths"):
        ask(Variants(top=0), [("p", 0, "a")])
    with pytest.raises(InputError, match="-1 paths"):
        ask(Variants(first=-1), [("p", 0, "a")])


def test_long_journeys_that_differ_late_stay_apart() -> None:
    rng = np.random.default_rng(3)
    long = rng.integers(0, 4, 3000)
    other = long.copy()
    other[-1] = (other[-1] + 1) % 4
    rows = [
        (person, at, "abcd"[code])
        for person, codes in (("p", long), ("q", other), ("r", long))
        for at, code in enumerate(codes)
    ]
    assert [row.count for row in ask(Variants(), rows).rows] == [2, 1]


def test_distinct_paths_travel_without_the_column_they_lie_in() -> None:
    rows = [(f"p{n}", at, "abc"[n % 3]) for n in range(300) for at in range(50)]
    index = memory_index(rows)
    plan = Variants(times=True).plan(index.catalog)
    part = plan.over(index.buckets[0])
    sent = pickle.dumps(part)
    assert len(sent) < 5_000
    assert plan.answer(pickle.loads(sent) + part).rows[0].count == 200


def test_collisions_between_buckets_change_nothing(monkeypatch) -> None:
    def blind(first, *_):
        return np.zeros(len(first), np.uint64)

    rows = [(f"p{n}", at, "abcd"[(n * at) % 4]) for n in range(60) for at in range(1 + n % 5)]
    expected = ask(Variants(top=None), rows)
    monkeypatch.setattr("sojourn.insight.process.whole.span_hashes", blind)
    found = ask(Variants(top=None), rows, buckets=4)
    assert {r.path: r.count for r in found.rows} == {r.path: r.count for r in expected.rows}
