"""The time from one event to another: how long, for whom, and who still waits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.estimate import NotEstimable
from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.base.timespan import SECOND_US, to_datetime
from sojourn.index.journeys import scoped
from sojourn.insight.answer import Answer
from sojourn.insight.durations import (
    HISTOGRAM_BOUNDS_US,
    DurationEstimate,
    Durations,
    MaybeDuration,
)
from sojourn.insight.numbers.logbins import RELATIVE_ERROR
from sojourn.insight.numbers.survival import survival_of
from sojourn.insight.phrases import event_phrase, people_phrase, scope_notes
from sojourn.insight.question import Scope
from sojourn.insight.rare import only_events
from sojourn.insight.roles import Conditions, Roles, check
from sojourn.insight.untimed import untimed_answer
from sojourn.kernels.cohorts.between import (
    BEFORE,
    ENDED,
    STARTED,
    WAITING,
    Span,
    every_wait,
    first_waits,
)
from sojourn.kernels.cohorts.frame import RETURN, START, RoleRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.json import JsonValue
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog

QUESTION = "between"


class Pairing(StrEnum):
    """Which two events make a pair."""

    FIRST_FIRST = "first-first"
    """A person's first beginning ever and their first end ever."""
    FIRST_NEXT = "first-next"
    """A person's first beginning ever and the next end after it."""
    EVERY = "every"
    """Every beginning at which the person does not wait yet, and the next end after it."""


_PAIRS = {
    Pairing.FIRST_FIRST: "from a person's first {start} to their first {end}",
    Pairing.FIRST_NEXT: "from a person's first {start} to the next {end}",
    Pairing.EVERY: "from {start} to the next {end}; while a person waits, "
    "further beginnings start no second wait",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """How long it takes from one event to another.

    Attributes
    ----------
    scope : Scope
        The range selects beginnings; the filter on people is taken at the beginning.
    start, end : Predicate
        Which events begin and end a wait; one event never does both for the same wait.
    start_title, end_title : str
        Their names in the definition; empty: from the conditions.
    pairing : Pairing
    """

    scope: Scope = field(default_factory=Scope)
    start: Predicate
    end: Predicate
    start_title: str = ""
    end_title: str = ""
    pairing: Pairing = Pairing.FIRST_NEXT

    def plan(self, catalog: Catalog) -> BetweenPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        InputError
            If an event or property does not exist.
        """
        check((self.scope.events,), catalog)
        roles = Conditions.compile((self.start, self.end, self.scope.people), catalog)
        return BetweenPlan(spec=self, catalog=catalog, conditions=roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class BetweenRow:
    """The times between two events.

    Attributes
    ----------
    people : int
        Those who began a wait.
    ended_people, waiting_people, before_people : int
        Of them, those with a wait that ended, those who wait at as-of, and (first to first only)
        those whose end came before their beginning.
    pairs : int
        Waits that ended; what the quantiles are of.
    median, first_quartile, third_quartile, ninth_decile : DurationEstimate or NotEstimable
        Of the waits that ended.
    mean_seconds : float or NotEstimable
    survival_median : DurationEstimate or NotEstimable
        Kaplan-Meier median: the time by which half of all waits end, those still open counted
        for as long as they have lasted; with a log(-log) Greenwood interval.
    """

    people: int
    ended_people: int
    waiting_people: int
    before_people: int
    pairs: int
    median: MaybeDuration
    first_quartile: MaybeDuration
    third_quartile: MaybeDuration
    ninth_decile: MaybeDuration
    mean_seconds: float | NotEstimable
    survival_median: MaybeDuration


@dataclass(frozen=True, slots=True, eq=False)
class BetweenCounts:
    """Waits that ended, waits still open, and people; parts merge with ``+``."""

    ended: Durations
    waiting: Durations
    people: NDArray[np.int64]
    """Shape (4,): as in :class:`sojourn.kernels.cohorts.between.Waits`."""

    def __add__(self, other: BetweenCounts) -> BetweenCounts:
        return BetweenCounts(
            self.ended + other.ended, self.waiting + other.waiting, self.people + other.people
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BetweenPlan:
    """The question compiled against one catalog."""

    spec: Between
    catalog: Catalog
    conditions: Conditions

    def over(self, bucket: Bucket) -> BetweenCounts:
        """Return the waits of one bucket."""
        if not self.catalog.timed:
            return BetweenCounts(Durations.none(), Durations.none(), np.zeros(4, np.int64))
        spec = self.spec
        scope = replace(spec.scope, people=ALWAYS)
        journeys = scoped(bucket, self.catalog, scope, cut_range=False)
        roles = self.conditions.over(journeys, bucket)
        if roles.codes is journeys.event:
            journeys = only_events(journeys, bucket, roles.table & np.uint8(START | RETURN))
            roles = Roles(journeys.event, roles.table)
        rows = RoleRows(journeys.offsets, journeys.time, roles.codes, roles.table, journeys.skip)
        if spec.pairing is Pairing.EVERY:
            waits = every_wait(rows, self._span())
        else:
            waits = first_waits(rows, self._span(), spec.pairing is Pairing.FIRST_FIRST)
        return BetweenCounts(Durations.of(waits.ended), Durations.of(waits.waiting), waits.people)

    def answer(self, total: BetweenCounts) -> Answer[object]:
        """Return one row, and the histogram beside it."""
        if not self.catalog.timed:
            return untimed_answer(QUESTION, self.spec, self.catalog)
        row = BetweenRow(
            people=int(total.people[STARTED]),
            ended_people=int(total.people[ENDED]),
            waiting_people=int(total.people[WAITING]),
            before_people=int(total.people[BEFORE]),
            pairs=total.ended.n,
            median=total.ended.quantile(0.5),
            first_quartile=total.ended.quantile(0.25),
            third_quartile=total.ended.quantile(0.75),
            ninth_decile=total.ended.quantile(0.9),
            mean_seconds=total.ended.mean_seconds,
            survival_median=survival_median(total.ended, total.waiting),
        )
        return Answer(
            question=QUESTION,
            spec=self.spec,
            as_of=to_datetime(self.catalog.as_of_us),
            rows=(row,),
            definition=self._definition(),
            notes=self._notes(row, total),
            extra={"histogram": histogram(total.ended)},
        )

    def _span(self) -> Span:
        chosen = self.spec.scope.range
        return Span(
            -(2**62) if chosen.start_us is None else chosen.start_us,
            2**62 if chosen.end_us is None else chosen.end_us,
            self.catalog.as_of_us,
        )

    def _definition(self) -> str:
        start = event_phrase(self.spec.start, self.spec.start_title)
        end = event_phrase(self.spec.end, self.spec.end_title)
        return f"Time {_PAIRS[self.spec.pairing].format(start=start, end=end)}."

    def _notes(self, row: BetweenRow, total: BetweenCounts) -> tuple[str, ...]:
        found = list(scope_notes(self.spec.scope, self.catalog, "the beginning of their wait"))
        if row.waiting_people:
            found.append(
                f"{row.waiting_people:,} of {people_phrase(row.people)} still wait at as-of: the "
                "quantiles are of waits that ended and so too short; the Kaplan-Meier median "
                "counts the open ones for as long as they have lasted."
            )
        if row.before_people:
            found.append(
                f"For {people_phrase(row.before_people)} the end came first; they are in no figure."
            )
        if self.spec.pairing is Pairing.EVERY:
            found.append("A person may have many waits; the intervals take them as independent.")
        if total.ended.coarse:
            found.append(f"Quantiles are within {RELATIVE_ERROR:.1%}: very many distinct times.")
        return tuple(found)


def survival_median(ended: Durations, waiting: Durations) -> MaybeDuration:
    """Return the Kaplan-Meier median of waits, the open ones censored at their length so far.

    A side of the interval that the curve's band does not reach is None.
    """
    curve = survival_of(ended, waiting)
    if not curve.n:
        return NotEstimable("nobody began to wait")
    middle, low, high = curve.median()
    if middle is None:
        return NotEstimable("not reached: more than half still wait")
    return DurationEstimate(
        seconds=middle / SECOND_US,
        low=None if low is None else low / SECOND_US,
        high=None if high is None else high / SECOND_US,
        n=curve.n,
        relative_error=max(ended.relative_error, waiting.relative_error),
    )


def histogram(durations: Durations) -> JsonValue:
    """Return the counts between readable bounds, from the first to the last that holds any.

    Returns
    -------
    list of {"from_seconds", "to_seconds", "pairs"}
        ``to_seconds`` is null for the open end.
    """
    counts = durations.histogram()
    held = np.flatnonzero(counts)
    if not held.size:
        return []
    bounds = [0.0, *(bound / SECOND_US for bound in HISTOGRAM_BOUNDS_US), None]
    return [
        {
            "from_seconds": bounds[place],
            "to_seconds": bounds[place + 1],
            "pairs": int(counts[place]),
        }
        for place in range(int(held[0]), int(held[-1]) + 1)
    ]
