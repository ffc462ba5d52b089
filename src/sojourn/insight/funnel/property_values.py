"""The values of a property at some rows, as numbers of labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sojourn.base.money import from_minor
from sojourn.base.predicate import TRAIT_PREFIX, Compare, Operator
from sojourn.events.schema import CURRENCY
from sojourn.index.catalog import MISSING_MONEY, Column, ColumnKind
from sojourn.index.compare import number_text
from sojourn.index.masks import columns_read, text_array
from sojourn.kernels.cohorts.entries import carried_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog


@dataclass(frozen=True, slots=True, eq=False)
class Labelling:
    """Labels, and which of them each row has.

    Attributes
    ----------
    labels : tuple of str
    codes : ndarray of shape (rows,), uint32
        0 where there is no value, else ``labels[code - 1]``.
    """

    labels: tuple[str, ...]
    codes: NDArray[np.uint32]


def property_columns(name: str, catalog: Catalog) -> tuple[Column, ...]:
    """Return the columns of a property, or of a trait ``trait.x``.

    Raises
    ------
    UnknownNameError, NotInIndexError
        If there is none.
    """
    return columns_read(Compare(field=name, operator=Operator.EXISTS), catalog)


def labelling(name: str, bucket: Bucket, catalog: Catalog, rows: NDArray[np.int64]) -> Labelling:
    """Return the value of a property at some rows of a bucket.

    Parameters
    ----------
    name : str
        ``trait.x`` is the person's last value of x up to the row.
    bucket : Bucket
    catalog : Catalog
    rows : ndarray of shape (n,), int64
    """
    places: dict[str, int] = {}
    codes = np.zeros(len(rows), np.uint32)
    carried = name.startswith(TRAIT_PREFIX) and catalog.find(name) is None
    for column in property_columns(name, catalog):
        present, read = _reader(column, bucket, catalog)
        at = carried_rows(bucket.offsets, present, rows) if carried else rows
        found = read(at)
        renamed = [0, *(places.setdefault(label, len(places) + 1) for label in found.labels)]
        codes = np.where(found.codes > 0, np.array(renamed, np.uint32)[found.codes], codes)
    return Labelling(tuple(places), codes)


def _reader(
    column: Column, bucket: Bucket, catalog: Catalog
) -> tuple[NDArray[np.uint8], Callable[[NDArray[np.int64]], Labelling]]:
    match column.kind:
        case ColumnKind.CODES:
            codes = bucket.codes(column.name)
            return np.asarray(codes > 0).view(np.uint8), lambda at: _of_codes(column, codes[at])
        case ColumnKind.TEXT:
            texts = bucket.text(column.name)
            return texts.present, lambda at: _of_texts(text_array(texts).take(pa.array(at)))
        case ColumnKind.NUMBER:
            numbers = bucket.number(column.name)
            return (~np.isnan(numbers)).view(np.uint8), lambda at: _of_numbers(numbers[at])
        case ColumnKind.MONEY:
            minor = bucket.money(column.name)
            present = (minor != MISSING_MONEY).view(np.uint8)
            return present, lambda at: _of_money(minor[at], at, bucket, catalog)


def _of_codes(column: Column, codes: Codes) -> Labelling:
    kinds, inverse = np.unique(codes, return_inverse=True)
    labels = tuple(column.values[int(kind) - 1] for kind in kinds if kind)
    return Labelling(labels, (inverse + (0 if 0 in kinds else 1)).astype(np.uint32))


def _of_texts(texts: pa.Array) -> Labelling:
    coded = texts.dictionary_encode()
    codes = coded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False) + 1
    return Labelling(tuple(coded.dictionary.to_pylist()), codes.astype(np.uint32))


def _of_numbers(numbers: NDArray[np.float64]) -> Labelling:
    present = ~np.isnan(numbers)
    kinds, inverse = np.unique(numbers[present], return_inverse=True)
    codes = np.zeros(len(numbers), np.uint32)
    codes[present] = inverse + 1
    return Labelling(tuple(number_text(float(kind)) for kind in kinds), codes)


def _of_money(
    minor: NDArray[np.int64], at: NDArray[np.int64], bucket: Bucket, catalog: Catalog
) -> Labelling:
    column = catalog.find(CURRENCY)
    names = (catalog.currency, *(column.values if column else ()))
    currency = np.asarray(bucket.codes(CURRENCY))[at] if column else np.zeros(len(at), np.uint8)
    present = minor != MISSING_MONEY
    pairs = np.stack((currency[present].astype(np.int64), minor[present]), axis=1)
    kinds, inverse = np.unique(pairs, axis=0, return_inverse=True)
    codes = np.zeros(len(minor), np.uint32)
    codes[present] = inverse.reshape(-1) + 1
    amounts = ((int(amount), names[int(code)]) for code, amount in kinds)
    return Labelling(tuple(f"{from_minor(a, name)} {name}" for a, name in amounts), codes)
