"""What a person allowed and refused, read from what was told of them; of two people the stricter.

A trait whose name begins with ``consent.`` is a consent fact: ``consent.PURPOSE`` for every
channel, ``consent.CHANNEL.PURPOSE`` for one. What was never asked is no fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sojourn.events.schema import CONSENT_PREFIX
from sojourn.identity.traits import fold_traits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sojourn.base.json import JsonValue
    from sojourn.identity.traits import Told, TraitValue

_GRANTED: Final = frozenset(("true", "granted", "yes", "subscribed", "opted_in", "1"))


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


def fold_consent(told: Mapping[int, Iterable[Told]]) -> tuple[Consent, ...]:
    """Return what a person allows and refuses, by purpose and channel.

    Of each of the people who were merged the latest word counts; where they differ, the refusal.

    Parameters
    ----------
    told : mapping of int to iterable of Told
        By whom of those who are one person now it was told.
    """
    latest: dict[str, list[TraitValue]] = {}
    for events in told.values():
        for name, history in fold_traits(events).items():
            if name[len(CONSENT_PREFIX) :] and name.startswith(CONSENT_PREFIX):
                latest.setdefault(name, []).extend(history[-1:])
    return tuple(_strictest(name, latest[name]) for name in sorted(latest))


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


def _strictest(name: str, values: list[TraitValue]) -> Consent:
    channel, _, purpose = name.removeprefix(CONSENT_PREFIX).rpartition(".")
    refused = [value for value in values if not is_granted(value.value)]
    # The refusal that stands longest, or the grant that made all of them agree.
    since = min(v.since_us for v in refused) if refused else max(v.since_us for v in values)
    return Consent(purpose=purpose, channel=channel, granted=not refused, since_us=since)
