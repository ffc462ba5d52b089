"""Retention as a question: its Spec, and the plan that counts it bucket by bucket."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.calendar import ROLLING_US, Unit, intervals
from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.events.schema import CURRENCY
from sojourn.index.catalog import MISSING_MONEY, ColumnKind
from sojourn.index.journeys import Journeys, scoped
from sojourn.insight.question import Scope
from sojourn.insight.rare import only_events
from sojourn.insight.retention.answer import Frame, answer_of
from sojourn.insight.retention.counts import Amounts, RetentionCounts
from sojourn.insight.retention.values import (
    DEFAULT_PERIODS,
    MAX_PERIODS,
    Clock,
    Entering,
    Kind,
    NoMoneyError,
    PeriodsError,
)
from sojourn.insight.roles import Conditions, Roles, check
from sojourn.insight.untimed import untimed_answer
from sojourn.kernels.cohorts.frame import RETURN, START, Ages, Columns, RoleRows, Tally, new_tally
from sojourn.kernels.cohorts.recurring import (
    MOST_INTERVALS,
    recurring_calendar_returns,
    recurring_few_returns,
)
from sojourn.kernels.cohorts.retention import (
    MOST_PERIODS,
    calendar_returns,
    endless_returns,
    rolling_returns,
)
from sojourn.kernels.cohorts.windows import endless_window_returns, entries_of, window_returns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.base.calendar import Intervals
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer

QUESTION = "retention"
_NO_AMOUNTS = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Of the people who started in a day, week or month: how many came back, and when.

    Attributes
    ----------
    scope : Scope
        The range selects entries; the filter on people is taken at the entry.
    start, returning : Predicate
        Which event enters a cohort, and which is a return. A return comes at or after the entry
        in the person's order; the entry itself is one in period 0 if it meets ``returning``.
    start_title, return_title : str
        Their names in the definition; empty: from the conditions.
    unit : Unit
    kind : Kind
    clock : Clock
    entering : Entering
    periods : int
        The last period shown; 0 for 14 days, 12 weeks or 12 months.
    brackets : tuple of (int, int)
        First and last period of each bracket, ascending and apart; only with ``Kind.BRACKET``.
    money : str
        A money property: what returns brought, beside how many returned; empty for people only.
    """

    scope: Scope = field(default_factory=Scope)
    start: Predicate = ALWAYS
    returning: Predicate = ALWAYS
    start_title: str = ""
    return_title: str = ""
    unit: Unit = Unit.DAY
    kind: Kind = Kind.ON
    clock: Clock = Clock.CALENDAR
    entering: Entering = Entering.FIRST
    periods: int = 0
    brackets: tuple[tuple[int, int], ...] = ()
    money: str = ""

    def columns(self) -> tuple[tuple[int, int], ...]:
        """Return first and last period of every column.

        Raises
        ------
        PeriodsError
            If they are out of order, negative or too many.
        """
        if self.kind is Kind.BRACKET:
            return self._checked_brackets()
        if self.brackets:
            raise PeriodsError("Brackets were given for a kind without them.", allowed="bracket")
        last = self.periods or DEFAULT_PERIODS[self.unit]
        if not 0 < last <= MAX_PERIODS:
            raise PeriodsError(f"{last} periods were asked for.", allowed=f"1 to {MAX_PERIODS}")
        return tuple((period, period) for period in range(last + 1))

    def _checked_brackets(self) -> tuple[tuple[int, int], ...]:
        allowed = "brackets such as 0, 1-3, 4-7, ascending and not overlapping"
        if not self.brackets:
            raise PeriodsError("No brackets were given.", allowed=allowed)
        previous = -1
        for low, high in self.brackets:
            if not previous < low <= high <= 10 * MAX_PERIODS:
                raise PeriodsError(f"The bracket {low}-{high} cannot be used.", allowed=allowed)
            previous = high
        return self.brackets

    def plan(self, catalog: Catalog) -> RetentionPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        InputError
            If an event, property or period cannot be used.
        """
        columns = self.columns()
        check((self.scope.events,), catalog)
        roles = Conditions.compile((self.start, self.returning, self.scope.people), catalog)
        if self.money and catalog.column(self.money).kind is not ColumnKind.MONEY:
            raise NoMoneyError(self.money, catalog)
        first = catalog.first_us if self.scope.range.start_us is None else self.scope.range.start_us
        first = min(max(first, catalog.first_us), catalog.as_of_us)
        calendar = intervals(self.unit, catalog.timezone, first, catalog.as_of_us)
        return RetentionPlan(
            spec=self, catalog=catalog, calendar=calendar, columns=columns, conditions=roles
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RetentionPlan:
    """Retention compiled against one catalog; where that is untimed, nothing is counted."""

    spec: Retention
    catalog: Catalog
    calendar: Intervals
    columns: tuple[tuple[int, int], ...]
    conditions: Conditions

    def over(self, bucket: Bucket) -> RetentionCounts:
        """Return the counts of one bucket."""
        if not self.catalog.timed:
            return RetentionCounts.of(new_tally(0, len(self.columns)))
        scope = replace(self.spec.scope, people=ALWAYS)
        journeys = scoped(bucket, self.catalog, scope, cut_range=False)
        roles = self.conditions.over(journeys, bucket)
        if roles.codes is journeys.event:
            journeys = only_events(journeys, bucket, roles.table & np.uint8(START | RETURN))
            roles = Roles(journeys.event, roles.table)
        rows = RoleRows(journeys.offsets, journeys.time, roles.codes, roles.table, journeys.skip)
        if not self.spec.money:
            if self.spec.entering is Entering.FIRST and self._narrow():
                return RetentionCounts.of(self._first_time(rows))
            if self.spec.entering is Entering.RECURRING and self.spec.clock is Clock.CALENDAR:
                columns, ages = self._columns(), self._ages()
                few = len(ages.edges) - 1 <= MOST_INTERVALS
                returns = recurring_few_returns if few else recurring_calendar_returns
                return RetentionCounts.of(returns(rows, columns, ages))
        return self._windows(rows, bucket, journeys)

    def answer(self, total: RetentionCounts) -> Answer[object]:
        """Return cohorts × columns with their shares."""
        if not self.catalog.timed:
            return untimed_answer(QUESTION, self.spec, self.catalog)
        frame = Frame(
            spec=self.spec, catalog=self.catalog, calendar=self.calendar, columns=self.columns
        )
        return answer_of(frame, total)

    def _narrow(self) -> bool:
        """Return whether the periods fit the kernels of one entry."""
        return self.spec.kind is Kind.ON_OR_AFTER or self.columns[-1][1] < MOST_PERIODS

    def _first_time(self, rows: RoleRows) -> Tally:
        columns, ages = self._columns(), self._ages()
        if columns.endless:
            return endless_returns(rows, columns, ages)
        returns = rolling_returns if columns.step else calendar_returns
        return returns(rows, columns, ages)

    def _windows(self, rows: RoleRows, bucket: Bucket, journeys: Journeys) -> RetentionCounts:
        columns, ages = self._columns(), self._ages()
        entries = entries_of(rows, ages, self.spec.entering is Entering.FIRST)
        returns = endless_window_returns if columns.endless else window_returns
        counted = returns(rows, entries, _NO_AMOUNTS, columns, ages)
        money = []
        for currency, amounts in self._amounts(bucket, journeys):
            tally = returns(rows, entries, amounts, columns, ages)
            money.append(Amounts(currency, tally.money[0], tally.squares))
        return RetentionCounts.of(counted, tuple(sorted(money, key=_currency)))

    def _amounts(
        self, bucket: Bucket, journeys: Journeys
    ) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Yield each currency found in the bucket, and the rows' amounts of it."""
        if not self.spec.money:
            return
        minor = journeys.take(bucket.money(self.spec.money))
        known = minor != MISSING_MONEY
        column = self.catalog.find(CURRENCY)
        if column is None:
            yield self.catalog.currency, np.where(known, minor, 0)
            return
        codes = np.asarray(journeys.take(bucket.codes(CURRENCY)))
        names = np.array([self.catalog.currency, *column.values])
        for currency in np.unique(names[np.unique(codes[known])]):
            chosen = known & (names == currency)[codes]
            yield str(currency), np.where(chosen, minor, 0)

    def _columns(self) -> Columns:
        low = np.array([first for first, _ in self.columns], np.int64)
        high = np.array([last for _, last in self.columns], np.int64)
        of_period = np.full(int(high[-1]) + 1, len(low), np.int64)
        for column, (first, last) in enumerate(self.columns):
            of_period[first : last + 1] = column
        step = 0 if self.spec.clock is Clock.CALENDAR else ROLLING_US[self.spec.unit]
        return Columns(low, high, of_period, step, self.spec.kind is Kind.ON_OR_AFTER)

    def _ages(self) -> Ages:
        edges, span = self.calendar.edges, self.spec.scope.range
        first, last = int(edges[0]), int(edges[-1])
        return Ages(
            edges,
            self.calendar.cells(),
            first if span.start_us is None else max(first, span.start_us),
            last if span.end_us is None else min(last, span.end_us),
            self.catalog.as_of_us,
        )


def _currency(amounts: Amounts) -> str:
    return amounts.currency
