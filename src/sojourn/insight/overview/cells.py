"""The values of a few rows, whatever kind of column they are in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.base.money import from_minor
from sojourn.events.schema import CURRENCY
from sojourn.index.catalog import MISSING_MONEY, Catalog, Column, ColumnKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket

    Ints: TypeAlias = NDArray[np.int64]
    Value: TypeAlias = str | float


def values_of(
    column: Column, bucket: Bucket, rows: NDArray[np.int64], catalog: Catalog
) -> list[Value | None]:
    """Return the value of a property on some rows; None where it is missing.

    Parameters
    ----------
    column : Column
    bucket : Bucket
    rows : ndarray of shape (n,), int64
    catalog : Catalog

    Returns
    -------
    list of length n
        Words as text, numbers as float, money as text such as ``12.50 EUR``.
    """
    match column.kind:
        case ColumnKind.CODES:
            return _words(column, bucket, rows)
        case ColumnKind.NUMBER:
            numbers = bucket.number(column.name)[rows].tolist()
            return [None if math.isnan(number) else number for number in numbers]
        case ColumnKind.MONEY:
            return _money(column, bucket, rows, catalog)
        case ColumnKind.TEXT:
            return _texts(column, bucket, rows)


def _words(column: Column, bucket: Bucket, rows: Ints) -> list[Value | None]:
    codes = np.asarray(bucket.codes(column.name)[rows]).tolist()
    return [column.values[code - 1] if code else None for code in codes]


def _money(column: Column, bucket: Bucket, rows: Ints, catalog: Catalog) -> list[Value | None]:
    currencies = [catalog.currency] * len(rows)
    known = catalog.find(CURRENCY)
    if known is not None and known.kind is ColumnKind.CODES:
        codes = np.asarray(bucket.codes(CURRENCY)[rows]).tolist()
        currencies = [known.values[c - 1] if c else catalog.currency for c in codes]
    amounts = bucket.money(column.name)[rows].tolist()
    return [
        None if amount == MISSING_MONEY else f"{from_minor(amount, currency)} {currency}"
        for amount, currency in zip(amounts, currencies, strict=True)
    ]


def _texts(column: Column, bucket: Bucket, rows: Ints) -> list[Value | None]:
    texts = bucket.text(column.name)
    found: list[Value | None] = []
    for row in rows.tolist():
        span = texts.data[texts.offsets[row] : texts.offsets[row + 1]]
        found.append(span.tobytes().decode("utf-8", "replace") if texts.present[row] else None)
    return found
