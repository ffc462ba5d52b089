"""Sources as a question: its Spec, and the plan that counts it bucket by bucket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.base.timespan import DAY_US, MINUTE_US
from sojourn.events.channels import DEFAULT_CHANNELS, ChannelTable
from sojourn.events.schema import CURRENCY, VALUE
from sojourn.index.catalog import MISSING_MONEY, ColumnKind
from sojourn.index.journeys import scoped
from sojourn.index.masks import row_mask
from sojourn.insight.question import Scope
from sojourn.insight.roles import check
from sojourn.insight.sources.answer import answer_of
from sojourn.insight.sources.counts import RawOrigin, SourceCounts, Tallied
from sojourn.insight.sources.openings import first_rows, labels_of, landings_of, openings_of
from sojourn.insight.sources.touches import Judge, origins_at
from sojourn.insight.sources.values import LEVELS, Basis, Level
from sojourn.kernels.cohorts.visits import (
    ALLOWED,
    GOAL,
    Arrivals,
    VisitLimits,
    VisitRows,
    arrivals,
    sums_between,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.insight.answer import Answer

_EVER = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where people came from, and what became of them.

    Attributes
    ----------
    scope : Scope
        The range selects people by their first event; the filter on people is taken there.
    level : Level
    within : tuple of (Level, str)
        Only touches with these values, such as one channel.
    basis : Basis
    goal : Predicate or None
        The event that counts as conversion; None for none.
    goal_title : str
        Its name in the definition; empty: from the condition.
    window_us : int
        From the person's first event, inclusive.
    session_gap_us : int
        A new visit begins when more than this lies between two events.
    direct_overwrites : bool
        Whether a visit without a source takes the place of a known one.
    own : tuple of str
        Hosts of one's own, with their subdomains: no source.
    channels : ChannelTable
    steps : int
        How many first steps of converters are told apart.
    """

    scope: Scope = field(default_factory=Scope)
    level: Level = Level.CHANNEL
    within: tuple[tuple[Level, str], ...] = ()
    basis: Basis = Basis.ORIGINAL
    goal: Predicate | None = None
    goal_title: str = ""
    window_us: int = 30 * DAY_US
    session_gap_us: int = 30 * MINUTE_US
    direct_overwrites: bool = False
    own: tuple[str, ...] = ()
    channels: ChannelTable = DEFAULT_CHANNELS
    steps: int = 3

    def plan(self, catalog: Catalog) -> SourcesPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        InputError
            If an event or property does not exist.
        """
        goal = () if self.goal is None else (self.goal,)
        check((*goal, self.scope.people, self.scope.events), catalog)
        return SourcesPlan(spec=self, catalog=catalog, judge=Judge.of(catalog, self.own))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourcesPlan:
    """Sources compiled against one catalog."""

    spec: Sources
    catalog: Catalog
    judge: Judge

    def over(self, bucket: Bucket) -> SourceCounts:
        """Return the counts of one bucket."""
        if not self.catalog.timed or not self.judge.any:
            return SourceCounts()
        journeys = scoped(
            bucket, self.catalog, Scope(events=self.spec.scope.events), cut_range=False
        )
        marks = self._marks(bucket, journeys)
        says = journeys.take(self.judge.rows(bucket))
        rows = VisitRows(journeys.offsets, journeys.time, says, marks, journeys.skip)
        found = arrivals(rows, self._limits())
        groups, origins = self._origins(bucket, journeys, found)
        counts = SourceCounts(people=_tallies(found, groups, origins))
        self._add_money(counts, bucket, journeys, (found, marks, groups, origins))
        if self.spec.goal is None:
            return counts
        return counts + self._openings(bucket, journeys, found)

    def answer(self, total: SourceCounts) -> Answer[object]:
        """Return rows by the level asked for, the largest first."""
        return answer_of(self.spec, self.catalog, total, told=self.judge.any)

    def _limits(self) -> VisitLimits:
        spec, span = self.spec, self.spec.scope.range
        return VisitLimits(
            spec.session_gap_us,
            _EVER if spec.goal is None else spec.window_us,
            -_EVER if span.start_us is None else span.start_us,
            _EVER if span.end_us is None else span.end_us,
            self.catalog.as_of_us,
            int(spec.direct_overwrites),
        )

    def _marks(self, bucket: Bucket, journeys: Journeys) -> NDArray[np.uint8]:
        marks = np.full(len(journeys.time), ALLOWED, np.uint8)
        if self.spec.scope.people != ALWAYS:
            allowed = row_mask(self.spec.scope.people, bucket, self.catalog)
            marks = journeys.take(allowed) * np.uint8(ALLOWED)
        if self.spec.goal is not None:
            reached = row_mask(self.spec.goal, bucket, self.catalog)
            marks |= journeys.take(reached) * np.uint8(GOAL)
        return marks

    def _origins(
        self, bucket: Bucket, journeys: Journeys, found: Arrivals
    ) -> tuple[NDArray[np.int64], list[RawOrigin]]:
        rows, says = found.original, found.original_says
        if self.spec.basis is Basis.LATEST:
            rows, says = found.latest, found.latest_says
        chosen = journeys.rows[rows] if len(journeys.rows) else rows
        deepest = max(LEVELS.index(part) for part in (self.spec.level, *self._narrowed()))
        return origins_at(bucket, self.judge, chosen, says, deepest)

    def _narrowed(self) -> tuple[Level, ...]:
        return tuple(level for level, _ in self.spec.within)

    def _add_money(
        self,
        counts: SourceCounts,
        bucket: Bucket,
        journeys: Journeys,
        parts: tuple[Arrivals, NDArray[np.uint8], NDArray[np.int64], list[RawOrigin]],
    ) -> None:
        found, marks, groups, origins = parts
        column = self.catalog.find(VALUE)
        if column is None or column.kind is not ColumnKind.MONEY or not origins:
            return
        minor = journeys.take(bucket.money(VALUE))
        wanted = (minor != MISSING_MONEY) & ((marks & GOAL > 0) | np.bool_(self.spec.goal is None))
        for currency, chosen in self._currencies(bucket, journeys, wanted):
            marked, totals = chosen.view(np.uint8), np.zeros((2, len(origins)), np.int64)
            for total, numbers in zip(totals, (np.where(chosen, minor, 0), chosen), strict=True):
                sums = sums_between(found.first, found.stop, marked, numbers.astype(np.int64))
                np.add.at(total, groups, sums)
            for group in np.flatnonzero(totals[1]):  # amounts that add up to nothing are there too
                counts.money[origins[group], currency] += int(totals[0, group])

    def _currencies(
        self, bucket: Bucket, journeys: Journeys, wanted: NDArray[np.bool_]
    ) -> list[tuple[str, NDArray[np.bool_]]]:
        column = self.catalog.find(CURRENCY)
        if column is None:
            return [(self.catalog.currency, wanted)]
        codes = np.asarray(journeys.take(bucket.codes(CURRENCY)))
        names = np.array([self.catalog.currency, *column.values])
        present = np.unique(names[np.unique(codes[wanted])])
        return [(str(name), wanted & (names == name)[codes]) for name in present]

    def _openings(self, bucket: Bucket, journeys: Journeys, found: Arrivals) -> SourceCounts:
        landing, names = labels_of(bucket, self.catalog, journeys, found.first)
        landings = landings_of(found, landing, names)
        offsets, rows = first_rows(found)
        labels, names = labels_of(bucket, self.catalog, journeys, rows)
        openings = openings_of(offsets, labels, names, self.spec.steps)
        return SourceCounts(openings=openings, landings=landings)


def _tallies(
    found: Arrivals, groups: NDArray[np.int64], origins: list[RawOrigin]
) -> dict[RawOrigin, Tallied]:
    reached, ripe = found.goal >= 0, found.mature == 1
    parts = [
        np.bincount(groups[chosen], minlength=len(origins))
        for chosen in (np.ones(len(groups), np.bool_), ripe, ripe & reached, ~ripe & reached)
    ]
    return {
        origin: Tallied(*(int(part[group]) for part in parts))
        for group, origin in enumerate(origins)
    }
