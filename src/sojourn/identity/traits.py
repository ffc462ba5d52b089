"""What is known of a person, and since when: a fold over what events told, in any order."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from sojourn.events.ids import NOTHING_WORDS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from sojourn.base.json import JsonObject, JsonValue

TraitHistory: TypeAlias = "tuple[TraitValue, ...]"
"""A trait's values, oldest first; each differs from the one before."""

_EMPTY: Final[dict[str, JsonValue]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one event told of a person.

    Attributes
    ----------
    time_us : int
        When it happened.
    ident : int
        First eight bytes of its id, big-endian: decides between events of one instant.
    traits : mapping of str to value of JSON
    once : mapping of str to value of JSON
        Told to hold only where nothing is known yet.
    gone : sequence of str
        Traits that no longer hold.
    """

    time_us: int
    ident: int
    traits: JsonObject = field(default_factory=lambda: _EMPTY)
    once: JsonObject = field(default_factory=lambda: _EMPTY)
    gone: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitValue:
    """A value, and the event that told it first.

    Attributes
    ----------
    value : value of JSON
        None from when the trait was said to hold no longer.
    since_us : int
    ident : int
    """

    value: JsonValue
    since_us: int
    ident: int


def read_told(said: JsonValue, time_us: int, ident: int) -> Told | None:
    """Return what an event told, from its property ``$traits``; None where it told nothing.

    Parameters
    ----------
    said : value of JSON
        What is no object is of somebody else's making.
    time_us, ident : int
        As in :class:`Told`.
    """
    if not isinstance(said, dict) or not said:
        return None
    gone = said.get("unset")
    return Told(
        time_us=time_us, ident=ident, traits=_object(said, "set"), once=_object(said, "once"),
        gone=tuple(map(str, gone)) if isinstance(gone, list) else (),
    )  # fmt: skip


def fold_traits(told: Iterable[Told]) -> dict[str, TraitHistory]:
    """Return the history of each trait, by name: the later event by (time, id) is right.

    What stands for nothing (null, ``"undefined"``) tells nothing; the type of a value is not
    looked at. The order in which events are given does not matter.

    Parameters
    ----------
    told : iterable of Told
        Of one person.

    Examples
    --------
    >>> later = Told(time_us=2, ident=7, traits={"plan": "pro"})
    >>> plan = fold_traits([later, Told(time_us=1, ident=9, traits={"plan": "free"})])["plan"]
    >>> [(value.since_us, value.value) for value in plan]
    [(1, 'free'), (2, 'pro')]
    """
    found: dict[str, list[TraitValue]] = {}
    known: set[str] = set()
    for one in sorted(told, key=order_of):
        for name, value in changes_of(one, known).items():
            history = found.setdefault(name, [])
            if not same(history[-1].value if history else None, value):
                history.append(TraitValue(value=value, since_us=one.time_us, ident=one.ident))
            (known.discard if value is None else known.add)(name)
    return {name: tuple(found[name]) for name in sorted(found) if found[name]}


def value_at(history: TraitHistory, time_us: int) -> JsonValue:
    """Return a trait's value at an instant; None where it had none.

    Parameters
    ----------
    history : tuple of TraitValue
    time_us : int
        What was told at this very instant counts.
    """
    at = bisect_right([value.since_us for value in history], time_us)
    return history[at - 1].value if at else None


def same(one: JsonValue, other: JsonValue) -> bool:
    """Return whether two values are the same; true is not 1.

    Examples
    --------
    >>> same(1, 1.0), same(1, True), same("1", 1)
    (True, False, False)
    """
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def order_of(one: Told) -> tuple[int, int, str]:
    """Return what tells which of two events is the later one."""
    # The text decides only where two events share half of their id.
    return one.time_us, one.ident, repr((sorted(one.traits.items()), sorted(one.once.items())))


def changes_of(one: Told, known: Container[str]) -> dict[str, JsonValue]:
    """Return the values that an event tells, None for what no longer holds.

    Parameters
    ----------
    one : Told
    known : container of str
        The traits that have a value before it.
    """
    changes: dict[str, JsonValue] = dict.fromkeys(one.gone)
    changes |= {name: value for name, value in one.traits.items() if _tells(value)}
    for name, value in one.once.items():
        if name not in changes and name not in known and _tells(value):
            changes[name] = value
    return changes


def _object(said: JsonObject, key: str) -> JsonObject:
    found = said.get(key)
    return found if isinstance(found, dict) else {}


def _tells(value: JsonValue) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() not in NOTHING_WORDS
    return value is not None
