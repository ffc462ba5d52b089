"""Predicates as marks on rows: once per distinct value where there is a dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sojourn.base.predicate import (
    EVENT_FIELD,
    TRAIT_PREFIX,
    AllOf,
    AnyOf,
    Compare,
    Not,
    Operator,
    Predicate,
    fields,
)
from sojourn.events.schema import CURRENCY
from sojourn.index.catalog import MISSING_MONEY, Catalog, Column, ColumnKind
from sojourn.index.compare import NEGATED, money_limits, money_marks, number_marks, text_marks
from sojourn.index.values import dictionary_marks
from sojourn.kernels.rows import carried_marks, marks_of_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket, Text

NUMBER_SUFFIX = ":number"
"""A property of mixed types has its numbers in a second column of this name."""


def row_mask(predicate: Predicate, bucket: Bucket, catalog: Catalog) -> NDArray[np.uint8]:
    """Return 1 for each row of a bucket that a predicate holds for.

    A field ``trait.x`` is the person's value when the event happened: that of their last event,
    up to this one, that has the property. ``!=`` and ``not in`` hold exactly where ``=`` and
    ``in`` do not, so they hold for rows without the property.

    Parameters
    ----------
    predicate : Predicate
    bucket : Bucket
    catalog : Catalog

    Returns
    -------
    ndarray of shape (rows,), uint8

    Raises
    ------
    UnknownNameError, NotInIndexError
        If a field is no column of the index.
    InputError
        If a value cannot be compared, such as a pattern that is no regular expression.
    """
    table = code_table(predicate, catalog)
    if table is not None:
        return marks_of_codes(table, bucket.event)
    match predicate:
        case AllOf(parts=parts):
            marks = row_mask(parts[0], bucket, catalog)
            for part in parts[1:]:
                marks = marks & row_mask(part, bucket, catalog)
            return marks
        case AnyOf(parts=parts):
            marks = row_mask(parts[0], bucket, catalog)
            for part in parts[1:]:
                marks = marks | row_mask(part, bucket, catalog)
            return marks
        case Not(part=part):
            return row_mask(part, bucket, catalog) ^ np.uint8(1)
        case Compare():
            return _compare(predicate, bucket, catalog)


def code_table(predicate: Predicate, catalog: Catalog) -> NDArray[np.uint8] | None:
    """Return 1 for each event name a predicate holds for; None if it reads anything else.

    Returns
    -------
    ndarray of shape (event names,), uint8, or None
    """
    if fields(predicate) - {EVENT_FIELD}:
        return None
    return _name_table(predicate, catalog)


def columns_read(predicate: Predicate, catalog: Catalog) -> tuple[Column, ...]:
    """Return the columns a predicate reads, so that they can be checked before a question runs.

    Raises
    ------
    UnknownNameError, NotInIndexError
        If a field is no column of the index.
    """
    found: list[Column] = []
    for name in sorted(fields(predicate) - {EVENT_FIELD}):
        found += _columns(name, catalog)
    return tuple(found)


def _name_table(predicate: Predicate, catalog: Catalog) -> NDArray[np.uint8]:
    marks: NDArray[np.uint8]
    match predicate:
        case AllOf(parts=parts):
            marks = np.ones(len(catalog.events), np.uint8)
            for part in parts:
                marks &= _name_table(part, catalog)
        case AnyOf(parts=parts):
            marks = np.zeros(len(catalog.events), np.uint8)
            for part in parts:
                marks |= _name_table(part, catalog)
        case Not(part=part):
            marks = _name_table(part, catalog) ^ np.uint8(1)
        case Compare():
            _check_names(predicate, catalog)
            marks, _ = _dictionary(predicate, pa.array(catalog.events, pa.string()))
    return marks


def _check_names(compare: Compare, catalog: Catalog) -> None:
    if compare.operator in (Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN):
        for value in compare.values:
            if isinstance(value, str):
                catalog.event_code(value)


def _dictionary(compare: Compare, values: pa.Array) -> tuple[NDArray[np.uint8], int]:
    positive = _positive(compare)
    marks = text_marks(values, positive)
    if compare.operator in NEGATED:
        return marks ^ np.uint8(1), 1
    return marks, 0


def _positive(compare: Compare) -> Compare:
    operator = NEGATED.get(compare.operator, compare.operator)
    return Compare(field=compare.field, operator=operator, values=compare.values)


def _columns(name: str, catalog: Catalog) -> list[Column]:
    plain = name
    if name not in catalog.others and catalog.find(name) is None:
        plain = name.removeprefix(TRAIT_PREFIX)
    first = catalog.column(plain)
    second = catalog.find(plain + NUMBER_SUFFIX)
    return [first] if second is None else [first, second]


def _compare(compare: Compare, bucket: Bucket, catalog: Catalog) -> NDArray[np.uint8]:
    positive = _positive(compare)
    marks: NDArray[np.uint8] | None = None
    present: NDArray[np.uint8] | None = None
    for column in _columns(compare.field, catalog):
        found = _column_marks(column, positive, bucket, catalog)
        marks = found if marks is None else marks | found
    if compare.field.startswith(TRAIT_PREFIX):
        exists = Compare(field=compare.field, operator=Operator.EXISTS)
        for column in _columns(compare.field, catalog):
            found = _column_marks(column, exists, bucket, catalog)
            present = found if present is None else present | found
    if marks is None:
        marks = np.zeros(len(bucket.time), np.uint8)
    if present is not None:
        marks = carried_marks(bucket.offsets, present, marks, 0)
    return marks ^ np.uint8(1) if compare.operator in NEGATED else marks


def _column_marks(
    column: Column, compare: Compare, bucket: Bucket, catalog: Catalog
) -> NDArray[np.uint8]:
    match column.kind:
        case ColumnKind.CODES:
            table = np.zeros(len(column.values) + 1, np.uint8)
            table[1:] = dictionary_marks(column, compare)
            return marks_of_codes(table, bucket.codes(column.name))
        case ColumnKind.NUMBER:
            return number_marks(bucket.number(column.name), compare.operator, compare.values)
        case ColumnKind.TEXT:
            return text_marks(text_array(bucket.text(column.name)), compare)
        case ColumnKind.MONEY:
            return _money(column, compare, bucket, catalog)


def _money(column: Column, compare: Compare, bucket: Bucket, catalog: Catalog) -> NDArray[np.uint8]:
    minor = bucket.money(column.name)
    present: NDArray[np.uint8] = (minor != MISSING_MONEY).view(np.uint8)
    if compare.operator is Operator.EXISTS:
        return present
    currencies = catalog.find(CURRENCY)
    names = [catalog.currency, *(currencies.values if currencies else ())]
    marks = np.zeros(len(minor), np.uint8)
    for value in compare.values:
        try:
            limits = money_limits(compare.operator, float(value), names)
        except ValueError:
            continue
        by_row = limits[np.asarray(bucket.codes(CURRENCY))] if currencies else limits
        marks |= money_marks(minor, compare.operator, by_row)
    return marks & present


def text_array(text: Text) -> pa.Array:
    """Return a plain text column as a pyarrow array that shares its memory.

    Parameters
    ----------
    text : Text

    Returns
    -------
    pyarrow large_string array of length rows, null where missing
    """
    valid = np.packbits(text.present, bitorder="little")
    return pa.LargeStringArray.from_buffers(
        len(text.present),
        pa.py_buffer(np.ascontiguousarray(text.offsets)),
        pa.py_buffer(np.ascontiguousarray(text.data)),
        pa.py_buffer(valid),
    )
