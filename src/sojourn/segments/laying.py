"""New events laid beside what is kept of many people at once: where they stand, what is kept now.

What is kept are events, each with what it says to clues. So two lots of it are laid together by
putting all events in order and choosing anew those that matter, which is what a kernel does. Of
whom more is kept than that, it is said, and :mod:`sojourn.segments.facts` takes them one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.keeping import SIGNAL, Hits, Places, Standing, bodies
from sojourn.kernels.laying import Asked, laid, read_bodies
from sojourn.segments import chain, signals
from sojourn.segments.compiled import Chain, Known, Newest
from sojourn.segments.facts import window_of
from sojourn.segments.keeping import Kept, cut, due_of, kind_of
from sojourn.segments.model import Which
from sojourn.segments.packing import BOT, CUT, SEEN
from sojourn.segments.table import Table, Times, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.kernels.laying import Summed, Was
    from sojourn.segments.chain import Key
    from sojourn.segments.compiled import Clue, RuleSet
    from sojourn.segments.facts import Hits as Said
    from sojourn.segments.rows import Ints
    from sojourn.segments.signals import Moves


@dataclass(slots=True)
class Coming:
    """Events that come, of people by their number."""

    _events: list[tuple[int, int, int, int]] = field(default_factory=list)
    _hits: list[tuple[int, int, int]] = field(default_factory=list)
    _bots: list[int] = field(default_factory=list)

    def add(self, person: int, key: Key, hits: Said, *, bot: bool) -> None:
        """Add an event with what it says; to ``bot`` that its person is one."""
        event = len(self._events)
        self._events.append((person, *key))
        self._hits += [(event, number, value) for number, value in hits]
        if bot:
            self._bots.append(person)

    @property
    def events(self) -> Ints:
        """Person, time, position and ident of each, shape (4, events)."""
        return np.array(self._events, np.int64).reshape(-1, 4).T

    @property
    def hits(self) -> Ints:
        """Event, clue and value of each, shape (3, hits)."""
        return np.array(self._hits, np.int64).reshape(-1, 3).T

    def flags(self, people: int) -> NDArray[np.uint8]:
        """Return what the events say of people whatever the rules, shape (people,)."""
        found = np.zeros(people, np.uint8)
        found[self.events[0]] = SEEN
        found[self._bots] |= BOT
        return found


@dataclass(frozen=True, slots=True)
class Laid:
    """People, in the order in which they were given.

    Attributes
    ----------
    kept : Kept
        As they are to be kept; not right for those in ``hard``.
    before : ndarray of shape (people, segments), bool
        Where they stood.
    hard : ndarray of shape (people,), bool
        Of whom more is kept, or to be kept, than events that have come.
    """

    kept: Kept
    before: NDArray[np.bool_]
    hard: NDArray[np.bool_]


def laid_beside(rules: RuleSet, known: Sequence[bytes], coming: Coming, at: Ints) -> Laid:
    """Return people with events that came, as one by one they would be.

    Parameters
    ----------
    rules : RuleSet
    known : sequence of bytes
        What was kept of each person; empty where it was nothing.
    coming : Coming
        Their numbers are places in ``known``.
    at : ndarray of shape (people,), int64
        The instant at which each is judged, not before those at which they were.
    """
    ends = np.cumsum([0, *(len(body) for body in known)], dtype=np.int64)
    was = read_bodies(np.frombuffer(b"".join(known), np.uint8), ends, len(rules.tests))
    events = coming.events
    places, hits = _together(was, events, _hits_of(rules, coming))
    summed = laid(places, hits, _asked(rules))
    flags = was.flags | coming.flags(len(known))
    seen = (flags & (SEEN | BOT)) == SEEN
    verdict = judge(rules, _table(rules, summed, seen, _moves(rules, places, hits)), at)
    inside = np.ascontiguousarray(verdict.inside.T)
    keeps = Hits(*(part[summed.keeps] for part in hits))
    cuts, data = bodies(places, keeps, Standing(flags, verdict.due, inside))
    hard = summed.hard | was.more | ((flags & CUT) != 0)
    hard[events[0][events[1] > at[events[0]]]] = True
    if rules.stage is not None and not rules.stage.alone:
        hard[:] = True
    return Laid(Kept(cut(data, cuts), due_of(verdict), inside), was.inside, hard)


def _hits_of(rules: RuleSet, coming: Coming) -> Hits:
    kinds = np.array([kind_of(clue) for clue in rules.clues], np.int64)
    row, clue, value = coming.hits
    kind = kinds[clue]
    return Hits(row, kind, np.where(kind == SIGNAL, -1, clue), value)


def _together(was: Was, events: Ints, said: Hits) -> tuple[Places, Hits]:
    """Return the events that were kept and those that came, each once, in their order."""
    before, people = was.places, len(was.flags)
    if not events.shape[1]:
        return before, was.hits
    person = np.concatenate((np.repeat(np.arange(people), np.diff(before.offsets)), events[0]))
    time = np.concatenate((before.time, events[1]))
    position = np.concatenate((before.position, events[2]))
    ident = np.concatenate((before.ident, events[3]))
    order = np.lexsort((ident, position, time, person))
    rows = np.stack((person, time, position, ident))[:, order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (rows[:, 1:] != rows[:, :-1]).any(axis=0)
    row_of = np.empty(len(order), np.int64)
    row_of[order] = np.cumsum(new) - 1
    person, time, position, ident = np.ascontiguousarray(rows[:, new])
    offsets = np.searchsorted(person, np.arange(people + 1)).astype(np.int64)
    hits = [np.concatenate(pair) for pair in zip(was.hits, said, strict=True)]
    hits[0] = row_of[np.concatenate((was.hits.row, said.row + len(before.time)))]
    return Places(offsets, time, position, ident), Hits(*hits)


def _asked(rules: RuleSet) -> Asked:
    table = np.zeros((len(rules.clues), 6), np.int64)
    slot = steps = 0
    for number, clue in enumerate(rules.clues):
        table[number] = _row(clue, rules.keep[number], slot)
        slot += rules.keep[number]
        steps = max(steps, len(clue.steps) if isinstance(clue, Chain) else 0)
    return Asked(table, slot, steps, chain.KEPT, signals.KEPT)


def _row(clue: Clue, keep: int, slot: int) -> tuple[int, ...]:
    """Return a clue as a row of :class:`sojourn.kernels.laying.Asked`."""
    match clue:
        case Known(which=which):
            return kind_of(clue), 1, slot, int(which is Which.FIRST), 0, 0
        case Chain(steps=steps):
            return kind_of(clue), 1, slot, 0, len(steps), window_of(clue)
        case _:
            return kind_of(clue), keep, slot, 0, 0, 0


def _table(rules: RuleSet, summed: Summed, seen: NDArray[np.bool_], moves: Moves | None) -> Table:
    times, says = {}, {}
    slot = 0
    for number, (clue, keep) in enumerate(zip(rules.clues, rules.keep, strict=True)):
        match clue:
            case Newest() | Chain():
                times[number] = Times(
                    summed.time[:, slot : slot + keep],
                    summed.position[:, number], summed.ident[:, number],
                )  # fmt: skip
            case Known():
                says[number] = summed.says[:, number]
            case _:
                pass
        slot += keep
    return Table(seen=seen, times=times, says=says, moves=moves)


def _moves(rules: RuleSet, places: Places, hits: Hits) -> Moves | None:
    if rules.stage is None or not rules.stage.alone:
        return None
    told = np.flatnonzero(hits.kind == SIGNAL)
    rows, first = np.unique(hits.row[told], return_index=True)
    offsets = np.searchsorted(rows, places.offsets).astype(np.int64)
    return rules.stage.moves(offsets, places.time[rows], hits.value[told[first]])
