"""What is kept of a person, as bytes and back: each event once, with all that it says to clues.

A head (flags, how many segments, how many events, when time may change something), the segments,
the events; after them, where there is more to say, the rest as MessagePack.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING, Final

import msgspec

from sojourn.kernels.keeping import SIGNAL
from sojourn.kernels.laying import CHAIN, KNOWN, NEWEST
from sojourn.segments.chain import ChainFact, Key
from sojourn.segments.facts import Facts, Hits
from sojourn.segments.table import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEN, BOT, CUT = 1, 2, 4
"""Flags."""
_HEAD: Final = Struct("<BHHq")
_KEY: Final = Struct("<qqqH")
_HIT: Final = Struct("<BHB")
_LONG: Final = Struct("<Bq")


@dataclass(slots=True)
class Person:
    """One person as the segments know them.

    Attributes
    ----------
    facts : Facts
    inside : list of int
        Numbers of the segments they are in, ascending.
    due_us : int
        When time alone may next change something; ``NEVER`` where it cannot.
    """

    facts: Facts = field(default_factory=Facts)
    inside: list[int] = field(default_factory=list)
    due_us: int = NEVER

    def next_us(self) -> int | None:
        """Return when the person is to be looked at again; None where only events matter."""
        waiting = self.facts.pending[0][0][0] if self.facts.pending else NEVER
        due = min(self.due_us, waiting)
        return None if due >= NEVER else due


@dataclass(slots=True)
class _Rest:
    """What few people have: events that wait, long chains, moves from the index."""

    chains: dict[int, tuple[list[int], int, Key]]
    moves: list[tuple[int, int]]
    pending: list[tuple[Key, Hits]]


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Rest)


def packed(person: Person) -> bytes:
    """Return a person as bytes."""
    facts = person.facts
    events: dict[Key, list[bytes]] = {}
    for key, hit in _hits(facts):
        events.setdefault(key, []).append(hit)
    flags = SEEN * facts.seen | BOT * facts.bot | CUT * facts.cut
    parts = [_HEAD.pack(flags, len(person.inside), len(events), person.due_us)]
    parts += [number.to_bytes(2, "little") for number in person.inside]
    for key in sorted(events):
        parts.append(_KEY.pack(*key, len(events[key])))
        parts += events[key]
    chains = {
        number: (fact.begun, fact.done, fact.cut)
        for number, fact in facts.chains.items()
        if fact.cut is not None
    }
    if chains or facts.moves or facts.pending:
        parts.append(_ENCODER.encode(_Rest(chains, facts.moves, facts.pending)))
    return b"".join(parts)


def inside_of(body: bytes) -> list[int]:
    """Return the segments somebody is in, without reading the rest."""
    _, count, _, _ = _HEAD.unpack_from(body)
    return memoryview(body)[_HEAD.size : _HEAD.size + 2 * count].cast("H").tolist()


def unpacked(body: bytes) -> Person:
    """Return a person from bytes."""
    flags, count, events, due = _HEAD.unpack_from(body)
    facts = Facts(seen=bool(flags & SEEN), bot=bool(flags & BOT), cut=bool(flags & CUT))
    at = _HEAD.size + 2 * count
    for _ in range(events):
        time, position, ident, hits = _KEY.unpack_from(body, at)
        at = _read_hits(facts, (time, position, ident), (body, at + _KEY.size), hits)
    for keys in facts.newest.values():
        keys.reverse()
    if at < len(body):
        _add_rest(facts, _DECODER.decode(memoryview(body)[at:]))
    return Person(facts, inside_of(body), due)


def _hits(facts: Facts) -> Iterator[tuple[Key, bytes]]:
    for number, keys in facts.newest.items():
        for key in keys:
            yield key, _HIT.pack(NEWEST, number, 1)
    for number, (key, says) in facts.known.items():
        yield key, _HIT.pack(KNOWN, number, says)
    for number, fact in facts.chains.items():
        for key, marks in fact.events:
            yield key, _HIT.pack(CHAIN, number, marks)
    for key, bits in facts.signals:
        yield key, _LONG.pack(SIGNAL, bits)


def _read_hits(facts: Facts, key: Key, place: tuple[bytes, int], hits: int) -> int:
    """Add what one event says; return where the next one begins."""
    body, at = place
    for _ in range(hits):
        kind = body[at]
        if kind == SIGNAL:
            facts.signals.append((key, _LONG.unpack_from(body, at)[1]))
            at += _LONG.size
            continue
        _, number, value = _HIT.unpack_from(body, at)
        at += _HIT.size
        if kind == NEWEST:
            facts.newest.setdefault(number, []).append(key)
        elif kind == KNOWN:
            facts.known[number] = (key, bool(value))
        else:
            facts.chains.setdefault(number, ChainFact()).events.append((key, value))
    return at


def _add_rest(facts: Facts, rest: _Rest) -> None:
    for number, (begun, done, cut) in rest.chains.items():
        fact = facts.chains.setdefault(number, ChainFact())
        fact.begun, fact.done, fact.cut = begun, done, cut
    facts.moves = rest.moves
    facts.pending = rest.pending
