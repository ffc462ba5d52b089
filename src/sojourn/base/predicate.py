"""Conditions on events, as values. Evaluated once per distinct value by the index."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

TRAIT_PREFIX = "trait."
"""A field ``trait.plan`` is the person's value of ``plan`` when the event happened."""

EVENT_FIELD = "event"
"""The field that holds an event's name."""


class Operator(StrEnum):
    """How a field is compared with the given values."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IN = "in"
    NOT_IN = "not in"
    CONTAINS = "contains"
    MATCHES = "matches"
    """RE2 syntax, so never exponential time."""
    EXISTS = "exists"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """One field compared with values; text values compare as text, numbers as numbers."""

    field: str
    operator: Operator
    values: tuple[str | float, ...] = ()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds. Empty: always true."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds. Empty: never true."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Predicate


Predicate: TypeAlias = Compare | AllOf | AnyOf | Not

ALWAYS = AllOf(())


def event_is(*names: str) -> Predicate:
    """Return the predicate "the event has one of these names"."""
    return Compare(field=EVENT_FIELD, operator=Operator.IN, values=names)


def fields(predicate: Predicate) -> frozenset[str]:
    """Return every field a predicate reads."""
    match predicate:
        case Compare(field=field):
            return frozenset((field,))
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return frozenset().union(*(fields(part) for part in parts))
        case Not(part=part):
            return fields(part)
