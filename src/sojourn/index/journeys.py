"""Journeys as arrays, and the transforms every question shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sojourn.base.arrays import Codes
from sojourn.base.predicate import ALWAYS
from sojourn.base.timespan import TimeRange
from sojourn.index.errors import UntimedRangeError
from sojourn.index.masks import row_mask
from sojourn.kernels import journeys as kernels

if TYPE_CHECKING:
    from sojourn.base.predicate import Predicate
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog

NONE_INT64: NDArray[np.int64] = np.empty(0, np.int64)
NONE_UINT8: NDArray[np.uint8] = np.empty(0, np.uint8)
EVER = TimeRange()
FIRST_INSTANT = -(2**63)
LAST_INSTANT = 2**63 - 1

ArrayT = TypeVar(
    "ArrayT",
    NDArray[np.uint8],
    NDArray[np.uint16],
    NDArray[np.uint32],
    Codes,
    NDArray[np.int64],
    NDArray[np.float64],
)


@dataclass(frozen=True, slots=True)
class Journeys:
    """Some rows of a bucket, grouped into journeys of one person each.

    Attributes
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
        Journey j owns rows ``offsets[j]`` to ``offsets[j + 1] - 1``; a journey may be empty.
    time : ndarray of shape (rows,), int64
        Microseconds UTC, ascending within a journey.
    event : ndarray of shape (rows,), unsigned
    rows : ndarray of shape (rows,), int64
        The row of the bucket, or shape (0,) when the rows are all rows of the bucket in order.
    owner : ndarray of shape (journeys,), int64
        The person's ordinal in the bucket, or shape (0,) when journey i is person i.
    skip : ndarray of shape (journeys,), uint8
        1 for journeys to leave out, or shape (0,) when there are none.
    began_before, goes_on : ndarray of shape (journeys,), uint8
        1 where rows before, or after, the range were cut off; shape (0,) when nothing was cut.
    """

    offsets: NDArray[np.int64]
    time: NDArray[np.int64]
    event: Codes
    rows: NDArray[np.int64]
    owner: NDArray[np.int64]
    skip: NDArray[np.uint8]
    began_before: NDArray[np.uint8]
    goes_on: NDArray[np.uint8]

    def __len__(self) -> int:
        """Return the number of journeys, skipped and empty ones included."""
        return len(self.offsets) - 1

    def take(self, column: ArrayT) -> ArrayT:
        """Return a column of the bucket on the rows of these journeys, shape (rows,)."""
        return column[self.rows] if len(self.rows) == len(self.time) else column

    def owners(self) -> NDArray[np.int64]:
        """Return the person's ordinal in the bucket for every journey, shape (journeys,)."""
        return self.owner if len(self.owner) == len(self) else np.arange(len(self), dtype=np.int64)


class Scope(Protocol):
    """Whose and which events a question looks at; see ``sojourn.insight.question.Scope``."""

    @property
    def range(self) -> TimeRange:
        """The date range."""

    @property
    def people(self) -> Predicate:
        """Holds for a person as of the entry."""

    @property
    def events(self) -> Predicate:
        """Holds for the events that stay."""


def whole(bucket: Bucket) -> Journeys:
    """Return every person's whole journey, without copying anything."""
    return Journeys(
        offsets=bucket.offsets,
        time=bucket.time,
        event=bucket.event,
        rows=NONE_INT64,
        owner=NONE_INT64,
        skip=bucket.skip,
        began_before=NONE_UINT8,
        goes_on=NONE_UINT8,
    )


def keep_events(journeys: Journeys, mask: NDArray[np.uint8]) -> Journeys:
    """Return the journeys with only the marked rows; journeys left empty stay, empty.

    Parameters
    ----------
    journeys : Journeys
    mask : ndarray of shape (rows of the journeys,), uint8
    """
    offsets, rows = kernels.kept_rows(journeys.offsets, mask)
    return _with_rows(journeys, offsets, rows)


def cut(journeys: Journeys, span: TimeRange) -> Journeys:
    """Return the journeys with only their rows inside a range, marking what was cut off."""
    if span == EVER:
        return journeys
    start = FIRST_INSTANT if span.start_us is None else span.start_us
    end = LAST_INSTANT if span.end_us is None else span.end_us
    first, last = kernels.rows_between(journeys.offsets, journeys.time, start, end)
    offsets, rows = kernels.spans_to_rows(first, last)
    began = (first > journeys.offsets[:-1]).astype(np.uint8)
    goes_on = (last < journeys.offsets[1:]).astype(np.uint8)
    if len(journeys.began_before):
        began |= journeys.began_before
        goes_on |= journeys.goes_on
    kept = _with_rows(journeys, offsets, rows)
    return replace(kept, began_before=began, goes_on=goes_on)


def by_session(journeys: Journeys, gap_us: int) -> Journeys:
    """Return one journey per session: a new one begins after a gap longer than ``gap_us``.

    Only a person's first session can have begun before the range, and only the last can go on.
    """
    offsets, parent = kernels.session_offsets(journeys.offsets, journeys.time, gap_us)
    parts = _split(journeys, offsets, parent)
    if not len(parts.began_before):
        return parts
    first = np.ones(len(parent), np.uint8)
    first[1:] = parent[1:] != parent[:-1]
    last = np.ones(len(parent), np.uint8)
    last[:-1] = first[1:]
    return replace(parts, began_before=parts.began_before & first, goes_on=parts.goes_on & last)


def by_value(journeys: Journeys, codes: Codes) -> Journeys:
    """Return one journey per person and value, without the rows that have no value.

    Parameters
    ----------
    journeys : Journeys
    codes : ndarray of shape (rows of the journeys,), unsigned
        0 where the event has no value.
    """
    offsets, rows, parent = kernels.value_order(journeys.offsets, codes)
    chosen = _with_rows(journeys, journeys.offsets, rows)
    return _split(chosen, offsets, parent)


def keep_people(journeys: Journeys, mask: NDArray[np.uint8]) -> Journeys:
    """Return the same rows, with every journey skipped that is not marked.

    Parameters
    ----------
    journeys : Journeys
    mask : ndarray of shape (journeys,), uint8
    """
    skip = (mask == 0).astype(np.uint8)
    if len(journeys.skip):
        skip |= journeys.skip
    return replace(journeys, skip=skip)


def rows_at(journeys: Journeys, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the rows, of these journeys, of some of them.

    Parameters
    ----------
    journeys : Journeys
    chosen : ndarray of shape (journeys,), bool

    Returns
    -------
    ndarray of shape (rows of the chosen,), int64
    """
    first, last = journeys.offsets[:-1][chosen], journeys.offsets[1:][chosen]
    return kernels.spans_to_rows(first, last)[1]


def journeys_at(journeys: Journeys, chosen: NDArray[np.bool_]) -> Journeys:
    """Return only some journeys, with the rows of :func:`rows_at`.

    Parameters
    ----------
    journeys : Journeys
    chosen : ndarray of shape (journeys,), bool
    """
    places = np.flatnonzero(chosen)
    first, last = journeys.offsets[:-1][places], journeys.offsets[1:][places]
    offsets, rows = kernels.spans_to_rows(first, last)
    return _split(_with_rows(journeys, offsets, rows), offsets, places)


def at_start(journeys: Journeys, mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the mark of each journey's first row; 0 for a journey without rows.

    Parameters
    ----------
    journeys : Journeys
    mask : ndarray of shape (rows of the bucket,), uint8

    Returns
    -------
    ndarray of shape (journeys,), uint8
    """
    first = journeys.offsets[:-1]
    filled = np.flatnonzero(journeys.offsets[1:] > first)
    rows = first[filled]
    if len(journeys.rows) == len(journeys.time):
        rows = journeys.rows[rows]
    result = np.zeros(len(journeys), np.uint8)
    result[filled] = mask[rows]
    return result


def scoped(bucket: Bucket, catalog: Catalog, scope: Scope, *, cut_range: bool) -> Journeys:
    """Return the journeys a question looks at.

    The event filter comes first, then the range (if ``cut_range``), then the filter on people,
    taken at the first row that is left. Questions that split journeys by session or value split
    the result of ``cut_range=False`` and :func:`cut` afterwards.

    Raises
    ------
    UntimedRangeError
        If a range is given and events carry no times.
    """
    journeys = whole(bucket)
    if scope.range != EVER and not catalog.timed:
        raise UntimedRangeError
    if scope.events != ALWAYS:
        journeys = keep_events(journeys, row_mask(scope.events, bucket, catalog))
    if cut_range:
        journeys = cut(journeys, scope.range)
    if scope.people != ALWAYS:
        marks = at_start(journeys, row_mask(scope.people, bucket, catalog))
        journeys = keep_people(journeys, marks)
    return journeys


def _with_rows(journeys: Journeys, offsets: NDArray[np.int64], rows: NDArray[np.int64]) -> Journeys:
    return replace(
        journeys,
        offsets=offsets,
        time=journeys.time[rows],
        event=journeys.event[rows],
        rows=journeys.rows[rows] if len(journeys.rows) == len(journeys.time) else rows,
    )


def _split(journeys: Journeys, offsets: NDArray[np.int64], parent: NDArray[np.int64]) -> Journeys:
    return replace(
        journeys,
        offsets=offsets,
        owner=journeys.owner[parent] if len(journeys.owner) else parent,
        skip=journeys.skip[parent] if len(journeys.skip) else journeys.skip,
        began_before=_of_parent(journeys.began_before, parent),
        goes_on=_of_parent(journeys.goes_on, parent),
    )


def _of_parent(flags: NDArray[np.uint8], parent: NDArray[np.int64]) -> NDArray[np.uint8]:
    return flags[parent] if len(flags) else flags
