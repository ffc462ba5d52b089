"""Many shares at once equal one at a time, to the last bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.estimate import wilson
from sojourn.insight.numbers.shares import wilsons

PAIRS = st.lists(
    st.integers(0, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=20
)


@given(PAIRS)
def test_shares_at_once_are_those_one_by_one(pairs) -> None:
    successes = np.array([s for s, _ in pairs], np.int64)
    trials = np.array([n for _, n in pairs], np.int64)
    assert wilsons(successes, trials) == [wilson(s, n) for s, n in pairs]
