"""Amounts in minor units, exactly and half-even."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.money import exponent, from_minor, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.345", "USD", 1234), ("12.355", "USD", 1236), (0.1, "USD", 10), (-2.5, "KRW", -2),
        (3.5, "KRW", 4), ("1.0005", "KWD", 1000), ("1e3", "JPY", 1000), (" 7 ", "EUR", 700),
        ("0.00005", "CLF", 0), ("1,5", "EUR", None), ("", "EUR", None), ("NaN", "EUR", None),
        ("Infinity", "EUR", None), (1e300, "EUR", None), ("92233720368547758.08", "EUR", None),
        ("92233720368547758.07", "EUR", 2**63 - 1), ("9" * 40, "EUR", None),
    ],
)  # fmt: skip
def test_conversion(amount, currency, minor):
    assert to_minor(amount, currency) == minor


def test_exponents_of_iso_4217():
    assert [exponent(c) for c in ("KRW", "JPY", "USD", "eur ", "BHD", "CLF", "XXX")] == [
        0, 0, 2, 2, 3, 4, 2,
    ]  # fmt: skip


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(["KRW", "USD", "KWD", "CLF"]))
def test_minor_units_survive_the_way_there_and_back(minor, currency):
    assert to_minor(from_minor(minor, currency), currency) == minor


@given(st.decimals(-(10**9), 10**9, places=6), st.sampled_from(["KRW", "USD", "KWD"]))
def test_rounding_is_half_even(amount, currency):
    step = Decimal(1).scaleb(-exponent(currency))
    rounded = amount.quantize(step, ROUND_HALF_EVEN)
    assert from_minor(to_minor(amount, currency), currency) == rounded
