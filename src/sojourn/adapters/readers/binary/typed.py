"""Columns with types as columns of texts."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.adapters.readers.text.encodings import MARK
from sojourn.events.properties import PropertyKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_JSON_NUMBER = r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$"


_WRITTEN_BY_ARROW = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_null,
)


def kind_of(column_type: pa.DataType) -> PropertyKind | None:
    """Return how values of a type are written; None for texts, which their values decide."""
    if pa.types.is_dictionary(column_type):
        return kind_of(column_type.value_type)
    if pa.types.is_boolean(column_type):
        return PropertyKind.BOOLEAN
    if pa.types.is_integer(column_type):
        return PropertyKind.NUMBER
    decimal = pa.types.is_floating(column_type) or pa.types.is_decimal(column_type)
    if decimal or pa.types.is_nested(column_type):
        return PropertyKind.JSON
    return PropertyKind.TEXT if not _is_text(column_type) else None


def _is_text(column_type: pa.DataType) -> bool:
    return bool(pa.types.is_string(column_type) or pa.types.is_large_string(column_type))


def as_text(values: pa.Array) -> pa.StringArray:
    """Return a column's values as texts: numbers and nested values as JSON, times as ISO 8601."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind = values.type
    if pa.types.is_floating(kind):
        return _floats(values)
    if pa.types.is_timestamp(kind):
        return _timestamps(values)
    if any(test(kind) for test in _WRITTEN_BY_ARROW):
        return values.cast(pa.string())
    return pa.array(
        [None if v is None else text_of_value(v) for v in values.to_pylist()], pa.string()
    )


def decoded(table: pa.Table) -> tuple[pa.Table, NDArray[np.int64]]:
    """Return a table whose texts are UTF-8, and the rows where some were not.

    Bytes that cannot be decoded are marked, as in texts of any other format.
    """
    bad = np.zeros(0, np.int64)
    for place, field in enumerate(table.schema):
        if not _is_text(field.type):
            continue
        values = table.column(place).combine_chunks()
        try:
            values.validate(full=True)
        except pa.ArrowInvalid:
            raw = values.cast(pa.binary()).to_pylist()
            texts = [None if one is None else one.decode(errors="sojourn.mark") for one in raw]
            marked = [i for i, one in enumerate(texts) if one is not None and MARK in one]
            bad = np.union1d(bad, marked).astype(np.int64)
            table = table.set_column(place, field.name, pa.array(texts, pa.string()))
    return table, bad


def _floats(values: pa.Array) -> pa.StringArray:
    """Return the shortest decimals; NaN and infinities, which JSON does not know, are missing."""
    texts = values.cast(pa.float64()).cast(pa.string()) if values.type != pa.float32() else (
        values.cast(pa.string())
    )  # fmt: skip
    good = pc.match_substring_regex(texts, _JSON_NUMBER)
    return pc.if_else(good, texts, pa.scalar(None, pa.string()))


def _timestamps(values: pa.Array) -> pa.StringArray:
    zone = values.type.tz
    fine = values.cast(pa.timestamp("us", tz=zone), safe=False)
    if zone is not None:
        fine = fine.cast(pa.timestamp("us", tz="UTC"))
    texts = fine.cast(pa.timestamp("us")).cast(pa.string())
    shorter = pc.replace_substring_regex(texts, pattern=r"\.0+$", replacement="")
    return pc.binary_join_element_wise(shorter, "Z", "") if zone is not None else shorter


def text_of_value(value: object) -> str:
    """Return a value of Python as a text: nested ones as JSON, times as ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return _text_of_bytes(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"),
                      default=text_of_value)  # fmt: skip


def _text_of_bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()


def jsonable(value: object) -> object:
    """Return a value of Python made of what JSON knows."""
    if isinstance(value, dict):
        return {str(key): jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(inner) for inner in value]
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return text_of_value(value)


def row_text(row: Mapping[str, object]) -> str:
    """Return a row as one line of JSON, for the file of rejected rows."""
    return json.dumps(jsonable(dict(row)), ensure_ascii=False).replace(MARK, "\\\\x")


def in_microseconds(table: pa.Table) -> pa.Table:
    """Return a table whose columns of nanoseconds are microseconds, which Python can hold."""
    for at, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            wanted = pa.timestamp("us", tz=field.type.tz)
            table = table.set_column(at, field.name, table.column(at).cast(wanted, safe=False))
    return table
