"""Properties that are objects already, as the texts that stand in the lake."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from sojourn.events.properties import PropertyColumn, PropertyKind, object_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sojourn.base.json import JsonObject, JsonValue

_MOST_KEYS: Final = 100
"""Beyond so many different keys, objects are written one by one."""
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False, allow_nan=False
)
_ASCII_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def object_text(properties: JsonObject) -> str | None:
    """Return one JSON object as it stands in the lake; None when it is empty.

    Keys are sorted, at every depth; a number too large for a float is null. A lone surrogate,
    which no UTF-8 text can hold, is kept as its JSON escape.
    """
    if not properties:
        return None
    text = _written(properties)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return _ASCII_ENCODER.encode(_finite(properties))
    return text


def _written(value: JsonValue) -> str:
    try:
        return _ENCODER.encode(value)
    except ValueError:  # a number beyond what floats hold, such as 1e999, which JSON cannot write
        return _ENCODER.encode(_finite(value))


def _finite(value: JsonValue) -> JsonValue:
    """Return a value with null in place of numbers that JSON cannot write."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return value


def object_column(
    objects: Sequence[JsonObject], names: Mapping[str, str] | None = None
) -> pa.StringArray:
    """Return what :func:`object_text` returns for each object, built by columns where they fit.

    Parameters
    ----------
    objects : sequence of objects
    names : mapping of key to key, optional
        Keys that are written under another name; no two may come to the same.
    """
    keys = {key for found in objects for key in found}
    new = names or {}
    if len(keys) > _MOST_KEYS:
        return _one_by_one(objects, new)
    try:
        columns = [
            _column_of(new.get(key, key), [found.get(key, _ABSENT) for found in objects])
            for key in keys
        ]
    except UnicodeEncodeError:
        return _one_by_one(objects, new)
    return object_texts(columns) if columns else pa.nulls(len(objects), pa.string())


def _one_by_one(objects: Sequence[JsonObject], names: Mapping[str, str]) -> pa.StringArray:
    renamed = ({names.get(key, key): value for key, value in o.items()} for o in objects)
    return pa.array([object_text(found) for found in renamed], pa.string())


class _Absent:
    """A key that is not there, unlike one whose value is null."""


_ABSENT: Final = _Absent()


def _column_of(
    key: str, values: Sequence[JsonValue | _Absent]
) -> tuple[PropertyColumn, pa.StringArray]:
    types = {type(value) for value in values} - {_Absent}
    texts: list[str | None]
    if types == {str}:
        kind = PropertyKind.TEXT
        texts = [value if isinstance(value, str) else None for value in values]
    else:
        kind = PropertyKind.JSON
        write = repr if types == {int} else _written
        texts = [None if isinstance(value, _Absent) else write(value) for value in values]
    return PropertyColumn(key=key, column=key, kind=kind), pa.array(texts, pa.string())
