"""The funnel most people ask for, counted the quick way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.predicate import ALWAYS
from sojourn.index.journeys import keep_people
from sojourn.insight.funnel.compiled import FOREVER
from sojourn.insight.funnel.counts import Tally
from sojourn.insight.funnel.finding import attempts_in, journeys_of
from sojourn.insight.funnel.tallying import tally
from sojourn.insight.funnel.values import Entry, Order
from sojourn.kernels.funnel.blocks import Runs
from sojourn.kernels.funnel.common import (
    MAX_PLAIN_STEPS,
    People,
    PlainRules,
    count_dense,
    count_rare,
    longest_plain_journey,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.insight.funnel.compiled import Compiled
    from sojourn.insight.funnel.question import Funnel

RARE_SHARE = 16
"""Fewer matching rows than one in this many are better found through the posting lists."""


def is_plain(spec: Funnel, compiled: Compiled) -> bool:
    """Return whether a funnel's counts can be had the quick way."""
    unlimited = all(step.shortest_us <= 0 and step.longest_us is None for step in spec.steps)
    required = all(not step.optional for step in spec.steps)
    asked = spec.by or spec.trend or spec.times or spec.people_at or spec.lost_at
    return (
        spec.order is Order.ORDERED
        and spec.entry is Entry.BEST
        and unlimited
        and required
        and not (spec.exclusions or asked or spec.simultaneous_us or spec.reuse_events)
        and spec.scope.people == ALWAYS
        and len(spec.steps) <= MAX_PLAIN_STEPS
        and _one_step_each(compiled)
    )


def _one_step_each(compiled: Compiled) -> bool:
    named = [table for table in compiled.tables if table is not None]
    return compiled.by_name and bool((np.sum(named, axis=0) <= 1).all())


def step_table(compiled: Compiled) -> NDArray[np.uint8]:
    """Return the step each event fills, from 1; 0 for none.

    Returns
    -------
    ndarray of shape (event names,), uint8
    """
    named = [table for table in compiled.tables if table is not None]
    steps = np.zeros(len(named[0]), np.uint8)
    for step, table in enumerate(named, 1):
        steps += table * np.uint8(step)
    return steps


def count_plain(spec: Funnel, compiled: Compiled, bucket: Bucket, catalog: Catalog) -> Tally:
    """Return how many people of a bucket got how far."""
    journeys = journeys_of(spec, bucket, catalog)
    skip, long = _too_long(journeys, len(spec.steps))
    people = People(journeys.offsets, journeys.time, skip)
    span = spec.scope.range
    rules = PlainRules(
        len(spec.steps),
        compiled.window_us,
        -FOREVER if span.start_us is None else span.start_us,
        FOREVER if span.end_us is None else span.end_us,
        compiled.mature_until_us,
    )
    table = step_table(compiled)
    runs = None if len(journeys.rows) else rare_runs(bucket, table)
    if runs is not None:
        reach = count_rare(people, runs, rules)
    else:
        reach = count_dense(people, journeys.event, table, rules)
    counts = Tally(reach, np.zeros((2, len(spec.steps)), np.int64))
    if long is not None:
        rest = keep_people(journeys, long)
        counts += tally(spec, attempts_in(spec, compiled, rest, bucket, catalog))
    return counts


def _too_long(journeys: Journeys, steps: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """Return whom the quick way must leave out, and who is left out for a too long journey."""
    lengths = np.diff(journeys.offsets)
    limit = longest_plain_journey(steps)
    if not len(lengths) or int(lengths.max()) <= limit:
        return journeys.skip, None
    long = (lengths > limit).astype(np.uint8)
    return (long | journeys.skip if len(journeys.skip) else long), long


def rare_runs(bucket: Bucket, table: NDArray[np.uint8]) -> Runs | None:
    """Return the posting lists of the events that fill a step, if their rows are few."""
    postings = bucket.postings()
    events = np.flatnonzero(table[: len(postings.starts) - 1])
    at, until = postings.starts[events], postings.starts[events + 1]
    if int((until - at).sum()) * RARE_SHARE > len(bucket.time) or not len(events):
        return None
    return Runs(postings.rows, at.copy(), until, table[events])
