"""Laws of cohorts: buckets merge to one pass, unbounded never rises, states add up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from slow_cohorts import DAY, ROWS, START, ZONES, asker, index_of
from sojourn.base.calendar import Unit
from sojourn.base.predicate import event_is
from sojourn.insight.retention.question import Retention
from sojourn.insight.retention.values import Clock, Entering, Kind
from sojourn.insight.rhythm.between import Between, Pairing
from sojourn.insight.rhythm.lifecycle import Lifecycle
from sojourn.insight.sources.question import Sources
from sojourn.insight.sources.values import Level

UNITS = st.sampled_from(list(Unit))
QUESTIONS = st.one_of(
    st.builds(
        Retention,
        start=st.just(event_is("a")),
        unit=UNITS,
        kind=st.sampled_from([Kind.ON, Kind.ON_OR_AFTER]),
        clock=st.sampled_from(list(Clock)),
        entering=st.sampled_from(list(Entering)),
        money=st.sampled_from(["", "value"]),
    ),
    st.builds(Lifecycle, unit=UNITS),
    st.builds(
        Between,
        start=st.just(event_is("a")),
        end=st.just(event_is("b")),
        pairing=st.sampled_from(list(Pairing)),
    ),
    st.builds(Sources, goal=st.just(event_is("b")), level=st.sampled_from(list(Level))),
)


def known(rows):
    every = {"device": "desktop", "value": 1.0, "currency": "KRW", "utm_source": "naver"}
    return [*rows, *(("zoe", START + 50 * DAY, name, every) for name in "abc")]


@settings(max_examples=80)
@given(ROWS, QUESTIONS, st.sampled_from(ZONES), st.integers(2, 5))
def test_buckets_merge_to_one_pass(rows, spec, timezone, buckets) -> None:
    whole = asker(index_of(known(rows), 1, timezone))(spec)
    parts = asker(index_of(known(rows), buckets, timezone), threads=2)(spec)
    assert parts.to_json() == whole.to_json()


@settings(max_examples=50)
@given(ROWS, QUESTIONS, st.randoms(use_true_random=False))
def test_the_order_in_which_people_come_does_not_matter(rows, spec, random) -> None:
    people = sorted({row[0] for row in known(rows)})
    shuffled = random.sample(people, len(people))
    again = [row for person in shuffled for row in known(rows) if row[0] == person]
    assert asker(index_of(again))(spec).to_json() == asker(index_of(known(rows)))(spec).to_json()


@settings(max_examples=80)
@given(ROWS, UNITS, st.sampled_from(list(Clock)), st.sampled_from(list(Entering)))
def test_unbounded_retention_never_rises_and_is_never_below_n_day(
    rows, unit, clock, entering
) -> None:
    ask = asker(index_of(known(rows)))
    spec = Retention(unit=unit, clock=clock, entering=entering, periods=10)
    unbounded = ask(replace(spec, kind=Kind.ON_OR_AFTER)).rows
    for before, row in pairwise(unbounded):
        if before.cohort == row.cohort:
            assert before.n >= row.n
            assert before.returned + before.early >= row.returned + row.early
    for on, after in zip(ask(spec).rows, unbounded, strict=True):
        assert (on.cohort, on.age, on.people, on.n) == (
            after.cohort,
            after.age,
            after.people,
            after.n,
        )
        assert on.returned <= after.returned <= after.n


@settings(max_examples=80)
@given(ROWS, UNITS, st.sampled_from(ZONES))
def test_lifecycle_states_add_up(rows, unit, timezone) -> None:
    found = asker(index_of(known(rows), 2, timezone))(Lifecycle(unit=unit)).rows
    for row in found:
        assert row.active == row.new + row.returning + row.resurrecting
    for before, row in pairwise(found):
        assert before.active == row.returning - row.dormant


@settings(max_examples=80)
@given(ROWS, UNITS)
def test_everybody_enters_one_cohort_and_is_new_once(rows, unit) -> None:
    ask = asker(index_of(known(rows)))
    cohorts = {r.cohort: r.people for r in ask(Retention(unit=unit)).rows if r.cohort}
    news = {r.interval: r.new for r in ask(Lifecycle(unit=unit)).rows if r.new}
    assert cohorts == news
    assert sum(cohorts.values()) == len({row[0] for row in known(rows)})


@settings(max_examples=80)
@given(ROWS, st.sampled_from(list(Pairing)))
def test_everybody_who_began_got_there_waits_or_was_there_before(rows, pairing) -> None:
    spec = Between(start=event_is("a"), end=event_is("b"), pairing=pairing)
    row = asker(index_of(known(rows)))(spec).rows[0]
    if pairing is Pairing.EVERY:
        assert max(row.ended_people, row.waiting_people) <= row.people
        assert row.ended_people + row.waiting_people >= row.people
    else:
        assert row.ended_people + row.waiting_people + row.before_people == row.people
        assert row.pairs == row.ended_people
