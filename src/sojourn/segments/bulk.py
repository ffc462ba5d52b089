"""A bucket of the index as what is known of its people: at once, or to be kept from then on."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.base.predicate import (
    EVENT_FIELD,
    TRAIT_PREFIX,
    AllOf,
    AnyOf,
    Compare,
    Not,
    Operator,
    Predicate,
)
from sojourn.index.masks import row_mask
from sojourn.insight.question import Scope
from sojourn.kernels.chains import last_done
from sojourn.kernels.stages.rules import AT, NEVER, STATE
from sojourn.segments.compiled import NEGATED, Chain, Known, Newest, Staged
from sojourn.segments.facts import Facts, take, window_of
from sojourn.segments.model import Which
from sojourn.segments.table import NOT_YET, Moves, Table, Times
from sojourn.stages.timeline import Follower

if TYPE_CHECKING:
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.segments.compiled import Clue, RuleSet

Ints: TypeAlias = NDArray[np.int64]
NEVER_ENDING = NEVER - 1
"""An as-of so late that every lapse of a stage that can come has come."""


class StoredBucket(Protocol):
    """A bucket that also has each event's place in its source, and its id."""

    def stored(self, name: str) -> NDArray[np.int64] | NDArray[np.uint64]:
        """Return ``position`` or ``ident``, shape (rows,)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a bucket that say something to a clue.

    Attributes
    ----------
    rows : ndarray of shape (n,), int64
        Ascending.
    person : ndarray of shape (n,), int64
        The ordinal of each row's person.
    value : ndarray of shape (n,), int64
        See :data:`sojourn.segments.facts.Hits`.
    """

    rows: Ints
    person: Ints
    value: Ints

    def chosen(self, which: NDArray[np.bool_]) -> Rows:
        """Return only some of the rows; ``which`` has shape (n,)."""
        return Rows(self.rows[which], self.person[which], self.value[which])


def table_at(rules: RuleSet, bucket: Bucket, catalog: Catalog, at: int) -> Table:
    """Return what is known of a bucket's people at an instant.

    Parameters
    ----------
    rules : RuleSet
    bucket : Bucket
    catalog : Catalog
    at : int
        Events after it are not looked at.
    """
    people = len(bucket.offsets) - 1
    until = _Until(bucket, at)
    times, says = {}, {}
    for number, clue in enumerate(rules.clues):
        match clue:
            case Newest():
                found = until.rows(clue_rows(clue, bucket, catalog))
                times[number] = _times(found, bucket, people, rules.keep[number])
            case Known(which=which):
                found = until.rows(clue_rows(clue, bucket, catalog))
                says[number] = _says(found, people, which)
            case Chain(steps=steps):
                marks = _step_marks(clue, bucket, catalog)
                bounds = (len(steps), window_of(clue))
                done = last_done(bucket.offsets, bucket.time, marks, at, bounds)
                nothing = np.zeros(people, np.int64)
                times[number] = Times(done[:, None], nothing, nothing)
            case Staged():
                pass
    moves = None if rules.staged is None else moves_of(rules, bucket, catalog)
    return Table(seen=until.seen(), times=times, says=says, moves=moves)


def check_columns(rules: RuleSet, catalog: Catalog) -> None:
    """Check that the index has a column for each property that rules name and events have.

    Raises
    ------
    NotInIndexError
        If it has none yet.
    """
    for clue in rules.clues:
        match clue:
            case Newest(predicate=predicate):
                settled(predicate, catalog)
            case Known(compare=compare):
                settled(compare, catalog)
            case Chain(steps=steps):
                settled(AllOf(steps), catalog)
            case Staged():
                pass


def moves_of(rules: RuleSet, bucket: Bucket, catalog: Catalog) -> Moves:
    """Return the moves of a bucket's people between stages, with those still to come."""
    if rules.model is None:
        raise AssertionError  # a rule about stages is not compiled without a model
    follower = Follower.of(rules.model, Scope(), replace(catalog, as_of_us=NEVER_ENDING))
    lines = follower.over(bucket).lines
    return Moves(
        lines.offsets,
        np.ascontiguousarray(lines.moves[:, AT]),
        np.ascontiguousarray(lines.moves[:, STATE]),
    )


def clue_rows(clue: Clue, bucket: Bucket, catalog: Catalog) -> Rows:
    """Return the rows of a bucket that say something to a clue about events or a property."""
    rows = value = np.empty(0, np.int64)
    match clue:
        case Newest(predicate=predicate):
            value = row_mask(settled(predicate, catalog), bucket, catalog).astype(np.int64)
            rows = np.flatnonzero(value)
        case Known(compare=compare):
            exists = Compare(field=compare.field, operator=Operator.EXISTS)
            rows = np.flatnonzero(row_mask(settled(exists, catalog), bucket, catalog))
            value = row_mask(settled(compare, catalog), bucket, catalog).astype(np.int64)
        case Chain():
            value = _step_marks(clue, bucket, catalog)
            rows = np.flatnonzero(value)
        case Staged():
            pass
    return Rows(rows, _person_of(rows, bucket), value[rows])


def facts_at(
    rules: RuleSet,
    known: tuple[Bucket, Catalog, StoredBucket],
    now: int,
    wanted: NDArray[np.int64] | None = None,
) -> list[Facts]:
    """Return what is to be kept of a bucket's people from an instant on.

    Parameters
    ----------
    rules : RuleSet
    known : tuple of Bucket, Catalog, StoredBucket
        A bucket, the index's catalog, and the same bucket.
    now : int
        Later events wait.
    wanted : ndarray of shape (some,), int64, optional
        The ordinals of the people that are asked for, ascending; everybody when left out.

    Returns
    -------
    list of Facts
        One for each person wanted.
    """
    bucket, catalog, stored = known
    until = _Until(bucket, now)
    people = np.arange(len(bucket.offsets) - 1) if wanted is None else wanted
    seen = until.seen()[people]
    found = [Facts(seen=bool(one)) for one in seen]
    place = dict(zip(people.tolist(), found, strict=True))
    position, ident = stored.stored("position"), in_order(stored.stored("ident"))
    for number, clue in enumerate(rules.clues):
        rows = clue_rows(clue, bucket, catalog)
        if wanted is not None:
            rows = rows.chosen(np.isin(rows.person, wanted))
        rows = _needed(clue, rules.keep[number], rows, until)
        keys = zip(
            bucket.time[rows.rows].tolist(), position[rows.rows].tolist(),
            ident[rows.rows].tolist(), strict=True,
        )  # fmt: skip
        for person, key, value in zip(rows.person.tolist(), keys, rows.value.tolist(), strict=True):
            _take_one(place[person], rules, key, (number, value), now)
    for person in people[~seen].tolist():
        row = int(bucket.offsets[person])
        if row < bucket.offsets[person + 1]:  # whoever is still to come comes with their first
            key = (int(bucket.time[row]), int(position[row]), int(ident[row]))
            take(place[person], rules, key, [], now)
    if rules.staged is not None:
        keep_moves(found, moves_of(rules, bucket, catalog), people, now)
    return found


def in_order(ident: NDArray[np.int64] | NDArray[np.uint64]) -> Ints:
    """Return the first eight bytes of event ids as signed numbers of the same order.

    Parameters
    ----------
    ident : ndarray of shape (rows,), uint64

    Returns
    -------
    ndarray of shape (rows,), int64
    """
    return (ident.astype(np.uint64) ^ np.uint64(1 << 63)).view(np.int64)


def keep_moves(found: list[Facts], moves: Moves, people: NDArray[np.int64], now: int) -> None:
    """Keep the stage each person is in, and the moves to come if nothing more happens.

    Parameters
    ----------
    found : list of Facts
    moves : Moves
        Of a bucket.
    people : ndarray of shape (some,), int64
        The ordinals of those found.
    now : int
    """
    for number, facts in zip(people.tolist(), found, strict=True):
        first, last = int(moves.offsets[number]), int(moves.offsets[number + 1])
        at = moves.at[first:last].tolist()
        past = max(bisect_right(at, now) - 1, 0)
        facts.moves = list(zip(at[past:], moves.state[first + past : last].tolist(), strict=True))


def _take_one(
    facts: Facts, rules: RuleSet, key: tuple[int, int, int], hit: tuple[int, int], now: int
) -> None:
    """Add what one row says to one clue; rows that wait gather what they say to several."""
    if key[0] > now:
        for waiting, hits in facts.pending:
            if waiting == key:
                hits.append(hit)
                return
    take(facts, rules, key, [hit], now)


def settled(predicate: Predicate, catalog: Catalog) -> Predicate:
    """Return a condition in which what the data lack is decided: no event has it.

    Parameters
    ----------
    predicate : Predicate
    catalog : Catalog

    Raises
    ------
    NotInIndexError
        If a property is in the events, but the index has no column for it yet.
    """
    match predicate:
        case AllOf(parts=parts):
            return AllOf(tuple(settled(part, catalog) for part in parts))
        case AnyOf(parts=parts):
            return AnyOf(tuple(settled(part, catalog) for part in parts))
        case Not(part=part):
            return Not(settled(part, catalog))
        case Compare(field=field, operator=operator):
            if field == EVENT_FIELD:
                return _named(predicate, catalog)
            plain = field.removeprefix(TRAIT_PREFIX)
            if catalog.find(plain) is not None:
                return predicate
            if plain in catalog.others:
                catalog.column(plain)
            return AllOf(()) if operator in NEGATED else AnyOf(())


def _named(compare: Compare, catalog: Catalog) -> Predicate:
    exact = (Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN)
    if compare.operator not in exact:
        return compare
    known = set(catalog.events)
    values = tuple(v for v in compare.values if not isinstance(v, str) or v in known)
    if values:
        return replace(compare, values=values)
    return AllOf(()) if compare.operator in NEGATED else AnyOf(())


@dataclass(frozen=True, slots=True)
class _Until:
    bucket: Bucket
    at: int

    def rows(self, found: Rows) -> Rows:
        return found.chosen(self.bucket.time[found.rows] <= self.at)

    def seen(self) -> NDArray[np.bool_]:
        """Return who was there by then; nobody who is held elsewhere."""
        first = self.bucket.offsets[:-1]
        some = self.bucket.offsets[1:] > first
        seen = np.zeros(len(first), np.bool_)
        seen[some] = self.bucket.time[first[some]] <= self.at
        if len(self.bucket.skip):
            seen &= self.bucket.skip == 0
        return seen


def _needed(clue: Clue, keep: int, found: Rows, until: _Until) -> Rows:
    """Return the rows that make a difference to what is kept, and those still to come."""
    later = until.bucket.time[found.rows] > until.at
    now = found.chosen(~later)
    match clue:
        case Newest():
            now = now.chosen(_from_end(now.person) < keep)
        case Known(which=Which.LAST):
            now = now.chosen(_from_end(now.person) < 1)
        case Known():
            now = now.chosen(_from_start(now.person) < 1)
        case _:
            pass
    waiting = found.chosen(later)
    return Rows(
        np.concatenate((now.rows, waiting.rows)),
        np.concatenate((now.person, waiting.person)),
        np.concatenate((now.value, waiting.value)),
    )


def _person_of(rows: Ints, bucket: Bucket) -> Ints:
    return np.asarray(np.searchsorted(bucket.offsets, rows, side="right") - 1)


def _from_end(person: Ints) -> Ints:
    """Return how many rows of the same person follow each row, shape (n,)."""
    last = np.searchsorted(person, person, side="right") - 1
    return np.asarray(last - np.arange(len(person)))


def _from_start(person: Ints) -> Ints:
    return np.asarray(np.arange(len(person)) - np.searchsorted(person, person, side="left"))


def _times(found: Rows, bucket: Bucket, people: int, keep: int) -> Times:
    place = _from_end(found.person)
    kept = place < keep
    time = np.full((people, keep), NOT_YET, np.int64)
    time[found.person[kept], place[kept]] = bucket.time[found.rows[kept]]
    newest = place == 0
    position = np.zeros(people, np.int64)
    position[found.person[newest]] = found.rows[newest]  # rows lie in the order of the events
    return Times(time, position, np.zeros(people, np.int64))


def _says(found: Rows, people: int, which: Which) -> NDArray[np.bool_]:
    place = _from_end(found.person) if which is Which.LAST else _from_start(found.person)
    says = np.zeros(people, np.bool_)
    chosen = place == 0
    says[found.person[chosen]] = found.value[chosen] != 0
    return says


def _step_marks(clue: Chain, bucket: Bucket, catalog: Catalog) -> Ints:
    marks = np.zeros(len(bucket.time), np.int64)
    for step, predicate in enumerate(clue.steps):
        mask = row_mask(settled(predicate, catalog), bucket, catalog)
        marks |= mask.astype(np.int64) << step
    return marks
