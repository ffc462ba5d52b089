"""Properties as the text of one JSON object, built for whole columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, assert_never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence


NUMBER: Final = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?$"
"""A text that is written as a JSON number: JSON's grammar, with no more digits than a reader
keeps exactly. ``007`` and ``+1`` are text, and so is an id of twenty digits."""
_CODE_NAME: Final = (
    r"(?i)(^|[^a-z])(ids?|uuid|guid|zip|zipcode|postcode|postal|phone|tel|code|sku|ean|upc|isbn"
    r"|hash|version)([^a-z]|$)|(?-i:[a-z](Id|ID|Code|Key|Zip|Phone)|[ _]key)$|(번호|코드|우편|전화)"
)
_MISSING_WORDS: Final = pa.array(
    ["NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-", ""]
)


class PropertyKind(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"
    NUMBER = "number"
    """Numbers where they match :data:`NUMBER`, text where they do not."""
    BOOLEAN = "boolean"
    JSON = "JSON"
    """The values are JSON texts already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyColumn:
    """A column that becomes a property."""

    key: str
    column: str
    kind: PropertyKind


def guess_kind(name: str, sample: pa.StringArray) -> PropertyKind:
    """Return how a column's values are written.

    Parameters
    ----------
    name : str
        The column's name; one that speaks of an id, a code, a phone or a postal code is text, so
        that ``01012`` and ``35182`` stay alike.
    sample : pyarrow.StringArray
        The first values. Numbers only where every value given is one, none starts with a zero
        before another digit and none is longer than :data:`NUMBER` allows. The sample is the head
        of the file, whatever the size of the batches, so a file is always read the same way.
    """
    values = pc.filter(sample, pc.invert(pc.is_in(sample, value_set=_MISSING_WORDS)))
    values = pc.drop_null(values)
    if is_code_name(name):
        return PropertyKind.TEXT
    if len(values) == 0:
        return PropertyKind.NUMBER
    if pc.all(pc.match_substring_regex(values, r"^(?i)(true|false)$")).as_py():
        return PropertyKind.BOOLEAN
    if pc.all(pc.match_substring_regex(values, NUMBER)).as_py():
        return PropertyKind.NUMBER
    return PropertyKind.TEXT


def is_code_name(name: str) -> bool:
    """Return whether a column's name speaks of an id or a code, whose digits are no number."""
    return bool(pc.match_substring_regex(pa.array([name]), _CODE_NAME)[0].as_py())


def object_texts(columns: Sequence[tuple[PropertyColumn, pa.StringArray]]) -> pa.StringArray:
    """Return one JSON object a row, keys sorted, no blanks; null where a row has no property.

    Parameters
    ----------
    columns : sequence of (PropertyColumn, pyarrow.StringArray of length n)
        A null is a missing property: its key is left out. Keys are distinct.

    Returns
    -------
    pyarrow.StringArray of length n
    """
    if not columns:
        return pa.array([], pa.string())
    ordered = sorted(columns, key=lambda pair: pair[0].key)
    # A column without gaps knows which side the commas are on; failing that, one is cut off.
    whole = next((i for i, (_, v) in enumerate(ordered) if v.null_count == 0), None)
    operands: list[pa.StringArray | str] = ["{"]
    for place, (column, values) in enumerate(ordered):
        before, after = ("", ",") if whole is not None and place < whole else (",", "")
        operands += _operands(column, values, "" if place == whole else before, after)
    texts = pc.binary_join_element_wise(
        *operands, "}", "", null_handling="replace", null_replacement=""
    )
    if whole is not None:
        return texts
    texts = pc.replace_substring(texts, pattern="{,", replacement="{", max_replacements=1)
    empty = pc.equal(pc.binary_length(texts), 2)
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts)


def _operands(
    column: PropertyColumn, values: pa.StringArray, before: str, after: str
) -> list[pa.StringArray | str]:
    """Return what to join for ``"key":value``: nulls in one piece with their key and comma."""
    key = before + json.dumps(column.key, ensure_ascii=False) + ":"
    quote, values = _written(column.kind, values)
    parts = [key + quote, values, quote + after]
    if values.null_count == 0:
        return parts
    # TRICKY: Arrow drops rows that are null throughout with null_handling="skip".
    return [pc.binary_join_element_wise(*parts, "")]


def _written(kind: PropertyKind, values: pa.StringArray) -> tuple[str, pa.StringArray]:
    """Return values as JSON, and the quote to put around all of them."""
    match kind:
        case PropertyKind.JSON:
            return "", values
        case PropertyKind.TEXT:
            return '"', escaped(values)
        case PropertyKind.NUMBER:
            plain = pc.match_substring_regex(values, NUMBER)
        case PropertyKind.BOOLEAN:
            values, plain = _booleans(values)
        case _:
            assert_never(kind)
    if pc.all(plain, min_count=0).as_py():
        return "", values
    quoted = pc.binary_join_element_wise('"', escaped(values), '"', "")
    return "", pc.if_else(plain, values, quoted)


def _booleans(values: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray]:
    plain = pc.match_substring_regex(values, r"^(?i)(true|false)$")
    return pc.if_else(plain, pc.utf8_lower(values), values), plain


def escaped(values: pa.StringArray) -> pa.StringArray:
    r"""Return texts as they stand between the quotes of a JSON string.

    Examples
    --------
    >>> escaped(pa.array(['5" disk'])).to_pylist()
    ['5\\" disk']
    """
    data = values.buffers()[2]
    if data is None:
        return values
    raw = np.frombuffer(data, np.uint8)
    if bool((raw < 32).any()):
        return _escaped_one_by_one(values)
    if bool((raw == ord("\\")).any()):
        values = pc.replace_substring(values, pattern="\\", replacement="\\\\")
    if bool((raw == ord('"')).any()):
        values = pc.replace_substring(values, pattern='"', replacement='\\"')
    return values


def _escaped_one_by_one(values: pa.StringArray) -> pa.StringArray:
    """Return escaped texts where some hold control characters; only those go through Python."""
    risky = pc.fill_null(pc.match_substring_regex(values, r'[\x00-\x1f"\\]'), False)
    rows = np.flatnonzero(risky.to_numpy(zero_copy_only=False))
    if rows.shape[0] == 0:
        return values
    texts = pc.take(values, pa.array(rows)).to_pylist()
    done = pa.array([json.dumps(text, ensure_ascii=False)[1:-1] for text in texts], pa.string())
    return pc.replace_with_mask(values, risky, done)
