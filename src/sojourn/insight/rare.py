"""Reading only the rows of rare events, through the posting lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.cohorts.matching import journeys_of_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.journeys import Journeys

RARE_SHARE = 12
"""Events are rare when they are fewer than one row in this many."""


def only_events(journeys: Journeys, bucket: Bucket, wanted: NDArray[np.uint8]) -> Journeys:
    """Return journeys with only the rows of some events, if those are rare; else unchanged.

    Parameters
    ----------
    journeys : Journeys
        Unchanged unless they are all rows of the bucket.
    bucket : Bucket
    wanted : ndarray of shape (event names,), uint8
        0 for events that cannot matter to the question.

    Returns
    -------
    Journeys
        Only those that hold such an event; ``owner`` says whose they are.
    """
    if len(journeys.rows) or len(journeys.owner) or not len(journeys.time):
        return journeys
    postings = bucket.postings()
    lengths = np.diff(postings.starts)[: len(wanted)]
    chosen = np.flatnonzero((wanted[: len(lengths)] > 0) & (lengths > 0))
    if int(lengths[chosen].sum()) * RARE_SHARE > len(journeys.time):
        return journeys
    parts = [postings.rows[postings.starts[e] : postings.starts[e + 1]] for e in chosen]
    rows = np.concatenate(parts or [postings.rows[:0]]).astype(np.int64)
    if len(parts) > 1:
        rows.sort()
    offsets, owner = journeys_of_rows(rows, journeys.offsets)
    return replace(
        journeys,
        offsets=offsets,
        time=journeys.time[rows],
        event=journeys.event[rows],
        rows=rows,
        owner=owner,
        skip=journeys.skip[owner] if len(journeys.skip) else journeys.skip,
    )
