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
    """What is known of an event by its name: what it says, and what its properties decide."""

    said: tuple[tuple[int, int], ...]
    asked: tuple[int, ...]


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

    def __post_init__(self) -> None:
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
            for number in self._known[name]:
                clue = self.rules.clues[number]
                if isinstance(clue, Known) and holds(
                    Compare(field=name, operator=Operator.EXISTS), event
                ):
                    found.append((number, int(holds(clue.compare, event))))
        self._tell_stages(event, found)
        return found

    def _tell_stages(self, event: Arrived, found: Hits) -> None:
        """Add what an event says to the stage model, where people are followed under one alone."""
        stage, number = self.rules.stage, self.rules.staged
        if stage is None or number is None or not stage.alone:
            return
        bits = sum(holds(asked, event) << bit for bit, asked in enumerate(stage.asked))
        if bits or stage.every:
            found.append((number, bits))

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
        return _Named(tuple(said), tuple(asked))


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
