"""Steps done in order, kept of one person so that a late event still finds its place."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import TypeAlias

Key: TypeAlias = tuple[int, int, int]
"""An event's place among its person's events: microseconds, position in its source, and the
first eight bytes of its id, signed."""

NOT_YET = -(2**62)
NO_WINDOW = 2**62
KEPT = 32
"""Events of a chain that are kept one by one; what came before them is kept as its outcome."""


@dataclass(slots=True)
class ChainFact:
    """What is known of one chain.

    Attributes
    ----------
    events : list of (Key, int)
        The newest events that can be a step, oldest first, with a bit for each step they can be.
    begun : list of int
        For each step, the latest start of a run that had reached it before those events; empty
        where there were none.
    done : int
        When all steps had last been done before those events; ``NOT_YET`` for never.
    cut : Key or None
        The last event that is not kept any more.
    """

    events: list[tuple[Key, int]] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    done: int = NOT_YET
    cut: Key | None = None


def add(fact: ChainFact, key: Key, marks: int, window: int, steps: int) -> bool:
    """Add an event where it belongs; return whether its place is still known.

    Parameters
    ----------
    fact : ChainFact
    key : Key
    marks : int
        Bit k: it can be step k.
    window : int
        Microseconds from the first to the last step at most.
    steps : int
    """
    if fact.cut is not None and key <= fact.cut:
        return False
    if (key, marks) in fact.events:
        return True
    insort(fact.events, (key, marks))
    while len(fact.events) > KEPT:
        fact.begun = fact.begun or [NOT_YET] * steps
        first, bits = fact.events.pop(0)
        fact.done = _step(fact.begun, first[0], bits, window, fact.done)
        fact.cut = first
    return True


def join(one: ChainFact, other: ChainFact, window: int, steps: int) -> ChainFact | None:
    """Return what is known of two people who are one; None where it cannot be told from this."""
    if one.cut is not None and other.cut is not None:
        return None
    base, more = (one, other) if other.cut is None else (other, one)
    joined = ChainFact(list(base.events), list(base.begun), base.done, base.cut)
    for key, marks in more.events:
        if not add(joined, key, marks, window, steps):
            return None
    return joined


def last_done(fact: ChainFact, window: int, steps: int) -> int:
    """Return when all steps had last been done; ``NOT_YET`` for never."""
    begun, done = list(fact.begun) or [NOT_YET] * steps, fact.done
    for key, marks in fact.events:
        done = _step(begun, key[0], marks, window, done)
    return done


def _step(begun: list[int], time: int, marks: int, window: int, done: int) -> int:
    for step in range(len(begun) - 1, -1, -1):
        if not (marks >> step) & 1:
            continue
        if step == 0:
            begun[0] = time
        elif begun[step - 1] != NOT_YET and time - begun[step - 1] <= window:
            begun[step] = max(begun[step], begun[step - 1])
            if step == len(begun) - 1:
                done = time
    return done
