"""Where one person came from: the first visit and the one in force now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.insight.sources.answer import origins_of
from sojourn.insight.sources.touches import Judge, origins_at
from sojourn.insight.sources.values import LEVELS, Level
from sojourn.kernels.cohorts.visits import ALLOWED, VisitLimits, VisitRows, arrivals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.events.channels import ChannelTable
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.sources.values import Origin

_EVER = 2**61


def sources_of(
    bucket: Bucket, catalog: Catalog, rows: NDArray[np.int64], gap_us: int, table: ChannelTable
) -> tuple[tuple[int, Origin], ...]:
    """Return when and from where a person first came, and from where last.

    Parameters
    ----------
    bucket : Bucket
    catalog : Catalog
    rows : ndarray of shape (events,), int64
        All of one person, in order.
    gap_us : int
        A pause after which a new visit begins.
    table : ChannelTable

    Returns
    -------
    tuple of (int, Origin)
        Original and latest, or nothing where events say nothing of sources or carry no times.
    """
    judge = Judge.of(catalog, ())
    if not catalog.timed or not judge.any or not len(rows):
        return ()
    time, says = bucket.time[rows].astype(np.int64), judge.rows(bucket)[rows]
    marks = np.full(len(rows), ALLOWED, np.uint8)
    offsets = np.array([0, len(rows)], np.int64)
    found = arrivals(
        VisitRows(offsets, time, says, marks, np.empty(0, np.uint8)),
        VisitLimits(gap_us, _EVER, -_EVER, _EVER, catalog.as_of_us, 0),
    )
    if not len(found.first):
        return ()
    at = np.array([found.original[0], found.latest[0]])
    groups, raw = origins_at(bucket, judge, rows[at], says[at], LEVELS.index(Level.CAMPAIGN))
    origins = origins_of(raw, table)
    return tuple(
        (int(time[place]), origins[group]) for place, group in zip(at, groups, strict=True)
    )
