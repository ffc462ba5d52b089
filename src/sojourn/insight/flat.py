"""Rows as flat records: an estimate becomes four columns, a missing one keeps its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sojourn.insight.answer import to_json

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer


def flat_row(row: JsonValue) -> dict[str, JsonValue]:
    """Return one row with ``x`` spread to ``x, x_low, x_high, x_n``, or ``x_reason`` beside null.

    Examples
    --------
    >>> flat_row({"step": "Pay", "rate": {"not_estimable": "nobody to measure on"}})
    {'step': 'Pay', 'rate': None, 'rate_reason': 'nobody to measure on'}
    """
    if not isinstance(row, Mapping):
        return {"value": row}
    spread: dict[str, JsonValue] = {}
    for name, value in row.items():
        if not isinstance(value, Mapping):
            spread[name] = value
        elif "not_estimable" in value:
            spread[name] = None
            spread[f"{name}_reason"] = value["not_estimable"]
        else:
            for part, inner in value.items():
                spread[name if part == "value" else f"{name}_{part}"] = inner
    return spread


def flat_rows(answer: Answer[object]) -> list[dict[str, JsonValue]]:
    """Return every row of an answer, all with the same keys in the same order."""
    rows = [flat_row(to_json(row)) for row in answer.rows]
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def words(value: JsonValue) -> str:
    """Return a value for people: thousands apart, four significant digits, — for nothing."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
    if isinstance(value, list):
        return " › ".join(words(item) for item in value)
    return str(value)
