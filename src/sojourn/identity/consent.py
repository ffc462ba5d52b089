"""What a person allowed and refused, read from what was told of them; of two people the stricter.

A trait whose name begins with ``consent.`` is a consent fact: ``consent.PURPOSE`` for every
channel, ``consent.CHANNEL.PURPOSE`` for one. What was never asked is no fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from sojourn.events.schema import CONSENT_PREFIX
from sojourn.identity.traits import Told, TraitValue, changes_of, order_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sojourn.base.json import JsonValue

_GRANTED: Final = frozenset(("true", "granted", "yes", "subscribed", "opted_in", "1"))
_Words: TypeAlias = "dict[str, TraitValue]"
"""The latest word on each fact, since when what it says has held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What holds for one purpose on one channel.

    Attributes
    ----------
    purpose : str
    channel : str
        Empty for every channel.
    granted : bool
        What is not clearly granted is denied.
    since_us : int
        When it was told.
    """

    purpose: str
    channel: str
    granted: bool
    since_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Two of those who are one person now became one.

    Attributes
    ----------
    at_us : int
    one, other : int
        As in the keys of what was told.
    """

    at_us: int
    one: int
    other: int


def fold_consent(
    told: Mapping[int, Iterable[Told]], joinings: Iterable[Joining] = ()
) -> tuple[Consent, ...]:
    """Return what a person allows and refuses, by purpose and channel.

    The latest word counts. Where two become one and their words differ, the refusal does, until
    the person that both are says otherwise.

    Parameters
    ----------
    told : mapping of int to iterable of Told
        By whom of those who are one person now it was told.
    joinings : iterable of Joining
        In any order; of those whom none joins, the refusal counts whenever it was told.
    """
    events = [(order_of(one), who, one) for who, spoken in told.items() for one in spoken]
    people: dict[int, _Words] = {who: {} for who in told}
    waiting = sorted(joinings, key=lambda joining: joining.at_us, reverse=True)
    for _, who, one in sorted(events, key=lambda event: event[:2]):
        while waiting and waiting[-1].at_us < one.time_us:
            _unite(people, waiting.pop())
        _hear(people[who], one)
    for joining in reversed(waiting):
        _unite(people, joining)
    apart = {id(words): words for words in people.values()}
    facts = _strictest(apart.values())
    return tuple(_consent(name, facts[name]) for name in sorted(facts))


def standing_refusals(told: Iterable[Told]) -> dict[str, TraitValue]:
    """Return what one person refuses, by the name of the trait, as the latest word has it.

    ``ident`` is of the event that told it last, ``since_us`` of the one since when it has held.

    Parameters
    ----------
    told : iterable of Told
        In any order.

    Examples
    --------
    >>> no = Told(time_us=5, ident=7, traits={"consent.email.news": False})
    >>> yes = Told(time_us=3, ident=9, traits={"consent.email.news": True})
    >>> standing_refusals([no, yes])["consent.email.news"].ident
    7
    """
    words: _Words = {}
    for one in sorted(told, key=order_of):
        _hear(words, one)
    return {name: word for name, word in words.items() if not is_granted(word.value)}


def is_granted(value: JsonValue) -> bool:
    """Return whether a value clearly grants.

    Examples
    --------
    >>> [is_granted(value) for value in (True, "granted", "maybe", 0, False)]
    [True, True, False, False, False]
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str | int):
        return str(value).strip().casefold() in _GRANTED
    return False


def _hear(words: _Words, one: Told) -> None:
    """Take up what an event says of consent."""
    known = {name for name, word in words.items() if word.value is not None}
    for name, value in changes_of(one, known).items():
        before = words.get(name)
        if not name[len(CONSENT_PREFIX) :] or not name.startswith(CONSENT_PREFIX):
            continue
        if before is None and value is None:
            continue  # nothing held that could hold no longer
        stays = before is not None and is_granted(before.value) == is_granted(value)
        since = before.since_us if before is not None and stays else one.time_us
        words[name] = TraitValue(value=value, since_us=since, ident=one.ident)


def _unite(people: dict[int, _Words], joining: Joining) -> None:
    one, other = people.setdefault(joining.one, {}), people.setdefault(joining.other, {})
    if one is other:
        return
    both = _strictest((one, other))
    for who, words in people.items():
        if words is one or words is other:
            people[who] = both


def _strictest(everybody: Iterable[_Words]) -> _Words:
    """Return of each fact the refusal that stands longest, or the grant that made all agree."""
    found: dict[str, list[TraitValue]] = {}
    for words in everybody:
        for name, word in words.items():
            found.setdefault(name, []).append(word)
    return {name: min(words, key=_strictness) for name, words in found.items()}


def _strictness(word: TraitValue) -> tuple[bool, int]:
    granted = is_granted(word.value)
    return granted, -word.since_us if granted else word.since_us


def _consent(name: str, word: TraitValue) -> Consent:
    channel, _, purpose = name.removeprefix(CONSENT_PREFIX).rpartition(".")
    granted = is_granted(word.value)
    return Consent(purpose=purpose, channel=channel, granted=granted, since_us=word.since_us)
