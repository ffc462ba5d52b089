"""Conditions in words, the way :mod:`sojourn.base.grammar` reads them."""

from __future__ import annotations

import re

from sojourn.base.predicate import AllOf, AnyOf, Compare, Not, Operator, Predicate

_BARE = re.compile(r"[^\s()<>=!,|\"']+")
_RESERVED = frozenset({"and", "or", "not", "in", "exists", "missing", "contains", "matches"})
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")


def words(predicate: Predicate) -> str:
    """Return a condition as text that the grammar reads back to the same condition.

    Examples
    --------
    >>> words(Compare(field="device", operator=Operator.EQ, values=("mobile",)))
    'device = mobile'
    """
    match predicate:
        case Compare():
            return _compare(predicate)
        case Not(part=part):
            return f"not {_inner(part)}"
        case AllOf(parts=()):
            return "anything"
        case AnyOf(parts=()):
            return "nothing"
        case AllOf(parts=parts):
            return " and ".join(_inner(part) for part in parts)
        case AnyOf(parts=parts):
            return " or ".join(_inner(part) for part in parts)


def _inner(predicate: Predicate) -> str:
    text = words(predicate)
    single = isinstance(predicate, Compare) or not predicate_parts(predicate)
    return text if single else f"({text})"


def predicate_parts(predicate: Predicate) -> tuple[Predicate, ...]:
    """Return the parts a condition is made of; none for a comparison."""
    match predicate:
        case Compare():
            return ()
        case Not(part=part):
            return (part,)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return parts


def _compare(compare: Compare) -> str:
    field = _quoted(compare.field)
    match compare.operator:
        case Operator.EXISTS | Operator.MISSING:
            return f"{compare.operator} {field}"
        case Operator.IN | Operator.NOT_IN:
            values = ", ".join(_value(value) for value in compare.values)
            return f"{field} {compare.operator} ({values})"
        case _:
            return f"{field} {compare.operator} {_value(compare.values[0])}"


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return f'"{value}"' if _NUMBER.fullmatch(value) else _quoted(value)
    return f"{value:.0f}" if value == int(value) and abs(value) < 2**53 else repr(value)


def _quoted(text: str) -> str:
    if _BARE.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
