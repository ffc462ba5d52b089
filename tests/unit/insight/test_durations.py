"""Durations against plain lists and numpy: exact below the limit, within half a percent above."""

from __future__ import annotations

import pickle
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.errors import InternalError
from sojourn.base.estimate import NotEstimable
from sojourn.base.timespan import DAY_US, HOUR_US, SECOND_US
from sojourn.insight import durations
from sojourn.insight.durations import Durations
from sojourn.insight.numbers.logbins import RELATIVE_ERROR, bin_of, middle_of, width_of

VALUES = st.lists(st.integers(0, 400 * DAY_US) | st.integers(0, 50), max_size=60)


def of(values) -> Durations:
    return Durations.of(np.array(values, np.int64))


def same(one: Durations, two: Durations) -> bool:
    return (
        np.array_equal(one.values, two.values)
        and np.array_equal(one.counts, two.counts)
        and (one.total_us, one.coarse) == (two.total_us, two.coarse)
    )


@given(VALUES.filter(bool), st.floats(0, 1))
def test_quantiles_are_those_of_numpy(values, p) -> None:
    found = of(values).quantile(p)
    assert found.seconds == pytest.approx(np.quantile(values, p) / SECOND_US, rel=1e-12, abs=1e-12)
    assert (found.n, found.relative_error) == (len(values), 0.0)
    assert of(values).mean_seconds == pytest.approx(np.mean(values) / SECOND_US)


@given(
    st.lists(VALUES, min_size=1, max_size=6), st.integers(1, 40), st.randoms(use_true_random=False)
)
def test_parts_merge_to_one_pass_in_any_order(parts, limit, random) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durations, "EXACT_LIMIT", limit)
        whole = of([value for part in parts for value in part])
        shuffled = random.sample(parts, len(parts))
        assert same(reduce(add, map(of, shuffled), Durations.none()), whole)
        assert whole.coarse == (len({v for part in parts for v in part}) > limit)


@given(VALUES.filter(bool), st.floats(0, 1))
def test_coarse_quantiles_are_within_the_error_they_say(values, p) -> None:
    coarse = of(values).coarsened()
    found, exact = coarse.quantile(p), of(values).quantile(p)
    assert found.relative_error == RELATIVE_ERROR <= 0.005
    assert found.seconds == pytest.approx(exact.seconds, rel=RELATIVE_ERROR, abs=1e-12)
    if exact.low is not None:
        assert found.low <= exact.low
    if exact.high is not None:
        assert found.high >= exact.high
    assert coarse.n == len(values)
    assert coarse.mean_seconds == pytest.approx(np.mean(values) / SECOND_US)


def test_a_million_and_one_distinct_values_become_coarse() -> None:
    exact = of(np.arange(durations.EXACT_LIMIT))
    assert not exact.coarse
    more = exact + of([10**9])
    assert more.coarse
    assert more.values.size < 4000
    assert more.quantile(0.5).seconds == pytest.approx(0.5, rel=RELATIVE_ERROR)
    assert same(more, of([*range(durations.EXACT_LIMIT), 10**9]))


@given(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=50))
def test_bins_keep_order_and_hold_their_values(values) -> None:
    array = np.array(sorted(values), np.int64)
    bins = bin_of(array)
    assert np.all(np.diff(bins) >= 0)
    middle = [int(m) for m in middle_of(bins)]
    for value, center, width in zip(array.tolist(), middle, width_of(bins).tolist(), strict=True):
        assert abs(value - center) <= max(width // 2 + 1, value * RELATIVE_ERROR)


@pytest.mark.parametrize("power", range(1, 63))
def test_bins_change_exactly_at_powers_of_two(power) -> None:
    around = np.array([2**power - 1, 2**power], np.int64)
    low, high = bin_of(around)
    assert low < high
    assert width_of(np.array([high]))[0] >= width_of(np.array([low]))[0]


@given(VALUES)
def test_histogram_counts_every_duration_once(values) -> None:
    bounds = (SECOND_US, HOUR_US, DAY_US)
    counts = of(values).histogram(bounds)
    edges = [-1, *bounds, 2**62]
    assert counts.tolist() == [
        sum(low <= v < high for v in values)
        for low, high in zip([0, *edges[1:-1]], edges[1:], strict=True)
    ]
    assert of(values).histogram().sum() == len(values)


@given(VALUES, st.integers(0, DAY_US))
def test_at_most_counts_up_to_the_bound(values, bound) -> None:
    assert of(values).at_most(bound) == sum(value <= bound for value in values)


def test_sums_do_not_overflow() -> None:
    huge = Durations.of_counts(np.array([2**61], np.int64), np.array([1000], np.int64))
    assert huge.total_us == 2**61 * 1000
    assert huge.mean_seconds == 2**61 / SECOND_US


def test_none_is_neutral_and_says_so() -> None:
    some = of([5, 7])
    assert same(Durations.none() + some, some)
    assert same(some + Durations.none(), some)
    assert Durations.none().quantile(0.5) == NotEstimable("no durations were seen")
    assert isinstance(Durations.none().mean_seconds, NotEstimable)
    assert same(pickle.loads(pickle.dumps(some)), some)


def test_negative_durations_are_our_own_fault() -> None:
    with pytest.raises(InternalError, match="-1"):
        of([3, -1])
