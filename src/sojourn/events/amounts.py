"""Amounts of money as people write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from sojourn.events.properties import NUMBER

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue

_SIGNS: Final = r"[\s\u00a0\u202f]*(?:[₩$€£¥￦원円元]|[A-Z]{3}|US\$|R\$)?[\s\u00a0\u202f]*"
_AMOUNT: Final = re.compile(
    rf"{_SIGNS}(?P<minus>[-−])?{_SIGNS}"
    r"(?:(?P<grouped>\d{1,3}(?:,\d{3})+(?:\.\d+)?)"
    r"|(?P<dotted>\d{1,3}(?:[.\u00a0\u202f' ]\d{3})+,\d{1,2})"
    r"|(?P<comma>\d+,\d{1,2})"
    rf"|(?P<plain>\d+(?:\.\d*)?|\.\d+)){_SIGNS}"
)

_EXACT: Final = re.compile(r"-?(?=(?:\D?\d){1,15}$)(?:0|[1-9]\d*)(?:\.\d+)?")
"""At most fifteen digits: what a float gives back as it was."""


def plain_amount(text: str) -> str:
    """Return an amount as a plain decimal; as it stands where it cannot be told for sure.

    Thousands may be grouped by commas, or by points, blanks or apostrophes before a comma and
    one or two decimals. A currency sign around is left out.

    Examples
    --------
    >>> [plain_amount(text) for text in ("₩1,234,500", "1.234,50 €", "12,5", "free")]
    ['1234500', '1234.50', '12.5', 'free']
    """
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return text
    minus = "-" if found["minus"] else ""
    if found["grouped"]:
        return minus + found["grouped"].replace(",", "")
    if found["dotted"]:
        whole, _, decimals = found["dotted"].rpartition(",")
        return f"{minus}{re.sub(r'[^0-9]', '', whole)}.{decimals}"
    if found["comma"]:
        return minus + found["comma"].replace(",", ".")
    whole, _, decimals = found["plain"].partition(".")
    return f"{minus}{whole.lstrip('0') or '0'}" + (f".{decimals}" if decimals else "")


def plain_amounts(values: pa.StringArray) -> pa.StringArray:
    """Return a column of amounts as plain decimals; each is decided by its own text."""
    plain = pc.fill_null(pc.match_substring_regex(values, NUMBER), True)
    if pc.all(plain, min_count=0).as_py():
        return values
    coded = pc.dictionary_encode(values)
    done = [None if text is None else plain_amount(text) for text in coded.dictionary.to_pylist()]
    return pa.array(done, pa.string()).take(coded.indices)


def amount_value(value: JsonValue) -> JsonValue:
    """Return an amount that an object holds as a text as a number, where that is exact.

    Examples
    --------
    >>> [amount_value(value) for value in ("₩1,200", "12.50", 7, "free", "0.1234567890123456789")]
    [1200, 12.5, 7, 'free', '0.1234567890123456789']
    """
    if not isinstance(value, str):
        return value
    plain = plain_amount(value)
    if not _EXACT.fullmatch(plain):
        return plain
    return float(plain) if "." in plain else int(plain)


def outgoing(value: JsonValue) -> JsonValue:
    """Return an amount that is paid out as one below nothing, however its sign is written.

    Examples
    --------
    >>> [outgoing(value) for value in (30, "12.50", -7, "free")]
    [-30, -12.5, -7, 'free']
    """
    amount = amount_value(value)
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        return amount
    return -abs(amount)
