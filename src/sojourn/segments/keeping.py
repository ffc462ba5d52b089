"""Many people of a bucket at once: where they stand, and what is to be kept of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sojourn.index.some_people import SomePeople
from sojourn.kernels.keeping import SIGNAL, Hits, Places, Standing, bodies
from sojourn.kernels.laying import CHAIN, KNOWN, NEWEST
from sojourn.segments import chain, signals
from sojourn.segments.bulk import Heard, facts_at, in_order, moves_of
from sojourn.segments.compiled import Chain, Known, Newest
from sojourn.segments.packing import SEEN, Person, packed
from sojourn.segments.table import NEVER, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.segments.bulk import StoredBucket
    from sojourn.segments.compiled import Clue, RuleSet
    from sojourn.segments.signals import Moves
    from sojourn.segments.table import Verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """People, in the order in which they were asked for.

    Attributes
    ----------
    bodies : sequence of bytes
        See :mod:`sojourn.segments.packing`.
    due : sequence of int or None
        When each is to be looked at again; None where only events matter.
    inside : ndarray of shape (people, segments), bool
    """

    bodies: Sequence[bytes]
    due: Sequence[int | None]
    inside: NDArray[np.bool_]


def kept_at(
    rules: RuleSet,
    known: tuple[Bucket, Catalog, StoredBucket],
    now: int,
    wanted: NDArray[np.int64],
) -> Kept:
    """Return people as they are to be kept from an instant on.

    Parameters
    ----------
    rules : RuleSet
    known : tuple of Bucket, Catalog, StoredBucket
        As for :func:`sojourn.segments.bulk.facts_at`.
    now : int
        Later events wait.
    wanted : ndarray of shape (people,), int64
        Ordinals, ascending.
    """
    whole, catalog, stored = known
    bucket = SomePeople.of(whole, wanted)
    alone = rules.stage is not None and rules.stage.alone
    heard = Heard.of(rules, bucket, catalog, now, staged=alone)
    table = heard.table(rules, now, _moves(rules, heard, catalog))
    verdict = judge(rules, table, np.full(len(wanted), now, np.int64))
    inside = np.ascontiguousarray(verdict.inside.T)
    places = Places(
        bucket.offsets, bucket.time, stored.stored("position")[bucket.rows].astype(np.int64),
        in_order(stored.stored("ident")[bucket.rows]),
    )  # fmt: skip
    flags = np.where(heard.seen, SEEN, 0).astype(np.uint8)
    ends, data = bodies(places, _hits(rules, heard), Standing(flags, verdict.due, inside))
    found, due = cut(data, ends), due_of(verdict)
    hard = np.flatnonzero(_is_hard(rules, heard))
    for place, facts in zip(hard.tolist(), facts_at(rules, known, now, wanted[hard]), strict=True):
        person = Person(facts, *_standing(verdict, place))
        found[place], due[place] = packed(person), person.next_us()
    return Kept(found, due, inside)


def cut(data: NDArray[np.uint8], ends: NDArray[np.int64]) -> list[bytes]:
    """Return the bytes of each person; see :func:`sojourn.kernels.keeping.bodies`."""
    every, at = data.tobytes(), ends.tolist()
    return [every[first:last] for first, last in pairwise(at)]


def due_of(verdict: Verdict) -> list[int | None]:
    """Return when time may next change something; None where it cannot."""
    return [None if one >= NEVER else one for one in verdict.due.tolist()]


def _moves(rules: RuleSet, heard: Heard, catalog: Catalog) -> Moves | None:
    if rules.stage is None or rules.staged is None:
        return None
    if not rules.stage.alone:
        return moves_of(rules, heard.bucket, catalog)
    said = heard.rows[rules.staged]
    return rules.stage.moves(said.bounds, heard.bucket.time[said.rows], said.value)


def _standing(verdict: Verdict, place: int) -> tuple[list[int], int]:
    return np.flatnonzero(verdict.inside[:, place]).tolist(), int(verdict.due[place])


def _hits(rules: RuleSet, heard: Heard) -> Hits:
    """Return all that the rows that matter say, clue by clue."""
    found = [np.zeros((4, 0), np.int64)]
    for number, said in heard.rows.items():
        kind, clue = np.full((2, len(said.rows)), [[kind_of(rules.clues[number])], [number]])
        found.append(np.stack((said.rows, kind, clue, said.value)))
    return Hits(*np.concatenate(found, axis=1))


def kind_of(clue: Clue) -> int:
    """Return the kind of the hits of a clue."""
    match clue:
        case Newest():
            return NEWEST
        case Known():
            return KNOWN
        case Chain():
            return CHAIN
        case _:
            return SIGNAL


def _is_hard(rules: RuleSet, heard: Heard) -> NDArray[np.bool_]:
    """Return of whom more is to be kept than the kernel writes, shape (people,)."""
    hard = heard.until < heard.bucket.offsets[1:]  # something waits for its time
    for number, said in heard.rows.items():
        clue = rules.clues[number]
        if isinstance(clue, Chain):
            hard |= np.diff(said.bounds) > chain.KEPT
        elif number == rules.staged:
            hard |= np.diff(said.bounds) > signals.KEPT
    if rules.stage is not None and not rules.stage.alone:
        hard |= True
    return np.asarray(hard)
