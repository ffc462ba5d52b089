"""Which referring hosts are one's own: they appear in the midst of visits, not at their start."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.timespan import MINUTE_US, to_datetime
from sojourn.events.channels import DEFAULT_CHANNELS
from sojourn.events.paths import host
from sojourn.events.schema import PAGE, REFERRER
from sojourn.index.catalog import ColumnKind
from sojourn.index.journeys import scoped
from sojourn.insight.answer import Answer
from sojourn.insight.question import Scope
from sojourn.insight.sources.touches import referrer_host, texts_at
from sojourn.kernels.journeys import session_offsets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog, Column

BEGINS_SHARE = 10
"""A host is one's own when at most one in this many of its referrals begins a visit …"""
INSIDE_SHARE = 5
"""… and at least one in this many of all referrals in the midst of visits is from it."""
LEAST = 20
"""Fewer referrals than this say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRow:
    """A host, and why it is taken as one's own.

    Attributes
    ----------
    host : str
    pages : int
        Events on pages of that host.
    inside, begins : int
        Referrals from it in the midst of visits, and at their start.
    """

    host: str
    pages: int
    inside: int
    begins: int


@dataclass(frozen=True, slots=True)
class HostCounts:
    """Events by host; parts merge with ``+``."""

    pages: Counter[str]
    inside: Counter[str]
    begins: Counter[str]

    def __add__(self, other: HostCounts) -> HostCounts:
        return HostCounts(
            self.pages + other.pages, self.inside + other.inside, self.begins + other.begins
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSites:
    """Which hosts are one's own, and so no source of visits.

    Attributes
    ----------
    scope : Scope
        Only its event filter is looked at.
    session_gap_us : int
        A new visit begins when more than this lies between two events.
    """

    scope: Scope = field(default_factory=Scope)
    session_gap_us: int = 30 * MINUTE_US

    def plan(self, catalog: Catalog) -> OwnSitesPlan:
        """Return the plan."""
        return OwnSitesPlan(self, catalog)


@dataclass(frozen=True, slots=True)
class OwnSitesPlan:
    """The question compiled against one catalog."""

    spec: OwnSites
    catalog: Catalog

    def over(self, bucket: Bucket) -> HostCounts:
        """Return the counts of one bucket."""
        page, referrer = self._column(PAGE), self._column(REFERRER)
        if not self.catalog.timed or (page is None and referrer is None):
            return HostCounts(Counter(), Counter(), Counter())
        scope = Scope(events=self.spec.scope.events)
        journeys = scoped(bucket, self.catalog, scope, cut_range=False)
        rows = journeys.take(np.arange(len(bucket.time), dtype=np.int64))
        starts, _ = session_offsets(journeys.offsets, journeys.time, self.spec.session_gap_us)
        begins = np.zeros(len(rows), np.bool_)
        begins[starts[:-1]] = True
        return HostCounts(
            Counter(dict(_hosts(page, bucket, rows, host))),
            Counter(dict(_hosts(referrer, bucket, rows[~begins], referrer_host))),
            Counter(dict(_hosts(referrer, bucket, rows[begins], referrer_host))),
        )

    def answer(self, total: HostCounts) -> Answer[object]:
        """Return the hosts of pages, and those that refer in the midst of visits."""
        found = [
            HostRow(
                host=name,
                pages=total.pages[name],
                inside=total.inside[name],
                begins=total.begins[name],
            )
            for name in sorted({*total.pages, *total.inside})
            if _own(total, name)
        ]
        return Answer(
            question="own-sites",
            spec=self.spec,
            as_of=to_datetime(self.catalog.as_of_us),
            rows=tuple(found),
            definition="Hosts of pages, and hosts whose referrals hardly ever begin a visit.",
        )

    def _column(self, name: str) -> Column | None:
        column = self.catalog.find(name)
        kinds = (ColumnKind.CODES, ColumnKind.TEXT)
        return column if column is not None and column.kind in kinds else None


def _own(total: HostCounts, name: str) -> bool:
    inside, begins = total.inside[name], total.begins[name]
    both = inside + begins
    refers = both >= LEAST and begins * BEGINS_SHARE <= both
    often = inside * INSIDE_SHARE >= sum(total.inside.values())
    return total.pages[name] > 0 or (refers and often and DEFAULT_CHANNELS.site(name) is None)


def _hosts(
    column: Column | None,
    bucket: Bucket,
    rows: NDArray[np.int64],
    read: Callable[[str], str | None],
) -> Iterator[tuple[str, int]]:
    if column is None or not len(rows):
        return
    sums: Counter[str] = Counter()
    for pair in texts_at(column, bucket, rows).drop_null().value_counts().to_pylist():
        name = read(str(pair["values"]))
        if name is not None:
            sums[name] += int(pair["counts"])
    yield from sums.items()
