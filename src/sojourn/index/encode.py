"""Property values, whatever their types, as index columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.base.money import to_minor
from sojourn.events.schema import BOT, CURRENCY, VALUE
from sojourn.index.bucket import Text
from sojourn.index.catalog import MISSING_MONEY, Column, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

ALWAYS_CODED = frozenset((BOT, CURRENCY))
"""Columns other figures depend on: they have a dictionary however many values they have."""
PLAIN_ABOVE = 2**20
"""A column of more distinct texts is stored plain, whatever its length."""
PLAIN_FLOOR = 2**16
"""A column of no more distinct texts always has a dictionary."""
PLAIN_SHARE = 5
"""Between the two, plain where distinct texts are more than one in this many rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A column and its values, shape (rows,); one of the arrays is set, by its kind."""

    column: Column
    codes: Codes | None = None
    number: NDArray[np.float64] | None = None
    money: NDArray[np.int64] | None = None
    text: Text | None = None


def code_dtype(largest: int) -> type[np.uint8 | np.uint16 | np.uint32]:
    """Return the smallest unsigned type that holds a code."""
    if largest < 2**8:
        return np.uint8
    return np.uint16 if largest < 2**16 else np.uint32


def stored_plain(distinct: int, rows: int) -> bool:
    """Return whether a text column of that many distinct values is stored without dictionary."""
    if distinct <= PLAIN_FLOOR:
        return False
    return distinct > PLAIN_ABOVE or distinct * PLAIN_SHARE > rows


def encode_texts(name: str, texts: pa.Array) -> Encoded:
    """Return a text column, dictionary-coded in the order of its values, or plain.

    Parameters
    ----------
    name : str
    texts : pyarrow string array of length rows, null where missing
    """
    coded = texts.dictionary_encode()
    present = len(texts) - texts.null_count
    if stored_plain(len(coded.dictionary), len(texts)) and name not in ALWAYS_CODED:
        column = Column(name=name, kind=ColumnKind.TEXT, rows=present)
        return Encoded(column=column, text=_plain(texts))
    order = pc.sort_indices(coded.dictionary).to_numpy()
    rank = np.zeros(len(order) + 1, code_dtype(len(order)))
    rank[order] = np.arange(1, len(order) + 1)
    raw = np.asarray(coded.indices.fill_null(len(order)).to_numpy(zero_copy_only=False))
    values = tuple(coded.dictionary.take(pa.array(order)).to_pylist())
    column = Column(name=name, kind=ColumnKind.CODES, values=values, rows=present)
    return Encoded(column=column, codes=rank[raw])


def encode_numbers(name: str, numbers: NDArray[np.float64]) -> Encoded:
    """Return a numeric column of values of shape (rows,); NaN is missing."""
    column = Column(
        name=name, kind=ColumnKind.NUMBER, rows=int(np.count_nonzero(~np.isnan(numbers)))
    )
    return Encoded(column=column, number=numbers)


def encode_money(
    name: str, amounts: Sequence[str | float | None], currencies: Sequence[str | None], default: str
) -> Encoded:
    """Return a money column in minor units of each row's currency.

    Parameters
    ----------
    name : str
    amounts : sequence of str, float or None
        Major units; what is no finite amount is missing.
    currencies : sequence of str or None
    default : str
        The currency where a row names none.
    """
    minor = np.full(len(amounts), MISSING_MONEY, np.int64)
    for row, amount in enumerate(amounts):
        found = None if amount is None else to_minor(amount, currencies[row] or default)
        if found is not None:
            minor[row] = found
    column = Column(
        name=name, kind=ColumnKind.MONEY, rows=int(np.count_nonzero(minor != MISSING_MONEY))
    )
    return Encoded(column=column, money=minor)


def is_money(name: str) -> bool:
    """Return whether a property is an amount of money."""
    return name == VALUE


def _plain(texts: pa.Array) -> Text:
    large = texts.cast(pa.large_string())
    present = np.asarray(large.is_valid().to_numpy(zero_copy_only=False)).view(np.uint8)
    large = large.fill_null("")
    lengths = np.asarray(pc.binary_length(large).to_numpy(zero_copy_only=False))
    offsets = np.zeros(len(large) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    joined = b"".join(item.as_buffer() for item in large) if len(large) else b""
    return Text(offsets=offsets, data=np.frombuffer(joined, np.uint8), present=present)
