"""The stage model as a value: ordered stages with entry and lapse rules over events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sojourn.base.errors import UnknownNameError
from sojourn.base.predicate import ALWAYS, AllOf, Predicate, event_is
from sojourn.base.timespan import DAY_US

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = "stages/1"
MAX_STAGES = 12


class Distinct(StrEnum):
    """What evidence must differ in to count separately."""

    DAYS = "days"
    SESSIONS = "sessions"
    EVENTS = "events"


class Without(StrEnum):
    """Which events keep a stage from lapsing when none are named."""

    ANY = "any"
    """Every event of the person."""
    ENTRY = "entry"
    """Events that are evidence for the stage itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A title in both languages; ``ko`` empty means the same as ``en``."""

    en: str
    ko: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Events that say something: any of these names, and a condition on their properties.

    Attributes
    ----------
    events : tuple of str
        Event names; empty for every event.
    where : Predicate
        Holds for the event; survey scores are properties like any other.
    where_text : str
        The condition as written, kept for the document.
    """

    events: tuple[str, ...] = ()
    where: Predicate = ALWAYS
    where_text: str = ""

    @property
    def predicate(self) -> Predicate:
        """The condition an event must meet."""
        if not self.events:
            return self.where
        named = event_is(*self.events)
        return named if self.where == ALWAYS else AllOf((named, self.where))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRule:
    """How a person enters a stage: enough evidence since that stage's own last lapse.

    Attributes
    ----------
    evidence : Evidence
    at_least : int
        How many events, or how many distinct days, sessions or event names with ``distinct``.
    within_us : int or None
        The time, inclusive, in which they must lie; None for any time.
    distinct : Distinct or None
    """

    evidence: Evidence
    at_least: int = 1
    within_us: int | None = None
    distinct: Distinct | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseRule:
    """How a stage ends: by an event, or when no qualifying event came for a time.

    Attributes
    ----------
    on : tuple of Evidence
        Each ends the stage at once.
    quiet_us : int or None
        The stage ends this long after the last qualifying event; None if time never ends it.
    without : Without
        Which events qualify, when ``keep`` is empty. Entering counts too.
    keep : tuple of Evidence
        The events that qualify.
    """

    on: tuple[Evidence, ...] = ()
    quiet_us: int | None = None
    without: Without = Without.ANY
    keep: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRule:
    """One stage. Without entry rules nobody can be seen in it: an open question, not a fault.

    Attributes
    ----------
    key : str
    title : Words
    enter : tuple of EntryRule
        Any of them is enough.
    lapse : LapseRule
    window_us : int
        The time, inclusive, in which reaching the next stage or beyond counts as conversion.
    aliases : tuple of (str, str)
        What other taxonomies call it: ``(("aarrr", "Acquisition"),)``.
    note : str
        Why it is bound as it is, or why it is not.
    """

    key: str
    title: Words
    enter: tuple[EntryRule, ...] = ()
    lapse: LapseRule = LapseRule()
    window_us: int = 30 * DAY_US
    aliases: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @property
    def observed(self) -> bool:
        """Whether any event is bound to the stage."""
        return bool(self.enter)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageModel:
    """Ordered stages, the earliest first.

    Attributes
    ----------
    stages : tuple of StageRule
    title : Words
    session_gap_us : int
        Used by rules that count sessions.
    note : str
    """

    stages: tuple[StageRule, ...]
    title: Words = Words(en="Five stages", ko="다섯 단계")
    session_gap_us: int = 30 * 60 * 1_000_000
    note: str = ""

    def position(self, key: str) -> int:
        """Return the position of a stage, from 0.

        Raises
        ------
        UnknownNameError
            If no stage has that key.
        """
        for position, stage in enumerate(self.stages):
            if stage.key == key:
                return position
        raise UnknownNameError("stage", key, (stage.key for stage in self.stages))

    def evidence(self) -> Iterator[Evidence]:
        """Return every condition on events the model states, entry rules first."""
        for stage in self.stages:
            yield from (rule.evidence for rule in stage.enter)
        for stage in self.stages:
            yield from stage.lapse.on
            yield from stage.lapse.keep


__all__ = ["Distinct", "EntryRule", "Evidence", "LapseRule", "StageModel", "StageRule",
           "Without", "Words"]  # fmt: skip
