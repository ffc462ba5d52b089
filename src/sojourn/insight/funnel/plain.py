"""The funnel most people ask for, counted the quick way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.predicate import ALWAYS
from sojourn.insight.funnel.compiled import FOREVER
from sojourn.insight.funnel.counts import Tally
from sojourn.insight.funnel.finding import journeys_of
from sojourn.insight.funnel.values import Entry, Order
from sojourn.kernels.funnel.dense import count_dense
from sojourn.kernels.funnel.plain import MAX_PLAIN_STEPS, People, PlainRules
from sojourn.kernels.funnel.rare import count_rare, longest_rare_journey
from sojourn.kernels.funnel.runs import Runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.funnel.compiled import Compiled
    from sojourn.insight.funnel.question import Funnel

RARE_SHARE = 24
"""Fewer matching rows than one in this many are better found through the posting lists."""


@dataclass(frozen=True, slots=True, eq=False)
class PlainFunnel:
    """A funnel whose counts can be had the quick way.

    Attributes
    ----------
    rules : PlainRules
    bits : ndarray of shape (event names,), uint8
        A bit for each step that an event fills.
    step : ndarray of shape (event names,), uint8, or (0,)
        The one step that an event fills, from 1; 0 for none. Empty if an event fills several.
    """

    rules: PlainRules
    bits: NDArray[np.uint8]
    step: NDArray[np.uint8]


def plain_funnel(spec: Funnel, compiled: Compiled) -> PlainFunnel | None:
    """Return a funnel for counting the quick way, or None if there is more to it."""
    asked = spec.by or spec.trend or spec.times or spec.people_at or spec.lost_at
    best = spec.order is Order.ORDERED and spec.entry is Entry.BEST
    if asked or not best or spec.scope.people != ALWAYS:
        return None
    if not (compiled.greedy and compiled.by_name) or len(spec.steps) > MAX_PLAIN_STEPS:
        return None
    tables = [table for table in compiled.tables if table is not None]
    bits = compiled.table().astype(np.uint8)
    step = np.zeros(len(bits), np.uint8)
    for number, table in enumerate(tables, 1):
        step += table * np.uint8(number)
    once = (np.add.reduce(tables) <= 1).all()
    span = spec.scope.range
    rules = PlainRules(
        len(spec.steps),
        compiled.window_us,
        -FOREVER if span.start_us is None else span.start_us,
        FOREVER if span.end_us is None else span.end_us,
        compiled.mature_until_us,
    )
    return PlainFunnel(rules, bits, step if once else step[:0])


def count_plain(spec: Funnel, plain: PlainFunnel, bucket: Bucket, catalog: Catalog) -> Tally:
    """Return how many people of a bucket got how far."""
    journeys = journeys_of(spec, bucket, catalog)
    people = People(journeys.offsets, journeys.time, journeys.skip)
    runs = None if len(journeys.rows) or not len(plain.step) else rare_runs(bucket, plain.step)
    reach = None
    if runs is not None:
        reach = count_rare(people, runs, plain.rules)
        if int(reach[0, 0]) > longest_rare_journey(plain.rules.steps):
            reach = None
    if reach is None:
        reach = count_dense(people, journeys.event, plain.bits, plain.rules)
    reach[:, 0] = 0
    return Tally(reach, np.zeros((2, len(spec.steps)), np.int64))


def rare_runs(bucket: Bucket, step: NDArray[np.uint8]) -> Runs | None:
    """Return the posting lists of the events that fill a step, if their rows are few.

    ``step``, shape (event names,), is not 0 for the events that fill it.
    """
    postings = bucket.postings()
    events = np.flatnonzero(step[: len(postings.starts) - 1])
    at, until = postings.starts[events], postings.starts[events + 1]
    if int((until - at).sum()) * RARE_SHARE > len(bucket.time) or not len(events):
        return None
    return Runs(postings.rows, at, until, step[events])
