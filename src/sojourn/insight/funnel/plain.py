"""The funnel most people ask for, counted the quick way, and what is near enough to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.predicate import ALWAYS
from sojourn.index.journeys import journeys_at, rows_at
from sojourn.insight.funnel.compiled import FOREVER
from sojourn.insight.funnel.counts import Tally
from sojourn.insight.funnel.finding import (
    NO_EDGES,
    POLICIES,
    attempts_in,
    journeys_of,
    journeys_read,
)
from sojourn.insight.funnel.found import Found
from sojourn.insight.funnel.tallying import tally, trend
from sojourn.insight.funnel.values import Order
from sojourn.kernels.funnel.chain import SIMULTANEOUS
from sojourn.kernels.funnel.plain.dense import count_dense
from sojourn.kernels.funnel.plain.intervals import count_by_interval
from sojourn.kernels.funnel.plain.rare import count_rare
from sojourn.kernels.funnel.plain.retrace import plain_attempts, that_break_limits, with_ties
from sojourn.kernels.funnel.plain.rules import BEST, MAX_PLAIN_STEPS, Calendar, People, PlainRules
from sojourn.kernels.funnel.plain.runs import Runs
from sojourn.kernels.funnel.plain.words import WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.calendar import Intervals
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.insight.funnel.compiled import Compiled
    from sojourn.insight.funnel.question import Funnel

RARE_SHARE = 24
"""Fewer matching rows than one in this many are better found through the posting lists."""


@dataclass(frozen=True, slots=True, eq=False)
class PlainFunnel:
    """A funnel that is plain, or would be without its gaps, exclusions and ties.

    Attributes
    ----------
    rules : PlainRules
    bits : ndarray of shape (event names,), uint8
        A bit for each step that an event fills.
    events : tuple of ndarray of shape (any,), int64
        The events that fill each step.
    policy : int
        ``BEST``, ``FIRST`` or ``ALL``.
    limited, tied : bool
        Whether there are gaps or exclusions; whether equal times have no order.
    """

    rules: PlainRules
    bits: NDArray[np.uint8]
    events: tuple[NDArray[np.int64], ...]
    policy: int
    limited: bool
    tied: bool

    @property
    def exact(self) -> bool:
        """Whether it is plain."""
        return not self.limited and not self.tied


def plain_funnel(spec: Funnel, compiled: Compiled) -> PlainFunnel | None:
    """Return what is plain of a funnel, or None if there is too much more to it."""
    tied = compiled.flags == SIMULTANEOUS and spec.simultaneous_us == 1
    optional = any(step.optional for step in spec.steps)
    if spec.order is not Order.ORDERED or optional or (compiled.flags and not tied):
        return None
    if not compiled.by_name or len(spec.steps) > MAX_PLAIN_STEPS or spec.scope.people != ALWAYS:
        return None
    tables = [table for table in compiled.tables if table is not None][: len(spec.steps)]
    span = spec.scope.range
    rules = PlainRules(
        len(spec.steps),
        compiled.window_us,
        -FOREVER if span.start_us is None else span.start_us,
        FOREVER if span.end_us is None else span.end_us,
        compiled.mature_until_us,
    )
    return PlainFunnel(
        rules,
        (compiled.table() & np.uint32((1 << len(spec.steps)) - 1)).astype(np.uint8),
        tuple(np.flatnonzero(table) for table in tables),
        POLICIES[spec.entry],
        compiled.limited,
        tied,
    )


def count_plain(
    spec: Funnel, compiled: Compiled, plain: PlainFunnel, bucket: Bucket, catalog: Catalog
) -> Tally:
    """Return how many people, or attempts, of a bucket got how far."""
    beside = np.zeros((2, len(spec.steps)), np.int64)
    if plain.policy == BEST:
        journeys = journeys_of(spec, bucket, catalog)
        every_row = not len(journeys.rows) and len(journeys.time) == len(bucket.time)
        runs = rare_runs(bucket, plain.events) if every_row else None
        if runs is not None:
            return Tally(count_rare(people_of(journeys), runs, plain.rules), beside)
    else:
        journeys = journeys_read(spec, compiled, bucket, catalog)
    people = people_of(journeys)
    counts = count_dense(people, journeys.event, plain.bits, plain.rules, plain.policy)
    total = Tally(counts, beside)
    if plain.policy != BEST:
        long = journeys_at(journeys, long_ones(journeys))
        if len(long):
            total += tally(spec, attempts_in(spec, compiled, long, bucket, catalog))
    return total


def count_trend(
    spec: Funnel,
    compiled: Compiled,
    plain: PlainFunnel,
    calendar: Intervals,
    bucket: Bucket,
    catalog: Catalog,
) -> NDArray[np.int64]:
    """Return how many people of a bucket got how far by the interval of their entry.

    Returns
    -------
    ndarray of shape (intervals, 2, steps + 1), int64
    """
    journeys = journeys_read(spec, compiled, bucket, catalog)
    edges = calendar.edges
    kernel_calendar = Calendar(edges, calendar.cells())
    counts = count_by_interval(
        people_of(journeys), journeys.event, plain.bits, plain.rules, plain.policy, kernel_calendar
    )
    long = journeys_at(journeys, long_ones(journeys))
    if len(long):
        some = edges if plain.policy == BEST else NO_EDGES
        counts += trend(spec, attempts_in(spec, compiled, long, bucket, catalog, some), calendar)
    return counts


def find_plain(
    spec: Funnel, compiled: Compiled, plain: PlainFunnel, bucket: Bucket, catalog: Catalog
) -> tuple[Journeys, Found]:
    """Return the journeys of a bucket and their attempts, as :func:`finding.find` does.

    An attempt without limits that keeps to them is the one with limits: no other gets further, and
    it is the earliest. So only the journeys whose attempt breaks them are looked at again.
    """
    journeys = journeys_read(spec, compiled, bucket, catalog)
    people, event, time = people_of(journeys), journeys.event, journeys.time
    journey, last, rows = plain_attempts(people, event, plain.bits, plain.rules, plain.policy)
    again = long_ones(journeys)
    if plain.tied:
        again |= with_ties(journeys.offsets, time)
    if plain.limited:
        broken = that_break_limits(last, rows, time, event, compiled.table(), compiled.steps)
        again[journey[broken]] = True
    kept = ~again[journey]
    found = _found(plain, journeys, journey[kept], last[kept], rows[kept])
    places = np.flatnonzero(again)
    if not len(places):
        return journeys, found
    some = journeys_at(journeys, again)
    other = attempts_in(spec, compiled, some, bucket, catalog)
    inside = np.append(rows_at(journeys, again), -1)[other.rows]  # -1 stays -1
    return journeys, found.joined(replace(other, journey=places[other.journey], rows=inside))


def _found(
    plain: PlainFunnel,
    journeys: Journeys,
    journey: NDArray[np.int64],
    last: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> Found:
    entry = journeys.time[rows[:, 0]]
    return Found(
        journey=journey,
        reached=last + 1,
        beside=np.zeros(len(last), np.int64),
        rows=rows,
        entry_us=entry,
        mature=entry <= plain.rules.mature_until,
        dropped=0,
    )


def people_of(journeys: Journeys) -> People:
    """Return journeys as kernels of plain funnels take them."""
    return People(journeys.offsets, journeys.time, journeys.skip)


def long_ones(journeys: Journeys) -> NDArray[np.bool_]:
    """Return which journeys have more rows than a word holds."""
    long: NDArray[np.bool_] = np.diff(journeys.offsets) > WORD
    return long


def rare_runs(bucket: Bucket, events: tuple[NDArray[np.int64], ...]) -> Runs | None:
    """Return the rows that fill each step, from the posting lists, if they are few.

    ``events``, each of shape (any,), int64, are the numbers of those that fill each step.
    """
    postings = bucket.postings()
    starts, rows = postings.starts, postings.rows
    known = [some[some < len(starts) - 1] for some in events]
    matching = sum(int((starts[some + 1] - starts[some]).sum()) for some in known)
    if matching * RARE_SHARE > len(bucket.time):
        return None
    if all(len(some) == 1 for some in known):
        lists = np.concatenate(known)
        return Runs(rows, starts[lists], starts[lists + 1])
    parts = [_merged([rows[starts[e] : starts[e + 1]] for e in some]) for some in known]
    edges = np.cumsum([0, *map(len, parts)])
    return Runs(np.concatenate(parts), edges[:-1], edges[1:])


def _merged(lists: list[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    return np.sort(np.concatenate(lists or [np.empty(0, np.uint32)]))
