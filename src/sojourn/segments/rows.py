"""The rows of a bucket that say something to a clue, and those of them that matter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

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
from sojourn.kernels.keeping import chosen_rows
from sojourn.segments.compiled import NEGATED, Chain, Known, Newest, Staged
from sojourn.segments.model import Which

if TYPE_CHECKING:
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.segments.compiled import Clue, RuleSet

Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that say something to a clue, person by person.

    Attributes
    ----------
    bounds : ndarray of shape (people + 1,), int64
        Person p has ``rows[bounds[p]:bounds[p + 1]]``.
    rows : ndarray of shape (n,), int64
        Ascending.
    value : ndarray of shape (n,), int64
        See :data:`sojourn.segments.facts.Hits`.
    """

    bounds: Ints
    rows: Ints
    value: Ints

    @property
    def person(self) -> Ints:
        """The ordinal of each row's person, shape (n,)."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    @property
    def from_end(self) -> Ints:
        """How many rows of the same person follow each row, shape (n,)."""
        return np.asarray(
            np.repeat(self.bounds[1:], np.diff(self.bounds)) - 1 - np.arange(len(self.rows))
        )


@dataclass(frozen=True, slots=True)
class Marks:
    """What every row of a bucket says to a clue.

    Attributes
    ----------
    some : ndarray of shape (rows,), uint8
        1 where it says something.
    value : ndarray of shape (rows,), uint8 or int64
    """

    some: NDArray[np.uint8]
    value: NDArray[np.uint8] | Ints

    def chosen(self, bucket: Bucket, until: Ints, most: int) -> Rows:
        """Return some of each person's rows; see :func:`sojourn.kernels.keeping.chosen_rows`."""
        bounds, rows = chosen_rows(bucket.offsets, until, self.some, most)
        return Rows(bounds, rows, self.value[rows].astype(np.int64))


def clue_marks(clue: Clue, rules: RuleSet, bucket: Bucket, catalog: Catalog) -> Marks:
    """Return what the rows of a bucket say to a clue."""
    value: NDArray[np.uint8] | Ints
    match clue:
        case Newest(predicate=predicate):
            value = row_mask(settled(predicate, catalog), bucket, catalog)
            return Marks(value, value)
        case Known(compare=compare):
            exists = Compare(field=compare.field, operator=Operator.EXISTS)
            some = row_mask(settled(exists, catalog), bucket, catalog)
            return Marks(some, row_mask(settled(compare, catalog), bucket, catalog))
        case Chain(steps=steps):
            value = _bits(steps, bucket, catalog)
            return Marks((value != 0).view(np.uint8), value)
        case Staged():
            stage = rules.stage
            if stage is None:
                raise AssertionError  # a rule about stages is not compiled without a model
            value = _bits(stage.asked, bucket, catalog)
            some = np.ones(len(value), np.uint8) if stage.every else (value != 0).view(np.uint8)
            return Marks(some, value)


def needed(clue: Clue, keep: int) -> int:
    """Return how many of a person's rows matter: the last ones, the first if negative."""
    match clue:
        case Newest():
            return keep
        case Known(which=which):
            return 1 if which is Which.LAST else -1
        case _:
            return np.iinfo(np.int64).max


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
                settled(AllOf(rules.stage.asked if rules.stage else ()), catalog)


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


def _bits(conditions: tuple[Predicate, ...], bucket: Bucket, catalog: Catalog) -> Ints:
    bits = np.zeros(len(bucket.time), np.int64)
    for bit, predicate in enumerate(conditions):
        mask = row_mask(settled(predicate, catalog), bucket, catalog)
        bits |= mask.astype(np.int64) << bit
    return bits
