"""A segment as a value: a rule that holds for a person at an instant, or does not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from sojourn.stages.model import Evidence, Words

if TYPE_CHECKING:
    from sojourn.base.predicate import Predicate

FORMAT = "segment/1"
MOST_COUNT = 100
"""The largest number of events a rule may count to: so many times are kept for each person."""
MOST_STEPS = 8
MOST_RULES = 50
"""Rules in one segment."""
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

__all__ = ["Evidence", "Words"]


class Which(StrEnum):
    """Which of a property's values over a person's life is looked at."""

    LAST = "last"
    FIRST = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """Events of one kind: how many, how recently, and nothing of another kind since.

    Attributes
    ----------
    evidence : Evidence
    at_least : int
    at_most : int or None
    within_us : int or None
        Only events less than this old count; an event leaves at exactly its time plus this.
    quiet_us : int or None
        The last event, of any age, must be at least this old.
    without : Evidence or None
        No such event came after the last event.
    """

    evidence: Evidence
    at_least: int = 1
    at_most: int | None = None
    within_us: int | None = None
    quiet_us: int | None = None
    without: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """Events in this order, others between them allowed, each step an event of its own.

    Attributes
    ----------
    steps : tuple of Evidence
        Two or more.
    window_us : int or None
        From the first to the last, inclusive.
    within_us : int or None
        The last step is less than this old.
    """

    steps: tuple[Evidence, ...]
    window_us: int | None = None
    within_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """A condition on what is known of the person, as ``trait.NAME`` in any other condition.

    Attributes
    ----------
    where : Predicate
        Each property it names is the person's own: its value on the last event that had it, or
        on the first.
    where_text : str
        As written.
    which : Which
    """

    where: Predicate
    where_text: str
    which: Which = Which.LAST


@dataclass(frozen=True, slots=True, kw_only=True)
class InStage:
    """The person is in one of these states of the stage model.

    Attributes
    ----------
    stages : tuple of str
        Keys of stages, or ``lapsed``.
    """

    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All rules hold."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one rule holds."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Neither:
    """None of the rules holds."""

    rules: tuple[Rule, ...]


Rule: TypeAlias = Did | Sequence | Trait | InStage | Every | Some | Neither


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """People for whom a rule holds.

    Attributes
    ----------
    key : str
        Its name in commands, events and addresses.
    title : Words
    who : Rule
    note : str
    active : bool
        Membership is followed as events arrive; one that is not can still be asked about.
    """

    key: str
    title: Words
    who: Rule
    note: str = ""
    active: bool = True


def parts(rule: Rule) -> tuple[Rule, ...]:
    """Return the rules that a rule is made of; none for one about events, traits or stages."""
    match rule:
        case Every(rules=rules) | Some(rules=rules) | Neither(rules=rules):
            return rules
        case _:
            return ()


def every_rule(rule: Rule) -> tuple[Rule, ...]:
    """Return a rule and all within it, outermost first."""
    found: list[Rule] = [rule]
    for part in parts(rule):
        found += every_rule(part)
    return tuple(found)
