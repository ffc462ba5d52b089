"""The lifecycle of an audience: new, returning, resurrecting and dormant people by interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.base.calendar import Unit, intervals
from sojourn.base.estimate import MaybeEstimate, NotEstimable, wilson
from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.base.timespan import to_datetime
from sojourn.index.journeys import scoped
from sojourn.insight.answer import Answer
from sojourn.insight.phrases import event_phrase, scope_notes
from sojourn.insight.question import Scope
from sojourn.insight.rare import only_events
from sojourn.insight.roles import Conditions, Roles, check
from sojourn.insight.untimed import untimed_answer
from sojourn.kernels.cohorts.frame import START, Ages, RoleRows
from sojourn.kernels.cohorts.lifecycle import (
    DORMANT,
    NEW,
    RESURRECTING,
    RETURNING,
    lifecycle_counts,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.calendar import Intervals
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog

    Ints: TypeAlias = NDArray[np.int64]

QUESTION = "lifecycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """How many people are new, returning, resurrecting and dormant in each day, week or month.

    Attributes
    ----------
    scope : Scope
        The range chooses the intervals shown, whole; who is new is told from all events.
    active : Predicate
        What makes a person active.
    active_title : str
        Its name in the definition; empty: from the condition.
    unit : Unit
    """

    scope: Scope = field(default_factory=Scope)
    active: Predicate = ALWAYS
    active_title: str = ""
    unit: Unit = Unit.WEEK

    def plan(self, catalog: Catalog) -> LifecyclePlan:
        """Return the plan, with every name checked.

        Raises
        ------
        InputError
            If an event or property does not exist.
        """
        check((self.scope.events,), catalog)
        # Bit 1, a return, is not looked at here.
        roles = Conditions.compile((self.active, self.active, self.scope.people), catalog)
        calendar = intervals(self.unit, catalog.timezone, catalog.first_us, catalog.as_of_us)
        return LifecyclePlan(spec=self, catalog=catalog, calendar=calendar, conditions=roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRow:
    """One interval.

    Attributes
    ----------
    interval : str
        Its first day.
    new, returning, resurrecting : int
        People active for the first time ever, active also in the interval before, or active
        again after at least one without. They add up to ``active``.
    dormant : int
        People active in the interval before and not in this one, as a negative number.
    active : int
    kept : Estimate or NotEstimable
        returning ÷ active of the interval before, Wilson 95 %.
    complete : bool
        False for an interval that is not over at as-of: more may yet be active.
    history : bool
        False for the data's first intervals: people counted as new may have been there before
        the data begin.
    """

    interval: str
    new: int
    returning: int
    resurrecting: int
    dormant: int
    active: int
    kept: MaybeEstimate
    complete: bool
    history: bool


@dataclass(frozen=True, slots=True, eq=False)
class LifecycleCounts:
    """People by state and interval, and lengths of absences; parts merge with ``+``."""

    states: Ints
    gaps: Ints

    def __add__(self, other: LifecycleCounts) -> LifecycleCounts:
        return LifecycleCounts(self.states + other.states, self.gaps + other.gaps)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LifecyclePlan:
    """The lifecycle compiled against one catalog."""

    spec: Lifecycle
    catalog: Catalog
    calendar: Intervals
    conditions: Conditions

    def over(self, bucket: Bucket) -> LifecycleCounts:
        """Return the counts of one bucket."""
        if not self.catalog.timed:
            return LifecycleCounts(np.zeros((4, 0), np.int64), np.zeros(0, np.int64))
        scope = Scope(events=self.spec.scope.events)
        journeys = scoped(bucket, self.catalog, scope, cut_range=False)
        roles = self.conditions.over(journeys, bucket)
        if roles.codes is journeys.event:
            journeys = only_events(journeys, bucket, roles.table & np.uint8(START))
            roles = Roles(journeys.event, roles.table)
        rows = RoleRows(journeys.offsets, journeys.time, roles.codes, roles.table, journeys.skip)
        edges, cells = self.calendar.edges, self.calendar.cells()
        ages = Ages(edges, cells, int(edges[0]), int(edges[-1]), self.catalog.as_of_us)
        return LifecycleCounts(*lifecycle_counts(rows, ages))

    def answer(self, total: LifecycleCounts) -> Answer[object]:
        """Return one row an interval, in order of time."""
        if not self.catalog.timed:
            return untimed_answer(QUESTION, self.spec, self.catalog)
        first, last = self._shown()
        known = history_from(total.gaps)
        rows = tuple(self._row(total.states, t, known) for t in range(first, last + 1))
        return Answer(
            question=QUESTION,
            spec=self.spec,
            as_of=to_datetime(self.catalog.as_of_us),
            rows=rows,
            definition=self._definition(),
            notes=self._notes(rows),
        )

    def _shown(self) -> tuple[int, int]:
        span, newest = self.spec.scope.range, len(self.calendar) - 1
        first = 0 if span.start_us is None else self.calendar.number_of(span.start_us)
        last = newest if span.end_us is None else self.calendar.number_of(span.end_us - 1)
        return max(0, first), min(newest, last)

    def _row(self, states: Ints, t: int, known: int) -> LifecycleRow:
        new, back, again = (int(states[s, t]) for s in (NEW, RETURNING, RESURRECTING))
        before = int(states[:DORMANT, t - 1].sum()) if t else 0
        complete = int(self.calendar.edges[t + 1]) <= self.catalog.as_of_us
        kept: MaybeEstimate
        if t == 0:
            kept = NotEstimable("nothing is known of the interval before")
        elif not complete:
            kept = NotEstimable(f"the {self.spec.unit} is not over")
        elif not before:
            kept = NotEstimable("nobody was active in the interval before")
        else:
            kept = wilson(back, before)
        return LifecycleRow(
            interval=self.calendar.days[t].isoformat(),
            new=new,
            returning=back,
            resurrecting=again,
            dormant=-int(states[DORMANT, t]),
            active=new + back + again,
            kept=kept,
            complete=complete,
            history=t >= known,
        )

    def _definition(self) -> str:
        unit, what = self.spec.unit, event_phrase(self.spec.active, self.spec.active_title)
        return (
            f"Active in a {unit}: people with {what}. New: for the first time ever; returning: "
            f"also in the {unit} before; resurrecting: again after a {unit} or more without; "
            f"dormant: active in the {unit} before and not in this one. "
            f"Calendar {unit}s of {self.catalog.timezone}."
        )

    def _notes(self, rows: tuple[LifecycleRow, ...]) -> tuple[str, ...]:
        found = list(scope_notes(self.spec.scope, self.catalog, "their first such event"))
        unsure = sum(not row.history for row in rows)
        if unsure:
            found.append(
                f"In the first {unsure:,} {self.spec.unit}s people counted as new may have been "
                "there before the data begin: of the pauses people take, more than one in twenty "
                "is longer than the data reach back there."
            )
        if any(not row.complete for row in rows):
            found.append(f"The last {self.spec.unit} is not over: more people may yet be active.")
        return tuple(found)


def history_from(gaps: Ints) -> int:
    """Return the first interval at which people can be called new, at least 1.

    From interval t on, t intervals of history lie behind; t is enough when the share of
    comebacks seen at all that took longer is at most one in twenty.

    Parameters
    ----------
    gaps : ndarray of shape (intervals,), int64
        Entry g: comebacks g intervals after the last activity.
    """
    comebacks = int(gaps.sum())
    if not comebacks:
        return 1
    within = np.cumsum(gaps)
    return max(1, int(np.argmax(within * 20 >= comebacks * 19)))
