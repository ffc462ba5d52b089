"""What is known of many people at once, and which segments that puts them into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.segments.compiled import (
    All,
    AtLeast,
    In,
    No,
    NoneSince,
    Older,
    OneOf,
    Says,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sojourn.segments.compiled import RuleSet, Test
    from sojourn.segments.signals import Moves

    Ints: TypeAlias = NDArray[np.int64]
    Truths: TypeAlias = NDArray[np.bool_]

NOT_YET = -(2**62)
NEVER = 2**62
"""An instant that does not come: time alone changes nothing."""


@dataclass(frozen=True, slots=True)
class Times:
    """The newest events of a clue.

    Attributes
    ----------
    time : ndarray of shape (people, kept), int64
        Newest first; ``NOT_YET`` where there are fewer.
    position, ident : ndarray of shape (people,), int64
        The rest of the newest one's place among the person's events.
    """

    time: Ints
    position: Ints
    ident: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is known of people, clue by clue.

    Attributes
    ----------
    seen : ndarray of shape (people,), bool
        Whether anything of them has happened yet; and that they are no bot.
    times : mapping of int to Times
        Of clues that keep events, and of chains, whose one event is their last completion.
    says : mapping of int to ndarray of shape (people,), bool
    moves : Moves or None
    """

    seen: Truths
    times: Mapping[int, Times]
    says: Mapping[int, Truths]
    moves: Moves | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is inside.

    Attributes
    ----------
    inside : ndarray of shape (segments, people), bool
    due : ndarray of shape (people,), int64
        The next instant at which time alone may change something; ``NEVER`` where it cannot.
    """

    inside: NDArray[np.bool_]
    due: NDArray[np.int64]


def judge(rules: RuleSet, table: Table, at: NDArray[np.int64]) -> Verdict:
    """Return which segments people are in.

    Parameters
    ----------
    rules : RuleSet
    table : Table
        Nothing in it is later than ``at``, moves between stages apart.
    at : ndarray of shape (people,), int64
        The instant, for each.
    """
    people = len(table.seen)
    inside = np.zeros((len(rules.tests), people), np.bool_)
    due = np.full(people, NEVER, np.int64)
    for number, test in enumerate(rules.tests):
        holds, until = truth(test, table, at)
        inside[number] = holds & table.seen
        due = np.minimum(due, until)
    return Verdict(inside, np.where(table.seen, due, NEVER))


def truth(test: Test, table: Table, at: Ints) -> tuple[Truths, Ints]:
    """Return where a test holds, and when time alone may next change that.

    Parameters
    ----------
    test : Test
    table : Table
    at : ndarray of shape (people,), int64

    Returns
    -------
    tuple of ndarray of shape (people,)
        bool, and int64 later than ``at``.
    """
    holds = np.zeros(len(at), np.bool_)
    due = np.full(len(at), NEVER, np.int64)
    match test:
        case AtLeast(clue=clue, count=count, within_us=within):
            last = table.times[clue].time[:, count - 1]
            holds = last != NOT_YET
            if within is not None:
                holds = last > at - within
                due = np.where(holds, last + within, NEVER)
        case Older(clue=clue, quiet_us=quiet):
            last = table.times[clue].time[:, 0]
            some = last != NOT_YET
            holds = some & (last <= at - quiet)
            due = np.where(some & ~holds, last + quiet, NEVER)
        case NoneSince(clue=clue, other=other):
            holds = _none_since(table.times[clue], table.times[other])
        case Says(clue=clue):
            holds = table.says[clue]
        case In(states=states):
            holds, due = _in(table.moves, states, at)
        case No(part=part):
            holds, due = truth(part, table, at)
            holds = ~holds
        case All(parts=parts):
            holds, due = _together(parts, table, at, settles=False)
        case OneOf(parts=parts):
            holds, due = _together(parts, table, at, settles=True)
    return holds, due


def _together(
    parts: tuple[Test, ...], table: Table, at: Ints, *, settles: bool
) -> tuple[Truths, Ints]:
    """Return what parts make; one that is ``settles`` for good settles the whole."""
    whole = np.full(len(at), not settles)
    due = np.full(len(at), NEVER, np.int64)
    settled = np.zeros(len(at), np.bool_)
    for part in parts:
        holds, until = truth(part, table, at)
        whole = whole | holds if settles else whole & holds
        due = np.minimum(due, until)
        settled |= (holds == settles) & (until == NEVER)
    return whole, np.where(settled, NEVER, due)


def _none_since(one: Times, other: Times) -> Truths:
    first, second = one.time[:, 0], other.time[:, 0]
    later = first > second
    same = first == second
    later |= same & (one.position > other.position)
    same &= one.position == other.position
    later |= same & (one.ident >= other.ident)
    return np.asarray(later & (first != NOT_YET))


def _in(moves: Moves | None, states: tuple[int, ...], at: Ints) -> tuple[Truths, Ints]:
    if moves is None or not len(moves.at):
        return np.zeros(len(at), np.bool_), np.full(len(at), NEVER, np.int64)
    owner = np.repeat(np.arange(len(at)), np.diff(moves.offsets))
    past = np.bincount(owner[moves.at <= at[owner]], minlength=len(at))
    place = moves.offsets[:-1] + past
    last = np.minimum(np.maximum(place - 1, 0), len(moves.at) - 1)
    following = np.minimum(place, len(moves.at) - 1)
    holds = (past > 0) & np.isin(moves.state[last], states)
    return holds, np.where(place < moves.offsets[1:], moves.at[following], NEVER)
