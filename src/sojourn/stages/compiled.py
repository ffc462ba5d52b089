"""A stage model as the arrays a kernel reads, checked against one catalog."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.calendar import Unit, intervals
from sojourn.index.masks import code_table, columns_read, row_mask
from sojourn.kernels.stages.plain import ENDS_AT, KEEPS_AT, MOST_STAGES, PlainRules
from sojourn.kernels.stages.rules import (
    ANY_EVENT,
    ANYTHING,
    DAYS,
    ENDS,
    ENTERS,
    EVENTS,
    KEEPS,
    MOST_BITS,
    NEED,
    NEVER,
    QUIET,
    SESSIONS,
    Rules,
    Signals,
)
from sojourn.stages.errors import StageModelError
from sojourn.stages.model import Distinct, Without

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sojourn.base.predicate import Predicate
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.stages.model import Evidence, StageModel, StageRule

_DISTINCT = {
    None: ANYTHING,
    Distinct.DAYS: DAYS,
    Distinct.SESSIONS: SESSIONS,
    Distinct.EVENTS: EVENTS,
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A stage model ready for the kernel.

    Attributes
    ----------
    rules : Rules
    table : ndarray of shape (event names,), int64
        Bits that follow from the event's name alone.
    row_conditions : tuple of (int, Predicate)
        Bits that need other properties, worked out for each bucket.
    catalog : Catalog
    """

    rules: Rules
    table: NDArray[np.int64]
    row_conditions: tuple[tuple[int, Predicate], ...]
    catalog: Catalog

    def signals(self, bucket: Bucket, journeys: Journeys) -> Signals:
        """Return what each row of the journeys says to the rules."""
        rows = np.empty(0, np.int64)
        if self.row_conditions:
            rows = self.table[journeys.event]
            for bit, predicate in self.row_conditions:
                marks = journeys.take(row_mask(predicate, bucket, self.catalog))
                rows |= marks.astype(np.int64) << bit
        return Signals(self.table, rows)

    def plain(self) -> PlainRules | None:
        """Return the rules for the quick kernel; None when a rule asks for more than a name."""
        table, count = self.rules.table, self.rules.stages
        if self.row_conditions or count > MOST_STAGES or (table[count:, NEED] != 1).any():
            return None
        signals = np.zeros(len(self.table), np.int64)
        for stage, row in enumerate(table[:count]):
            for column, at in ((ENTERS, 0), (KEEPS, KEEPS_AT), (ENDS, ENDS_AT)):
                says = (self.table & row[column]) != 0
                signals |= says.astype(np.int64) << (at + stage)
        by_any = sum(1 << stage for stage in range(count) if table[stage, ANY_EVENT])
        return PlainRules(signals, table[:count, QUIET].copy(), by_any, self.rules.as_of)


def compiled(model: StageModel, catalog: Catalog) -> Compiled:
    """Return a stage model ready for the kernel.

    Events that are not in the data match nothing; ``sojourn stages check`` names them. For events
    without times, windows of evidence and quiet times fall away: only order is known.

    Raises
    ------
    StageModelError
        If the model has more rules than a signal has bits.
    UnknownNameError
        If a condition names a property that no event has.
    """
    bits = _Bits(catalog)
    table = _table(model, bits.add, timed=catalog.timed)
    counts_days = any(r.distinct is Distinct.DAYS for s in model.stages for r in s.enter)
    rules = Rules(
        table=table,
        stages=len(model.stages),
        days=_days(catalog) if counts_days else np.empty(0, np.int64),
        session_gap=model.session_gap_us if catalog.timed else NEVER,
        as_of=catalog.as_of_us if catalog.timed else NEVER - 1,
    )
    return Compiled(rules, bits.table, tuple(bits.row_conditions), catalog)


def rules_alone(model: StageModel) -> tuple[NDArray[np.int64], tuple[Predicate, ...]]:
    """Return the table of a model's rules, for events with times, and what each bit asks of one.

    The bits are those of :meth:`Compiled.signals`.
    """
    asked: list[Predicate] = []

    def add(evidence: Evidence) -> int:
        asked.append(evidence.predicate)
        return len(asked) - 1

    return _table(model, add, timed=True), tuple(asked)


def _table(model: StageModel, add: Callable[[Evidence], int], *, timed: bool) -> NDArray[np.int64]:
    """Return the table of :class:`sojourn.kernels.stages.rules.Rules`; ``add`` gives bits."""
    entries = []
    stages = []
    for number, stage in enumerate(model.stages):
        enters = 0
        for rule in stage.enter:
            enters |= 1 << add(rule.evidence)
            within = NEVER if rule.within_us is None or not timed else rule.within_us
            entries.append((number, rule.at_least, within, _DISTINCT[rule.distinct]))
        stages.append([0, 0, 0, 0, enters])
    for stage, row in zip(model.stages, stages, strict=True):
        row[:4] = _lapse(stage, row[4], add, timed=timed)
    table = np.zeros((len(stages) + len(entries), 5), np.int64)
    table[: len(stages)] = stages
    if entries:
        table[len(stages) :, :4] = entries
    return table


def _lapse(
    stage: StageRule, enters: int, add: Callable[[Evidence], int], *, timed: bool
) -> list[int]:
    """Return QUIET, ANY_EVENT, KEEPS and ENDS of a stage."""
    lapse = stage.lapse
    quiet = NEVER if lapse.quiet_us is None or not timed else lapse.quiet_us
    keeps = sum(1 << add(kept) for kept in lapse.keep)
    if not lapse.keep and lapse.without is Without.ENTRY:
        keeps = enters
    any_event = int(not lapse.keep and lapse.without is Without.ANY)
    return [quiet, any_event, keeps, sum(1 << add(end) for end in lapse.on)]


def _days(catalog: Catalog) -> NDArray[np.int64]:
    if not catalog.timed or not catalog.rows:
        return np.empty(0, np.int64)
    return intervals(Unit.DAY, catalog.timezone, catalog.first_us, catalog.last_us).edges


class _Bits:
    """Gives every condition a bit; equal conditions of entry rules keep bits of their own."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.names = frozenset(catalog.events)
        self.table = np.zeros(len(catalog.events), np.int64)
        self.row_conditions: list[tuple[int, Predicate]] = []
        self.used = 0

    def add(self, evidence: Evidence) -> int:
        """Return the bit of some evidence; names that the data lack say nothing."""
        if self.used >= MOST_BITS:
            raise StageModelError(
                "The stage model has too many rules.",
                allowed=f"at most {MOST_BITS} entry rules, ends and keepers together",
            )
        bit = self.used
        self.used += 1
        known = tuple(name for name in evidence.events if name in self.names)
        if evidence.events and not known:
            return bit
        predicate = replace(evidence, events=known).predicate
        named = code_table(predicate, self.catalog)
        if named is None:
            columns_read(predicate, self.catalog)
            self.row_conditions.append((bit, predicate))
        else:
            self.table |= named.astype(np.int64) << bit
        return bit
