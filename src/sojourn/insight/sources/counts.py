"""What is counted of sources; everything merges with ``+``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, TypeVar

KeyT = TypeVar("KeyT")


class RawOrigin(NamedTuple):
    """What the row of a touch holds, before any rule is read."""

    says: int
    channel: str | None
    source: str | None
    medium: str | None
    campaign: str | None
    content: str | None
    term: str | None
    referrer: str | None


class Tallied(NamedTuple):
    """People of one group: all, mature, converted among those, converted among the others."""

    people: int = 0
    mature: int = 0
    converted: int = 0
    early: int = 0


RawMoney: TypeAlias = tuple[RawOrigin, str]


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """People and minor units by raw origin; openings of converters; landings.

    Attributes
    ----------
    people : dict of RawOrigin to Tallied
    money : Counter of (RawOrigin, currency)
        Minor units.
    openings : Counter of (path, whether it goes on)
        People who reached the goal.
    landings : dict of str to Tallied
    """

    people: dict[RawOrigin, Tallied] = field(default_factory=dict)
    money: Counter[RawMoney] = field(default_factory=Counter)
    openings: Counter[tuple[tuple[str, ...], bool]] = field(default_factory=Counter)
    landings: dict[str, Tallied] = field(default_factory=dict)

    def __add__(self, other: SourceCounts) -> SourceCounts:
        money = Counter(self.money)
        money.update(other.money)
        return SourceCounts(
            merged(self.people, other.people),
            money,
            self.openings + other.openings,
            merged(self.landings, other.landings),
        )


def merged(one: dict[KeyT, Tallied], two: dict[KeyT, Tallied]) -> dict[KeyT, Tallied]:
    """Return the sums of two tallies by key."""
    both = dict(one)
    for key, tally in two.items():
        both[key] = added(both.get(key, Tallied()), tally)
    return both


def added(one: Tallied, two: Tallied) -> Tallied:
    """Return the sum of two tallies."""
    return Tallied(*(a + b for a, b in zip(one, two, strict=True)))
