"""From counts to the rows of retention: shares, intervals, what is not over yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.calendar import Unit
from sojourn.base.estimate import MaybeEstimate, NotEstimable, wilson
from sojourn.base.predicate import ALWAYS
from sojourn.base.timespan import to_datetime
from sojourn.insight.answer import Answer
from sojourn.insight.numbers.means import mean_of
from sojourn.insight.phrases import event_phrase, scope_notes
from sojourn.insight.retention.values import (
    Clock,
    Entering,
    Kind,
    RetentionCell,
    RevenueCell,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.base.calendar import Intervals
    from sojourn.index.catalog import Catalog
    from sojourn.insight.retention.counts import Amounts, RetentionCounts
    from sojourn.insight.retention.question import Retention

NOT_OVER = "the period is not over"
_WHEN = {
    Kind.ON: "in that period",
    Kind.ON_OR_AFTER: "in that period or later",
    Kind.BRACKET: "in any period of that bracket",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What gives counts their meaning."""

    spec: Retention
    catalog: Catalog
    calendar: Intervals
    columns: tuple[tuple[int, int], ...]

    def until(self, column: int) -> int | None:
        """Return the last period of a column; None when it has no end."""
        return None if self.spec.kind is Kind.ON_OR_AFTER else self.columns[column][1]


def answer_of(frame: Frame, counts: RetentionCounts) -> Answer[object]:
    """Return the answer: all cohorts together first, then each, in order of time."""
    return Answer(
        question="retention",
        spec=frame.spec,
        as_of=to_datetime(frame.catalog.as_of_us),
        rows=tuple(_revenue(frame, counts) if frame.spec.money else _people(frame, counts)),
        definition=_definition(frame.spec, frame.catalog),
        notes=_notes(frame, counts),
    )


def _people(frame: Frame, counts: RetentionCounts) -> Iterator[RetentionCell]:
    over = counts.over()
    together = (counts.size.sum(), over.sum(axis=0), counts.returned.sum(axis=0))
    yield from _cells(frame, None, (*together, counts.early.sum(axis=0)))
    for cohort in np.flatnonzero(counts.size):
        parts = (counts.size[cohort], over[cohort], counts.returned[cohort], counts.early[cohort])
        yield from _cells(frame, frame.calendar.days[cohort].isoformat(), parts)


def _cells(
    frame: Frame,
    cohort: str | None,
    parts: tuple[np.int64, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> Iterator[RetentionCell]:
    size, over, returned, early = parts
    for column, (low, _) in enumerate(frame.columns):
        n, back = int(over[column]), int(returned[column])
        yield RetentionCell(
            cohort=cohort,
            age=low,
            until=frame.until(column),
            people=int(size),
            n=n,
            returned=back,
            share=_share(back, n, int(size)),
            complete=n == int(size) > 0,
            early=int(early[column]),
        )


def _share(returned: int, n: int, people: int) -> MaybeEstimate:
    return NotEstimable(NOT_OVER) if people and not n else wilson(returned, n)


def _revenue(frame: Frame, counts: RetentionCounts) -> Iterator[RevenueCell]:
    over = counts.over()
    cohorts = [int(cohort) for cohort in np.flatnonzero(counts.size)]
    for amounts in counts.money:
        yield from _revenue_rows(frame, counts, over, (None, cohorts, amounts))
        for cohort in cohorts:
            yield from _revenue_rows(frame, counts, over, (cohort, [cohort], amounts))


def _revenue_rows(
    frame: Frame,
    counts: RetentionCounts,
    over: NDArray[np.int64],
    part: tuple[int | None, list[int], Amounts],
) -> Iterator[RevenueCell]:
    cohort, members, amounts = part
    people = int(counts.size[members].sum())
    for column, (low, _) in enumerate(frame.columns):
        n = int(over[members, column].sum())
        whole = [c for c in members if over[c, column] == counts.size[c]]
        minor = int(amounts.minor[members, column].sum())
        first = int(amounts.minor[whole, 0].sum())
        later = int(amounts.minor[whole, column].sum())
        yield RevenueCell(
            cohort=None if cohort is None else frame.calendar.days[cohort].isoformat(),
            age=low,
            until=frame.until(column),
            people=people,
            n=n,
            returned=int(counts.returned[members, column].sum()),
            complete=n == people > 0,
            currency=amounts.currency,
            amount_minor=minor,
            per_person_minor=_per_person(minor, n, amounts.spread(members, column)),
            of_first=_of_first(later, first, bool(whole)),
        )


def _per_person(minor: int, n: int, spread: tuple[int, bool]) -> MaybeEstimate:
    squares, positive = spread
    return mean_of(n, minor, squares, positive=positive) if n else NotEstimable(NOT_OVER)


def _of_first(later: int, first: int, over: bool) -> float | NotEstimable:
    if not over:
        return NotEstimable(NOT_OVER)
    return later / first if first > 0 else NotEstimable("the first period brought nothing")


def _definition(spec: Retention, catalog: Catalog) -> str:
    who = "event" if spec.start == ALWAYS else event_phrase(spec.start, spec.start_title)
    back = event_phrase(spec.returning, spec.return_title)
    if spec.entering is Entering.FIRST:
        entry = f"People enter the cohort of the {spec.unit} of their first {who}, once"
    else:
        entry = f"People enter a cohort with their first {who} of every {spec.unit}"
    retained = f"retained are those with {back} {_WHEN[spec.kind]}, the entry included"
    return f"{entry}; {retained}. {_periods(spec, catalog)}"


def _periods(spec: Retention, catalog: Catalog) -> str:
    if spec.clock is Clock.CALENDAR:
        monday = ", Monday first" if spec.unit is Unit.WEEK else ""
        return (
            f"Calendar {spec.unit}s of {catalog.timezone}{monday}; period 0 is that of the entry."
        )
    length = {Unit.DAY: "24 hours", Unit.WEEK: "7 × 24 hours", Unit.MONTH: "30 × 24 hours"}
    return f"A period is {length[spec.unit]} counted from the entry."


def _notes(frame: Frame, counts: RetentionCounts) -> tuple[str, ...]:
    found = list(scope_notes(frame.spec.scope, frame.catalog))
    young = int((counts.size[:, None] - counts.over()).max(axis=1, initial=0).sum())
    if young:
        found.append(
            f"For {young:,} of {int(counts.size.sum()):,} entries some periods are not over at "
            "as-of; those periods are out of the denominator."
        )
    if frame.spec.entering is Entering.RECURRING:
        found.append(
            "One person may be in many cohorts; the intervals of all cohorts together "
            "take entries as independent."
        )
    if frame.spec.money:
        found.append("Sums are of returns in periods that are over; currencies are never mixed.")
    return tuple(found)
