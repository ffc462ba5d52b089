"""The attempts of one bucket at a funnel, with their times and what follows from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.predicate import ALWAYS
from sojourn.index.journeys import by_session, by_value, keep_events, whole
from sojourn.index.masks import row_mask
from sojourn.insight.funnel.compiled import masks_of, policy_of
from sojourn.insight.funnel.found import Found
from sojourn.insight.funnel.property_values import labelling
from sojourn.insight.funnel.values import Entry, Order, Unit
from sojourn.insight.rare import only_events
from sojourn.kernels.funnel.attempts import ordered_attempts
from sojourn.kernels.funnel.chain import STOPS
from sojourn.kernels.funnel.greedy import greedy_attempts
from sojourn.kernels.funnel.hits import MASK, MAY_ENTER, collect
from sojourn.kernels.funnel.plain.rules import ALL, BEST, FIRST
from sojourn.kernels.funnel.strict import strict_attempts
from sojourn.kernels.funnel.unordered import unordered_attempts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.insight.funnel.compiled import Compiled
    from sojourn.insight.funnel.question import Funnel
    from sojourn.kernels.funnel.attempts import Attempts
    from sojourn.kernels.funnel.hits import Hits

NO_EDGES = np.empty(0, np.int64)
POLICIES = {Entry.BEST: BEST, Entry.FIRST: FIRST, Entry.ALL: ALL}


def journeys_of(spec: Funnel, bucket: Bucket, catalog: Catalog) -> Journeys:
    """Return the journeys a funnel counts: of people, sessions, or people and a value."""
    journeys = whole(bucket)
    if spec.scope.events != ALWAYS:
        journeys = keep_events(journeys, row_mask(spec.scope.events, bucket, catalog))
    if spec.unit is Unit.SESSION:
        return by_session(journeys, spec.session_gap_us)
    if not spec.hold:
        return journeys
    rows = np.arange(len(bucket.time), dtype=np.int64)
    return by_value(journeys, journeys.take(labelling(spec.hold, bucket, catalog, rows).codes))


def journeys_read(spec: Funnel, compiled: Compiled, bucket: Bucket, catalog: Catalog) -> Journeys:
    """Return the journeys a funnel counts, with only the rows it can need if those are rare."""
    journeys = journeys_of(spec, bucket, catalog)
    listed = spec.people_at or spec.lost_at  # which look at the event after the furthest step
    if not compiled.by_name or spec.order is Order.STRICT or listed:
        return journeys
    return only_events(journeys, bucket, (compiled.table() != 0).astype(np.uint8))


def find(
    spec: Funnel,
    compiled: Compiled,
    bucket: Bucket,
    catalog: Catalog,
    edges: NDArray[np.int64] = NO_EDGES,
) -> tuple[Journeys, Found]:
    """Return the journeys of a bucket and their attempts.

    Parameters
    ----------
    spec : Funnel
    compiled : Compiled
    bucket : Bucket
    catalog : Catalog
    edges : ndarray of shape (intervals + 1,), int64, or (0,)
        With the best entry: one attempt a journey and interval of entry.
    """
    journeys = journeys_read(spec, compiled, bucket, catalog)
    return journeys, attempts_in(spec, compiled, journeys, bucket, catalog, edges)


def attempts_in(
    spec: Funnel,
    compiled: Compiled,
    journeys: Journeys,
    bucket: Bucket,
    catalog: Catalog,
    edges: NDArray[np.int64] = NO_EDGES,
) -> Found:
    """Return the attempts of some journeys of a bucket; see :func:`find`."""
    hits = _hits(spec, compiled, journeys, bucket, catalog)
    return _found(spec, compiled, journeys, hits, _attempts(spec, compiled, hits, edges))


def _hits(
    spec: Funnel, compiled: Compiled, journeys: Journeys, bucket: Bucket, catalog: Catalog
) -> Hits:
    masks = masks_of(spec, compiled, journeys, bucket, catalog)
    conditions = len(spec.steps) + len(spec.exclusions)
    wanted = 0 if spec.order is Order.STRICT else (1 << conditions) - 1
    hits = collect(journeys.offsets, journeys.skip, journeys.time, masks, wanted)
    if spec.simultaneous_us > 1 and spec.order is not Order.STRICT:
        hits.events[0] -= hits.events[0] % spec.simultaneous_us
    return hits


def _attempts(spec: Funnel, compiled: Compiled, hits: Hits, edges: NDArray[np.int64]) -> Attempts:
    policy = POLICIES[policy_of(spec)]
    if spec.order is Order.ANY:
        steps = len(spec.steps)
        kinds, kind_of = np.unique(hits.events[MASK] & ~MAY_ENTER, return_inverse=True)
        events = np.concatenate((hits.events, kind_of.reshape(1, -1)))
        return unordered_attempts(hits.offsets, events, kinds, steps, compiled.window_us, edges)
    if spec.order is Order.STRICT and not compiled.flags & STOPS:
        return strict_attempts(hits, compiled.steps, policy, compiled.flags, edges)
    if compiled.greedy:
        return greedy_attempts(hits, compiled.steps, policy, edges)
    return ordered_attempts(hits, compiled.steps, policy, compiled.flags, edges)


def _found(
    spec: Funnel, compiled: Compiled, journeys: Journeys, hits: Hits, attempts: Attempts
) -> Found:
    kept = attempts.dropped == 0
    required = np.array(spec.required)
    if spec.order is Order.ANY:
        places, reached = attempts.hits[kept], attempts.last[kept] + 1
    else:
        places = attempts.hits[kept][:, required]
        reached = np.searchsorted(required, attempts.last[kept]) + 1
    rows = np.where(places < 0, -1, hits.row[places]) if len(hits.row) else places
    entry = journeys.time[rows[:, 0]]
    return Found(
        journey=attempts.journey[kept],
        reached=reached.astype(np.int64),
        beside=attempts.optional[kept],
        rows=rows,
        entry_us=entry,
        mature=entry <= compiled.mature_until_us,
        dropped=int(np.count_nonzero(~kept)),
    )


def in_bucket(journeys: Journeys, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of the bucket behind rows of journeys, shape (rows,)."""
    return journeys.rows[rows] if len(journeys.rows) == len(journeys.time) else rows


def without_details(spec: Funnel) -> Funnel:
    """Return the same funnel, asked for its counts only."""
    return replace(spec, by="", trend=None, times=False, people_at=0, lost_at=0)
