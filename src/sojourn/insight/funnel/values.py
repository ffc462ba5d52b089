"""What funnels are made of, and the rows they answer with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sojourn.base.timespan import DAY_US

if TYPE_CHECKING:
    from sojourn.base.estimate import MaybeEstimate
    from sojourn.base.predicate import Predicate

DEFAULT_WINDOW_US = 14 * DAY_US
LAST_STEP = 0
"""For ``Funnel.at``: the last step that was reached."""


class Order(StrEnum):
    """In which order steps must come."""

    ORDERED = "ordered"
    """One after another, other events allowed between."""
    STRICT = "strict"
    """Directly after one another."""
    ANY = "any"
    """As they come."""


class Entry(StrEnum):
    """Which events of the first step may begin an attempt."""

    BEST = "best"
    """Any; the attempt that gets furthest counts."""
    FIRST = "first"
    """The first one only."""
    ALL = "all"
    """One attempt after another, each counted."""


class Unit(StrEnum):
    """What is counted."""

    PERSON = "person"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A condition that an event must meet to fill this step.

    Attributes
    ----------
    title : str
        Its name for people.
    predicate : Predicate
    optional : bool
        Never blocks; people are counted beside the required steps.
    shortest_us, longest_us : int
        The gap since the event of the required step before, both inclusive; None for no limit.
    """

    title: str
    predicate: Predicate
    optional: bool = False
    shortest_us: int = 0
    longest_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Events that spoil an attempt when they lie between the events of two steps.

    Attributes
    ----------
    title : str
    predicate : Predicate
    after, before : int
        Numbers of two required steps, from 1.
    """

    title: str
    predicate: Predicate
    after: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """One step and how many reached it.

    Attributes
    ----------
    step : str
        Its name; "any k of n" when steps come in any order.
    number : int
        From 1.
    people : int
        People (or sessions, pairs, attempts) that reached it, the immature included.
    mature : int
        Those of them whose entry is mature: n of every rate is made of these.
    of_first, of_previous : MaybeEstimate
        Share of those at the first step, and at the required step before.
    lost : int or None
        Mature ones that reached the required step before and not this one; None at the first step
        and at an optional one.
    optional : bool
    """

    step: str
    number: int
    people: int
    mature: int
    of_first: MaybeEstimate
    of_previous: MaybeEstimate
    lost: int | None
    optional: bool
