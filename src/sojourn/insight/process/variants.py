"""Whole journeys as a question: which paths occur, and how often exactly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.errors import InputError
from sojourn.base.estimate import MaybeEstimate, NotEstimable, wilson
from sojourn.base.timespan import to_datetime
from sojourn.insight.answer import Answer
from sojourn.insight.numbers.logbins import RELATIVE_ERROR
from sojourn.insight.phrases import UNTIMED
from sojourn.insight.process.whole import Distinct, Spans, Whole
from sojourn.insight.question import Scope
from sojourn.insight.views.lens import Lens, View, journey_phrase
from sojourn.insight.views.population import Population

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.durations import MaybeDuration

DEFAULT_TOP = 50
COVERAGES = (50, 80, 95)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantRow:
    """One whole path.

    Attributes
    ----------
    path : tuple of str
    count : int
        Journeys that are exactly it.
    people : int
        People with such a journey.
    share : Estimate or NotEstimable
        Of all journeys.
    cumulative : float
        Share of journeys that this path and all commoner ones are.
    median : DurationEstimate, NotEstimable or None
        From the first event to the last; None for a path of one event, or when not asked for.
    """

    path: tuple[str, ...]
    count: int
    people: int
    share: MaybeEstimate
    cumulative: float
    median: MaybeDuration | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants:
    """Which whole paths occur, the commonest first.

    Attributes
    ----------
    scope : Scope
        The range cuts journeys; the filter on people is taken at the first event that is left.
    view : View
    first : int or None
        Look only at this many first events of each journey.
    top : int or None
        Rows shown at most; None for every path.
    times : bool
        Measure also how long paths took.
    """

    scope: Scope = field(default_factory=Scope)
    view: View = field(default_factory=View)
    first: int | None = None
    top: int | None = DEFAULT_TOP
    times: bool = False

    def plan(self, catalog: Catalog) -> VariantsPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        InputError
            If a name is unknown or a number is not positive.
        """
        for number in (self.first, self.top):
            if number is not None and number < 1:
                raise InputError(f"{number} paths or steps cannot be shown.", allowed="1 or more")
        return VariantsPlan(spec=self, lens=Lens.compile(catalog, self.scope, self.view))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VariantCounts:
    """Distinct paths of each bucket; parts merge with ``+``, equal paths are joined at the end.

    Attributes
    ----------
    population : Population
    parts : tuple of Distinct
    """

    population: Population
    parts: tuple[Distinct, ...]

    def __add__(self, other: VariantCounts) -> VariantCounts:
        return VariantCounts(
            population=self.population + other.population, parts=self.parts + other.parts
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VariantsPlan:
    """Variants compiled against one catalog."""

    spec: Variants
    lens: Lens

    def over(self, bucket: Bucket) -> VariantCounts:
        """Return the distinct paths of one bucket."""
        seen = self.lens.see(bucket)
        journeys = seen.journeys
        first, last = journeys.offsets[:-1], journeys.offsets[1:]
        if self.spec.first is not None:
            last = np.minimum(last, first + self.spec.first)
        spans = Spans(
            first=first, last=last, event=seen.codes, skip=journeys.skip, owner=journeys.owner
        )
        durations = None
        if self.spec.times and self.lens.catalog.timed and len(journeys.time):
            inside = np.minimum(first, len(journeys.time) - 1)
            durations = journeys.time[last - 1] - journeys.time[inside]
        return VariantCounts(
            population=Population.of(journeys), parts=(Distinct.of(spans, durations),)
        )

    def answer(self, total: VariantCounts) -> Answer[VariantRow]:
        """Return the answer: the commonest path first."""
        found = Whole.of(total.parts)
        rows = self._rows(found)
        return Answer(
            question="variants",
            spec=self.spec,
            as_of=to_datetime(self.lens.catalog.as_of_us),
            rows=rows,
            definition=self._definition(),
            notes=(*self.lens.notes(), *total.population.notes(), *self._time_notes(found)),
            extra={"totals": _totals(total.population, found, rows)},
        )

    def _rows(self, found: Whole) -> tuple[VariantRow, ...]:
        journeys = int(found.counts.sum())
        chosen = found.commonest(self.spec.top)
        place = np.full(len(found), -1, np.int64)
        place[chosen] = np.arange(len(chosen))
        times = found.durations.rekeyed(place.__getitem__).quantiles((0.5,))
        reached = np.cumsum(found.counts[chosen]).tolist()
        rows = []
        for rank, number in enumerate(chosen.tolist()):
            path = tuple(self.lens.nodes.labels[code] for code in found.path(number))
            median: MaybeDuration | None = None
            if len(path) > 1 and self.spec.times:
                median = times[rank][0] if self.lens.catalog.timed else NotEstimable(UNTIMED)
            rows.append(
                VariantRow(
                    path=path,
                    count=int(found.counts[number]),
                    people=int(found.people[number]),
                    share=wilson(int(found.counts[number]), journeys),
                    cumulative=reached[rank] / journeys,
                    median=median,
                )
            )
        return tuple(rows)

    def _definition(self) -> str:
        what = journey_phrase(self.lens.view)
        steps = (
            "all its events" if self.spec.first is None else f"its first {self.spec.first} events"
        )
        return (
            f"A path is {what} with {steps}, in order. Equal paths are found by hash and compared "
            "event by event, so counts are exact."
        )

    def _time_notes(self, found: Whole) -> tuple[str, ...]:
        if not self.spec.times:
            return ()
        if not self.lens.catalog.timed:
            return (f"How long journeys took is not estimable: {UNTIMED}.",)
        if found.durations.coarse:
            return (f"Times are within {RELATIVE_ERROR:.1%} (more than 1,000,000 journeys).",)
        return ()


def _totals(
    population: Population, found: Whole, rows: tuple[VariantRow, ...]
) -> dict[str, JsonValue]:
    counts = np.sort(found.counts)[::-1]
    reached = np.cumsum(counts)
    shown = sum(row.count for row in rows)
    cover: dict[str, JsonValue] = {
        f"cover_{share}_percent": int(np.searchsorted(reached * 100, share * population.journeys))
        + 1
        for share in COVERAGES
        if population.journeys
    }
    return {
        "journeys": population.journeys,
        "people": population.people,
        "variants": len(counts),
        "once": int(np.count_nonzero(counts == 1)),
        "shown": len(rows),
        "other_variants": len(counts) - len(rows),
        "other_journeys": population.journeys - shown,
        "began_before": population.began_before,
        "goes_on": population.goes_on,
        **cover,
    }
