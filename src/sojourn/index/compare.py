"""Comparisons over whole columns of texts, numbers and amounts."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.base.errors import InputError
from sojourn.base.money import MAX_MINOR, exponent
from sojourn.base.predicate import AllOf, AnyOf, Compare, Not, Operator, Predicate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NUMBER_PATTERN = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"

NEGATED = {
    Operator.NE: Operator.EQ,
    Operator.NOT_IN: Operator.IN,
    Operator.MISSING: Operator.EXISTS,
}
"""Operators that hold exactly where another does not, rows without a value included."""

_ORDERS = {
    Operator.LT: pc.less,
    Operator.LE: pc.less_equal,
    Operator.GT: pc.greater,
    Operator.GE: pc.greater_equal,
}


def text_marks(texts: pa.Array, compare: Compare) -> NDArray[np.uint8]:
    """Return 1 for each text that a condition holds for; nulls never hold.

    A text compared with a number counts as the number it spells, if it spells one.

    Parameters
    ----------
    texts : pyarrow string array of length n
    compare : Compare
        Not one of the negated operators.

    Returns
    -------
    ndarray of shape (n,), uint8

    Raises
    ------
    InputError
        If a regular expression is not one.
    """
    if compare.operator is Operator.EXISTS:
        return _marks(texts.is_valid())
    marks = np.zeros(len(texts), np.uint8)
    numbers = [value for value in compare.values if isinstance(value, float | int)]
    for value in compare.values:
        if isinstance(value, str) and compare.operator not in (Operator.EQ, Operator.IN):
            marks |= _text_against(texts, compare.operator, value)
    words = [value for value in compare.values if isinstance(value, str)]
    if words and compare.operator in (Operator.EQ, Operator.IN):
        marks |= _marks(pc.is_in(texts, value_set=pa.array(words, texts.type)))
    if numbers and compare.operator in (Operator.CONTAINS, Operator.MATCHES):
        for number in numbers:
            marks |= _text_against(texts, compare.operator, number_text(number))
    elif numbers:
        marks |= number_marks(_spelled_numbers(texts), compare.operator, numbers)
    return marks


def number_marks(
    numbers: NDArray[np.float64], operator: Operator, values: Sequence[str | float]
) -> NDArray[np.uint8]:
    """Return 1 for each number that a condition holds for; NaN never holds.

    Parameters
    ----------
    numbers : ndarray of shape (n,), float64
    operator : Operator
        Not one of the negated operators.
    values : sequence of str or float
        A text that spells no number equals none.

    Returns
    -------
    ndarray of shape (n,), uint8
    """
    if operator is Operator.EXISTS:
        return (~np.isnan(numbers)).view(np.uint8)
    if operator in (Operator.CONTAINS, Operator.MATCHES):
        return _as_texts(numbers, operator, values)
    marks = np.zeros(len(numbers), np.uint8)
    for value in values:
        number = _number(value)
        if number is not None:
            marks |= _order(numbers, operator, number)
    return marks


def money_limits(operator: Operator, value: float, currencies: Sequence[str]) -> NDArray[np.int64]:
    """Return what to compare minor units with, so that an amount is compared exactly.

    Parameters
    ----------
    operator : Operator
        Equality or an order.
    value : float
        In major units.
    currencies : sequence of str
        ISO codes.

    Returns
    -------
    ndarray of shape (currencies,), int64
        For equality with an amount between two minor units, a number no amount has.
    """
    up = operator in (Operator.LT, Operator.GE)
    limits = np.empty(len(currencies), np.int64)
    for at, currency in enumerate(currencies):
        exact = Decimal(repr(float(value))).scaleb(exponent(currency))
        whole = exact.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR)
        if operator in (Operator.EQ, Operator.IN) and whole != exact:
            limits[at] = -MAX_MINOR - 1
        else:
            limits[at] = max(-MAX_MINOR, min(MAX_MINOR, int(whole)))
    return limits


def number_text(number: float) -> str:
    """Return a number as people write it: no trailing ``.0``."""
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _order(
    numbers: NDArray[np.float64] | NDArray[np.int64],
    operator: Operator,
    limit: float | NDArray[np.int64],
) -> NDArray[np.uint8]:
    match operator:
        case Operator.EQ | Operator.IN:
            return np.asarray(numbers == limit).view(np.uint8)
        case Operator.LT:
            return np.asarray(numbers < limit).view(np.uint8)
        case Operator.LE:
            return np.asarray(numbers <= limit).view(np.uint8)
        case Operator.GT:
            return np.asarray(numbers > limit).view(np.uint8)
        case Operator.GE:
            return np.asarray(numbers >= limit).view(np.uint8)
        case _:
            return np.zeros(len(numbers), np.uint8)


def money_marks(
    minor: NDArray[np.int64], operator: Operator, limits: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Return 1 for each amount that a condition holds for, missing ones not looked at.

    Parameters
    ----------
    minor : ndarray of shape (rows,), int64
    operator : Operator
    limits : ndarray of shape (rows,) or (1,), int64
        From :func:`money_limits`, for each row's currency.

    Returns
    -------
    ndarray of shape (rows,), uint8
    """
    return _order(minor, operator, limits)


def _text_against(texts: pa.Array, operator: Operator, value: str) -> NDArray[np.uint8]:
    if operator is Operator.CONTAINS:
        return _marks(pc.match_substring(texts, value))
    if operator is Operator.MATCHES:
        return _matches(texts, value)
    return _marks(_ORDERS[operator](texts, pa.scalar(value, texts.type)))


def check_patterns(predicate: Predicate) -> None:
    """Check the regular expressions of a condition, before anything depends on it.

    Raises
    ------
    InputError
        If one is none.
    """
    match predicate:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                check_patterns(part)
        case Not(part=part):
            check_patterns(part)
        case Compare(operator=Operator.MATCHES, values=(pattern, *_)):
            _matches(pa.array([""]), str(pattern))
        case Compare():
            pass


def _matches(texts: pa.Array, pattern: str) -> NDArray[np.uint8]:
    try:
        return _marks(pc.match_substring_regex(texts, pattern))
    except pa.ArrowInvalid as error:
        raise InputError(
            f"{pattern!r} is not a regular expression: {error}",
            allowed="RE2 syntax, without back-references and look-around",
        ) from error


def _as_texts(
    numbers: NDArray[np.float64], operator: Operator, values: Sequence[str | float]
) -> NDArray[np.uint8]:
    distinct, inverse = np.unique(numbers, return_inverse=True)
    texts = pa.array(
        [None if np.isnan(number) else number_text(number) for number in distinct], pa.string()
    )
    marks = np.zeros(len(distinct), np.uint8)
    for value in values:
        marks |= _text_against(
            texts, operator, value if isinstance(value, str) else number_text(value)
        )
    return marks[inverse]


def _spelled_numbers(texts: pa.Array) -> NDArray[np.float64]:
    spelled = pc.match_substring_regex(texts, NUMBER_PATTERN)
    chosen = pc.if_else(spelled, pc.utf8_trim_whitespace(texts), pa.scalar(None, texts.type))
    chosen = pc.replace_substring_regex(chosen, r"^\+", "")
    return np.asarray(
        chosen.cast(pa.float64()).fill_null(float("nan")).to_numpy(zero_copy_only=False)
    )


def _number(value: str | float) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _marks(found: pa.Array) -> NDArray[np.uint8]:
    filled = found.fill_null(False)
    return np.asarray(filled.to_numpy(zero_copy_only=False), np.bool_).view(np.uint8)
