"""A bucket of the index as what is known of its people: at once, or to be kept from then on."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sojourn.index.some_people import SomePeople
from sojourn.insight.question import Scope
from sojourn.kernels.chains import last_done
from sojourn.kernels.keeping import rows_up_to
from sojourn.kernels.stages.rules import AT, STATE
from sojourn.segments.compiled import Chain, Known, Newest, Staged
from sojourn.segments.facts import Facts, take, window_of
from sojourn.segments.rows import clue_marks, needed
from sojourn.segments.signals import NEVER_ENDING, Moves
from sojourn.segments.table import NOT_YET, Table, Times
from sojourn.stages.timeline import Follower

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.segments.compiled import RuleSet
    from sojourn.segments.rows import Ints, Marks, Rows


class StoredBucket(Protocol):
    """A bucket that also has each event's place in its source, and its id."""

    def stored(self, name: str) -> NDArray[np.int64] | NDArray[np.uint64]:
        """Return ``position`` or ``ident``, shape (rows,)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A bucket's rows up to an instant, clue by clue.

    Attributes
    ----------
    bucket : Bucket
    rows : dict of int to Rows
        By the clue's number: the rows that matter, and no later ones.
    marks : dict of int to Marks
        Of chains and of the stage model: every row.
    until : ndarray of shape (people,), int64
        Where each person's later rows begin.
    """

    bucket: Bucket
    rows: dict[int, Rows]
    marks: dict[int, Marks]
    until: Ints

    @classmethod
    def of(
        cls, rules: RuleSet, bucket: Bucket, catalog: Catalog, at: int, *, staged: bool
    ) -> Heard:
        """Return what a bucket's rows say; to the stage model too, if ``staged``."""
        until = rows_up_to(bucket.offsets, bucket.time, at)
        rows, every = {}, {}
        for number, clue in enumerate(rules.clues):
            if isinstance(clue, Staged) and not staged:
                continue
            marks = clue_marks(clue, rules, bucket, catalog)
            rows[number] = marks.chosen(bucket, until, needed(clue, rules.keep[number]))
            if isinstance(clue, Chain):
                every[number] = marks
        return cls(bucket, rows, every, until)

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Who was there by then, shape (people,); nobody who is held elsewhere."""
        seen = self.until > self.bucket.offsets[:-1]
        if len(self.bucket.skip):
            seen &= self.bucket.skip == 0
        return np.asarray(seen)

    def table(self, rules: RuleSet, at: int, moves: Moves | None) -> Table:
        """Return what is known of the bucket's people."""
        people = len(self.until)
        times, says = {}, {}
        for number, clue in enumerate(rules.clues):
            match clue:
                case Newest():
                    times[number] = _times(self.rows[number], self.bucket, rules.keep[number])
                case Known():
                    found = self.rows[number]
                    says[number] = np.zeros(people, np.bool_)
                    says[number][found.person] = found.value != 0
                case Chain(steps=steps):
                    value = self.marks[number].value.astype(np.int64)
                    bounds = (len(steps), window_of(clue))
                    done = last_done(self.bucket.offsets, self.bucket.time, value, at, bounds)
                    nothing = np.zeros(people, np.int64)
                    times[number] = Times(done[:, None], nothing, nothing)
                case Staged():
                    pass
        return Table(seen=self.seen, times=times, says=says, moves=moves)


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
    moves = None if rules.staged is None else moves_of(rules, bucket, catalog)
    return Heard.of(rules, bucket, catalog, at, staged=False).table(rules, at, moves)


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


def facts_at(
    rules: RuleSet,
    known: tuple[Bucket, Catalog, StoredBucket],
    now: int,
    wanted: NDArray[np.int64] | None = None,
) -> list[Facts]:
    """Return what is to be kept of a bucket's people from an instant on, one after the other.

    Of many people :func:`sojourn.segments.keeping.kept_at` returns the same, sooner.

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
    whole, catalog, stored = known
    people = np.arange(len(whole.offsets) - 1) if wanted is None else wanted
    bucket = SomePeople.of(whole, people)
    position = stored.stored("position")[bucket.rows].tolist()
    ident = in_order(stored.stored("ident")[bucket.rows]).tolist()
    hits: list[list[tuple[int, int]]] = [[] for _ in position]
    for number, clue in enumerate(rules.clues):
        for row, value in _every_hit(clue_marks(clue, rules, bucket, catalog)):
            hits[row].append((number, value))
    found = [Facts() for _ in people]
    bounds, time = bucket.offsets.tolist(), bucket.time.tolist()
    skip = bucket.skip
    for place, facts in enumerate(found):
        if len(skip) and skip[place]:
            continue
        for row in range(bounds[place], bounds[place + 1]):
            take(facts, rules, (time[row], position[row], ident[row]), hits[row], now)
    _keep_moves(found, rules, bucket, catalog, now)
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


def _every_hit(marks: Marks) -> list[tuple[int, int]]:
    rows = np.flatnonzero(marks.some)
    return list(zip(rows.tolist(), marks.value[rows].tolist(), strict=True))


def _keep_moves(
    found: list[Facts], rules: RuleSet, bucket: Bucket, catalog: Catalog, now: int
) -> None:
    """Keep the moves, past the last that came, of people whose events do not say them."""
    if rules.stage is None:
        return
    wanted = [n for n, facts in enumerate(found) if facts.cut or not rules.stage.alone]
    if not wanted:
        return
    moves = moves_of(rules, bucket, catalog)
    for number in wanted:
        facts = found[number]
        first, last = int(moves.offsets[number]), int(moves.offsets[number + 1])
        at = moves.at[first:last].tolist()
        past = max(bisect_right(at, now) - 1, 0)
        facts.cut, facts.signals = True, []
        facts.moves = list(zip(at[past:], moves.state[first + past : last].tolist(), strict=True))


def _times(found: Rows, bucket: Bucket, keep: int) -> Times:
    people = len(found.bounds) - 1
    place, person = found.from_end, found.person
    time = np.full((people, keep), NOT_YET, np.int64)
    time[person, place] = bucket.time[found.rows]
    newest = place == 0
    position = np.zeros(people, np.int64)
    position[person[newest]] = found.rows[newest]  # rows lie in the order of the events
    return Times(time, position, np.zeros(people, np.int64))
