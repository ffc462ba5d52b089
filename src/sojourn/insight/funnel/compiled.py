"""Steps, exclusions and options as the numbers that kernels read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.predicate import ALWAYS
from sojourn.base.timespan import TimeRange
from sojourn.index.errors import UntimedRangeError
from sojourn.index.masks import code_table, row_mask
from sojourn.insight.funnel.errors import FunnelError, NoSuchStepError, UntimedFunnelError
from sojourn.insight.funnel.values import Entry, Order, Unit
from sojourn.insight.roles import check
from sojourn.kernels.funnel.chain import (
    BEFORE,
    BITS,
    DROPS,
    INNER,
    LONGEST,
    REQUIRED,
    REUSE,
    SHORTEST,
    SIMULTANEOUS,
    SPOILS,
    STEP_COLUMNS,
    STOPS,
    WINDOW,
)
from sojourn.kernels.funnel.hits import MAY_ENTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.base.predicate import Predicate
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.insight.funnel.question import Funnel

MAX_CONDITIONS = 31
"""Steps and exclusions together: a bit each of 32, one of which marks entries."""
FOREVER = 2**61
"""A window or gap without limit; twice as long still fits 64 bits."""


def check_funnel(spec: Funnel, catalog: Catalog) -> None:
    """Check a funnel against itself and a catalog.

    Raises
    ------
    InputError
        If a name is unknown, or options contradict each other.
    """
    predicates = [step.predicate for step in spec.steps]
    predicates += [exclusion.predicate for exclusion in spec.exclusions]
    check((*predicates, spec.scope.people, spec.scope.events), catalog)
    for problem in (*_shape(spec), *_order(spec)):
        raise FunnelError(problem)
    _numbers(spec)
    if not catalog.timed:
        _untimed(spec)


def _shape(spec: Funnel) -> Iterator[str]:
    if not spec.steps:
        yield "A funnel needs at least one step."
    elif spec.steps[0].optional:
        yield "The first step is the entry, so it cannot be optional."
    if len(spec.steps) + len(spec.exclusions) > MAX_CONDITIONS:
        yield (
            f"{len(spec.steps)} steps and {len(spec.exclusions)} exclusions are too many: "
            f"at most {MAX_CONDITIONS} together."
        )
    if spec.window_us is not None and spec.window_us < 0:
        yield "A window cannot be negative."
    for number, step in enumerate(spec.steps, 1):
        limited = step.shortest_us > 0 or step.longest_us is not None
        if limited and number == 1:
            yield "A gap lies before a step, and nothing lies before step 1."
        if step.longest_us is not None and step.longest_us < step.shortest_us:
            yield f"The gap before step {number} would be both too long and too short."
    if spec.unit is Unit.SESSION and spec.hold:
        yield f"Sessions and values of {spec.hold!r} cannot both be counted: choose one."


def _order(spec: Funnel) -> Iterator[str]:
    limited = any(s.shortest_us > 0 or s.longest_us is not None for s in spec.steps)
    optional = any(step.optional for step in spec.steps)
    if spec.order is Order.ANY:
        for what, given in (("gaps", limited), ("optional steps", optional)):
            if given:
                yield f"Steps in any order have no {what}: take them out, or order the steps."
        if spec.exclusions:
            yield "Between steps in any order nothing can be excluded: order the steps."
    if spec.ends_at_break and spec.order is Order.STRICT and (optional or spec.exclusions):
        yield "ClickHouse's strict order knows neither optional steps nor exclusions."


def _numbers(spec: Funnel) -> None:
    steps = len(spec.steps)
    named = [("--at", spec.at or 1)]
    named += [("--people-at", spec.people_at or 1), ("--lost-at", spec.lost_at or 2)]
    for exclusion in spec.exclusions:
        named += [("An exclusion", exclusion.after), ("An exclusion", exclusion.before)]
    for what, number in named:
        if not 1 <= number <= max(steps, 2):
            raise NoSuchStepError(what, number, steps)
    for exclusion in spec.exclusions:
        _exclusion(spec, exclusion.after, exclusion.before, exclusion.predicate)
    if spec.by and spec.at and spec.steps[spec.at - 1].optional:
        raise FunnelError(f"Step {spec.at} is optional, so not everybody has a value there.")
    if spec.lost_at == 1:
        raise FunnelError("Nobody is lost at step 1: it is the entry.")
    if spec.lost_at and spec.steps[spec.lost_at - 1].optional:
        raise FunnelError(f"Step {spec.lost_at} is optional, so nobody is lost at it.")


def _exclusion(spec: Funnel, after: int, before: int, predicate: Predicate) -> None:
    if after >= before:
        raise FunnelError(f"An exclusion between {after} and {before} has nothing between.")
    for number in (after, before):
        if spec.steps[number - 1].optional:
            raise FunnelError(
                f"An exclusion cannot begin or end at step {number}: it is optional, and may not "
                "be there."
            )
    for number in range(after + 1, before):
        if spec.steps[number - 1].predicate == predicate:
            raise FunnelError(
                f"Step {number} lies between {after} and {before} and is what is excluded there, "
                "so nobody could get past it."
            )


def _untimed(spec: Funnel) -> None:
    if spec.scope.range != TimeRange():
        raise UntimedRangeError
    if any(s.shortest_us > 0 or s.longest_us is not None for s in spec.steps):
        raise UntimedFunnelError("gaps")
    if spec.unit is Unit.SESSION:
        raise UntimedFunnelError("sessions")


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A funnel as numbers.

    Attributes
    ----------
    steps : ndarray of shape (steps, STEP_COLUMNS), int64
    flags : int
    window_us : int
        ``FOREVER`` where there is none.
    mature_until_us : int
        Entries at or before it have had their whole window.
    tables : tuple of ndarray of shape (event names,), uint8, or None
        For each step, then each exclusion: which events meet it; None where it reads more.
    """

    steps: NDArray[np.int64]
    flags: int
    window_us: int
    mature_until_us: int
    tables: tuple[NDArray[np.uint8] | None, ...]

    @classmethod
    def of(cls, spec: Funnel, catalog: Catalog) -> Compiled:
        """Return a checked funnel as numbers."""
        windowed = spec.window_us is not None and catalog.timed
        window = (spec.window_us or 0) if windowed else FOREVER
        return cls(
            steps=_steps(spec, window),
            flags=_flags(spec, timed=catalog.timed),
            window_us=window,
            mature_until_us=catalog.as_of_us - window if windowed else FOREVER,
            tables=tuple(code_table(predicate, catalog) for predicate in _conditions(spec)),
        )

    @property
    def by_name(self) -> bool:
        """Whether every condition reads only the event's name."""
        return all(table is not None for table in self.tables)

    @property
    def limited(self) -> bool:
        """Whether there are gaps or exclusions."""
        longest = self.steps[:, LONGEST]
        return bool(self.steps[:, [SPOILS, SHORTEST]].any() or (longest < FOREVER).any())

    @property
    def greedy(self) -> bool:
        """Whether taking the earliest next event is enough: no gaps, exclusions or ties."""
        return not self.flags and bool(self.steps[:, REQUIRED].all()) and not self.limited

    def table(self) -> NDArray[np.uint32]:
        """Return the bits of the conditions that each event meets by its name alone."""
        named = [(bit, table) for bit, table in enumerate(self.tables) if table is not None]
        bits = np.zeros(len(named[0][1]) if named else 0, np.uint32)
        for bit, table in named:
            bits |= table.astype(np.uint32) << np.uint32(bit)
        return bits


def masks_of(
    spec: Funnel, compiled: Compiled, journeys: Journeys, bucket: Bucket, catalog: Catalog
) -> NDArray[np.uint32]:
    """Return the bits of the conditions that each row of journeys meets.

    Returns
    -------
    ndarray of shape (rows of the journeys,), uint32
    """
    table = compiled.table()
    rows = len(journeys.time)
    bits = table[journeys.event] if len(table) else np.zeros(rows, np.uint32)
    for bit, predicate in enumerate(_conditions(spec)):
        if compiled.tables[bit] is None:
            marks = journeys.take(row_mask(predicate, bucket, catalog))
            bits |= marks.astype(np.uint32) << np.uint32(bit)
    return bits | _entries(spec, journeys, bucket, catalog)


def _entries(
    spec: Funnel, journeys: Journeys, bucket: Bucket, catalog: Catalog
) -> NDArray[np.uint32]:
    span, people = spec.scope.range, spec.scope.people
    allowed = np.ones(len(journeys.time), np.bool_)
    if span.start_us is not None:
        allowed &= journeys.time >= span.start_us
    if span.end_us is not None:
        allowed &= journeys.time < span.end_us
    if people != ALWAYS:
        allowed &= journeys.take(row_mask(people, bucket, catalog)).view(np.bool_)
    return allowed.astype(np.uint32) * np.uint32(MAY_ENTER)


def _conditions(spec: Funnel) -> Iterator[Predicate]:
    yield from (step.predicate for step in spec.steps)
    yield from (exclusion.predicate for exclusion in spec.exclusions)


def _steps(spec: Funnel, window: int) -> NDArray[np.int64]:
    table = np.zeros((len(spec.steps), STEP_COLUMNS), np.int64)
    before = -1
    for place, step in enumerate(spec.steps):
        table[place, BITS] = 1 << place
        table[place, BEFORE] = before
        table[place, REQUIRED] = not step.optional
        table[place, SHORTEST] = step.shortest_us
        table[place, LONGEST] = FOREVER if step.longest_us is None else step.longest_us
        table[place, WINDOW] = window
        for bit, exclusion in enumerate(spec.exclusions, len(spec.steps)):
            if exclusion.after - 1 <= before < exclusion.before - 1:
                table[place, SPOILS] |= 1 << bit
                if exclusion.after - 1 < before:
                    table[place, INNER] |= 1 << bit
        if not step.optional:
            before = place
    table[0, BITS] |= MAY_ENTER
    return table


def _flags(spec: Funnel, *, timed: bool) -> int:
    strict = spec.order is Order.STRICT
    flags = DROPS if spec.drop_excluded and spec.exclusions else 0
    if strict and spec.ends_at_break:
        return flags | STOPS | REUSE | (SIMULTANEOUS if timed else 0)
    if strict:
        return flags
    if spec.simultaneous_us and timed:
        flags |= SIMULTANEOUS
    return flags | (REUSE if spec.reuse_events else 0)


def policy_of(spec: Funnel) -> Entry:
    """Return the entry policy in force: none but the best applies in any order."""
    return Entry.BEST if spec.order is Order.ANY else spec.entry
