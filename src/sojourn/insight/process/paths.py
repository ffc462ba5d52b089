"""Paths step by step from, or to, an event as a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.base.errors import InputError
from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.base.timespan import DAY_US
from sojourn.index.masks import code_table, row_mask
from sojourn.insight.process.keyed import LARGEST_KEY, KeyedDurations
from sojourn.insight.process.paths_answer import PathLink, answer_of
from sojourn.insight.process.whole import Distinct, Spans
from sojourn.insight.question import Scope
from sojourn.insight.roles import check
from sojourn.insight.views.lens import Lens, Seen, View, in_range
from sojourn.kernels.process import windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer

    Ints: TypeAlias = NDArray[np.int64]
    Anchors: TypeAlias = tuple[Ints, Ints]

MAX_DEPTH = 50
DEFAULT_WITHIN_US = 14 * DAY_US
_RARE_SHARE = 20


class PathsError(InputError):
    """A number of steps, a share or a window cannot be used. Remedy: the message says what can."""

    code = "paths"


class Direction(StrEnum):
    """Which way paths run from their anchor."""

    AFTER = "after"
    BEFORE = "before"


class Occurrence(StrEnum):
    """Which of a journey's anchors count."""

    FIRST = "first"
    LAST = "last"
    EVERY = "every"


_OCCURRENCES = {
    Occurrence.FIRST: windows.FIRST,
    Occurrence.LAST: windows.LAST,
    Occurrence.EVERY: windows.EVERY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """What came after, or before, an event, step by step.

    Attributes
    ----------
    scope : Scope
        The range selects anchors; what follows may lie after it. The filter on people is taken
        at the anchor.
    view : View
    anchor : Predicate or None
        The event paths begin with; None: the start of a journey, or its end for what came before.
    anchor_title : str
        Its name; empty: from the condition.
    direction : Direction
    occurrence : Occurrence
    depth : int
        Steps after, or before, the anchor: 1 to 50.
    within_us : int or None
        Steps further from the anchor than this do not count; None for no limit.
    until : Predicate or None
        A path that comes to such an event has reached its goal, and ends.
    until_title : str
    min_share : float
        Events of a smaller share of all anchors are joined as *Other*, step by step.
    times : bool
        Measure also how long steps and whole paths took.
    top : int
        Whole paths shown.
    """

    scope: Scope = field(default_factory=Scope)
    view: View = field(default_factory=View)
    anchor: Predicate | None = None
    anchor_title: str = ""
    direction: Direction = Direction.AFTER
    occurrence: Occurrence = Occurrence.FIRST
    depth: int = 4
    within_us: int | None = DEFAULT_WITHIN_US
    until: Predicate | None = None
    until_title: str = ""
    min_share: float = 0.03
    times: bool = True
    top: int = 10

    def plan(self, catalog: Catalog) -> PathsPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        PathsError
            If depth, share or window cannot be used.
        InputError
            If a name is unknown.
        """
        if not 1 <= self.depth <= MAX_DEPTH:
            raise PathsError(f"{self.depth} steps cannot be shown.", allowed=f"1 to {MAX_DEPTH}")
        if not 0 <= self.min_share < 1:
            raise PathsError(f"{self.min_share} is no share.", allowed="0 up to, not with, 1")
        if self.within_us is not None and self.within_us < 0:
            raise PathsError("A window cannot be negative.", allowed="a duration such as 14d")
        check([p for p in (self.anchor, self.until) if p is not None], catalog)
        lens = Lens.compile(catalog, self.scope, self.view, cut_range=False)
        return PathsPlan(spec=self, lens=lens)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PathCounts:
    """Windows counted; parts merge with ``+``, equal windows are joined at the end.

    Attributes
    ----------
    people : int
        People with an anchor.
    young : int
        Windows that ended for now but are not over at as-of.
    parts : tuple of Distinct
        The nodes of each window, and how it closed.
    durations : KeyedDurations
        Of each link: ``(step * nodes + source) * nodes + target``.
    """

    people: int
    young: int
    parts: tuple[Distinct, ...]
    durations: KeyedDurations

    def __add__(self, other: PathCounts) -> PathCounts:
        return PathCounts(
            people=self.people + other.people,
            young=self.young + other.young,
            parts=self.parts + other.parts,
            durations=self.durations + other.durations,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PathsPlan:
    """Paths compiled against one catalog."""

    spec: Paths
    lens: Lens

    def over(self, bucket: Bucket) -> PathCounts:
        """Return the windows of one bucket."""
        seen = self.lens.see(bucket)
        anchors = self._anchors(bucket, seen)
        journeys, nodes = seen.journeys, len(self.lens.nodes)
        offsets, codes, elapsed = windows.take_windows(
            anchors,
            journeys.offsets,
            seen.codes,
            journeys.time,
            self._goals(bucket, seen),
            (self._step(), self.spec.depth, self._within(), nodes),
        )
        owners = journeys.owner[anchors[1]] if len(journeys.owner) else anchors[1]
        spans = Spans(
            first=offsets[:-1], last=offsets[1:], event=codes, skip=np.empty(0, np.uint8),
            owner=owners,
        )  # fmt: skip
        timed = self._timed()
        lasted = elapsed[offsets[1:] - 2] if timed else None
        return PathCounts(
            people=int(np.count_nonzero(np.diff(owners, prepend=-1))),
            young=self._young(journeys.time[anchors[0]], codes[offsets[1:] - 1]),
            parts=(Distinct.of(spans, lasted),),
            durations=_links(offsets, codes, elapsed, nodes) if timed else KeyedDurations.none(),
        )

    def answer(self, total: PathCounts) -> Answer[PathLink]:
        """Return the answer: step by step, the widest link first."""
        return answer_of(self.spec, self.lens, total)

    def _step(self) -> int:
        return 1 if self.spec.direction is Direction.AFTER else -1

    def _within(self) -> int:
        if self.spec.within_us is None or not self.lens.catalog.timed:
            return -1
        return self.spec.within_us

    def _timed(self) -> bool:
        links = (self.spec.depth + 1) * (len(self.lens.nodes) + 1) ** 2
        return self.spec.times and self.lens.catalog.timed and links <= LARGEST_KEY

    def _goals(self, bucket: Bucket, seen: Seen) -> NDArray[np.uint8]:
        if self.spec.until is None:
            return np.empty(0, np.uint8)
        return seen.journeys.take(row_mask(self.spec.until, bucket, self.lens.catalog))

    def _anchors(self, bucket: Bucket, seen: Seen) -> Anchors:
        journeys = seen.journeys
        found = self._rare_anchors(bucket, seen)
        if found is None:
            mask = self._mask(bucket, seen) & in_range(journeys.time, self.spec.scope.range)
            occurrence = _OCCURRENCES[self.spec.occurrence]
            found = windows.find_anchors(journeys.offsets, mask, journeys.skip, occurrence)
        if self.spec.scope.people == ALWAYS:
            return found
        people = row_mask(self.spec.scope.people, bucket, self.lens.catalog)
        rows = journeys.rows[found[0]] if len(journeys.rows) == len(journeys.time) else found[0]
        kept = people[rows] != 0
        return found[0][kept], found[1][kept]

    def _mask(self, bucket: Bucket, seen: Seen) -> NDArray[np.uint8]:
        journeys = seen.journeys
        if self.spec.anchor is not None:
            return journeys.take(row_mask(self.spec.anchor, bucket, self.lens.catalog))
        filled = journeys.offsets[1:] > journeys.offsets[:-1]
        edges = journeys.offsets[:-1] if self._step() > 0 else journeys.offsets[1:] - 1
        mask = np.zeros(len(journeys.time), np.uint8)
        mask[edges[filled]] = 1
        return mask

    def _rare_anchors(self, bucket: Bucket, seen: Seen) -> Anchors | None:
        """Return anchors from the posting lists, where few rows can be one; else None."""
        journeys = seen.journeys
        plain = not len(journeys.rows) and not len(journeys.owner)
        if self.spec.anchor is None or not plain or not len(journeys.time):
            return None
        wanted = code_table(self.spec.anchor, self.lens.catalog)
        if wanted is None:
            return None
        postings = bucket.postings()
        chosen = np.flatnonzero(wanted)
        sizes = np.diff(postings.starts)[chosen]
        if int(sizes.sum()) * _RARE_SHARE > len(journeys.time):
            return None
        parts = [postings.rows[postings.starts[e] : postings.starts[e + 1]] for e in chosen]
        rows = np.sort(np.concatenate(parts)).astype(np.int64)
        rows = rows[in_range(journeys.time[rows], self.spec.scope.range) != 0]
        owners = np.searchsorted(journeys.offsets, rows, side="right").astype(np.int64) - 1
        if len(journeys.skip):
            kept = journeys.skip[owners] == 0
            rows, owners = rows[kept], owners[kept]
        return _chosen(rows, owners, self.spec.occurrence)

    def _young(self, anchored: Ints, closing: NDArray[np.uint32]) -> int:
        within = self._within()
        if within < 0 or self.spec.direction is Direction.BEFORE:
            return 0
        ended = closing == len(self.lens.nodes) + windows.ENDED
        return int(np.count_nonzero(ended & (anchored > self.lens.catalog.as_of_us - within)))


def _chosen(rows: Ints, owners: Ints, occurrence: Occurrence) -> Anchors:
    match occurrence:
        case Occurrence.FIRST:
            kept = np.diff(owners, prepend=-1) != 0
            return rows[kept], owners[kept]
        case Occurrence.LAST:
            kept = np.diff(owners, append=-1) != 0
            return rows[kept], owners[kept]
        case Occurrence.EVERY:
            return rows, owners


def _links(offsets: Ints, codes: NDArray[np.uint32], elapsed: Ints, nodes: int) -> KeyedDurations:
    """Return how long each step of each window took."""
    step = np.arange(len(codes)) - np.repeat(offsets[:-1], np.diff(offsets))
    real = np.flatnonzero((step > 0) & (codes < nodes))
    source, target = codes[real - 1].astype(np.int64), codes[real].astype(np.int64)
    keys = ((step[real] - 1) * nodes + source) * nodes + target
    return KeyedDurations.of(keys, elapsed[real] - elapsed[real - 1])
