"""An answer in groups and periods taken apart again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.insight.answer import Labelled

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.insight.answer import Answer


def parts_of(answer: Answer[object]) -> tuple[tuple[Mapping[str, str], Answer[object]], ...]:
    """Return the labels and the answer of each group and period; the whole where there are none.

    Rows that stand for everybody beside the groups are a part without labels of their own.
    """
    keys = dict.fromkeys(row.labels if isinstance(row, Labelled) else () for row in answer.rows)
    if len(keys) < 2:
        return (({}, answer),)
    return tuple((dict(key), _part(answer, key)) for key in keys)


def _part(answer: Answer[object], key: tuple[tuple[str, str], ...]) -> Answer[object]:
    rows = tuple(
        row.row if isinstance(row, Labelled) else row
        for row in answer.rows
        if (row.labels if isinstance(row, Labelled) else ()) == key
    )
    return replace(answer, rows=rows, extra=_beside(answer.extra or {}, dict(key)))


def _beside(extra: JsonObject, labels: Mapping[str, str]) -> JsonObject:
    """Return what stands beside the rows of one part."""
    listed = extra.get("parts")
    for part in listed if isinstance(listed, list) else ():
        if isinstance(part, Mapping) and all(part.get(k) == v for k, v in labels.items()):
            return {name: value for name, value in part.items() if name not in labels}
    return {}


def one_kind(value: JsonValue) -> JsonValue:
    """Return a value whose lists hold one kind each, as Arrow needs them.

    Examples
    --------
    >>> one_kind([["pay", 3]])
    [{'name': 'pay', 'count': 3}]
    """
    if not isinstance(value, list):
        return value
    pairs = [each for each in value if isinstance(each, list) and len(each) == 2]
    if len(pairs) < len(value) or not pairs:
        return value
    return [{"name": name, "count": count} for name, count in pairs]
