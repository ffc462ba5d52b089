"""Order-statistic intervals against sums of exact binomial probabilities."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.insight.numbers.orderstats import rank_interval


def slow_ranks(n: int, p: Fraction) -> tuple[int | None, int | None]:
    share = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    tail = Fraction(1, 40)
    low = max(rank for rank in range(n + 1) if sum(share[:rank]) <= tail)
    high = min(rank for rank in range(n + 2) if sum(share[rank:]) <= tail)
    return (low - 1 if low >= 1 else None), (high - 1 if high <= n else None)


@given(st.integers(1, 60), st.sampled_from([(1, 2), (1, 4), (3, 4), (9, 10), (1, 100)]))
def test_ranks_equal_exact_sums(n, p) -> None:
    assert rank_interval(n, p[0] / p[1]) == slow_ranks(n, Fraction(*p))


def test_table_of_conover() -> None:
    """Conover (1999), section 3.2: n = 16, median: X(4) and X(13), confidence .9787."""
    assert rank_interval(16, 0.5) == (3, 12)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_extremes_have_no_bounds(p) -> None:
    assert rank_interval(100, p) == (None, None)


def test_large_samples_follow_the_normal_law() -> None:
    low, high = rank_interval(10**8, 0.5)
    assert (high - low) / 2 == pytest.approx(1.959964 * np.sqrt(10**8) / 2, rel=1e-3)


def test_the_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    low, high = rank_interval(41, 0.5)
    samples = np.sort(rng.exponential(size=(4000, 41)), axis=1)
    covered = np.mean((samples[:, low] <= np.log(2)) & (np.log(2) <= samples[:, high]))
    assert 0.95 <= covered <= 0.985
