"""Kaplan-Meier curves against the published leukaemia trial and a walk over single patients."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.insight.durations import Durations
from sojourn.insight.numbers.survival import counts_at, counts_before, survival_of

REMISSION = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def of(values) -> Durations:
    return Durations.of(np.array(values, np.int64))


def test_the_6_mp_arm() -> None:
    """Freireich et al. (1963), 6-MP arm; the curve as in DEFINITIONS, the band as R gives it.

    R 4: survfit(Surv(t, d) ~ 1, conf.type = "log-log") gives at t = 6, 7, 23 the limits
    .6197 .9516, .5631 .9228, .1880 .6801, and the median 23 with 95 % limits 13 and NA.
    """
    curve = survival_of(of(REMISSION), of(STILL))
    assert curve.ages_us.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.staying == pytest.approx(
        [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5
    )
    assert curve.low[[0, 1, 6]] == pytest.approx([0.6197, 0.5631, 0.1880], abs=1e-4)
    assert curve.high[[0, 1, 6]] == pytest.approx([0.9516, 0.9228, 0.6801], abs=1e-4)
    assert curve.median() == (23.0, 13.0, None)
    assert curve.n == 21


@given(st.lists(st.integers(1, 9), max_size=14), st.lists(st.integers(1, 9), max_size=14))
def test_the_curve_equals_a_walk_over_single_waits(ended, waiting) -> None:
    curve = survival_of(of(ended), of(waiting))
    share = Fraction(1)
    for age, found in zip(sorted(set(ended)), curve.staying, strict=True):
        at_risk = sum(t >= age for t in ended) + sum(t >= age for t in waiting)
        share *= 1 - Fraction(ended.count(age), at_risk)
        assert found == pytest.approx(float(share))
    assert np.all(curve.low <= curve.staying + 1e-12)
    assert np.all(curve.staying <= curve.high + 1e-12)


def test_counts_at_and_before_ages() -> None:
    ages = np.array([1.0, 2.0, 5.0])
    assert counts_at(of([2, 2, 5]), ages).tolist() == [0, 2, 1]
    assert counts_before(of([2, 2, 5]), ages).tolist() == [0, 0, 2]
