"""How many went on from a place, by week and by group, and what they spent: counts that merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.index.catalog import MISSING_MONEY
from sojourn.insight.durations import weighted_counts
from sojourn.kernels.stages.rules import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Column
    from sojourn.maps.draft.columns import Chosen
    from sojourn.stages.timeline import Followed

MATURE, WENT = 0, 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """Times a measurement keeps to.

    Attributes
    ----------
    windows : ndarray of shape (places,), int64
        Time in which going on counts; ``NEVER`` for events without times.
    weeks : ndarray of shape (weeks + 1,), int64
        Edges of the weeks of the range; empty without times.
    as_of : int
    timed : bool
    """

    windows: NDArray[np.int64]
    weeks: NDArray[np.int64]
    as_of: int
    timed: bool


@dataclass(frozen=True, slots=True)
class Arrivals:
    """People arriving at places (steps or stages); all arrays of shape (arrivals,), int64.

    Attributes
    ----------
    place, row, at : ndarray
        Where, with which row of the journeys, when.
    went_at : ndarray
        When they went on; -1 if they did not.
    """

    place: NDArray[np.int64]
    row: NDArray[np.int64]
    at: NDArray[np.int64]
    went_at: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rates:
    """Mature arrivals (0) and those of them who went on in time (1), by place; merge with ``+``.

    Attributes
    ----------
    people : ndarray of shape (places, 2), int64
    weekly : ndarray of shape (places, weeks, 2), int64
    segments : tuple of ndarray of shape (places, values + 1, 2), int64
        By the value of each segment property at arrival; value 0: missing.
    money : ndarray of shape (places, 2), int64
        Minor units spent from arrival on, within the window, by those who went on; how many they
        are.
    """

    people: NDArray[np.int64]
    weekly: NDArray[np.int64]
    segments: tuple[NDArray[np.int64], ...]
    money: NDArray[np.int64]

    def __add__(self, other: Rates) -> Rates:
        return Rates(
            self.people + other.people,
            self.weekly + other.weekly,
            tuple(a + b for a, b in zip(self.segments, other.segments, strict=True)),
            self.money + other.money,
        )


def rates(
    bucket: Bucket, followed: Followed, arrivals: Arrivals, columns: Chosen, bounds: Bounds
) -> Rates:
    """Return the counts of one bucket."""
    places = len(bounds.windows)
    window = bounds.windows[arrivals.place]
    endless = window >= NEVER
    mature = endless | (arrivals.at + np.where(endless, 0, window) <= bounds.as_of)
    in_time = (arrivals.went_at >= 0) & (endless | (arrivals.went_at - arrivals.at <= window))
    kept = (mature, mature & in_time)
    weeks = max(0, len(bounds.weeks) - 1)
    week = np.searchsorted(bounds.weeks, arrivals.at, side="right") - 1
    return Rates(
        people=np.stack([np.bincount(arrivals.place[k], minlength=places) for k in kept], axis=1),
        weekly=_crossed(arrivals.place, np.clip(week, 0, max(0, weeks - 1)), kept, (places, weeks)),
        segments=tuple(
            _crossed(
                arrivals.place, codes(bucket, followed, column)[arrivals.row], kept,
                (places, len(column.values) + 1),
            )
            for column in columns.segments
        ),
        money=_money(bucket, followed, arrivals, kept[1], (columns, bounds)),
    )  # fmt: skip


def codes(bucket: Bucket, followed: Followed, column: Column) -> NDArray[np.int64]:
    """Return a coded property on the rows of the journeys, shape (rows,); 0 is missing."""
    return followed.journeys.take(bucket.codes(column.name)).astype(np.int64)


def crossed(
    place: NDArray[np.int64], other: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Return how often each pair occurs, shape ``shape``, int64."""
    flat = np.bincount(place * shape[1] + other, minlength=shape[0] * shape[1])
    return flat.reshape(shape)


def _crossed(
    place: NDArray[np.int64],
    other: NDArray[np.int64],
    kept: tuple[NDArray[np.bool_], ...],
    shape: tuple[int, int],
) -> NDArray[np.int64]:
    if not shape[1]:
        return np.zeros((*shape, 2), np.int64)
    return np.stack([crossed(place[k], other[k], shape) for k in kept], axis=2)


def _money(
    bucket: Bucket,
    followed: Followed,
    arrivals: Arrivals,
    went: NDArray[np.bool_],
    settings: tuple[Chosen, Bounds],
) -> NDArray[np.int64]:
    columns, bounds = settings
    places = len(bounds.windows)
    if columns.money is None or not bounds.timed:
        return np.zeros((places, 2), np.int64)
    journeys = followed.journeys
    amounts = journeys.take(bucket.money(columns.money.name))
    spent = np.concatenate(([0], np.cumsum(np.where(amounts == MISSING_MONEY, 0, amounts))))
    place, row = arrivals.place[went], arrivals.row[went]
    until = arrivals.at[went] + bounds.windows[place]
    owner = np.searchsorted(journeys.offsets, row, side="right") - 1
    last = _rows_until(journeys.time, row, journeys.offsets[owner + 1], until)
    total = weighted_counts(place, spent[last] - spent[row], places)
    return np.stack([total, np.bincount(place, minlength=places)], axis=1)


def _rows_until(
    time: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    until: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return for each person the first row after an instant: binary searches side by side."""
    low, high = low.copy(), high.copy()
    while (low < high).any():
        middle = (low + high) // 2
        inside = time[np.minimum(middle, len(time) - 1)] <= until
        searching = low < high
        low = np.where(searching & inside, middle + 1, low)
        high = np.where(searching & ~inside, middle, high)
    return low
