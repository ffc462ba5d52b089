"""Times between two events against a twin over plain lists, with those who still wait."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slow_cohorts as slow
from slow_cohorts import DAY, HOUR, ROWS, START, asker, index_of
from sojourn.base.estimate import NotEstimable
from sojourn.base.predicate import ALWAYS, Compare, Operator, event_is
from sojourn.base.timespan import TimeRange
from sojourn.insight import durations, rare
from sojourn.insight.durations import Durations
from sojourn.insight.question import Scope
from sojourn.insight.rhythm.between import Between, Pairing, survival_median

MOBILE = Compare(field="device", operator=Operator.EQ, values=("mobile",))


@st.composite
def specs(draw):
    events = st.sampled_from([event_is("a"), event_is("b"), event_is("b", "c"), MOBILE])
    span = draw(
        st.sampled_from([TimeRange(), TimeRange(start_us=START + 3 * DAY, end_us=START + 30 * DAY)])
    )
    return Between(
        scope=Scope(range=span, people=draw(st.sampled_from([ALWAYS, MOBILE]))),
        start=draw(events),
        end=draw(events),
        pairing=draw(st.sampled_from(list(Pairing))),
    )


def known(rows):
    return [*rows, *(("zoe", START + 60 * DAY, name, {"device": "desktop"}) for name in "abc")]


@settings(max_examples=300)
@given(ROWS, specs(), st.integers(1, 3), st.sampled_from([None, START + 30 * DAY]))
def test_waits_equal_the_twin(rows, spec, buckets, as_of) -> None:
    index = index_of(known(rows), buckets, as_of=as_of)
    row = asker(index)(spec).rows[0]
    ended, still, people = slow.waits(known(rows), spec, index.catalog.as_of_us)
    assert (row.people, row.ended_people, row.waiting_people, row.before_people) == tuple(
        people[name] for name in ("started", "ended", "waiting", "before")
    )
    assert row.pairs == len(ended)
    plan = spec.plan(index.catalog)
    parts = [plan.over(bucket) for bucket in index.buckets]
    total = parts[0]
    for part in parts[1:]:
        total += part
    assert np.repeat(total.waiting.values, total.waiting.counts).tolist() == still
    if not ended:
        assert isinstance(row.median, NotEstimable)
        return
    for name, p in (
        ("first_quartile", 0.25),
        ("median", 0.5),
        ("third_quartile", 0.75),
        ("ninth_decile", 0.9),
    ):
        assert getattr(row, name).seconds == pytest.approx(np.quantile(ended, p) / 1e6)
    assert row.mean_seconds == pytest.approx(np.mean(ended) / 1e6)


@settings(max_examples=40)
@given(ROWS, specs())
def test_rare_events_read_through_postings_give_the_same(rows, spec) -> None:
    ask = asker(index_of(known(rows), 2))
    plain = ask(spec).rows
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rare, "RARE_SHARE", 0)
        assert ask(spec).rows == plain


def test_ends_that_are_rare_are_not_lost() -> None:
    rows = [("ann", START + at * HOUR, "abcabccc"[at % 8]) for at in range(30)]
    spec = Between(start=event_is("a"), end=event_is("b"), pairing=Pairing.EVERY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rare, "RARE_SHARE", 0)
        assert asker(index_of(rows, 2))(spec).rows[0].pairs == 8


LIVES = [
    ("ann", START, "a"), ("ann", START + HOUR, "b"), ("ann", START + 5 * HOUR, "b"),
    ("bob", START, "b"), ("bob", START + 2 * HOUR, "a"), ("bob", START + 5 * HOUR, "b"),
    ("cid", START + HOUR, "a"), ("cid", START + 2 * HOUR, "a"),
    ("end", START + 10 * HOUR, "c"),
]  # fmt: skip


def between(pairing):
    spec = Between(start=event_is("a"), end=event_is("b"), pairing=pairing)
    return asker(index_of(LIVES))(spec)


def test_each_pairing_by_hand() -> None:
    row = between(Pairing.FIRST_NEXT).rows[0]
    assert (row.people, row.pairs, row.waiting_people, row.before_people) == (3, 2, 1, 0)
    assert row.median.seconds == 2 * 3600
    row = between(Pairing.FIRST_FIRST).rows[0]
    assert (row.pairs, row.waiting_people, row.before_people) == (1, 1, 1)
    row = between(Pairing.EVERY).rows[0]
    assert (row.people, row.pairs, row.ended_people, row.waiting_people) == (3, 2, 2, 1)


def test_repeated_events_chain_without_gaps() -> None:
    rows = [("ann", START + d * DAY, "order") for d in (0, 1, 3, 6)]
    order = event_is("order")
    row = asker(index_of(rows))(Between(start=order, end=order, pairing=Pairing.EVERY)).rows[0]
    assert (row.pairs, row.waiting_people) == (3, 1)
    assert row.median.seconds * 1e6 == 2 * DAY


def test_those_who_wait_are_said() -> None:
    answer = between(Pairing.FIRST_NEXT)
    assert any("1 of 3 people still wait" in note for note in answer.notes)
    assert any("end came first" in note for note in between(Pairing.FIRST_FIRST).notes)
    assert sum(part["pairs"] for part in answer.extra["histogram"]) == 2


def test_the_survival_median_counts_open_waits() -> None:
    """Times 1 2 3+ 4 5+: survival .8 .6 .6 .3; the median is 4."""
    ended = Durations.of(np.array([1, 2, 4], np.int64) * DAY)
    waiting = Durations.of(np.array([3, 5], np.int64) * DAY)
    found = survival_median(ended, waiting)
    assert found.seconds * 1e6 == 4 * DAY
    assert found.n == 5
    assert found.low is not None
    assert found.low <= found.seconds


def test_a_survival_median_may_not_be_reached() -> None:
    waiting = Durations.of(np.array([3, 5], np.int64))
    assert survival_median(Durations.of(np.array([1], np.int64)), waiting) == NotEstimable(
        "not reached: more than half still wait"
    )
    assert isinstance(survival_median(Durations.none(), waiting), NotEstimable)
    assert isinstance(survival_median(Durations.none(), Durations.none()), NotEstimable)


def test_coarse_quantiles_say_their_error() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durations, "EXACT_LIMIT", 1)
        answer = between(Pairing.FIRST_NEXT)
    assert answer.rows[0].median.relative_error > 0
    assert any("within 0.4%" in note for note in answer.notes)


def test_events_without_times_are_not_estimable() -> None:
    spec = Between(start=event_is("a"), end=event_is("b"))
    answer = asker(index_of([("ann", None, "a"), ("ann", None, "b")]))(spec)
    assert answer.rows == ()
    assert "not_estimable" in answer.to_json()
    assert replace(spec, pairing=Pairing.EVERY) != spec
