"""The choices of a question about sources, and the rows of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sojourn.base.estimate import MaybeEstimate


class Level(StrEnum):
    """How far sources are told apart; each level holds those before it."""

    CHANNEL = "channel"
    SOURCE = "source"
    MEDIUM = "medium"
    CAMPAIGN = "campaign"
    CONTENT = "content"
    TERM = "term"


LEVELS = tuple(Level)


class Basis(StrEnum):
    """Which of a person's touches stands for them."""

    ORIGINAL = "original"
    """That of their first visit."""
    LATEST = "latest"
    """The one in force when they reached the goal, or at as-of if they did not."""


class Origin(NamedTuple):
    """Where a touch came from; None where nothing was said."""

    channel: str | None
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """An amount in minor units of one currency."""

    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """People who came from one place.

    Attributes
    ----------
    channel, source, medium, campaign, content, term : str or None
        None below the level asked for, and where nothing was said.
    people : int
    share : Estimate or NotEstimable
        people ÷ all people, Wilson 95 %.
    mature : int
        Those whose window had passed at as-of; the denominator of the conversion.
    converted : int
        Of them, those who reached the goal within the window.
    conversion : Estimate or NotEstimable
        converted ÷ mature, Wilson 95 %.
    early : int
        Those who reached it though their window has not passed; in no rate.
    revenue : tuple of Revenue
        What their goal events brought within the window, by currency; without a goal, what all
        their events brought up to as-of.
    """

    channel: str | None
    source: str | None
    medium: str | None
    campaign: str | None
    content: str | None
    term: str | None
    people: int
    share: MaybeEstimate
    mature: int
    converted: int
    conversion: MaybeEstimate
    early: int
    revenue: tuple[Revenue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPath:
    """How people who reached the goal began: their first different pages or events."""

    path: tuple[str, ...]
    goes_on: bool
    people: int
    share: MaybeEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """The first page, or event, of people, and how many of them reached the goal."""

    landing: str
    people: int
    mature: int
    converted: int
    conversion: MaybeEstimate
