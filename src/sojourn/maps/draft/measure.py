"""Counting what happens at the steps of a map in one bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.insight.durations import Durations
from sojourn.kernels.stages.steps import FIRST_ROW, NEXT_AT, OWNER, RETURNS, STEP, WENT_ON, Walked
from sojourn.kernels.stages.tally import states_at
from sojourn.maps.draft.rates import Arrivals, Rates, codes, crossed, rates

if TYPE_CHECKING:
    from collections import Counter

    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.maps.draft.columns import Chosen
    from sojourn.maps.draft.rates import Bounds
    from sojourn.maps.draft.sources import FirstSources
    from sojourn.stages.timeline import Followed

REACHED, CAME_BACK, STOPPED, ROWS = 0, 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Where the range ends for those who stopped, how many names there are, and what sources are.

    Attributes
    ----------
    end : int
        The last instant of the range.
    lapsed : int
        The state of those who left.
    events : int
        Number of event names.
    sources : FirstSources
    """

    end: int
    lapsed: int
    events: int
    sources: FirstSources


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Counts by step that merge with ``+``; every array's first axis is the step.

    Attributes
    ----------
    people : ndarray of shape (steps, 4), int64
        Reached; came back after another step; last seen here and gone by the end; events here.
    rates : Rates
        How many went on to a later step or stage.
    before, after : ndarray of shape (steps, event names), int64
        Events next to those of the step, in either direction.
    touch : tuple of ndarray of shape (steps, values + 1), int64
        Events at the step by value of each touch property; place 0: missing.
    source : Counter of (step, name)
        People at the step by their first known source; empty name: unknown.
    moves : ndarray of shape (steps, steps), int64
        How often a step (row) was followed by another (column).
    waits : tuple of Durations
        Per step, the time from arrival to the next row at another step.
    """

    people: NDArray[np.int64]
    rates: Rates
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    touch: tuple[NDArray[np.int64], ...]
    source: Counter[tuple[int, str]]
    moves: NDArray[np.int64]
    waits: tuple[Durations, ...]

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            people=self.people + other.people,
            rates=self.rates + other.rates,
            before=self.before + other.before,
            after=self.after + other.after,
            touch=tuple(a + b for a, b in zip(self.touch, other.touch, strict=True)),
            source=self.source + other.source,
            moves=self.moves + other.moves,
            waits=tuple(a + b for a, b in zip(self.waits, other.waits, strict=True)),
        )


def measure(
    bucket: Bucket,
    followed: Followed,
    walk: Walked,
    columns: Chosen,
    bounds: Bounds,
    around: Around,
) -> Counted:
    """Return what happens at the steps in one bucket."""
    steps = len(bounds.windows)
    visits, journeys = walk.visits, followed.journeys
    step, arrived = visits[:, STEP], journeys.time[visits[:, FIRST_ROW]]
    rows = np.flatnonzero(walk.step_at >= 0)
    people = [
        np.bincount(step, minlength=steps),
        np.bincount(step[visits[:, RETURNS] > 0], minlength=steps),
        _stopped(followed, walk, bounds, around),
        np.bincount(walk.step_at[rows], minlength=steps),
    ]
    arrivals = Arrivals(step, visits[:, FIRST_ROW], arrived, visits[:, WENT_ON])
    left = visits[:, NEXT_AT]
    return Counted(
        people=np.stack(people, axis=1),
        rates=rates(bucket, followed, arrivals, columns, bounds),
        before=_neighbours(followed, walk, rows, -1, (steps, around.events)),
        after=_neighbours(followed, walk, rows, 1, (steps, around.events)),
        touch=tuple(
            crossed(
                walk.step_at[rows], codes(bucket, followed, column)[rows],
                (steps, len(column.values) + 1),
            )
            for column in columns.touch
        ),
        source=around.sources.people(bucket, followed, step, visits[:, OWNER]),
        moves=_moves(followed, walk, rows, steps),
        waits=tuple(
            Durations.of((left - arrived)[(step == s) & (left >= 0)] if bounds.timed else left[:0])
            for s in range(steps)
        ),
    )  # fmt: skip


def _neighbours(
    followed: Followed,
    walk: Walked,
    rows: NDArray[np.int64],
    towards: int,
    shape: tuple[int, int],
) -> NDArray[np.int64]:
    """Return the events one row away from those of each step, in the same journey."""
    journeys = followed.journeys
    first = np.zeros(len(journeys.time) + 1, np.bool_)
    first[journeys.offsets] = True
    kept = rows[~first[rows + max(0, towards)]]
    return crossed(walk.step_at[kept], journeys.event[kept + towards].astype(np.int64), shape)


def _moves(
    followed: Followed, walk: Walked, rows: NDArray[np.int64], steps: int
) -> NDArray[np.int64]:
    """Return how often one step was followed by another in the same journey."""
    owner = np.searchsorted(followed.journeys.offsets, rows, side="right")
    step = walk.step_at[rows]
    kept = (owner[1:] == owner[:-1]) & (step[1:] != step[:-1])
    return crossed(step[:-1][kept], step[1:][kept], (steps, steps))


def _stopped(followed: Followed, walk: Walked, bounds: Bounds, around: Around) -> NDArray[np.int64]:
    """Return people whose last step this is and who have left, or ended, by the end."""
    journeys, lines = followed.journeys, followed.lines
    last_row = np.full(len(journeys), -1, np.int64)
    rows = np.flatnonzero(walk.step_at >= 0)
    last_row[np.searchsorted(journeys.offsets, rows, side="right") - 1] = rows
    gone = last_row >= 0
    if bounds.timed:
        gone &= states_at(lines.offsets, lines.moves, around.end) == around.lapsed
    return np.bincount(walk.step_at[last_row[gone]], minlength=len(bounds.windows))
