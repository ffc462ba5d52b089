"""Words that several questions need for their definitions and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.counted import counted
from sojourn.base.predicate import (
    ALWAYS,
    EVENT_FIELD,
    TRAIT_PREFIX,
    Compare,
    Operator,
    Predicate,
    fields,
)
from sojourn.base.wording import words

if TYPE_CHECKING:
    from sojourn.index.catalog import Catalog
    from sojourn.insight.question import Scope

_SPANS = ((365 * 86_400, "y"), (86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
UNTIMED = "these events carry no times"


def event_phrase(predicate: Predicate, title: str = "") -> str:
    """Return what an event must be, in words: a title, names, or the condition.

    Examples
    --------
    >>> from sojourn.base.predicate import event_is
    >>> event_phrase(event_is("order", "renewal"))
    '‘order’ or ‘renewal’'
    """
    if title:
        return f"‘{title}’"
    if predicate == ALWAYS:
        return "any event"
    match predicate:
        case Compare(field=field, operator=Operator.IN | Operator.EQ) if field == EVENT_FIELD:
            return " or ".join(f"‘{value}’" for value in predicate.values)
        case _:
            return f"an event where {words(predicate)}"


def people_phrase(number: int) -> str:
    """Return a number of people in words.

    Examples
    --------
    >>> people_phrase(1), people_phrase(1200)
    ('1 person', '1,200 people')
    """
    return counted(number, "person", "people")


def scope_notes(scope: Scope, catalog: Catalog, as_of: str = "their entry") -> tuple[str, ...]:
    """Return the filters in force, what traits in them are, and the bots left out.

    Parameters
    ----------
    scope : Scope
    catalog : Catalog
    as_of : str
        At which of a person's events the filter on people is taken.
    """
    found: list[str] = []
    if scope.events != ALWAYS:
        found.append(f"Only events where {words(scope.events)}; the others count as if absent.")
    if scope.people != ALWAYS:
        found.append(f"Only people where {words(scope.people)}, as of {as_of}.")
    found += trait_notes(scope.events, scope.people)
    if catalog.bot_people:
        bots = f"{catalog.bot_people:,} known bots with {catalog.bot_rows:,} events"
        found.append(f"{bots} are left out.")
    return tuple(found)


def trait_notes(*conditions: Predicate) -> tuple[str, ...]:
    """Return which value of a trait counts, where conditions name traits; else nothing.

    Examples
    --------
    >>> trait_notes(Compare(field="trait.plan", operator=Operator.EXISTS))
    ('trait.plan is the person’s last value up to the event, not today’s.',)
    """
    every = (fields(condition) for condition in conditions)
    named = sorted({name for each in every for name in each if name.startswith(TRAIT_PREFIX)})
    return tuple(
        f"{name} is the person’s last value up to the event, not today’s." for name in named
    )


def duration_words(seconds: float) -> str:
    """Return a length of time in its largest unit, two significant digits at least.

    Examples
    --------
    >>> duration_words(0.25), duration_words(95), duration_words(500 * 86400)
    ('0.25 s', '1.6 min', '1.4 y')
    """
    for length, unit in _SPANS:
        if seconds >= length:
            value = seconds / length
            return f"{value:.0f} {unit}" if value >= 9.95 else f"{value:.1f} {unit}"
    return f"{seconds:.2g} s" if seconds else "0 s"
