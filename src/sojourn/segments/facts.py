"""What is kept of one person: it takes events in any order, any number of times, to one end.

Every part is a *join*: the newest events of two lists, the later of two values, the steps of two
runs laid together. So an event that comes late, or again, or with a person who turns out to be
another, ends where it would have ended had it come in its place. Where too little was kept to
say so, it is said, and the person is worked out anew from their journey.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.segments import chain, signals
from sojourn.segments.chain import ChainFact, Key
from sojourn.segments.compiled import Chain, Known, Newest, Staged
from sojourn.segments.model import Which
from sojourn.segments.signals import Moves
from sojourn.segments.table import NOT_YET, Table, Times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.segments.compiled import RuleSet
    from sojourn.segments.signals import StageRules

Hits: TypeAlias = list[tuple[int, int]]
"""What one event says to clues: the clue, and 1 for an event to keep, 0 or 1 for what a
comparison says, a bit for each step of a chain."""


@dataclass(slots=True)
class Facts:
    """What is kept of one person.

    Attributes
    ----------
    seen : bool
        Whether anything has happened yet.
    bot : bool
        Whether an event said that this is a bot.
    newest : dict of int to list of Key
        Newest first.
    known : dict of int to (Key, bool)
    chains : dict of int to ChainFact
    signals : list of (Key, int)
        Events that say something to the stage model, oldest first, with what they say.
    cut : bool
        There were too many of those to be kept; then there are ``moves`` instead.
    moves : list of (int, int)
        Instants and states of the stage model, the last one that has come first.
    pending : list of (Key, Hits)
        Events whose time has not come yet.
    """

    seen: bool = False
    bot: bool = False
    newest: dict[int, list[Key]] = field(default_factory=dict)
    known: dict[int, tuple[Key, bool]] = field(default_factory=dict)
    chains: dict[int, ChainFact] = field(default_factory=dict)
    signals: list[tuple[Key, int]] = field(default_factory=list)
    cut: bool = False
    moves: list[tuple[int, int]] = field(default_factory=list)
    pending: list[tuple[Key, Hits]] = field(default_factory=list)


def window_of(clue: Chain) -> int:
    """Return a chain's window in microseconds, endless where it has none."""
    return chain.NO_WINDOW if clue.window_us is None else clue.window_us


def take(facts: Facts, rules: RuleSet, key: Key, hits: Hits, now: int) -> bool:
    """Add an event; return whether what is kept was enough to find its place.

    Parameters
    ----------
    facts : Facts
    rules : RuleSet
    key : Key
    hits : Hits
    now : int
        An event of a later time waits.
    """
    if key[0] > now:
        _wait(facts, key, hits)
        return True
    facts.seen = True
    good = True
    for number, value in hits:
        match rules.clues[number]:
            case Newest():
                _keep(facts.newest.setdefault(number, []), key, rules.keep[number])
            case Known(which=which):
                _learn(facts, number, (key, bool(value)), which)
            case Chain(steps=steps) as clue:
                fact = facts.chains.setdefault(number, ChainFact())
                good &= chain.add(fact, key, value, window_of(clue), len(steps))
            case Staged():
                good &= _heard(facts, key, value)
    return good


def wake(facts: Facts, rules: RuleSet, now: int) -> bool:
    """Add the events that waited for their time; return whether each found its place."""
    good = True
    while facts.pending and facts.pending[0][0][0] <= now:
        key, hits = facts.pending.pop(0)
        good &= take(facts, rules, key, hits, now)
    return good


def join(one: Facts, other: Facts, rules: RuleSet) -> Facts | None:
    """Return what is known of two people who are one; None where it cannot be told from this."""
    joined = Facts(seen=one.seen or other.seen, bot=one.bot or other.bot)
    if one.cut or other.cut:
        return None
    for facts in (one, other):
        for key, bits in facts.signals:
            if not _heard(joined, key, bits):
                return None
        for number, keys in facts.newest.items():
            for key in keys:
                _keep(joined.newest.setdefault(number, []), key, rules.keep[number])
        for number, known in facts.known.items():
            clue = rules.clues[number]
            _learn(joined, number, known, clue.which if isinstance(clue, Known) else Which.LAST)
        for key, hits in facts.pending:
            _wait(joined, key, hits)
        if not _lay_together(joined, facts, rules):
            return None
    return joined


def _lay_together(joined: Facts, facts: Facts, rules: RuleSet) -> bool:
    """Add one person's chains; return whether enough of them is kept."""
    for number, fact in facts.chains.items():
        clue = rules.clues[number]
        if isinstance(clue, Chain):
            present = joined.chains.get(number, ChainFact())
            both = chain.join(present, fact, window_of(clue), len(clue.steps))
            if both is None:
                return False
            joined.chains[number] = both
    return True


def _wait(facts: Facts, key: Key, hits: Hits) -> None:
    if all(key != waiting for waiting, _ in facts.pending):
        insort(facts.pending, (key, hits))


def _keep(keys: list[Key], key: Key, most: int) -> None:
    if key in keys or (len(keys) >= most and key < keys[-1]):
        return
    keys.append(key)
    keys.sort(reverse=True)
    del keys[most:]


def _heard(facts: Facts, key: Key, bits: int) -> bool:
    """Keep what an event says to the stage model; return whether all of it could be kept."""
    if facts.cut:
        return False
    if (key, bits) not in facts.signals:
        insort(facts.signals, (key, bits))
    if len(facts.signals) > signals.KEPT:
        facts.cut, facts.signals = True, []
    return not facts.cut


def _learn(facts: Facts, number: int, known: tuple[Key, bool], which: Which) -> None:
    present = facts.known.get(number)
    if present is None or (known[0] > present[0]) == (which is Which.LAST):
        facts.known[number] = known


def table_of(people: Sequence[Facts], rules: RuleSet) -> Table:
    """Return what is known of some people side by side."""
    times: dict[int, Times] = {}
    says = {}
    for number, clue in enumerate(rules.clues):
        match clue:
            case Newest():
                times[number] = _times(people, number, rules.keep[number])
            case Known():
                says[number] = np.array([_says(facts, number) for facts in people], np.bool_)
            case Chain():
                done = np.array([_done(facts, number, clue) for facts in people], np.int64)
                nothing = np.zeros(len(people), np.int64)
                times[number] = Times(done[:, None], nothing, nothing)
            case Staged():
                pass
    return Table(
        seen=np.array([facts.seen and not facts.bot for facts in people], np.bool_),
        times=times,
        says=says,
        moves=None if rules.stage is None else _moves(people, rules.stage),
    )


def _times(people: Sequence[Facts], number: int, keep: int) -> Times:
    time = np.full((len(people), keep), NOT_YET, np.int64)
    rest = np.zeros((2, len(people)), np.int64)
    for at, facts in enumerate(people):
        keys = facts.newest.get(number)
        if keys:
            time[at, : len(keys)] = [key[0] for key in keys]
            rest[:, at] = keys[0][1:]
    return Times(time, rest[0], rest[1])


def _says(facts: Facts, number: int) -> bool:
    known = facts.known.get(number)
    return known is not None and known[1]


def _done(facts: Facts, number: int, clue: Chain) -> int:
    fact = facts.chains.get(number)
    return NOT_YET if fact is None else chain.last_done(fact, window_of(clue), len(clue.steps))


def _moves(people: Sequence[Facts], stage: StageRules) -> Moves:
    """Return the moves of people: those kept, or what follows from the events that are."""
    counts = [len(facts.signals) for facts in people]
    heard = [(key[0], bits) for facts in people for key, bits in facts.signals]
    flat = np.array(heard, np.int64).reshape(-1, 2)
    found = stage.moves(_offsets(counts), flat[:, 0].copy(), flat[:, 1].copy())
    if not any(facts.moves for facts in people):
        return found
    bounds = found.offsets.tolist()
    every = list(zip(found.at.tolist(), found.state.tolist(), strict=True))
    each = [facts.moves or every[bounds[n] : bounds[n + 1]] for n, facts in enumerate(people)]
    flat = np.array([move for moves in each for move in moves], np.int64).reshape(-1, 2)
    return Moves(_offsets([len(moves) for moves in each]), flat[:, 0], flat[:, 1])


def _offsets(counts: Sequence[int]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype(np.int64)
