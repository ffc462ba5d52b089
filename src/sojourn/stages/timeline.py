"""The stage timelines of one bucket, and the question's plan over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.index.journeys import Journeys, scoped
from sojourn.kernels.stages.pauses import MOST_STAGES, pause_timelines
from sojourn.kernels.stages.plain import ENDS_AT, plain_timelines
from sojourn.kernels.stages.rules import NEVER
from sojourn.kernels.stages.tally import last_rows
from sojourn.kernels.stages.timelines import timelines
from sojourn.stages.compiled import Compiled, compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.timespan import TimeRange
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.question import Scope
    from sojourn.kernels.stages.plain import PlainRules
    from sojourn.kernels.stages.rules import Timelines
    from sojourn.stages.model import StageModel

FIRST_INSTANT = -(2**62)


@dataclass(frozen=True, slots=True)
class Followed:
    """A bucket's journeys with their stage timelines.

    Attributes
    ----------
    journeys : Journeys
        Whole lives, event filter applied; for events without times, ``time`` is the order.
    lines : Timelines
    """

    journeys: Journeys
    lines: Timelines

    def last_rows(self, end: int) -> NDArray[np.int64]:
        """Return each person's last row before an instant; -1 for people without one.

        Returns
        -------
        ndarray of shape (journeys,), int64
        """
        journeys = self.journeys
        return last_rows(journeys.offsets, journeys.time, journeys.skip, end)


@dataclass(frozen=True, slots=True)
class Follower:
    """A stage model compiled against one catalog, with whom to follow.

    Attributes
    ----------
    rules : Compiled
    scope : Scope
    catalog : Catalog
    plain : PlainRules or None
        The same rules for the quick kernel, where they are plain enough.
    """

    rules: Compiled
    scope: Scope
    catalog: Catalog
    plain: PlainRules | None

    @classmethod
    def of(cls, model: StageModel, scope: Scope, catalog: Catalog) -> Follower:
        """Return the follower; every name is checked."""
        rules = compiled(model, catalog)
        return cls(rules, scope, catalog, rules.plain())

    def over(self, bucket: Bucket) -> Followed:
        """Return the timelines of one bucket."""
        journeys = scoped(bucket, self.catalog, self.scope, cut_range=False)
        if not self.catalog.timed:
            journeys = in_order(journeys)
        columns = (journeys.offsets, journeys.time, journeys.event, journeys.skip)
        if self.plain is not None and only_pauses_end(self.plain):
            return Followed(journeys, pause_timelines(*columns, self.plain))
        if self.plain is not None:
            return Followed(journeys, plain_timelines(*columns, self.plain))
        signals = self.rules.signals(bucket, journeys)
        return Followed(journeys, timelines(*columns, signals, self.rules.rules))


def only_pauses_end(rules: PlainRules) -> bool:
    """Return whether every event keeps every stage that lapses, and none ends any."""
    stages = np.arange(len(rules.quiet))
    kept = (rules.quiet >= NEVER) | ((rules.by_any >> stages) & 1 > 0)
    ended = bool((rules.signals >> ENDS_AT).any())
    return len(stages) <= MOST_STAGES and bool(kept.all()) and not ended


def in_order(journeys: Journeys) -> Journeys:
    """Return the journeys with each row's place as its time: all that untimed events have."""
    return Journeys(
        offsets=journeys.offsets,
        time=np.arange(len(journeys.time), dtype=np.int64),
        event=journeys.event,
        rows=journeys.rows,
        owner=journeys.owner,
        skip=journeys.skip,
        began_before=journeys.began_before,
        goes_on=journeys.goes_on,
    )


def span_of(span: TimeRange, catalog: Catalog) -> NDArray[np.int64]:
    """Return start, end, as-of and number of event names, as the tally kernels want them.

    The range is half-open and never reaches beyond as-of; for untimed events it is everything.
    """
    names = len(catalog.events)
    if not catalog.timed:
        return np.array([FIRST_INSTANT, -FIRST_INSTANT, -FIRST_INSTANT, names], np.int64)
    start = FIRST_INSTANT if span.start_us is None else span.start_us
    last = catalog.as_of_us + 1
    end = last if span.end_us is None else min(span.end_us, last)
    return np.array([start, end, catalog.as_of_us, names], np.int64)
