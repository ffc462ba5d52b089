"""Paths step by step against a twin over plain lists."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slow_paths import MINUTE, ROWS, ask, collapsed, journeys, quantile
from sojourn.base.errors import UnknownNameError
from sojourn.base.estimate import NotEstimable, wilson
from sojourn.base.grammar import parse_predicate
from sojourn.base.predicate import event_is
from sojourn.base.timespan import TimeRange
from sojourn.insight.process.path_words import Direction, Occurrence, Outcome
from sojourn.insight.process.paths import Paths, PathsError
from sojourn.insight.question import Scope
from sojourn.insight.views.lens import Unit, View

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")


def slow_windows(found, spec):
    """Return ``(names, times, outcome)`` of every window."""
    windows = []
    for _, journey in found:
        events = journey if spec.direction is Direction.AFTER else journey[::-1]
        places = [at for at, (_, name) in enumerate(events) if spec.anchor is None or name == "a"]
        if spec.anchor is None:
            places = places[:1]
        elif spec.occurrence is not Occurrence.EVERY:
            first = (spec.occurrence is Occurrence.FIRST) == (spec.direction is Direction.AFTER)
            places = places[:1] if first else places[-1:]
        for place in places:
            steps, outcome = [events[place]], Outcome.ENDED
            for event in events[place + 1 :]:
                if spec.within_us is not None and abs(event[0] - events[place][0]) > spec.within_us:
                    break
                if len(steps) > spec.depth:
                    outcome = Outcome.GOES_ON
                    break
                steps.append(event)
                if spec.until is not None and event[1] == "d":
                    outcome = Outcome.REACHED
                    break
            windows.append(([n for _, n in steps], [t for t, _ in steps], outcome))
    return windows


@given(
    ROWS.filter(lambda rows: {"a", "d"} <= {row[2] for row in rows}),
    st.sampled_from(Direction),
    st.sampled_from(Occurrence),
    st.sampled_from([None, 0, 40 * MINUTE]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([(2, True), (2, False), (30, False)]),
    st.integers(1, 3),
)
def test_links_equal_the_twin(
    rows, direction, occurrence, within, anchored, goal, sessions, way, buckets
) -> None:
    depth, timed = way  # as numbers, with times, and too deep to be numbers
    spec = Paths(
        anchor=event_is("a") if anchored else None,
        until=event_is("d") if goal else None,
        direction=direction,
        occurrence=occurrence,
        within_us=within,
        depth=depth,
        times=timed,
        min_share=0.0,
        top=1000,
        view=View(unit=Unit.SESSION if sessions else Unit.PERSON),
    )
    answer = ask(spec, rows, buckets)
    windows = slow_windows(journeys(rows, gap=30 * MINUTE if sessions else None), spec)
    links, times = Counter(), defaultdict(list)
    for steps, at, outcome in windows:
        for step in range(len(steps) - 1):
            links[step, steps[step], steps[step + 1], Outcome.MOVED] += 1
            times[step, steps[step], steps[step + 1]].append(abs(at[step + 1] - at[step]) / 1e6)
        links[len(steps) - 1, steps[-1], None, outcome] += 1
    assert {(r.step, r.source, r.target, r.outcome): r.count for r in answer.rows} == dict(links)
    for row in answer.rows:
        if row.target is not None and timed:
            seen = times[row.step, row.source, row.target]
            assert row.median.seconds == pytest.approx(quantile(seen, 0.5))
    whole = Counter((tuple(steps), outcome) for steps, _, outcome in windows)
    assert {
        (tuple(p["path"]), Outcome(p["outcome"])): p["count"] for p in answer.extra["paths"]
    } == dict(whole)
    outcomes = Counter(outcome.value for _, _, outcome in windows)
    assert {k: v for k, v in answer.extra["outcomes"].items() if v} == dict(outcomes)
    assert answer.extra["totals"]["paths"] == len(windows)


@given(ROWS.filter(lambda rows: len(rows) > 5), st.floats(0, 0.9), st.integers(1, 4))
def test_flow_is_conserved_and_nothing_is_dropped(rows, share, depth) -> None:
    answer = ask(Paths(min_share=share, depth=depth, within_us=None), rows)
    nodes = answer.extra["nodes"]
    total = answer.extra["totals"]["paths"]
    assert total == answer.extra["totals"]["people"] == len({row[0] for row in rows})
    arrived = Counter()
    for row in answer.rows:
        if row.target is not None:
            arrived[row.step + 1, row.target] += row.count
    for node in nodes:
        assert node["count"] == node["moved"] + node["ended"] + node["reached"] + node["goes_on"]
        if node["step"]:
            assert node["count"] == arrived[node["step"], node["event"]]
        if node["kinds"] == 1:
            assert not node["event"].startswith("Other")
    for column in answer.extra["columns"]:
        here = [node for node in nodes if node["step"] == column["step"]]
        assert column["count"] == sum(node["count"] for node in here)
        small = [n for n in here if n["kinds"] == 1 and n["count"] < share * total]
        assert len(small) <= 1  # a single small kind keeps its name
    assert answer.extra["columns"][0]["count"] == total
    assert sum(answer.extra["outcomes"].values()) == total


SAMPLE = [
    *(("ann", at * MINUTE, e) for at, e in enumerate("abbca")),
    *(("bob", at * 60 * MINUTE, e) for at, e in enumerate("abab")),
    ("cid", 7, "d"),
]


def links_of(answer):
    return {(r.step, r.source, r.target or r.outcome.value): r.count for r in answer.rows}


def test_other_joins_small_events_step_by_step() -> None:
    rows = [(f"p{n}", t, e) for n in range(10) for t, e in enumerate("a" + "bbbbbbbbcd"[n])]
    answer = ask(Paths(min_share=0.15, times=True), rows)
    assert links_of(answer) == {
        (0, "a", "b"): 8, (0, "a", "Other (2)"): 2,
        (1, "b", "ended"): 8, (1, "Other (2)", "ended"): 2,
    }  # fmt: skip
    node = next(n for n in answer.extra["nodes"] if n["event"] == "Other (2)")
    assert node["kinds"] == 2
    assert node["share"] == wilson(2, 10).to_json()
    link = next(r for r in answer.rows if r.target == "Other (2)")
    assert link.median.n == 2


def test_shares_are_of_the_source() -> None:
    answer = ask(Paths(anchor=event_is("a"), within_us=None, min_share=0), SAMPLE)
    row = next(r for r in answer.rows if (r.step, r.source, r.target) == (1, "b", "b"))
    assert row.share == wilson(1, 2)


def test_the_range_selects_anchors_and_not_what_follows() -> None:
    span = TimeRange(start_us=30 * MINUTE, end_us=150 * MINUTE)
    answer = ask(Paths(anchor=event_is("a"), scope=Scope(range=span), within_us=None), SAMPLE)
    assert links_of(answer) == {(0, "a", "b"): 1, (1, "b", "ended"): 1}
    started = ask(Paths(scope=Scope(range=span), within_us=None), SAMPLE)
    assert started.rows == ()


def test_people_are_chosen_as_of_the_anchor() -> None:
    rows = [("p", 0, "a", {"k": "x"}), ("p", 1, "b", {"k": "y"}), ("q", 0, "b", {"k": "x"})]
    scope = Scope(people=parse_predicate("k = y"))
    assert links_of(ask(Paths(anchor=event_is("b"), scope=scope), rows)) == {(0, "b", "ended"): 1}
    assert ask(Paths(anchor=event_is("a"), scope=scope), rows).rows == ()


def test_young_paths_are_counted() -> None:
    answer = ask(Paths(anchor=event_is("b"), within_us=60 * MINUTE, depth=1), SAMPLE)
    assert answer.extra["totals"]["young"] == 0
    late = ask(
        Paths(anchor=event_is("b"), occurrence=Occurrence.LAST, within_us=60 * MINUTE), SAMPLE
    )
    assert late.extra["totals"]["young"] == 1
    assert any("younger than the window" in note for note in late.notes)


def test_collapsed_repeats_are_one_step() -> None:
    answer = ask(Paths(view=View(collapse=True), within_us=None, depth=6, min_share=0), SAMPLE)
    steps = {tuple(p["path"]) for p in answer.extra["paths"]}
    assert steps == {
        tuple(n for _, n in collapsed([(0, e) for e in text])) for text in ("abbca", "abab", "d")
    }


@pytest.mark.parametrize("occurrence", Occurrence)
@pytest.mark.parametrize("span", [TimeRange(), TimeRange(start_us=900, end_us=3000)])
@pytest.mark.parametrize("times", [False, True])
def test_rare_anchors_give_the_same_as_common_ones(occurrence, span, times, monkeypatch) -> None:
    rows = [(f"p{n % 7}", n, "rx"[n % 29 > 0]) for n in range(4000)]
    spec = Paths(
        anchor=event_is("r"), occurrence=occurrence, scope=Scope(range=span), within_us=100,
        times=times,
    )  # fmt: skip
    rare = ask(spec, rows)
    monkeypatch.setattr("sojourn.insight.process.path_counts._RARE_SHARE", 10**9)
    assert ask(spec, rows) == rare
    assert rare.extra["totals"]["paths"] > 5


def test_events_without_times_have_paths_without_window() -> None:
    untimed = [(person, None, event) for person, _, event in SAMPLE]
    answer = ask(Paths(anchor=event_is("a"), times=True), untimed)
    timed = ask(Paths(anchor=event_is("a"), within_us=None), SAMPLE)
    assert links_of(answer) == links_of(timed)
    moved = next(row for row in answer.rows if row.target)
    assert moved.median == NotEstimable("these events carry no times")
    assert any("no window applies" in note for note in answer.notes)


def test_times_can_be_left_out() -> None:
    answer = ask(Paths(times=False), SAMPLE)
    assert all(row.median is None for row in answer.rows)
    assert all(path["median"] is None for path in answer.extra["paths"])


@given(ROWS.filter(lambda rows: len(rows) > 5), st.sampled_from(Direction), st.integers(1, 3))
def test_numbers_and_spans_say_the_same(rows, direction, buckets) -> None:
    spec = {"direction": direction, "depth": 3, "top": 4}
    packed = ask(Paths(**spec), rows, buckets).to_json()
    spans = ask(Paths(**spec, times=True), rows, buckets).to_json()
    for row in (*packed["rows"], *spans["rows"], *packed["paths"], *spans["paths"]):
        row.pop("median")
    assert {**packed, "spec": None} == {**spans, "spec": None}


def test_definition_names_what_was_asked() -> None:
    spec = Paths(
        anchor=event_is("a"), until=event_is("d"), until_title="Paid", occurrence=Occurrence.EVERY
    )
    answer = ask(spec, SAMPLE)
    assert "every ‘a’ in a person's journey, within 14 days of it" in answer.definition
    assert any("‘Paid’" in note for note in answer.notes)
    before = ask(Paths(direction=Direction.BEFORE, within_us=None), SAMPLE)
    assert "before the end of a person's journey." in before.definition


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        (Paths(depth=0), "0 steps"),
        (Paths(depth=51), "51 steps"),
        (Paths(min_share=1.0), "1.0 is no share"),
        (Paths(within_us=-1), "negative"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(spec, what) -> None:
    with pytest.raises(PathsError, match=what):
        ask(spec, SAMPLE)


def test_unknown_anchors_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="event"):
        ask(Paths(anchor=event_is("nothing")), SAMPLE)
    with pytest.raises(UnknownNameError, match="event"):
        ask(Paths(until=event_is("nothing")), SAMPLE)
