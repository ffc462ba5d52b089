"""Retention against a twin over plain lists, in zones that change their clocks."""

from __future__ import annotations

import math
import pickle
from collections import Counter, defaultdict
from dataclasses import replace
from statistics import mean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slow_cohorts as slow
from slow_cohorts import DAY, HOUR, ROWS, START, ZONES, asker, index_of
from sojourn.base.calendar import Unit
from sojourn.base.errors import UnknownNameError
from sojourn.base.estimate import NotEstimable, wilson
from sojourn.base.predicate import ALWAYS, Compare, Operator, event_is
from sojourn.base.timespan import TimeRange
from sojourn.insight import rare
from sojourn.insight.answer import to_json
from sojourn.insight.numbers.means import student95
from sojourn.insight.question import Scope
from sojourn.insight.retention.question import Retention
from sojourn.insight.retention.values import Clock, Entering, Kind, NoMoneyError, PeriodsError

ANY = ALWAYS
EVENTS = st.sampled_from(
    [
        ANY,
        event_is("a"),
        event_is("b", "c"),
        Compare(field="device", operator=Operator.EQ, values=("mobile",)),
    ]
)
RANGES = st.sampled_from(
    [
        TimeRange(),
        TimeRange(start_us=START + 5 * DAY),
        TimeRange(start_us=START + 2 * DAY, end_us=START + 30 * DAY),
    ]
)


@st.composite
def specs(draw):
    kind = draw(st.sampled_from(list(Kind)))
    brackets = draw(st.sampled_from([((0, 0), (1, 2)), ((1, 3), (5, 5), (7, 9)), ((0, 20),)]))
    people = draw(
        st.sampled_from([ANY, Compare(field="device", operator=Operator.EQ, values=("mobile",))])
    )
    return Retention(
        scope=Scope(range=draw(RANGES), people=people),
        start=draw(EVENTS),
        returning=draw(EVENTS),
        unit=draw(st.sampled_from(list(Unit))),
        kind=kind,
        clock=draw(st.sampled_from(list(Clock))),
        entering=draw(st.sampled_from(list(Entering))),
        periods=draw(st.integers(1, 6)),
        brackets=brackets if kind is Kind.BRACKET else (),
    )


def known(rows):
    """Rows that bring every event, property and currency, so that every condition can be read."""
    every = {"device": "desktop", "value": 0.0, "currency": "KRW"}
    return [*rows, *(("zoe", START + 50 * DAY, name, every) for name in "abc")]


def counted(answer, spec):
    places = {low: column for column, (low, _) in enumerate(spec.columns())}
    return {
        (row.cohort, places[row.age]): [row.people, row.n, row.returned, row.early]
        for row in answer.rows
    }


def expected(cells):
    found = {(day.isoformat(), column): cell[:4] for (day, column), cell in cells.items()}
    for (_, column), cell in cells.items():
        total = found.setdefault((None, column), [0, 0, 0, 0])
        found[None, column] = [a + b for a, b in zip(total, cell[:4], strict=True)]
    return found


@settings(max_examples=300)
@given(
    ROWS,
    specs(),
    st.sampled_from(ZONES),
    st.integers(1, 3),
    st.sampled_from([None, START + 40 * DAY]),
)
def test_cells_equal_the_twin(rows, spec, timezone, buckets, as_of) -> None:
    rows = known(rows)
    index = index_of(rows, buckets, timezone, as_of)
    answer = asker(index)(spec)
    twin = expected(slow.retention(rows, spec, timezone, index.catalog.as_of_us))
    found = counted(answer, spec)
    assert {key: cell for key, cell in found.items() if any(cell)} == twin
    for row in answer.rows:
        assert row.complete == (row.n == row.people > 0)
        if row.n:
            assert row.share == wilson(row.returned, row.n)
        else:
            assert isinstance(row.share, NotEstimable)


@settings(max_examples=150)
@given(ROWS, specs(), st.sampled_from(ZONES), st.integers(1, 3))
def test_money_equals_the_twin(rows, spec, timezone, buckets) -> None:
    rows = known(rows)
    spec = replace(spec, money="value")
    index = index_of(rows, buckets, timezone)
    answer = asker(index)(spec)
    cells = slow.retention(rows, spec, timezone, index.catalog.as_of_us)
    wanted, people, each = defaultdict(Counter), Counter(), defaultdict(list)
    for (day, column), cell in cells.items():
        low = spec.columns()[column][0]
        for cohort in (day.isoformat(), None):
            wanted[cohort, low].update(cell[4])
            people[cohort, low] += cell[1]
            each[cohort, low] += cell[5]
    for row in answer.rows:
        assert row.amount_minor == wanted[row.cohort, row.age][row.currency]
        assert row.n == people[row.cohort, row.age]
        brought = [mine[row.currency] for mine in each[row.cohort, row.age]]
        assert len(brought) == row.n
        if row.n > 1:
            half = student95(row.n - 1) * stdev(brought) / math.sqrt(row.n)
            low = mean(brought) - half
            assert row.per_person_minor.value == row.amount_minor / row.n == mean(brought)
            assert row.per_person_minor.high == pytest.approx(mean(brought) + half)
            assert row.per_person_minor.low == pytest.approx(
                max(0.0, low) if min(brought) >= 0 else low, abs=1e-9
            )
        else:
            assert isinstance(row.per_person_minor, NotEstimable)
    seen = {row.currency for row in answer.rows}
    assert {c for counter in wanted.values() for c, n in counter.items() if n} <= seen


@settings(max_examples=60)
@given(ROWS, specs(), st.integers(2, 4))
def test_rare_events_read_through_postings_give_the_same(rows, spec, buckets) -> None:
    ask = asker(index_of(known(rows), buckets))
    plain = ask(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rare, "RARE_SHARE", 0)
        assert ask(spec).rows == plain.rows


@settings(max_examples=40)
@given(ROWS, specs())
def test_one_entry_and_any_entries_take_different_kernels_to_the_same_cells(rows, spec) -> None:
    spec = replace(spec, entering=Entering.FIRST)
    ask = asker(index_of(known(rows)))
    people = counted(ask(spec), spec)
    for row in ask(replace(spec, money="value")).rows:
        column = [low for low, _ in spec.columns()].index(row.age)
        assert people[row.cohort, column][:3] == [row.people, row.n, row.returned]


LIVES = [
    ("ann", START, "a"), ("ann", START + DAY, "a"), ("bob", START + HOUR, "a"),
    ("bob", START + 5 * DAY, "a"), ("cid", START + 2 * HOUR, "a"), ("end", START + 8 * DAY, "a"),
]  # fmt: skip


def shares(answer, cohort):
    return [round(row.share.value, 3) for row in answer.rows if row.cohort == cohort]


def test_reference_of_the_definitions() -> None:
    """DEFINITIONS, Retention: A returns on day 1, B on day 5, C never."""
    ask = asker(index_of(LIVES))
    spec = Retention(periods=6)
    assert shares(ask(spec), "2024-02-27") == [1, 0.333, 0, 0, 0, 0.333, 0]
    unbounded = ask(replace(spec, kind=Kind.ON_OR_AFTER))
    assert shares(unbounded, "2024-02-27") == [1, 0.667, 0.333, 0.333, 0.333, 0.333, 0]
    bracket = Retention(kind=Kind.BRACKET, brackets=((0, 0), (1, 3), (4, 6)))
    assert shares(ask(bracket), "2024-02-27") == [1, 0.333, 0.333]
    rolling = ask(replace(spec, clock=Clock.ROLLING))
    assert shares(rolling, "2024-02-27") == [
        1,
        0.333,
        0,
        0,
        0.333,
        0,
        0,
    ]  # B: after 4 days 23 hours


def test_periods_that_are_not_over_are_flagged_and_in_no_denominator() -> None:
    answer = asker(index_of(LIVES[:5]))(Retention(periods=6))  # as-of: B's return, day 5
    last = [row for row in answer.rows if row.cohort == "2024-02-27"]
    assert [row.complete for row in last] == [True] * 5 + [False] * 2
    assert [row.n for row in last] == [3] * 5 + [0, 0]
    assert (last[5].returned, last[5].early, last[5].share) == (
        0,
        1,
        NotEstimable("the period is not over"),
    )
    assert "not over" in " ".join(answer.notes)


def test_a_person_first_seen_before_the_range_is_in_no_cohort_of_it() -> None:
    late = Scope(range=TimeRange(start_us=START + DAY))
    ask = asker(index_of(LIVES))
    assert {row.cohort for row in ask(Retention(scope=late)).rows} == {None, "2024-03-06"}
    again = ask(Retention(scope=late, entering=Entering.RECURRING))
    assert {row.cohort for row in again.rows} == {None, "2024-02-28", "2024-03-03", "2024-03-06"}


def test_the_event_filter_removes_events_before_anything_else() -> None:
    rows = [("ann", START, "a"), ("ann", START + DAY, "b"), ("ann", START + 9 * DAY, "b")]
    only = Scope(events=event_is("b"))
    answer = asker(index_of(rows))(Retention(scope=only))
    assert {row.cohort for row in answer.rows} == {None, "2024-02-28"}
    assert any("event" in note for note in answer.notes)


def test_the_filter_on_people_is_taken_at_the_entry() -> None:
    rows = [
        ("ann", START, "a", {"plan": "free"}), ("ann", START + DAY, "a", {"plan": "paid"}),
        ("bob", START, "a", {"plan": "paid"}), ("bob", START + 9 * DAY, "a", {"plan": "free"}),
    ]  # fmt: skip
    paid = Scope(people=Compare(field="plan", operator=Operator.EQ, values=("paid",)))
    answer = asker(index_of(rows))(Retention(scope=paid))
    assert next(row.people for row in answer.rows if row.cohort is None) == 1
    assert any("plan = paid" in note for note in answer.notes)


def test_events_without_times_are_not_estimable() -> None:
    answer = asker(index_of([("ann", None, "a"), ("ann", None, "b")]))(Retention())
    assert answer.rows == ()
    assert answer.to_json()["not_estimable"] == "these events carry no times"


def test_an_answer_is_json_and_its_plan_travels() -> None:
    index = index_of(LIVES, buckets=2)
    plan = Retention(kind=Kind.ON_OR_AFTER).plan(index.catalog)
    again = pickle.loads(pickle.dumps(plan))
    part = again.over(index.buckets[0]) + again.over(index.buckets[1])
    assert plan.answer(part).rows == asker(index)(Retention(kind=Kind.ON_OR_AFTER)).rows
    row = to_json(plan.answer(part).rows[0])
    assert list(row) == [
        "cohort",
        "age",
        "until",
        "people",
        "n",
        "returned",
        "share",
        "complete",
        "early",
    ]


@pytest.mark.parametrize(
    "spec",
    [
        Retention(periods=1001), Retention(periods=-1), Retention(kind=Kind.BRACKET),
        Retention(kind=Kind.BRACKET, brackets=((3, 1),)), Retention(brackets=((0, 1),)),
        Retention(kind=Kind.BRACKET, brackets=((0, 2), (2, 3))),
    ],
)  # fmt: skip
def test_periods_that_make_no_sense_are_refused(spec) -> None:
    with pytest.raises(PeriodsError):
        spec.plan(index_of(LIVES).catalog)


def test_unknown_names_and_money_that_is_none_are_refused() -> None:
    catalog = index_of([("ann", START, "order", {"device": "tv", "value": 1.0})]).catalog
    with pytest.raises(UnknownNameError, match="order"):
        Retention(start=event_is("ordr")).plan(catalog)
    with pytest.raises(NoMoneyError, match="value"):
        Retention(money="device").plan(catalog)


def test_revenue_is_compared_with_the_first_period_over_the_same_cohorts() -> None:
    rows = [
        ("ann", START, "a", {"value": 10.0}), ("ann", START + DAY, "a", {"value": 5.0}),
        ("bob", START + DAY, "a", {"value": 20.0}), ("bob", START + 2 * DAY, "a", {"value": 99.0}),
    ]  # fmt: skip
    answer = asker(index_of(rows))(Retention(money="value", periods=2))
    cells = {(row.cohort, row.age): row for row in answer.rows}
    assert cells[None, 0].of_first == 1.0
    assert cells[None, 1].of_first == 0.5  # bob's day 1 is not over: only ann's cohort counts
    assert cells[None, 1].amount_minor == 500
    assert isinstance(cells["2024-02-28", 1].of_first, NotEstimable)
