"""Questions about coming back: retention, lifecycle, time between two events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sojourn.api.asking import About, Asking, Every, When, condition, title
from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.api.result import Result
    from sojourn.base.calendar import Unit
    from sojourn.insight.retention.values import RetentionCell, RevenueCell
    from sojourn.insight.rhythm.between import BetweenRow
    from sojourn.insight.rhythm.lifecycle import LifecycleRow


class CohortQuestions(Asking):
    """Retention, lifecycle and times."""

    def retention(
        self, begin: str = "", back: str = "", *, every: Every = "auto",
        on_or_after: bool = False, brackets: Sequence[tuple[int, int]] = (),
        rolling: bool = False, recurring: bool = False, periods: int = 0, where: str = "",
        people: str = "", start: When = None, end: When = None, by: str = "",
        compare: bool = False,
    ) -> Result[RetentionCell]:  # fmt: skip
        """Return how many of each cohort came back, by periods since.

        Parameters
        ----------
        begin : str
            The event that enters a cohort; left out: any.
        back : str
            The event that is a return; left out: as ``begin``.
        every : {"auto", "day", "week", "month"}
            Length of a period.
        on_or_after : bool
            Returned in the period or later (unbounded).
        brackets : sequence of (int, int)
            First and last period of each: returned in any of a bracket.
        rolling : bool
            Periods of 24 hours from the entry instead of the calendar.
        recurring : bool
            Enter a cohort in every period, not only once.
        periods : int
            The last period shown; 0 for 14 days, 12 weeks or 12 months.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range selects entries.
        """
        from sojourn.insight.retention import question, values

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        unbounded = values.Kind.ON_OR_AFTER if on_or_after else values.Kind.ON
        spec = question.Retention(
            scope=self._scope(about), start=condition(begin), returning=condition(back or begin),
            start_title=title(begin), return_title=title(back or begin), unit=self._unit(every),
            kind=values.Kind.BRACKET if brackets else unbounded,
            clock=values.Clock.ROLLING if rolling else values.Clock.CALENDAR,
            entering=values.Entering.RECURRING if recurring else values.Entering.FIRST,
            periods=periods, brackets=tuple(brackets),
        )  # fmt: skip
        return self._typed(spec, values.RetentionCell, about, spec.start)

    def revenue_retention(
        self, money: str, begin: str = "", back: str = "", *, every: Every = "auto",
        on_or_after: bool = False, brackets: Sequence[tuple[int, int]] = (),
        rolling: bool = False, recurring: bool = False, periods: int = 0, where: str = "",
        people: str = "", start: When = None, end: When = None, by: str = "",
        compare: bool = False,
    ) -> Result[RevenueCell]:  # fmt: skip
        """Return what those who came back brought, by periods since and currency.

        Parameters
        ----------
        money : str
            A property that holds amounts of money.
        begin, back, every, on_or_after, brackets, rolling, recurring, periods
            As in :meth:`retention`.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range selects entries.
        """
        from dataclasses import replace

        from sojourn.insight.retention.question import Retention
        from sojourn.insight.retention.values import RevenueCell

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        counted = self.retention(
            begin, back, every=every, on_or_after=on_or_after, brackets=brackets, rolling=rolling,
            recurring=recurring, periods=periods, where=where, people=people, start=start, end=end,
        )  # fmt: skip
        if not isinstance(counted.spec, Retention):
            raise TypeError(type(counted.spec).__name__)
        if not money:
            raise InputError("No property of money is named.", allowed="one such as value")
        spec = replace(counted.spec, money=money)
        return self._typed(spec, RevenueCell, about, spec.start)

    def lifecycle(
        self, active: str = "", *, every: Every = "auto", where: str = "", people: str = "",
        start: When = None, end: When = None, by: str = "", compare: bool = False,
    ) -> Result[LifecycleRow]:  # fmt: skip
        """Return new, returning, resurrecting and dormant people of each interval.

        Parameters
        ----------
        active : str
            The event that makes a person active; left out: any.
        every : {"auto", "day", "week", "month"}
            Length of an interval.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range chooses the intervals shown.
        """
        from sojourn.insight.rhythm.lifecycle import Lifecycle, LifecycleRow

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        spec = Lifecycle(
            scope=self._scope(about), active=condition(active), active_title=title(active),
            unit=self._unit(every),
        )  # fmt: skip
        return self._typed(spec, LifecycleRow, about, spec.active)

    def between(
        self, first: str, then: str, *,
        pairs: Literal["first-next", "first-first", "every"] = "first-next", where: str = "",
        people: str = "", start: When = None, end: When = None, by: str = "",
        compare: bool = False,
    ) -> Result[BetweenRow]:  # fmt: skip
        """Return the time from one event to another, and who still waits.

        Parameters
        ----------
        first, then : str
        pairs : {"first-next", "first-first", "every"}
            Which two events make a pair.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range selects beginnings.
        """
        from sojourn.insight.rhythm.between import Between, BetweenRow, Pairing

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        spec = Between(
            scope=self._scope(about), start=condition(first), end=condition(then),
            start_title=title(first), end_title=title(then), pairing=Pairing(pairs),
        )  # fmt: skip
        return self._typed(spec, BetweenRow, about, spec.start)

    def _unit(self, every: Every) -> Unit:
        from sojourn.base.calendar import unit_named

        return unit_named(every, self.catalog.first_us, self.catalog.as_of_us)
