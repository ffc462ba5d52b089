"""The lifecycle against a twin over sets of people, and its two identities."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slow_cohorts as slow
from slow_cohorts import DAY, ROWS, START, ZONES, asker, index_of
from sojourn.base.calendar import Unit
from sojourn.base.estimate import NotEstimable, wilson
from sojourn.base.predicate import ALWAYS, Compare, Operator, event_is
from sojourn.base.timespan import TimeRange
from sojourn.insight import rare
from sojourn.insight.question import Scope
from sojourn.insight.rhythm.lifecycle import Lifecycle, history_from

MOBILE = Compare(field="device", operator=Operator.EQ, values=("mobile",))


@st.composite
def specs(draw):
    return Lifecycle(
        scope=Scope(people=draw(st.sampled_from([ALWAYS, MOBILE]))),
        active=draw(st.sampled_from([ALWAYS, event_is("a"), event_is("a", "b"), MOBILE])),
        unit=draw(st.sampled_from(list(Unit))),
    )


def known(rows):
    return [*rows, *(("zoe", START + 50 * DAY, name, {"device": "desktop"}) for name in "abc")]


@settings(max_examples=200)
@given(
    ROWS,
    specs(),
    st.sampled_from(ZONES),
    st.integers(1, 3),
    st.sampled_from([None, START + 33 * DAY]),
)
def test_states_equal_the_twin(rows, spec, timezone, buckets, as_of) -> None:
    index = index_of(known(rows), buckets, timezone, as_of)
    answer = asker(index)(spec)
    states, active = slow.lifecycle(known(rows), spec, timezone, index.catalog.as_of_us)
    for row in answer.rows:
        day = slow.date.fromisoformat(row.interval)
        twin = states[day]
        assert (row.new, row.returning, row.resurrecting) == tuple(
            twin[name] for name in ("new", "returning", "resurrecting")
        )
        assert row.dormant == -twin["dormant"]
        assert row.active == len(active[day])
    assert sum(row.new for row in answer.rows) == len(set().union(*active.values()))


@settings(max_examples=100)
@given(ROWS, specs(), st.sampled_from(ZONES), st.integers(1, 3))
def test_identities_hold_in_every_interval(rows, spec, timezone, buckets) -> None:
    found = asker(index_of(known(rows), buckets, timezone))(spec).rows
    for row in found:
        assert row.active == row.new + row.returning + row.resurrecting
    for before, row in pairwise(found):
        assert before.active == row.returning - row.dormant
        if row.complete and before.active:
            assert row.kept == wilson(row.returning, before.active)


@settings(max_examples=40)
@given(ROWS, specs())
def test_rare_events_read_through_postings_give_the_same(rows, spec) -> None:
    ask = asker(index_of(known(rows), 2))
    plain = ask(spec).rows
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rare, "RARE_SHARE", 0)
        assert ask(spec).rows == plain


def test_a_range_chooses_intervals_and_changes_nobody() -> None:
    rows = [("ann", START + d * DAY, "a") for d in (0, 8, 9, 23)]
    ask = asker(index_of(rows))
    every = ask(Lifecycle(unit=Unit.WEEK)).rows
    some = ask(
        Lifecycle(
            unit=Unit.WEEK,
            scope=Scope(range=TimeRange(start_us=START + 8 * DAY, end_us=START + 15 * DAY)),
        )
    ).rows
    assert some == every[1:3]
    assert [(r.new, r.returning, r.resurrecting, r.dormant) for r in every] == [
        (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, -1), (0, 0, 1, 0),
    ]  # fmt: skip


def test_the_data_s_first_and_last_intervals_are_flagged() -> None:
    rows = [("ann", START + d * DAY, "a") for d in (0, 7, 14, 21)]
    answer = asker(index_of(rows))(Lifecycle(unit=Unit.WEEK))
    assert [row.history for row in answer.rows] == [False, True, True, True]
    assert [row.complete for row in answer.rows] == [True, True, True, False]
    assert isinstance(answer.rows[0].kept, NotEstimable)
    assert isinstance(answer.rows[-1].kept, NotEstimable)
    assert any("before the data begin" in note for note in answer.notes)
    assert any("not over" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("gaps", "first"),
    [([0, 0], 1), ([0, 20], 1), ([0, 19, 1], 1), ([0, 18, 2], 2), ([0, 1, 0, 0, 1], 4)],
)
def test_history_is_long_enough_when_one_pause_in_twenty_is_longer(gaps, first) -> None:
    assert history_from(np.array(gaps, np.int64)) == first


def test_events_without_times_are_not_estimable() -> None:
    answer = asker(index_of([("ann", None, "a")]))(Lifecycle())
    assert answer.rows == ()
    assert "not_estimable" in answer.to_json()
