"""What a funnel counts: whole numbers that merge with ``+``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.insight.durations import Durations

Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """People, or what else is counted, by how far they got.

    Attributes
    ----------
    reach : ndarray of shape (2, required steps + 1), int64
        By the number of required steps reached: all, then the mature ones. Column 0 is empty.
    beside : ndarray of shape (2, steps), int64
        Those that reached each optional step; in any order, that filled each step in some window.
    """

    reach: Ints
    beside: Ints

    @classmethod
    def none(cls, required: int, steps: int) -> Tally:
        """Return a tally of nobody."""
        return cls(np.zeros((2, required + 1), np.int64), np.zeros((2, steps), np.int64))

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.reach + other.reach, self.beside + other.beside)

    def people(self) -> Ints:
        """Return how many reached each required step, shape (2, required steps)."""
        return np.cumsum(self.reach[:, ::-1], axis=1)[:, ::-1][:, 1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One person (or session, pair, attempt) on a list.

    Attributes
    ----------
    person : str
    entry_us, last_us : int
        When the first and the furthest step were reached.
    reached : int
        Number of the furthest step.
    mature : bool
    then : str or None
        The event directly after the furthest step, within the window; None if there was none.
    """

    person: str
    entry_us: int
    last_us: int
    reached: int
    mature: bool
    then: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """The newest of some people, how many they are, and what they did next.

    Attributes
    ----------
    people : tuple of Listed
        The newest entries first, at most ``limit``.
    count : int
        All of them.
    then : mapping of str or None to int
        How many did what directly after the furthest step; None: nothing within the window.
    limit : int
    """

    people: tuple[Listed, ...] = ()
    count: int = 0
    then: Mapping[str | None, int] = field(default_factory=dict)
    limit: int = 0

    def __add__(self, other: Listing) -> Listing:
        limit = max(self.limit, other.limit)
        newest = sorted((*self.people, *other.people), key=_newest_first)
        then = dict(self.then)
        for event, count in other.then.items():
            then[event] = then.get(event, 0) + count
        return Listing(tuple(newest[:limit]), self.count + other.count, then, limit)


@dataclass(frozen=True, slots=True, eq=False)
class FunnelCounts:
    """Everything a funnel counts.

    Attributes
    ----------
    total : Tally
    dropped : int
        Left out altogether because of excluded events.
    groups : mapping of str or None to Tally
        By value of the property broken down by; None where it is missing.
    trend : ndarray of shape (intervals, 2, required steps + 1), int64
        As ``Tally.reach``, by the interval of the entry.
    times : tuple of Durations
        From the first step to each later required one, then from each to the next; mature only.
    at, lost : Listing
    """

    total: Tally
    dropped: int = 0
    groups: Mapping[str | None, Tally] = field(default_factory=dict)
    trend: Ints = field(default_factory=lambda: np.zeros((0, 2, 0), np.int64))
    times: tuple[Durations, ...] = ()
    at: Listing = field(default_factory=Listing)
    lost: Listing = field(default_factory=Listing)

    def __add__(self, other: FunnelCounts) -> FunnelCounts:
        groups = dict(self.groups)
        for value, tally in other.groups.items():
            groups[value] = groups[value] + tally if value in groups else tally
        return FunnelCounts(
            self.total + other.total,
            self.dropped + other.dropped,
            groups,
            self.trend + other.trend,
            tuple(one + two for one, two in zip(self.times, other.times, strict=True)),
            self.at + other.at,
            self.lost + other.lost,
        )


def _newest_first(listed: Listed) -> tuple[int, str]:
    return -listed.entry_us, listed.person
