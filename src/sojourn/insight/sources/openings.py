"""How people begin: their landing, and the first steps of those who reach the goal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.events.paths import normal_path
from sojourn.events.schema import PAGE
from sojourn.index.catalog import ColumnKind
from sojourn.insight.sources.counts import Tallied
from sojourn.insight.sources.touches import texts_at
from sojourn.kernels.cohorts.visits import opening_steps
from sojourn.kernels.journeys import spans_to_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.kernels.cohorts.visits import Arrivals

_LOOKED_AT = 64
"""Rows of a converter's journey in which the first different steps are looked for."""


def labels_of(
    bucket: Bucket, catalog: Catalog, journeys: Journeys, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], list[str]]:
    """Return the place of each row's label in a list of labels, and that list.

    A label is the page, its ids folded, or the event's name where there is no page.

    Parameters
    ----------
    bucket : Bucket
    catalog : Catalog
    journeys : Journeys
    rows : ndarray of shape (n,), int64
        Rows of the journeys.
    """
    events = pa.array(catalog.events, pa.string())
    names = events.take(pa.array(np.asarray(journeys.event)[rows].astype(np.int64)))
    column = catalog.find(PAGE)
    if column is not None and column.kind in (ColumnKind.CODES, ColumnKind.TEXT):
        chosen = journeys.rows[rows] if len(journeys.rows) else rows
        coded = texts_at(column, bucket, chosen).dictionary_encode()
        folded = [normal_path(page) for page in coded.dictionary.to_pylist()]
        names = pc.coalesce(pa.array(folded, pa.string()).take(coded.indices), names)
    coded = names.dictionary_encode()
    return np.asarray(coded.indices.to_numpy()).astype(np.int64), coded.dictionary.to_pylist()


def landings_of(found: Arrivals, labels: NDArray[np.int64], names: list[str]) -> dict[str, Tallied]:
    """Return people, and those who reached the goal, by the label of their first row.

    Parameters
    ----------
    found : Arrivals
    labels : ndarray of shape (people,), int64
    names : list of str
    """
    reached, ripe = found.goal >= 0, found.mature == 1
    parts = (
        np.bincount(labels, minlength=len(names)),
        np.bincount(labels[ripe], minlength=len(names)),
        np.bincount(labels[ripe & reached], minlength=len(names)),
        np.bincount(labels[~ripe & reached], minlength=len(names)),
    )
    return {name: Tallied(*(int(part[i]) for part in parts)) for i, name in enumerate(names)}


def first_rows(found: Arrivals) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return offsets and rows of what converters did before the goal, at most the beginning."""
    reached = found.goal >= 0
    first, goal = found.first[reached], found.goal[reached]
    offsets, rows = spans_to_rows(first, np.minimum(goal, first + _LOOKED_AT))
    return offsets, rows


def openings_of(
    offsets: NDArray[np.int64], labels: NDArray[np.int64], names: list[str], most: int
) -> Counter[tuple[tuple[str, ...], bool]]:
    """Return converters by their first different steps, and whether more steps follow.

    Parameters
    ----------
    offsets : ndarray of shape (converters + 1,), int64
    labels : ndarray of shape (rows,), int64
    names : list of str
    most : int
        Steps kept.
    """
    steps = opening_steps(offsets, labels, most)
    distinct, counts = np.unique(steps, axis=0, return_counts=True)
    found: Counter[tuple[tuple[str, ...], bool]] = Counter()
    for row, count in zip(distinct.tolist(), counts.tolist(), strict=True):
        path = tuple(names[step] for step in row[:most] if step >= 0)
        found[path, row[most] >= 0] += count
    return found
