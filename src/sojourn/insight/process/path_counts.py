"""Finding the windows of paths in one bucket, and what is counted of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.base.predicate import ALWAYS
from sojourn.index.journeys import EVER, FIRST_INSTANT, LAST_INSTANT
from sojourn.index.masks import code_table, row_mask
from sojourn.insight.process.keyed import LARGEST_KEY, KeyedDurations
from sojourn.insight.process.links import OUTCOMES, Links
from sojourn.insight.process.packed import Packed, bits_of
from sojourn.insight.process.path_words import Direction, Occurrence
from sojourn.insight.process.whole import Distinct, Spans
from sojourn.insight.views.lens import in_range
from sojourn.kernels.process import windows as kernels
from sojourn.kernels.process.packed import (
    anchor_rows,
    first_anchors,
    packed_windows,
    window_marks,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.base.predicate import Predicate
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.process.paths import Paths
    from sojourn.insight.views.lens import Lens, Seen

    Ints: TypeAlias = NDArray[np.int64]
    Bytes: TypeAlias = NDArray[np.uint8]
    Anchors: TypeAlias = tuple[Ints, Ints]

_RARE_SHARE = 20
_WORD = 8
_LINK_CELLS = 1 << 16
"""A table of links up to this size, or the number of windows, is quicker than sorting them."""
_NO_MARKS = np.empty(0, np.uint8)
_ONCE_EACH = np.empty(0, np.int64)
_OCCURRENCES = {
    Occurrence.FIRST: kernels.FIRST,
    Occurrence.LAST: kernels.LAST,
    Occurrence.EVERY: kernels.EVERY,
}


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
    packed : Packed or None
        The same of windows that fit one number; None where a part has none of these.
    links : Links
        Of all windows.
    durations : KeyedDurations
        Of each link between events: ``(step * nodes + source) * nodes + target``.
    """

    people: int
    young: int
    parts: tuple[Distinct, ...]
    packed: Packed | None
    links: Links
    durations: KeyedDurations

    def __add__(self, other: PathCounts) -> PathCounts:
        packed = self.packed
        if other.packed is not None:
            packed = other.packed if packed is None else packed + other.packed
        return PathCounts(
            people=self.people + other.people,
            young=self.young + other.young,
            parts=self.parts + other.parts,
            packed=packed,
            links=self.links + other.links,
            durations=self.durations + other.durations,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """1 for each event name that is an anchor, or the goal; None where the name does not decide.

    Attributes
    ----------
    anchor, until : ndarray of shape (event names,), uint8, or None
    """

    anchor: Bytes | None
    until: Bytes | None

    @classmethod
    def of(cls, spec: Paths, catalog: Catalog) -> Tables:
        """Return the tables of a question: once, as buckets are many."""
        return cls(_table(spec.anchor, catalog), _table(spec.until, catalog))


def _table(predicate: Predicate | None, catalog: Catalog) -> Bytes | None:
    return None if predicate is None else code_table(predicate, catalog)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finder:
    """One bucket, looked at for paths."""

    spec: Paths
    lens: Lens
    tables: Tables
    bucket: Bucket
    seen: Seen

    def found(self) -> PathCounts:
        """Return the windows: as numbers where they fit and no times are asked for."""
        bits = bits_of(len(self.lens.nodes), self.spec.depth)
        return self._packed(bits) if bits and not self.spec.times else self._spans()

    def _packed(self, bits: int) -> PathCounts:
        journeys, nodes, depth = self.seen.journeys, len(self.lens.nodes), self.spec.depth
        numbers, firsts, ends, skip = self._holders()
        anchors, places = self._anchors_of((firsts, ends, skip))
        if self.spec.scope.people != ALWAYS:
            kept = self._chosen_people(anchors)
            anchors, places = anchors[kept], places[kept]
        bounds = (firsts, ends)
        step, within, marks = self._step(), self._within(), _NO_MARKS
        if within >= 0:
            limits = (step, depth, within, self._young_after())
            marks = window_marks((anchors, places), bounds, journeys.time, limits)
        cells = (depth + 1) * nodes * (nodes + OUTCOMES)
        table = np.zeros(cells if cells <= max(_LINK_CELLS, len(anchors)) else 0, np.int64)
        found, young = packed_windows(
            (anchors, places, marks),
            bounds,
            (journeys.event, self.seen.codes, journeys.time),
            self._goal_marks(),
            (step, depth, within, bits, nodes),
            table,
        )
        packed = Packed.of(found, bits, depth + 2)
        return PathCounts(
            people=self._people(places if numbers is None else numbers[places]),
            young=int(young),  # a numpy number where kernels run as Python
            parts=(),
            packed=packed,
            links=Links.of_table(table) if len(table) else packed.links(nodes),
            durations=KeyedDurations.none(),
        )

    def _anchors_of(self, holders: tuple[Ints, Ints, Bytes]) -> Anchors:
        event, time = self.seen.journeys.event, self.seen.journeys.time
        table, mask = self._anchor_marks()
        first = self.spec.occurrence is Occurrence.FIRST and self.spec.scope.range == EVER
        if first and np.count_nonzero(table) == 1 and _in_words(event):
            narrow = event.view(np.uint8)
            words = narrow[: len(event) // _WORD * _WORD].view("<u8")
            return first_anchors(holders, narrow, words, int(table.argmax()))
        occurrence = _OCCURRENCES[self.spec.occurrence]
        return anchor_rows(holders, (event, time), table, mask, self._span(), occurrence)

    def _span(self) -> tuple[int, int]:
        span = self.spec.scope.range
        return (
            FIRST_INSTANT if span.start_us is None else span.start_us,
            LAST_INSTANT if span.end_us is None else span.end_us,
        )

    def _spans(self) -> PathCounts:
        journeys, nodes = self.seen.journeys, len(self.lens.nodes)
        anchors = self._anchors()
        table, mask = self._goal_marks()
        if len(table):
            mask = table[journeys.event]
        offsets, codes, elapsed = kernels.take_windows(
            anchors,
            journeys.offsets,
            self.seen.codes,
            journeys.time,
            mask,
            (self._step(), self.spec.depth, self._within(), nodes),
        )
        spans = Spans(
            first=offsets[:-1], last=offsets[1:], event=codes, skip=_NO_MARKS, owner=anchors[1]
        )
        step = np.arange(len(codes)) - np.repeat(offsets[:-1], np.diff(offsets))
        real = np.flatnonzero(step > 0)
        links = (step[real] - 1, codes[real - 1].astype(np.int64), codes[real].astype(np.int64))
        timed = self._timed()
        lasted = elapsed[offsets[1:] - 2] if timed else None
        ended = codes[offsets[1:] - 1] == nodes + kernels.ENDED
        young = ended & (journeys.time[anchors[0]] > self._young_after())
        return PathCounts(
            people=self._people(anchors[1]),
            young=int(np.count_nonzero(young)),
            parts=(Distinct.of(spans, lasted),),
            packed=None,
            links=Links.of(*links, nodes, _ONCE_EACH),
            durations=_lasted(links, np.diff(elapsed)[real - 1], nodes)
            if timed
            else KeyedDurations.none(),
        )

    def _people(self, journeys: Ints) -> int:
        owner = self.seen.journeys.owner
        if not len(owner) and self.spec.occurrence is not Occurrence.EVERY:
            return len(journeys)
        owners = owner[journeys] if len(owner) else journeys
        return int(np.count_nonzero(np.diff(owners, prepend=-1)))

    def _step(self) -> int:
        return 1 if self.spec.direction is Direction.AFTER else -1

    def _within(self) -> int:
        if self.spec.within_us is None or not self.lens.catalog.timed:
            return -1
        return self.spec.within_us

    def _young_after(self) -> int:
        within = self._within()
        if within < 0 or self.spec.direction is Direction.BEFORE:
            return LAST_INSTANT
        return self.lens.catalog.as_of_us - within

    def _timed(self) -> bool:
        links = (self.spec.depth + 1) * (len(self.lens.nodes) + 1) ** 2
        return self.spec.times and self.lens.catalog.timed and links <= LARGEST_KEY

    def _marks(self, predicate: Predicate, table: Bytes | None) -> tuple[Bytes, Bytes]:
        """Return a table by event where the name decides, else a mask by row."""
        if table is not None:
            return table, _NO_MARKS
        mask = row_mask(predicate, self.bucket, self.lens.catalog)
        return _NO_MARKS, self.seen.journeys.take(mask)

    def _goal_marks(self) -> tuple[Bytes, Bytes]:
        if self.spec.until is None:
            return _NO_MARKS, _NO_MARKS
        return self._marks(self.spec.until, self.tables.until)

    def _anchor_marks(self) -> tuple[Bytes, Bytes]:
        journeys = self.seen.journeys
        if self.spec.anchor is not None:
            return self._marks(self.spec.anchor, self.tables.anchor)
        after = self.spec.direction is Direction.AFTER
        outermost = Occurrence.FIRST if after else Occurrence.LAST
        if self.spec.scope.range == EVER and self.spec.occurrence is outermost:
            return np.ones(len(self.lens.catalog.events), np.uint8), _NO_MARKS
        filled = journeys.offsets[1:] > journeys.offsets[:-1]
        edges = journeys.offsets[:-1] if after else journeys.offsets[1:] - 1
        mask = np.zeros(len(journeys.time), np.uint8)
        mask[edges[filled]] = 1
        return _NO_MARKS, mask

    def _anchors(self) -> Anchors:
        journeys = self.seen.journeys
        found = self._rare_anchors()
        if found is None:
            table, mask = self._anchor_marks()
            if len(table):
                mask = table[journeys.event]
            mask = mask & in_range(journeys.time, self.spec.scope.range)
            occurrence = _OCCURRENCES[self.spec.occurrence]
            found = kernels.find_anchors(journeys.offsets, mask, journeys.skip, occurrence)
        if self.spec.scope.people == ALWAYS:
            return found
        kept = self._chosen_people(found[0])
        return found[0][kept], found[1][kept]

    def _chosen_people(self, anchors: Ints) -> NDArray[np.bool_]:
        journeys = self.seen.journeys
        rows = journeys.rows[anchors] if len(journeys.rows) == len(journeys.time) else anchors
        people = row_mask(self.spec.scope.people, self.bucket, self.lens.catalog)
        chosen: NDArray[np.bool_] = people[rows] != 0
        return chosen

    def _holders(self) -> tuple[Ints | None, Ints, Ints, Bytes]:
        """Return the journeys that may have an anchor: number, first row, end, which to skip.

        The number is None where these are all journeys.
        """
        journeys = self.seen.journeys
        starts, ends = journeys.offsets[:-1], journeys.offsets[1:]
        rows = self._rare_rows()
        if rows is None:
            return None, starts, ends, journeys.skip
        owners = self._owners(rows)
        holders = owners[np.diff(owners, prepend=-1) != 0]
        skip = journeys.skip[holders] if len(journeys.skip) else journeys.skip
        return holders, starts[holders], ends[holders], skip

    def _owners(self, rows: Ints) -> Ints:
        return np.searchsorted(self.seen.journeys.offsets, rows, side="right").astype(np.int64) - 1

    def _rare_rows(self) -> Ints | None:
        """Return the rows that may be anchors, by the posting lists; None where they are many."""
        journeys = self.seen.journeys
        plain = not len(journeys.rows) and not len(journeys.owner)
        if self.spec.anchor is None or not plain or not len(journeys.time):
            return None
        wanted = self.tables.anchor
        if wanted is None:
            return None
        postings = self.bucket.postings()
        chosen = np.flatnonzero(wanted)
        sizes = np.diff(postings.starts)[chosen]
        if int(sizes.sum()) * _RARE_SHARE > len(journeys.time):
            return None
        parts = [postings.rows[postings.starts[e] : postings.starts[e + 1]] for e in chosen]
        return np.sort(np.concatenate(parts)).astype(np.int64)

    def _rare_anchors(self) -> Anchors | None:
        """Return anchors from the posting lists, where few rows can be one; else None."""
        journeys = self.seen.journeys
        rows = self._rare_rows()
        if rows is None:
            return None
        rows = rows[in_range(journeys.time[rows], self.spec.scope.range) != 0]
        owners = self._owners(rows)
        if len(journeys.skip):
            kept = journeys.skip[owners] == 0
            rows, owners = rows[kept], owners[kept]
        return _chosen(rows, owners, self.spec.occurrence)


def _in_words(event: Codes) -> bool:
    """Return whether eight events can be read as one word."""
    aligned = event.ctypes.data % _WORD == 0 and event.flags.c_contiguous
    return event.dtype == np.uint8 and aligned


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


def _lasted(links: tuple[Ints, Ints, Ints], took: Ints, nodes: int) -> KeyedDurations:
    """Return how long each step of each window took."""
    step, source, target = links
    real = target < nodes
    keys = (step[real] * nodes + source[real]) * nodes + target[real]
    return KeyedDurations.of(keys, took[real])
