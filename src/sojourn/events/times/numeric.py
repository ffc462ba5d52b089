"""Times written as one number."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.base.timespan import DAY_US

if TYPE_CHECKING:
    from numpy.typing import NDArray


class NumberUnit(StrEnum):
    """What a number in a time column means."""

    SECONDS = "seconds since 1970"
    MILLISECONDS = "milliseconds since 1970"
    MICROSECONDS = "microseconds since 1970"
    NANOSECONDS = "nanoseconds since 1970"
    EXCEL = "days since 1899-12-30 (Excel)"
    COMPACT = "YYYYMMDD"


_PER_UNIT_US: Final = {
    NumberUnit.SECONDS: 1_000_000.0,
    NumberUnit.MILLISECONDS: 1_000.0,
    NumberUnit.MICROSECONDS: 1.0,
    NumberUnit.NANOSECONDS: 0.001,
    NumberUnit.EXCEL: float(DAY_US),
}
_EXCEL_EPOCH_US: Final = -25_569 * DAY_US
_PLAUSIBLE: Final = (
    (NumberUnit.EXCEL, 25_000, 80_000),
    (NumberUnit.SECONDS, 300_000_000, 4_200_000_000),
    (NumberUnit.MILLISECONDS, 300_000_000_000, 4_200_000_000_000),
    (NumberUnit.MICROSECONDS, 300_000_000_000_000, 4_200_000_000_000_000),
    (NumberUnit.NANOSECONDS, 300_000_000_000_000_000, 4_200_000_000_000_000_000),
)
_COMPACT: Final = r"^(19|20)\d\d(0[1-9]|1[012])([0-2]\d|3[01])(\d{4}|\d{6})?$"
NUMBER: Final = r"^-?\d{1,19}(\.\d{0,12})?$"


def guess_unit(values: pa.StringArray) -> tuple[NumberUnit | None, bool]:
    """Return what the numbers of a column mean, and whether that is plausible.

    Parameters
    ----------
    values : pyarrow.StringArray
        Some texts; those that are no numbers are ignored.

    Returns
    -------
    tuple
        None when there are no numbers; seconds, not plausible, when they fit nothing.
    """
    numbers = pc.filter(values, pc.fill_null(pc.match_substring_regex(values, NUMBER), False))
    if len(numbers) == 0:
        return None, False
    if _mostly(pc.match_substring_regex(numbers, _COMPACT)):
        return NumberUnit.COMPACT, True
    middle = float(np.median(pc.cast(numbers, pa.float64()).to_numpy(zero_copy_only=False)))
    for unit, low, high in _PLAUSIBLE:
        if low <= middle < high:
            return unit, True
    return NumberUnit.SECONDS, False


def are_numbers(values: pa.StringArray) -> NDArray[np.bool_]:
    """Return which texts are written as one number, shape (n,); blanks around are no hindrance."""
    trimmed = pc.utf8_trim_whitespace(values)
    marks = pc.fill_null(pc.match_substring_regex(trimmed, NUMBER), False)
    return np.asarray(marks.to_numpy(zero_copy_only=False))


def _mostly(marks: pa.BooleanArray) -> bool:
    return bool(pc.mean(pc.cast(marks, pa.float64())).as_py() >= 0.9)


def numbers_us(
    values: pa.StringArray, unit: NumberUnit
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the instants written as numbers, and which are numbers.

    Whole numbers are exact. Excel's days are rounded to the millisecond, as Excel shows them.
    """
    is_number = pc.fill_null(pc.match_substring_regex(values, NUMBER), False)
    good = is_number.to_numpy(zero_copy_only=False).copy()
    whole = pc.fill_null(pc.match_substring_regex(values, r"^-?\d{1,18}$"), False)
    floats = pc.cast(pc.if_else(is_number, values, "0"), pa.float64())
    result = _scaled(floats.to_numpy(zero_copy_only=False), unit, good)
    if unit is not NumberUnit.EXCEL and unit is not NumberUnit.NANOSECONDS:
        exact = pc.cast(pc.if_else(whole, values, "0"), pa.int64()).to_numpy(zero_copy_only=False)
        factor = int(_PER_UNIT_US[unit])
        fits = whole.to_numpy(zero_copy_only=False) & (np.abs(exact) < 2**62 // factor)
        result = np.where(fits, np.where(fits, exact, 0) * factor, result)
    return result, good


def _scaled(
    numbers: NDArray[np.float64], unit: NumberUnit, good: NDArray[np.bool_]
) -> NDArray[np.int64]:
    scaled = numbers * _PER_UNIT_US[unit]
    good &= np.abs(scaled) < 9e18
    safe = np.where(good, scaled, 0.0)
    if unit is NumberUnit.EXCEL:
        excel: NDArray[np.int64] = np.round(safe / 1000).astype(np.int64) * 1000 + _EXCEL_EPOCH_US
        return excel
    rounded: NDArray[np.int64] = np.round(safe).astype(np.int64)
    return rounded
