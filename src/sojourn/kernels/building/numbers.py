"""Numbers as they stand in JSON: to float64 where exact, and to minor units of money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.building.texts import QUOTE
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.kernels.building.tables import Spans

_TENS = np.array([10.0**power for power in range(23)])
_WHOLE_TENS = np.array([10**power for power in range(19)], np.int64)
_EXACT = 2**53
_LARGEST = 2**63 - 1
FINE, NOT_A_NUMBER, TOO_LONG = 0, 1, 2


@kernel
def decimal_at(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, int]:
    """Return mantissa and power of ten of the number that bytes spell, and how it went.

    ``data``, shape (bytes,), is looked at from ``at`` to ``end - 1``.

    Returns
    -------
    mantissa : int
    power : int
        The number is ``mantissa * 10 ** power``.
    status : int
        ``FINE``, ``NOT_A_NUMBER``, or ``TOO_LONG`` when the mantissa does not fit.
    """
    negative = at < end and data[at] == 45
    if at < end and (data[at] == 45 or data[at] == 43):
        at += 1
    mantissa, power, digits, seen, point = 0, 0, 0, 0, False
    while at < end:
        byte = int(data[at])
        if 48 <= byte <= 57:
            seen += 1
            digits += 1 if digits or byte != 48 else 0
            if digits > 18:
                return 0, 0, TOO_LONG
            mantissa = mantissa * 10 + (byte - 48)
            power -= 1 if point else 0
        elif byte == 46 and not point:
            point = True
        else:
            break
        at += 1
    if seen == 0:
        return 0, 0, NOT_A_NUMBER
    shift, status = exponent_at(data, at, end)
    return (-mantissa if negative else mantissa), power + shift, status


@kernel
def exponent_at(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Return the exponent that follows a mantissa, 0 where none does, and how it went.

    ``data``, shape (bytes,), is looked at from ``at`` to ``end - 1``.
    """
    if at == end:
        return 0, FINE
    if data[at] != 101 and data[at] != 69:
        return 0, NOT_A_NUMBER
    at += 1
    negative = at < end and data[at] == 45
    if at < end and (data[at] == 45 or data[at] == 43):
        at += 1
    if at == end or end - at > 4:
        return 0, NOT_A_NUMBER if at == end else TOO_LONG
    shift = 0
    while at < end:
        if not 48 <= data[at] <= 57:
            return 0, NOT_A_NUMBER
        shift = shift * 10 + (int(data[at]) - 48)
        at += 1
    return (-shift if negative else shift), FINE


@kernel
def exact_float(mantissa: int, power: int) -> tuple[float, bool]:
    """Return ``mantissa * 10 ** power`` and whether one rounding gave it, hence rightly.

    References
    ----------
    Clinger, W. D. (1990). How to read floating point numbers accurately. PLDI '90.
    """
    if mantissa == 0:
        return 0.0, True
    if abs(mantissa) > _EXACT or abs(power) > 22:
        return 0.0, False
    if power < 0:
        return float(mantissa) / _TENS[-power], True
    return float(mantissa) * _TENS[power], True


@kernel
def scaled(mantissa: int, power: int) -> tuple[int, bool]:
    """Return ``mantissa * 10 ** power`` rounded half-even, and whether it fits."""
    if mantissa == 0:
        return 0, True
    if power >= 0:
        if power > 18 or abs(mantissa) > _LARGEST // _WHOLE_TENS[power]:
            return 0, False
        return mantissa * _WHOLE_TENS[power], True
    if power < -18:
        return 0, True  # fewer than 19 digits: below half a unit
    unit = _WHOLE_TENS[-power]
    size = abs(mantissa)
    whole, rest = size // unit, size % unit
    if rest > unit - rest or (rest == unit - rest and whole % 2 == 1):
        whole += 1
    return (-whole if mantissa < 0 else whole), True


@kernel
def read_numbers(
    spans: Spans, data: NDArray[np.uint8], numbers: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Write the number of each span that holds one; return the spans that need a slower look.

    Parameters
    ----------
    spans : Spans
    data : ndarray of shape (bytes,), uint8
    numbers : ndarray of shape (rows,), float64
        Receives the numbers on their rows; others are left alone.

    Returns
    -------
    ndarray of shape (some,), int64
    """
    rows, starts, lengths = spans.rows, spans.starts, spans.lengths
    slow = np.empty(len(rows), np.int64)
    waiting = 0
    for at in range(len(rows)):
        start = starts[at]
        if data[start] != 45 and not 48 <= data[start] <= 57:
            continue
        mantissa, power, status = decimal_at(data, start, start + lengths[at])
        number, exact = exact_float(mantissa, power)
        if status == FINE and exact:
            numbers[rows[at]] = number
        elif status != NOT_A_NUMBER:
            slow[waiting] = at
            waiting += 1
    return slow[:waiting].copy()


@kernel
def read_money(
    spans: Spans,
    data: NDArray[np.uint8],
    currency: NDArray[np.uint32],
    exponents: NDArray[np.int64],
    minor: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Write each amount in minor units; return the spans that need a slower look.

    Parameters
    ----------
    spans : Spans
        Numbers, or strings that spell one.
    data : ndarray of shape (bytes,), uint8
    currency : ndarray of shape (rows,), uint32
        Code of each row's currency.
    exponents : ndarray of shape (currencies,), int64
        Decimal digits of each currency's minor unit.
    minor : ndarray of shape (rows,), int64
        Receives the amounts on their rows; others are left alone.

    Returns
    -------
    ndarray of shape (some,), int64
    """
    rows, starts, lengths = spans.rows, spans.starts, spans.lengths
    slow = np.empty(len(rows), np.int64)
    waiting = 0
    for at in range(len(rows)):
        start, end = starts[at], starts[at] + lengths[at]
        if data[start] == QUOTE:
            start, end = start + 1, end - 1
        mantissa, power, status = decimal_at(data, start, end)
        units, fits = scaled(mantissa, power + exponents[currency[rows[at]]])
        if status == FINE and fits:
            minor[rows[at]] = units
        elif status != NOT_A_NUMBER:
            slow[waiting] = at
            waiting += 1
    return slow[:waiting].copy()
