"""Which properties events have as a question: how often filled, of what kind, with which values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.base.estimate import MaybeEstimate, NotEstimable, wilson
from sojourn.base.money import from_minor
from sojourn.base.timespan import to_datetime
from sojourn.events.schema import CURRENCY
from sojourn.index.catalog import MISSING_MONEY, Catalog, Column, ColumnKind
from sojourn.insight.answer import Answer
from sojourn.insight.question import Scope
from sojourn.insight.views.lens import Lens, Seen, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket

    Ints: TypeAlias = NDArray[np.int64]

SHOWN_VALUES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCount:
    """A value and the events that have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyRow:
    """One property.

    Attributes
    ----------
    property : str
    kind : str
        ``codes`` (words), ``number``, ``money`` or ``text`` (very many different words).
    filled : int
        Events that have it.
    share : Estimate or NotEstimable
        filled ÷ events.
    distinct : int or NotEstimable
        Different values among them.
    top : tuple of ValueCount
        The commonest values, of words only.
    low, high : str or None
        Smallest and largest, of numbers, and of money where there is one currency.
    """

    property: str
    kind: ColumnKind
    filled: int
    share: MaybeEstimate
    distinct: int | NotEstimable
    top: tuple[ValueCount, ...] = ()
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """Which properties events have, the most often filled first.

    Attributes
    ----------
    scope : Scope
        The range chooses events; the filter on people is taken at their first event in it.
    top : int
        Values shown of each property.
    """

    scope: Scope = field(default_factory=Scope)
    top: int = SHOWN_VALUES

    def plan(self, catalog: Catalog) -> PropertiesPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        InputError
            If a name is unknown.
        """
        return PropertiesPlan(spec=self, lens=Lens.compile(catalog, self.scope, View()))


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """How one property is filled; parts merge with ``+``.

    Attributes
    ----------
    rows : int
    counts : ndarray of shape (distinct values,), int64, or shape (0,)
        Of words: how often each is seen.
    low, high : float
        Of numbers and money; infinities where there are none.
    """

    rows: int
    counts: Ints
    low: float = np.inf
    high: float = -np.inf

    def __add__(self, other: Filled) -> Filled:
        return Filled(
            self.rows + other.rows,
            self.counts + other.counts,
            min(self.low, other.low),
            max(self.high, other.high),
        )


@dataclass(frozen=True, slots=True, eq=False)
class FilledProperties:
    """Events looked at, and every property of them; parts merge with ``+``."""

    events: int
    parts: tuple[Filled, ...]

    def __add__(self, other: FilledProperties) -> FilledProperties:
        parts = tuple(a + b for a, b in zip(self.parts, other.parts, strict=True))
        return FilledProperties(self.events + other.events, parts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropertiesPlan:
    """The overview of properties compiled against one catalog."""

    spec: Properties
    lens: Lens

    def over(self, bucket: Bucket) -> FilledProperties:
        """Return how the properties of one bucket are filled."""
        rows = _rows(self.lens.see(bucket))
        columns = self.lens.catalog.columns
        return FilledProperties(
            len(rows), tuple(_filled(column, bucket, rows) for column in columns)
        )

    def answer(self, total: FilledProperties) -> Answer[PropertyRow]:
        """Return a row for each property that any event has."""
        catalog = self.lens.catalog
        rows = [
            self._row(column, part, total.events)
            for column, part in zip(catalog.columns, total.parts, strict=True)
            if part.rows
        ]
        notes = list(self.lens.notes())
        if catalog.others:
            notes.append(
                f"{len(catalog.others):,} rarer properties have no column yet: "
                f"{', '.join(catalog.others[:8])}{' …' if len(catalog.others) > 8 else ''}."
            )
        return Answer(
            question="properties",
            spec=self.spec,
            as_of=to_datetime(catalog.as_of_us),
            rows=tuple(sorted(rows, key=lambda row: (-row.filled, row.property))),
            definition="Filled = events that have the property ÷ events; empty text is a value.",
            notes=tuple(notes),
            extra={"totals": {"events": total.events, "properties": len(rows)}},
        )

    def _row(self, column: Column, part: Filled, events: int) -> PropertyRow:
        distinct: int | NotEstimable = NotEstimable("values of this kind are not counted apart")
        if column.kind is ColumnKind.CODES:
            distinct = int(np.count_nonzero(part.counts))
        currencies = self.lens.catalog.find(CURRENCY)
        mixed = currencies is not None and len(currencies.values) > 1
        numeric = column.kind is ColumnKind.NUMBER or (
            column.kind is ColumnKind.MONEY and not mixed
        )
        return PropertyRow(
            property=column.name,
            kind=column.kind,
            filled=part.rows,
            share=wilson(part.rows, events),
            distinct=distinct,
            top=tuple(self._top(column, part.counts)),
            low=self._words(column, part.low) if numeric else None,
            high=self._words(column, part.high) if numeric else None,
        )

    def _top(self, column: Column, counts: Ints) -> Iterator[ValueCount]:
        order = np.lexsort((np.arange(len(counts)), -counts))[: self.spec.top]
        for value in order[counts[order] > 0].tolist():
            yield ValueCount(value=column.values[value], count=int(counts[value]))

    def _words(self, column: Column, value: float) -> str:
        if column.kind is ColumnKind.MONEY:
            return str(from_minor(int(value), self.lens.catalog.currency))
        return f"{value:.6g}"


def _rows(seen: Seen) -> Ints:
    """Return the rows of the bucket that count."""
    journeys = seen.journeys
    rows = journeys.rows
    if len(rows) != len(journeys.time):
        rows = np.arange(len(journeys.time))
    if not len(journeys.skip):
        return rows
    kept: Ints = rows[np.repeat(journeys.skip == 0, np.diff(journeys.offsets))]
    return kept


def _filled(column: Column, bucket: Bucket, rows: Ints) -> Filled:
    nothing = np.empty(0, np.int64)
    match column.kind:
        case ColumnKind.CODES:
            codes = bucket.codes(column.name)[rows]
            counts = np.bincount(codes, minlength=len(column.values) + 1)[1:].astype(np.int64)
            return Filled(int(counts.sum()), counts)
        case ColumnKind.TEXT:
            return Filled(int(np.count_nonzero(bucket.text(column.name).present[rows])), nothing)
        case ColumnKind.NUMBER:
            numbers = bucket.number(column.name)[rows]
            return _numbers(numbers[~np.isnan(numbers)])
        case ColumnKind.MONEY:
            minor = bucket.money(column.name)[rows]
            return _numbers(minor[minor != MISSING_MONEY].astype(np.float64))


def _numbers(values: NDArray[np.float64]) -> Filled:
    nothing = np.empty(0, np.int64)
    if not len(values):
        return Filled(0, nothing)
    return Filled(len(values), nothing, float(values.min()), float(values.max()))
