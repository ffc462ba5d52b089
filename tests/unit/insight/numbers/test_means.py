"""Means with intervals from exact sums: against plain numbers, and how often they hold the truth."""

from __future__ import annotations

import math
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.estimate import NotEstimable
from sojourn.insight.numbers.means import mean_of, student95
from sojourn.insight.retention.counts import Amounts
from sojourn.kernels.cohorts.frame import BELOW, SQUARES, add_square


def density(x: float, freedom: int) -> float:
    scale = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)
    return math.exp(
        scale - 0.5 * math.log(freedom * math.pi)
        - (freedom + 1) / 2 * math.log1p(x * x / freedom)
    )  # fmt: skip


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 13, 20, 21, 30, 200, 100_000])
def test_student_leaves_a_fortieth_above(freedom: int) -> None:
    """The area below, by Simpson's rule on the density."""
    x = np.linspace(0.0, student95(freedom), 2001)
    heights = np.array([density(float(each), freedom) for each in x])
    area = (x[1] / 3) * (
        heights[0] + heights[-1] + 4 * heights[1::2].sum() + 2 * heights[2:-1:2].sum()
    )
    assert area == pytest.approx(0.475, abs=1e-6)


@given(st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=30))
def test_squares_of_any_size_are_exact_and_merge(values: list[int]) -> None:
    parts = np.zeros((2, 1, 1, SQUARES), np.int64)
    for at, value in enumerate(values):
        add_square(parts[at % 2, 0, 0], value)
    one, two = (Amounts("KRW", np.zeros((1, 1), np.int64), part) for part in parts)
    squares, positive = (one + two).spread([0], 0)
    assert squares == sum(value * value for value in values)
    assert positive == (min(values) >= 0)
    assert parts[:, 0, 0, BELOW].sum() == sum(value < 0 for value in values)
    found = mean_of(len(values), sum(values), squares, positive=positive)
    half = student95(len(values) - 1) * stdev(values) / math.sqrt(len(values))
    assert found.value == pytest.approx(mean(values))
    assert found.high == pytest.approx(mean(values) + half, abs=1e6)
    assert found.low == pytest.approx(
        max(0, mean(values) - half) if positive else mean(values) - half, abs=1e6
    )


def test_one_person_says_nothing_about_others() -> None:
    assert isinstance(mean_of(1, 500, 250_000, positive=True), NotEstimable)
    assert isinstance(mean_of(0, 0, 0, positive=True), NotEstimable)


def coverage(n: int, runs: int, seed: int) -> float:
    """Share of intervals that hold the true mean of money: half bring nothing, half log-normal."""
    random, held = np.random.default_rng(seed), 0
    truth = 0.5 * 2000 * math.exp(0.8**2 / 2)
    for _ in range(runs):
        brought = (random.random(n) < 0.5) * random.lognormal(math.log(2000), 0.8, n)
        minor = [int(each) for each in np.rint(brought)]
        found = mean_of(n, sum(minor), sum(each * each for each in minor), positive=True)
        held += found.low <= truth <= found.high
    return held / runs


@pytest.mark.parametrize(("n", "least"), [(100, 0.92), (400, 0.93)])
def test_the_intervals_cover_the_truth(n: int, least: float) -> None:
    assert coverage(n, 2000, 5) >= least  # amounts are skewed: below 95 % with few people
