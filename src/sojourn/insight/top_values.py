"""Which values of a property most people have at their entry."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.errors import InputError
from sojourn.base.predicate import ALWAYS, TRAIT_PREFIX, Predicate
from sojourn.base.timespan import to_datetime
from sojourn.index.catalog import ColumnKind
from sojourn.index.journeys import EVER, scoped
from sojourn.index.masks import NUMBER_SUFFIX, text_array
from sojourn.insight.answer import Answer
from sojourn.insight.question import Scope
from sojourn.insight.roles import Conditions, check
from sojourn.kernels.cohorts.entries import carried_rows, entry_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog, Column

DEFAULT_GROUPS = 6


class NoGroupsError(InputError):
    """A property cannot be broken down by. Remedy: take one of words or numbers."""

    code = "no-groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """A value of a property and the people who had it at their entry."""

    value: str | float
    people: int


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """People by value; parts merge with ``+``."""

    people: Counter[str | float]

    def __add__(self, other: ValueCounts) -> ValueCounts:
        return ValueCounts(self.people + other.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopValues:
    """Which values of a property most people have at their entry.

    Attributes
    ----------
    scope : Scope
    property : str
        ``trait.x`` is the last value of x up to the entry.
    entry : Predicate
        A person's entry is their first event, in the range, that meets this.
    limit : int
        How many values, the commonest first.
    """

    scope: Scope = field(default_factory=Scope)
    property: str
    entry: Predicate = ALWAYS
    limit: int = DEFAULT_GROUPS

    def plan(self, catalog: Catalog) -> TopValuesPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        InputError
            If a name is unknown or the property is an amount of money.
        """
        name = self.property
        if catalog.find(name) is None and name not in catalog.others:
            name = name.removeprefix(TRAIT_PREFIX)
        number = catalog.find(name + NUMBER_SUFFIX)
        columns = (catalog.column(name), *(() if number is None else (number,)))
        if columns[0].kind is ColumnKind.MONEY:
            raise NoGroupsError(
                f"The property {name!r} is an amount of money: nearly every value differs.",
                allowed="a property of words or numbers",
            )
        check((self.scope.events,), catalog)
        roles = Conditions.compile((self.entry, self.scope.people), catalog)
        return TopValuesPlan(self, catalog, columns, roles, carried=name != self.property)


@dataclass(frozen=True, slots=True)
class TopValuesPlan:
    """The count of values compiled against one catalog."""

    spec: TopValues
    catalog: Catalog
    columns: tuple[Column, ...]
    conditions: Conditions
    carried: bool

    def over(self, bucket: Bucket) -> ValueCounts:
        """Return the counts of one bucket."""
        scope = replace(self.spec.scope, people=ALWAYS)
        journeys = scoped(bucket, self.catalog, scope, cut_range=scope.range != EVER)
        roles = self.conditions.over(journeys, bucket)
        found = entry_rows(journeys.offsets, roles.codes, roles.table, journeys.skip)
        rows = journeys.rows[found] if len(journeys.rows) else found
        people: Counter[str | float] = Counter()
        for column in self.columns:
            people.update(self._counts(column, bucket, rows))
        return ValueCounts(people)

    def answer(self, total: ValueCounts) -> Answer[object]:
        """Return the commonest values, the commonest first; ties by value."""
        ranked = sorted(total.people.items(), key=lambda item: (-item[1], str(item[0])))
        return Answer(
            question="values",
            spec=self.spec,
            as_of=to_datetime(self.catalog.as_of_us),
            rows=tuple(ValueRow(value=v, people=n) for v, n in ranked[: self.spec.limit]),
            definition=f"People by {self.spec.property} at their entry.",
        )

    def _counts(
        self, column: Column, bucket: Bucket, rows: NDArray[np.int64]
    ) -> dict[str | float, int]:
        match column.kind:
            case ColumnKind.CODES:
                codes = np.asarray(bucket.codes(column.name)).astype(np.int64)
                counts = np.bincount(codes[self._carried(bucket, codes > 0, rows)])
                seen = [int(code) for code in np.flatnonzero(counts) if code]
                return {column.values[code - 1]: int(counts[code]) for code in seen}
            case ColumnKind.TEXT:
                texts = bucket.text(column.name)
                at = self._carried(bucket, texts.present > 0, rows)
                pairs = text_array(texts).take(at).drop_null().value_counts().to_pylist()
                return {str(pair["values"]): int(pair["counts"]) for pair in pairs}
            case _:
                numbers = bucket.number(column.name)
                found = numbers[self._carried(bucket, ~np.isnan(numbers), rows)]
                values, counts = np.unique(found[~np.isnan(found)], return_counts=True)
                return {float(v): int(n) for v, n in zip(values, counts, strict=True)}

    def _carried(
        self, bucket: Bucket, present: NDArray[np.bool_], rows: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the rows whose value counts at the entries: their own, or the last present."""
        if not self.carried:
            return rows
        return carried_rows(bucket.offsets, present.view(np.uint8), rows)
