"""What a key may send, against the obvious law: in any span no more than saved up, plus the rate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.app.collecting.rates import BURST_S, Rates

S = 1_000_000


def test_a_key_has_what_it_saved_up_and_then_the_rate() -> None:
    rates = Rates(5)
    assert [rates.wait_s("k", 10, 0) for _ in range(5)] == [0.0] * 5
    assert rates.wait_s("k", 1, 0) == pytest.approx(0.2)
    assert rates.wait_s("other", 10, 0) == 0.0
    assert rates.wait_s("k", 1, S // 5) == 0.0
    assert rates.wait_s("k", 1, S // 5) == pytest.approx(0.2)
    assert rates.wait_s("k", 1, 100 * S) == 0.0


def test_a_request_larger_than_all_that_can_be_saved_up_is_taken_and_owed() -> None:
    rates = Rates(5)
    assert rates.wait_s("k", 5 * BURST_S + 50, 0) == 0.0
    assert rates.wait_s("k", 1, 0) == pytest.approx(10.2)
    assert rates.wait_s("k", 1, 11 * S) == 0.0


def test_a_clock_that_is_set_back_neither_gives_nor_blocks() -> None:
    rates = Rates(5)
    assert rates.wait_s("k", 5 * BURST_S, 86_400 * S) == 0.0
    assert rates.wait_s("k", 1, 0) == pytest.approx(0.2)
    assert rates.wait_s("k", 1, S) == 0.0


def test_without_a_limit_nobody_waits() -> None:
    rates = Rates(0)
    assert {rates.wait_s("k", 10_000, 0) for _ in range(1000)} == {0.0}


@given(
    st.integers(1, 50),
    st.lists(st.tuples(st.integers(0, 3 * S), st.integers(1, 40)), min_size=1, max_size=60),
)
def test_no_more_is_taken_than_was_saved_up_plus_the_rate_plus_one_request(per_s, asked) -> None:
    rates, now, taken, largest = Rates(per_s), 0, 0, 0
    for pause, calls in asked:
        now += pause
        wait = rates.wait_s("k", calls, now)
        assert wait >= 0
        if wait:
            assert rates.wait_s("k", 0, now + int(wait * S) + 2) == 0.0
            now += int(wait * S) + 2
        else:
            taken += calls
            largest = max(largest, calls)
    assert taken <= per_s * (BURST_S + now / S) + largest
