from __future__ import annotations

import pytest

from sojourn.base.csv_cells import neutral_cell
from sojourn.base.errors import InputError, UnknownNameError, nearest
from sojourn.base.estimate import Estimate, NotEstimable, wilson
from sojourn.base.timespan import (
    DAY_US,
    HOUR_US,
    LONGEST_US,
    MINUTE_US,
    from_datetime,
    parse_duration,
    to_datetime,
)  # fmt: skip


def test_wilson_matches_published_values_and_keeps_to_the_unit_interval() -> None:
    """Newcombe (1998) table I: 81/263 -> .2553 .3662; 15/148 -> .0624 .1605; 0/20 -> 0 .1611."""
    for successes, n, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]:  # fmt: skip
        share = wilson(successes, n)
        assert isinstance(share, Estimate)
        assert share.low == pytest.approx(low, abs=5e-5)
        assert share.high == pytest.approx(high, abs=5e-5)
    assert wilson(0, 0) == NotEstimable("nobody to measure on")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30m", 30 * MINUTE_US), ("12h", 12 * HOUR_US), ("14d", 14 * DAY_US), ("2w", 14 * DAY_US),
     ("1h30m", 90 * MINUTE_US), ("0.5s", 500_000), (" 7 D ", 7 * DAY_US)],
)  # fmt: skip
def test_durations(text: str, expected: int) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "14", "d", "14 days ago", "-3d", "1y"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a duration"):
        parse_duration(text)


def test_instants_round_trip_to_the_microsecond() -> None:
    for instant in (0, 1, 1_700_000_000_123_457, -1):
        assert from_datetime(to_datetime(instant)) == instant


def test_unknown_names_offer_the_nearest() -> None:
    error = UnknownNameError("event", "purchse", ["purchase", "cart"])
    assert error.nearest == "purchase"
    assert "Did you mean 'purchase'?" in error.message
    assert nearest("zzz", ["purchase"]) is None


def test_unknown_names_offer_those_that_hold_what_was_given() -> None:
    names = ["account_page", "review_written", "product_view", "View cart page of the shop"]
    error = UnknownNameError("event", "view", names)
    assert "Did you mean 'product_view' or 'View cart page of the shop' or 'review_written'?" in (
        error.message
    )
    assert nearest("Seoul", ["Asia/Tokyo", "Asia/Seoul"]) == "Asia/Seoul"
    assert UnknownNameError("event", "e", names).nearest is None  # a letter says nothing


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "＝1"])
def test_formula_cells_are_neutralised(cell: str) -> None:
    assert neutral_cell(cell) == f"'{cell}"


def test_plain_cells_stay() -> None:
    assert neutral_cell("a=b") == "a=b"


def test_a_duration_beyond_all_calendars_is_refused() -> None:
    assert parse_duration("365000d") == LONGEST_US
    with pytest.raises(InputError, match="up to 365000d"):
        parse_duration("99999999999d")
