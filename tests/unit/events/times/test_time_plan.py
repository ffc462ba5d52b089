from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from sojourn.base.timespan import from_datetime
from sojourn.events.times import decide, look_at, observe
from sojourn.events.times.numeric import NumberUnit
from sojourn.events.times.shapes import DateOrder

NOW_US = from_datetime(datetime(2026, 6, 1, tzinfo=UTC))


def plan(*texts, now_us=NOW_US):
    return decide(look_at(pa.array(texts)), now_us)


@pytest.mark.parametrize(
    ("texts", "order", "settled"),
    [
        (("01/02/2025", "13/02/2025"), DateOrder.DMY, True),
        (("01/02/2025", "01/13/2025"), DateOrder.MDY, True),
        (("01/02/2025", "05/06/2025"), DateOrder.MDY, False),
        (("01.02.2025", "05.06.2025"), DateOrder.DMY, False),
        (("13/02/2025", "14/02/2025", "01/13/2025"), DateOrder.DMY, True),
    ],
)
def test_day_and_month_beside_a_long_year(texts, order, settled) -> None:
    found = plan(*texts)
    assert (found.long_order, found.settled) == (order, settled)
    assert str(order) in found.why


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (("13.10.24", "05.01.31"), DateOrder.YMD),  # 2031 is to come
        (("24.12.99",), DateOrder.DMY),
        (("12/24/99",), DateOrder.MDY),
        (("99.12.24",), DateOrder.YMD),
        (("05.06.07",), DateOrder.YMD),
        (("05/06/07",), DateOrder.MDY),
        (("05/25/07",), DateOrder.MDY),
    ],
)
def test_three_parts_of_two_digits(texts, order) -> None:
    assert plan(*texts).short_order is order


def test_looks_add_up() -> None:
    one, other = (observe(pa.array([text])) for text in ("01/02/2025", "25/02/2025"))
    both = observe(pa.array(["01/02/2025", "25/02/2025"]))
    assert one + other == both


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1735787045", NumberUnit.SECONDS),
        ("1735787045678", NumberUnit.MILLISECONDS),
        ("1735787045678901", NumberUnit.MICROSECONDS),
        ("1735787045678901234", NumberUnit.NANOSECONDS),
        ("45659.25", NumberUnit.EXCEL),
        ("20250102", NumberUnit.COMPACT),
        ("202501021504", NumberUnit.COMPACT),
        ("3", NumberUnit.SECONDS),
        ("2025-01-02", None),
    ],
)
def test_what_numbers_mean(text, unit) -> None:
    look = look_at(pa.array([text, None]))
    assert look.unit is unit
    assert look.unit_is_plausible == (unit is not None and text != "3")
    if unit is not None:
        assert str(unit) in decide(look, NOW_US).why
