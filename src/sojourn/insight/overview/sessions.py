"""Sessions as a question: how many, how long, how deep, where they begin and end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.base.calendar import Intervals, Unit, intervals
from sojourn.base.errors import InputError
from sojourn.base.predicate import ALWAYS
from sojourn.events.schema import UTM_CAMPAIGN
from sojourn.index.catalog import ColumnKind
from sojourn.index.journeys import EVER, Journeys, at_start, scoped
from sojourn.index.masks import row_mask
from sojourn.insight.overview.sessions_answer import Edges, answer_of
from sojourn.insight.process.keyed import KeyedDurations
from sojourn.insight.question import Scope
from sojourn.insight.roles import check
from sojourn.insight.untimed import untimed_answer
from sojourn.insight.views.lens import DEFAULT_GAP_US, in_range
from sojourn.insight.views.nodes import NodeRule, Nodes
from sojourn.kernels.process.sessions import session_figures, session_starts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer

    Ints: TypeAlias = NDArray[np.int64]

QUESTION = "sessions"


class SessionsError(InputError):
    """Sessions cannot be split this way. Remedy: the message says what can."""

    code = "sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """How many sessions there are, how long and deep they are, and where they begin and end.

    Attributes
    ----------
    scope : Scope
        The range selects sessions by their first event, and so does the filter on people.
    session_gap_us : int
        A new session begins when more than this lies between two events.
    at_midnight : bool
        A new day of the workspace's zone begins a new session, too.
    on_campaign : bool
        Another campaign begins a new session, too.
    nodes : NodeRule
        What counts as one entry or exit.
    interval : Unit or None
        A row for each day, week or month in which sessions began, besides all together.
    """

    scope: Scope = field(default_factory=Scope)
    session_gap_us: int = DEFAULT_GAP_US
    at_midnight: bool = False
    on_campaign: bool = False
    nodes: NodeRule = field(default_factory=NodeRule)
    interval: Unit | None = None

    def plan(self, catalog: Catalog) -> SessionsPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        SessionsError
            If the gap is negative, or there is no campaign to split by.
        InputError
            If a name is unknown.
        """
        if self.session_gap_us < 0:
            raise SessionsError("A gap cannot be negative.", allowed="a duration such as 30m")
        column = catalog.find(UTM_CAMPAIGN)
        if self.on_campaign and (column is None or column.kind is not ColumnKind.CODES):
            raise SessionsError(
                "These events have no campaigns, so none can begin a session.",
                remedy=f"Import events with the property {UTM_CAMPAIGN}.",
            )
        check((self.scope.events, self.scope.people), catalog)
        days = periods = None
        if catalog.timed:
            first, last = catalog.first_us, max(catalog.first_us, catalog.last_us)
            days = intervals(Unit.DAY, catalog.timezone, first, last) if self.at_midnight else None
            if self.interval is not None:
                periods = intervals(self.interval, catalog.timezone, first, last)
        return SessionsPlan(
            spec=self, catalog=catalog, nodes=self.nodes.compile(catalog), days=days,
            periods=periods,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionCounts:
    """Sessions counted; parts merge with ``+``.

    Attributes
    ----------
    totals : ndarray of shape (periods, 4), int64
        Sessions, people, events and bounces of each period; one period when not asked for.
    everybody : int
        People with a session in any period.
    lengths, depths, durations : KeyedDurations
        By period: events, kinds of event, and microseconds of each session.
    edges : ndarray of shape (2, nodes), int64
        Sessions that begin with, and end with, each node.
    """

    totals: Ints
    everybody: int
    lengths: KeyedDurations
    depths: KeyedDurations
    durations: KeyedDurations
    edges: Ints

    def __add__(self, other: SessionCounts) -> SessionCounts:
        return SessionCounts(
            totals=self.totals + other.totals,
            everybody=self.everybody + other.everybody,
            lengths=self.lengths + other.lengths,
            depths=self.depths + other.depths,
            durations=self.durations + other.durations,
            edges=self.edges + other.edges,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionsPlan:
    """Sessions compiled against one catalog; where that is untimed, there are none."""

    spec: Sessions
    catalog: Catalog
    nodes: Nodes
    days: Intervals | None
    periods: Intervals | None

    def over(self, bucket: Bucket) -> SessionCounts:
        """Return the sessions of one bucket."""
        size = 1 if self.periods is None else len(self.periods)
        if not self.catalog.timed:
            nothing = KeyedDurations.none()
            return SessionCounts(
                totals=np.zeros((size, 4), np.int64), everybody=0, lengths=nothing,
                depths=nothing, durations=nothing, edges=np.zeros((2, 0), np.int64),
            )  # fmt: skip
        sessions = self._chosen(bucket)
        codes = self.nodes.codes(bucket, sessions)
        period = np.empty(0, np.int64)
        if self.periods is not None:
            period = self.periods.number(sessions.time[sessions.offsets[:-1]])
        totals, edges, everybody, figures = session_figures(
            (sessions.offsets, sessions.owner, sessions.skip),
            (codes, sessions.time),
            period,
            (size, len(self.nodes)),
        )
        periods, lengths, depths, durations = figures
        bounces = totals[:, 3]
        return SessionCounts(
            totals=totals,
            everybody=int(everybody),  # a numpy number where kernels run as Python
            lengths=KeyedDurations.of(periods, lengths) + _same(bounces, 1),
            depths=KeyedDurations.of(periods, depths) + _same(bounces, 1),
            durations=KeyedDurations.of(periods, durations) + _same(bounces, 0),
            edges=edges,
        )

    def answer(self, total: SessionCounts) -> Answer[object]:
        """Return all sessions together, then each period."""
        if not self.catalog.timed:
            return untimed_answer(QUESTION, self.spec, self.catalog)
        edges = Edges(labels=self.nodes.labels, counts=total.edges)
        days = None if self.periods is None else self.periods.days
        return answer_of(self.spec, self.catalog, (total, edges), days)

    def _chosen(self, bucket: Bucket) -> Journeys:
        """Return every session, those that do not count skipped."""
        scope = replace(self.spec.scope, people=ALWAYS, range=EVER)
        journeys = scoped(bucket, self.catalog, scope, cut_range=False)
        starts, parent = session_starts(
            journeys.offsets,
            journeys.time,
            self.spec.session_gap_us,
            np.empty(0, np.int64) if self.days is None else self.days.number(journeys.time),
            self._campaigns(bucket, journeys),
        )
        skip = (in_range(journeys.time[starts[:-1]], self.spec.scope.range) == 0).astype(np.uint8)
        if len(journeys.skip):
            skip |= journeys.skip[parent]
        sessions = replace(
            journeys,
            offsets=starts,
            owner=journeys.owner[parent] if len(journeys.owner) else parent,
            skip=skip,
        )
        if self.spec.scope.people != ALWAYS:
            marks = row_mask(self.spec.scope.people, bucket, self.catalog)
            sessions.skip[at_start(sessions, marks) == 0] = 1
        return sessions

    def _campaigns(self, bucket: Bucket, journeys: Journeys) -> Codes:
        if not self.spec.on_campaign:
            return np.empty(0, np.uint8)
        codes = bucket.codes(UTM_CAMPAIGN)
        return codes[journeys.rows] if len(journeys.rows) == len(journeys.time) else codes


def _same(counts: Ints, value: int) -> KeyedDurations:
    """Return one value as often as counts say, by period."""
    periods = np.flatnonzero(counts)
    return KeyedDurations.counted(periods, np.full(len(periods), value), counts[periods])
