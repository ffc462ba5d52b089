"""What one event says to clues, as it arrives: the conditions of the index, on a single row."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sojourn.base.money import to_minor
from sojourn.base.predicate import (
    EVENT_FIELD,
    AllOf,
    AnyOf,
    Compare,
    Not,
    Operator,
    Predicate,
    fields,
)
from sojourn.events.property_objects import object_text
from sojourn.events.schema import BOT, CURRENCY, VALUE
from sojourn.index.compare import NEGATED, money_limits, money_marks, number_marks, text_marks
from sojourn.segments.compiled import Chain, Known, Newest, RuleSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.base.json import JsonValue
    from sojourn.segments.facts import Hits

REMEMBERED = 1 << 16
"""Comparisons of one value whose result is remembered."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One event.

    Attributes
    ----------
    name : str
    properties : mapping of str to value of JSON
        As in the lake.
    currency : str
        Assumed where the event names none.
    """

    name: str
    properties: Mapping[str, JsonValue]
    currency: str


@dataclass(frozen=True, slots=True)
class _Named:
    """What is known of an event by its name: what it says, and what its properties decide.

    Of the stage model, bits that are said, and those that are asked with their conditions.
    """

    said: tuple[tuple[int, int], ...]
    asked: tuple[int, ...]
    stage_said: int
    stage_asked: tuple[tuple[int, Predicate], ...]


@dataclass(slots=True)
class Listener:
    """Asks of each event only what its name or its properties can answer.

    Parameters
    ----------
    rules : RuleSet
    """

    rules: RuleSet
    _by_name: dict[str, _Named] = field(default_factory=dict)
    _known: dict[str, list[int]] = field(default_factory=dict)
    _said_by: dict[tuple[str, type, str | float], Hits] = field(default_factory=dict)
    _staged: int | None = field(default=None, init=False)
    """The stage model's clue, where people are followed under it alone."""
    _every: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        stage = self.rules.stage
        if stage is not None and stage.alone:
            self._staged, self._every = self.rules.staged, stage.every
        for number, clue in enumerate(self.rules.clues):
            if isinstance(clue, Known):
                self._known.setdefault(clue.compare.field, []).append(number)

    def hits(self, event: Arrived) -> Hits:
        """Return what an event says to every clue that it says something to."""
        named = self._by_name.get(event.name)
        if named is None:
            named = self._by_name[event.name] = self._possible(event.name)
        found: Hits = list(named.said)
        for number in named.asked:
            value = self._says(number, event)
            if value:
                found.append((number, value))
        for name in self._known.keys() & event.properties.keys():
            found += self._learnt(name, event)
        self._tell_stages(event, named, found)
        return found

    def _learnt(self, name: str, event: Arrived) -> Hits:
        """Return what a property's value says; of the same value the same, worked out once."""
        value = event.properties[name]
        if name == VALUE or not isinstance(value, str | bool | int | float):
            return self._learn(name, event)
        known = self._said_by.get((name, type(value), value))
        if known is None:
            if len(self._said_by) >= REMEMBERED:
                self._said_by.clear()
            known = self._said_by[name, type(value), value] = self._learn(name, event)
        return known

    def _learn(self, name: str, event: Arrived) -> Hits:
        if not holds(Compare(field=name, operator=Operator.EXISTS), event):
            return []
        return [
            (number, int(holds(clue.compare, event)))
            for number in self._known[name]
            if isinstance(clue := self.rules.clues[number], Known)
        ]

    def _tell_stages(self, event: Arrived, named: _Named, found: Hits) -> None:
        """Add what an event says to the stage model, where people are followed under one alone."""
        if self._staged is None:
            return
        bits = named.stage_said
        for bit, asked in named.stage_asked:
            bits |= holds(asked, event) << bit
        if bits or self._every:
            found.append((self._staged, bits))

    def is_bot(self, event: Arrived) -> bool:
        """Return whether an event says that its person is a bot."""
        return event.properties.get(BOT) in (True, "true")

    def _says(self, number: int, event: Arrived) -> int:
        clue = self.rules.clues[number]
        if isinstance(clue, Newest):
            return int(holds(clue.predicate, event))
        if isinstance(clue, Chain):
            return sum(holds(step, event) << at for at, step in enumerate(clue.steps))
        return 0

    def _possible(self, name: str) -> _Named:
        """Return what events of this name say, and the clues that they may say something to."""
        said: Hits = []
        asked = []
        for number, clue in enumerate(self.rules.clues):
            conditions: tuple[Predicate, ...] = ()
            if isinstance(clue, Newest):
                conditions = (clue.predicate,)
            elif isinstance(clue, Chain):
                conditions = clue.steps
            if not any(may_hold(condition, name) for condition in conditions):
                continue
            if any(fields(condition) - {EVENT_FIELD} for condition in conditions):
                asked.append(number)
            else:
                said.append((number, self._says(number, Arrived(name, {}, ""))))
        return _Named(tuple(said), tuple(asked), *self._of_stages(name))

    def _of_stages(self, name: str) -> tuple[int, tuple[tuple[int, Predicate], ...]]:
        """Return the bits that events of this name say, and those that their properties decide."""
        said, asked = 0, []
        for bit, condition in enumerate(self.rules.stage.asked if self.rules.stage else ()):
            if fields(condition) - {EVENT_FIELD}:
                asked.append((bit, condition))
            else:
                said |= holds(condition, Arrived(name, {}, "")) << bit
        return said, tuple(asked)


def may_hold(predicate: Predicate, name: str) -> bool:
    """Return whether a condition can hold for an event of this name, whatever else it has."""
    if not fields(predicate) - {EVENT_FIELD}:
        return holds(predicate, Arrived(name, {}, ""))
    match predicate:
        case AllOf(parts=parts):
            return all(may_hold(part, name) for part in parts)
        case AnyOf(parts=parts):
            return any(may_hold(part, name) for part in parts)
        case _:
            return True


def holds(predicate: Predicate, event: Arrived) -> bool:
    """Return whether a condition holds for an event, as the index would say of its row."""
    match predicate:
        case AllOf(parts=parts):
            return all(holds(part, event) for part in parts)
        case AnyOf(parts=parts):
            return any(holds(part, event) for part in parts)
        case Not(part=part):
            return not holds(part, event)
        case Compare(operator=operator):
            positive = NEGATED.get(operator)
            if positive is None:
                return _compare(predicate, event)
            return not _compare(
                Compare(field=predicate.field, operator=positive, values=predicate.values), event
            )


def _compare(compare: Compare, event: Arrived) -> bool:
    if compare.field == EVENT_FIELD:
        return _text(compare, event.name)
    value = event.properties.get(compare.field)
    if value is None:
        return False
    if compare.field == VALUE:
        return _money(compare, value, event)
    if isinstance(value, bool):
        return _text(compare, "true" if value else "false")
    if isinstance(value, int | float | Decimal):
        return _number(compare, float(value))
    if not isinstance(value, str):
        value = (object_text({"": value}) or "")[4:-1]
    return _text(compare, value)


def _money(compare: Compare, value: JsonValue, event: Arrived) -> bool:
    named = event.properties.get(CURRENCY)
    currency = named if isinstance(named, str) else event.currency
    amount = value if isinstance(value, str | int | float | Decimal) else ""
    minor = None if isinstance(value, bool) else to_minor(amount, currency)
    return minor is not None and _amount(compare, minor, currency)


@lru_cache(REMEMBERED)
def _text(compare: Compare, value: str) -> bool:
    return bool(text_marks(pa.array([value], pa.string()), compare)[0])


@lru_cache(REMEMBERED)
def _number(compare: Compare, value: float) -> bool:
    if value in (float("inf"), float("-inf")):
        return False
    return bool(number_marks(np.array([value]), compare.operator, compare.values)[0])


@lru_cache(REMEMBERED)
def _amount(compare: Compare, minor: int, currency: str) -> bool:
    if compare.operator is Operator.EXISTS:
        return True
    for value in compare.values:
        try:
            limits = money_limits(compare.operator, float(value), [currency])
        except ValueError:
            continue
        if money_marks(np.array([minor], np.int64), compare.operator, limits)[0]:
            return True
    return False
