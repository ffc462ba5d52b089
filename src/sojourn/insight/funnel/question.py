"""The funnel as a question: its steps, and everything that decides who reaches them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.calendar import intervals
from sojourn.base.timespan import MINUTE_US
from sojourn.insight.funnel.answer import Frame, answer_of
from sojourn.insight.funnel.compiled import Compiled, check_funnel, policy_of
from sojourn.insight.funnel.counts import FunnelCounts, Listing
from sojourn.insight.funnel.finding import find
from sojourn.insight.funnel.plain import (
    PlainFunnel,
    count_plain,
    count_trend,
    find_plain,
    plain_funnel,
)
from sojourn.insight.funnel.property_values import property_columns
from sojourn.insight.funnel.tallying import (
    Place,
    groups,
    listing,
    lost_before,
    reached_step,
    tally,
    times,
    trend,
)
from sojourn.insight.funnel.values import (
    DEFAULT_WINDOW_US,
    Entry,
    Exclusion,
    Order,
    Step,
    Unit,
)
from sojourn.insight.question import Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.calendar import Intervals
    from sojourn.base.calendar import Unit as Interval
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.insight.answer import Answer
    from sojourn.insight.funnel.found import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """How many people go through steps.

    Attributes
    ----------
    steps : tuple of Step
    scope : Scope
        The range selects entries; the filter on people holds at the entry.
    window_us : int or None
        From the entry, inclusive; None for no window.
    order : Order
    entry : Entry
    exclusions : tuple of Exclusion
    drop_excluded : bool
        Leave out altogether those of whom every attempt that got furthest was ended, inside its
        window, by an excluded event.
    unit : Unit
    session_gap_us : int
        A new session begins when more than this lies between two events.
    hold : str
        A property whose value stays the same throughout an attempt; pairs of person and value are
        counted. Empty for none.
    simultaneous_us : int
        Events in the same unit of this length have no order among themselves; 0 keeps their order.
    reuse_events : bool
        One event may fill several steps, as in ClickHouse.
    ends_at_break : bool
        In strict order: other events between break an attempt, repeated steps do not, and the first
        break is the end, as in ClickHouse.
    by : str
        A property to break down by; empty for none.
    at : int
        The step whose event's value counts, from 1; ``LAST_STEP`` for the last one reached.
    groups : int
        How many values are shown, the commonest first.
    trend : Unit of the calendar or None
        Also by the day, week or month of the entry.
    times : bool
        Also how long it took.
    people_at, lost_at : int
        List people who reached a step, or were lost before it; 0 for none.
    limit : int
        How many people are listed.
    """

    steps: tuple[Step, ...]
    scope: Scope = field(default_factory=Scope)
    window_us: int | None = DEFAULT_WINDOW_US
    order: Order = Order.ORDERED
    entry: Entry = Entry.BEST
    exclusions: tuple[Exclusion, ...] = ()
    drop_excluded: bool = False
    unit: Unit = Unit.PERSON
    session_gap_us: int = 30 * MINUTE_US
    hold: str = ""
    simultaneous_us: int = 0
    reuse_events: bool = False
    ends_at_break: bool = False
    by: str = ""
    at: int = 1
    groups: int = 12
    trend: Interval | None = None
    times: bool = False
    people_at: int = 0
    lost_at: int = 0
    limit: int = 20

    def plan(self, catalog: Catalog) -> FunnelPlan:
        """Return the plan, with every name and option checked.

        Raises
        ------
        InputError
            If a name is unknown, or options contradict each other.
        """
        return FunnelPlan.compile(self, catalog)

    @property
    def required(self) -> tuple[int, ...]:
        """Places of the required steps, from 0."""
        return tuple(place for place, step in enumerate(self.steps) if not step.optional)


@dataclass(frozen=True, slots=True, eq=False)
class FunnelPlan:
    """A funnel compiled against one catalog."""

    spec: Funnel
    catalog: Catalog
    compiled: Compiled
    plain: PlainFunnel | None
    calendar: Intervals | None

    @classmethod
    def compile(cls, spec: Funnel, catalog: Catalog) -> FunnelPlan:
        """Return the plan of a funnel, checked."""
        check_funnel(spec, catalog)
        for name in filter(None, (spec.by, spec.hold)):
            property_columns(name, catalog)
        compiled = Compiled.of(spec, catalog)
        plain = plain_funnel(spec, compiled)
        return cls(spec, catalog, compiled, plain, _calendar(spec, catalog))

    def over(self, bucket: Bucket) -> FunnelCounts:
        """Return the counts of one bucket."""
        spec, compiled, catalog = self.spec, self.compiled, self.catalog
        if self.plain is not None and self.plain.exact and not self._listed():
            total = count_plain(spec, compiled, self.plain, bucket, catalog)
            return FunnelCounts(total, trend=self._trend(bucket, None))
        journeys, found = self._find(bucket)
        place = Place(bucket, journeys, catalog)
        at, lost = Listing(limit=spec.limit), Listing(limit=spec.limit)
        if spec.people_at:
            chosen = reached_step(spec, found, spec.people_at)
            at = listing(spec, compiled, found, place, chosen)
        if spec.lost_at:
            chosen = lost_before(spec, found, spec.lost_at)
            lost = listing(spec, compiled, found, place, chosen)
        return FunnelCounts(
            tally(spec, found),
            dropped=found.dropped,
            groups=groups(spec, found, place) if spec.by else {},
            trend=self._trend(bucket, found),
            times=times(spec, found, journeys) if spec.times and catalog.timed else (),
            at=at,
            lost=lost,
        )

    def answer(self, total: FunnelCounts) -> Answer[object]:
        """Return the typed answer."""
        return answer_of(Frame(spec=self.spec, catalog=self.catalog, calendar=self.calendar), total)

    def _listed(self) -> bool:
        """Return whether attempts are needed one by one."""
        spec = self.spec
        one_by_one = spec.by or spec.times or spec.people_at or spec.lost_at
        return bool(one_by_one) or (spec.trend is not None and spec.entry is Entry.ALL)

    def _find(self, bucket: Bucket) -> tuple[Journeys, Found]:
        spec, compiled, plain = self.spec, self.compiled, self.plain
        if plain is None or spec.entry is Entry.ALL:
            return find(spec, compiled, bucket, self.catalog)
        return find_plain(spec, compiled, plain, bucket, self.catalog)

    def _trend(self, bucket: Bucket, found: Found | None) -> NDArray[np.int64]:
        if self.calendar is None:
            return np.zeros((0, 2, 0), np.int64)
        spec, compiled, catalog, plain = self.spec, self.compiled, self.catalog, self.plain
        if plain is not None and plain.exact and spec.entry is not Entry.ALL:
            return count_trend(spec, compiled, plain, self.calendar, bucket, catalog)
        if found is None or policy_of(spec) is Entry.BEST:
            _, found = find(spec, compiled, bucket, catalog, self.calendar.edges)
        return trend(spec, found, self.calendar)


def _calendar(spec: Funnel, catalog: Catalog) -> Intervals | None:
    if spec.trend is None or not catalog.timed:
        return None
    span = spec.scope.range
    first = catalog.first_us if span.start_us is None else max(span.start_us, catalog.first_us)
    last = catalog.last_us if span.end_us is None else min(span.end_us - 1, catalog.last_us)
    return intervals(spec.trend, catalog.timezone, first, max(first, last))
