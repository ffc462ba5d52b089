"""Stage figures of a range: the counts that merge, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.errors import InternalError
from sojourn.base.estimate import Estimate, MaybeEstimate, NotEstimable, wilson
from sojourn.base.timespan import DAY_US
from sojourn.insight.question import SideBySide, one_by_one
from sojourn.kernels.stages.rules import NEVER
from sojourn.kernels.stages.spells import spell_keys
from sojourn.kernels.stages.tally import (
    CONVERTED,
    DIRECT,
    END,
    EVER,
    IMMATURE,
    MATURE,
    START,
    WITHIN,
    tally,
)
from sojourn.stages.resampling import FEW, Bag, bootstrapped
from sojourn.stages.spells import Spells, code_bits
from sojourn.stages.survival import Curve, curves
from sojourn.stages.timeline import FIRST_INSTANT, Followed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.stages.model import StageModel


@dataclass(frozen=True, slots=True)
class StageCounts:
    """Counts of one or more buckets over a range; parts merge with ``+``.

    Attributes
    ----------
    stocks, moves, last_seen, ended_at : ndarray, int64
        See :class:`sojourn.kernels.stages.tally.Tally`.
    spells : tuple of Spells
        One per stage; empty for events without times.
    bags : tuple of Bag
        One per stage, where every spell is measured; else empty.
    """

    stocks: NDArray[np.int64]
    moves: NDArray[np.int64]
    last_seen: NDArray[np.int64]
    ended_at: NDArray[np.int64]
    spells: tuple[Spells, ...]
    bags: tuple[Bag, ...] = ()

    def __add__(self, other: StageCounts) -> StageCounts:
        return StageCounts(
            self.stocks + other.stocks,
            self.moves + other.moves,
            self.last_seen + other.last_seen,
            self.ended_at + other.ended_at,
            tuple(one + two for one, two in zip(self.spells, other.spells, strict=True)),
            tuple(one + two for one, two in zip(self.bags, other.bags, strict=True)),
        )


def windows(model: StageModel, *, timed: bool) -> NDArray[np.int64]:
    """Return each stage's conversion window in µs; for untimed events, for ever."""
    return np.array([s.window_us if timed else NEVER for s in model.stages], np.int64)


def counted(
    followed: Followed,
    model: StageModel,
    span: NDArray[np.int64],
    *,
    people: NDArray[np.uint64] | None = None,
) -> StageCounts:
    """Return the stage counts of one bucket over a range.

    Parameters
    ----------
    followed : Followed
    model : StageModel
    span : ndarray of shape (4,), int64
        As of :func:`sojourn.stages.timeline.span_of`.
    people : ndarray of shape (journeys,), uint64, optional
        A hash of each journey's person: measure the sojourn over all spells, not each person's
        first, with intervals over people.
    """
    timed = span[0] != FIRST_INSTANT or span[1] != -FIRST_INSTANT
    lines, journeys = followed.lines, followed.journeys
    found = tally(
        lines.offsets, lines.moves, journeys.event, followed.last_rows(int(span[1])),
        windows(model, timed=timed), span,
    )  # fmt: skip
    sojourns = _spells(followed, len(model.stages), span, people) if timed else ((), ())
    return StageCounts(*found, *sojourns)


def _spells(
    followed: Followed, stages: int, span: NDArray[np.int64], people: NDArray[np.uint64] | None
) -> tuple[tuple[Spells, ...], tuple[Bag, ...]]:
    """Return the spells of every stage, and whose they are where people are given.

    Raises
    ------
    InternalError
        If a spell is longer than its key has bits for: thousands of years.
    """
    states = stages + 2
    bits = code_bits(states)
    every = people is not None
    found = spell_keys(followed.lines, followed.journeys.time, (stages, bits), span, every)
    if found.widest >> (63 - bits):
        raise InternalError("a spell is too long to be counted")
    parts = np.split(found.keys, found.bounds[1:-1])
    sojourns = tuple(
        Spells.of(states, keys, int(n), int(late))
        for keys, (n, late) in zip(parts, found.counts, strict=True)
    )
    if people is None:
        return sojourns, ()
    whose = np.split(people[found.owners], found.bounds[1:-1])
    return sojourns, tuple(map(Bag.of, parts, whose))


@dataclass(frozen=True, slots=True)
class StageFigures:
    """What the counts say about one stage; at_start + entered = left + at_end.

    Attributes
    ----------
    stage : int
        Position, from 1; the same number is the state.
    people : int
        Different people who were here at any instant of the range; at_start + entered counts
        those who came back once more.
    conversion : MaybeEstimate
    curve, active : Curve or None
        The sojourn, and the same with lapses dated at the last event; None without times, and
        ``active`` also where some came under observation late. Unless its interval is over people
        only the median of ``active`` is there.
    """

    stage: int
    people: int
    at_start: int
    entered: int
    left: int
    at_end: int
    ever: int
    direct: int
    mature: int
    immature: int
    conversion: MaybeEstimate
    curve: Curve | None
    active: Curve | None


def figures(
    counts: StageCounts, model: StageModel, side_by_side: SideBySide = one_by_one
) -> tuple[StageFigures, ...]:
    """Return the figures of every stage, worked out as ``side_by_side`` does."""
    states = range(1, len(model.stages) + 1)
    return tuple(side_by_side(lambda state: _figures(counts, model, state), states))


def no_way_on(model: StageModel, state: int) -> NotEstimable | None:
    """Return why nobody can convert from a stage, or None when somebody can."""
    if not model.stages[state - 1].observed:
        return NotEstimable("no event of the data is bound to this stage")
    if state == len(model.stages):
        return NotEstimable("the last stage")
    if not any(stage.observed for stage in model.stages[state:]):
        return NotEstimable("no event of the data is bound to a later stage")
    return None


def _conversion(counts: StageCounts, model: StageModel, state: int) -> MaybeEstimate:
    row = counts.stocks[state]
    reason = no_way_on(model, state)
    if reason is not None:
        return reason
    if row[MATURE]:
        return wilson(int(row[CONVERTED]), int(row[MATURE]))
    return NotEstimable("not mature" if row[IMMATURE] else "nobody entered in the range")


def _figures(counts: StageCounts, model: StageModel, state: int) -> StageFigures:
    row = counts.stocks[state]
    curve, active = _curves(counts, state)
    return StageFigures(
        stage=state,
        people=int(row[WITHIN]),
        at_start=int(row[START]),
        entered=int(counts.moves[:, state].sum()),
        left=int(counts.moves[state].sum()),
        at_end=int(row[END]),
        ever=int(row[EVER]),
        direct=int(row[DIRECT]),
        mature=int(row[MATURE]),
        immature=int(row[IMMATURE]),
        conversion=_conversion(counts, model, state),
        curve=curve,
        active=active,
    )


def _curves(counts: StageCounts, state: int) -> tuple[Curve | None, Curve | None]:
    """Return the sojourn of a stage by the rule and by the last event, where there are any."""
    if not counts.spells:
        return None, None
    spells = counts.spells[state - 1]
    curve, active = curves(spells, whole=bool(counts.bags))
    if not (counts.bags and spells.n):
        return curve, active
    bag, states = counts.bags[state - 1], spells.states
    rule = bootstrapped(curve, bag, states, by_last_event=False)
    return rule, active and bootstrapped(active, bag, states, by_last_event=True)


def median_days(curve: Curve | None) -> MaybeEstimate:
    """Return the median sojourn in days, or why there is none.

    Where the band's upper side never reaches one half the interval is cut at the longest time
    observed.
    """
    if curve is None:
        return NotEstimable("these events carry no times")
    if not curve.n:
        return NotEstimable("nobody was in the stage")
    if curve.drawn is not None and curve.drawn.people < 2:
        return FEW
    middle, low, high = curve.median()
    if middle is None:
        return NotEstimable("more than half were still there")
    return Estimate(
        value=middle / DAY_US,
        low=(middle if low is None else low) / DAY_US,
        high=(curve.longest_us if high is None else high) / DAY_US,
        n=curve.n,
    )
