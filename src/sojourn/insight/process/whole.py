"""Distinct whole paths and how often each occurs: found exactly, and merging with ``+``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from typing_extensions import override

from sojourn.insight.process.keyed import KeyedDurations
from sojourn.kernels.process.grouping import gather_spans, group_equal, group_totals, span_hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

    Ints: TypeAlias = NDArray[np.int64]
    Hashes: TypeAlias = NDArray[np.uint64]

_PREFIX = 6
_EVERYBODY = np.empty(0, np.uint8)
_ONCE_EACH = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spans:
    """Some rows each of which is a path.

    Attributes
    ----------
    first, last : ndarray of shape (paths,), int64
        Path p is ``event[first[p]:last[p]]``; empty ones count nowhere.
    event : ndarray of shape (rows,), unsigned
    skip : ndarray of shape (paths,), uint8, or shape (0,)
    owner : ndarray of shape (paths,), int64, ascending, or shape (0,) when path p is person p
    """

    first: Ints
    last: Ints
    event: Codes
    skip: NDArray[np.uint8]
    owner: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Distinct:
    """The distinct paths of one bucket. Their events stay where they are, until they are sent.

    Attributes
    ----------
    first, last : ndarray of shape (paths,), int64
        Path p is ``event[first[p]:last[p]]``.
    event : ndarray of shape (rows,), unsigned
    hashes : ndarray of shape (paths,), uint64
    counts, people : ndarray of shape (paths,), int64
    durations : KeyedDurations
        By the path's number; nothing when not asked for.
    """

    first: Ints
    last: Ints
    event: Codes
    hashes: Hashes
    counts: Ints
    people: Ints
    durations: KeyedDurations

    @classmethod
    def of(cls, spans: Spans, durations_us: Ints | None = None) -> Distinct:
        """Return the distinct paths among some spans.

        Parameters
        ----------
        spans : Spans
        durations_us : ndarray of shape (paths,), int64, optional
            How long each took.
        """
        hashes = span_hashes(spans.first, spans.last, spans.event)
        group, examples = group_equal(spans.first, spans.last, spans.event, hashes, spans.skip)
        counts, people = group_totals(group, _ONCE_EACH, spans.owner, len(examples))
        timed = KeyedDurations.none()
        if durations_us is not None:
            timed = KeyedDurations.of(group[group >= 0], durations_us[group >= 0])
        first, last = spans.first[examples], spans.last[examples]
        return cls(first, last, spans.event, hashes[examples], counts, people, timed)

    @override
    def __reduce__(self) -> tuple[type[Distinct], tuple[object, ...]]:
        """Send only the events of the distinct paths, not the column they lie in."""
        offsets, event = gather_spans(self.first, self.last, self.event)
        more = (self.hashes, self.counts, self.people, self.durations)
        return Distinct, (offsets[:-1], offsets[1:], event, *more)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Whole:
    """The distinct paths of all buckets.

    Attributes
    ----------
    parts : sequence of Distinct
    part, place : ndarray of shape (paths,), int64
        Where an example of each path lies; ascending by part, then place.
    hashes : ndarray of shape (paths,), uint64
    lengths, counts, people : ndarray of shape (paths,), int64
    durations : KeyedDurations
    """

    parts: Sequence[Distinct]
    part: Ints
    place: Ints
    hashes: Hashes
    lengths: Ints
    counts: Ints
    people: Ints
    durations: KeyedDurations

    @classmethod
    def of(cls, parts: Sequence[Distinct]) -> Whole:
        """Return the distinct paths of several parts; equal ones are joined exactly.

        Paths whose hash no other has are alone; the others are compared event by event.
        """
        sizes = [len(part.hashes) for part in parts]
        home = np.repeat(np.arange(len(parts)), sizes)
        place = np.concatenate([np.arange(size) for size in sizes] or [_ONCE_EACH])
        hashes = np.concatenate([part.hashes for part in parts] or [np.empty(0, np.uint64)])
        group, examples = _groups(parts, home, hashes)
        counts = np.concatenate([part.counts for part in parts] or [_ONCE_EACH])
        people = np.concatenate([part.people for part in parts] or [_ONCE_EACH])
        lengths = np.concatenate([part.last - part.first for part in parts] or [_ONCE_EACH])
        return cls(
            parts=parts,
            part=home[examples],
            place=place[examples],
            hashes=hashes[examples],
            lengths=lengths[examples],
            counts=group_totals(group, counts, _ONCE_EACH, len(examples))[0],
            people=group_totals(group, people, _ONCE_EACH, len(examples))[0],
            durations=_durations(parts, sizes, group),
        )

    def __len__(self) -> int:
        """Return the number of distinct paths."""
        return len(self.counts)

    def path(self, number: int) -> list[int]:
        """Return the codes of one path."""
        part, place = self.parts[int(self.part[number])], int(self.place[number])
        codes: list[int] = part.event[part.first[place] : part.last[place]].tolist()
        return codes

    def commonest(self, limit: int | None) -> Ints:
        """Return the numbers of the commonest paths; of equally common ones the shorter first.

        Parameters
        ----------
        limit : int or None
            How many; None for all.

        Returns
        -------
        ndarray of shape (min(limit, paths),), int64
            The order does not depend on how people were spread over buckets.
        """
        if not len(self):
            return _ONCE_EACH
        most = int(self.counts.max())
        rank = ((most - self.counts) << 32) | np.minimum(self.lengths, 2**32 - 1)
        chosen = np.arange(len(self))
        if limit is not None and limit < len(self):
            chosen = np.flatnonzero(rank <= np.partition(rank, limit - 1)[limit - 1])
        keys = [self.hashes[chosen], *reversed(self._prefixes(chosen)), rank[chosen]]
        result: Ints = chosen[np.lexsort(keys)][:limit]
        return result

    def _prefixes(self, chosen: Ints) -> list[Ints]:
        """Return the first codes of some paths, a column each; -1 past their end."""
        columns = [np.full(len(chosen), -1, np.int64) for _ in range(_PREFIX)]
        homes, places = self.part[chosen], self.place[chosen]
        for number, part in enumerate(self.parts):
            here = np.flatnonzero(homes == number)
            first, last = part.first[places[here]], part.last[places[here]]
            for step, column in enumerate(columns):
                inside = first + step < last
                column[here[inside]] = part.event[first[inside] + step]
        return columns


def _groups(parts: Sequence[Distinct], home: Ints, hashes: Hashes) -> tuple[Ints, Ints]:
    """Return the group of every path of every part, and the first path of each group."""
    ordered = np.sort(hashes)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    group = np.zeros(len(hashes), np.int64)
    alone = np.ones(len(hashes), np.bool_)
    if len(twice):
        at = np.minimum(np.searchsorted(twice, hashes), len(twice) - 1)
        alone = twice[at] != hashes
    doubtful = np.flatnonzero(~alone)
    leaders = alone.copy()
    if len(doubtful):
        offsets, event = _gathered(parts, home, doubtful)
        same, examples = group_equal(offsets[:-1], offsets[1:], event, hashes[doubtful], _EVERYBODY)
        leaders[doubtful[examples]] = True
        number = np.cumsum(leaders) - 1
        group[doubtful] = number[doubtful[examples]][same]
    else:
        number = np.cumsum(leaders) - 1
    group[alone] = number[alone]
    return group, np.flatnonzero(leaders)


def _gathered(
    parts: Sequence[Distinct], home: Ints, chosen: Ints
) -> tuple[Ints, NDArray[np.uint32]]:
    """Return the events of some paths, numbered over all parts, one after the other."""
    starts = np.searchsorted(home, np.arange(len(parts)))
    lengths, events = [], []
    for number, part in enumerate(parts):
        places = chosen[home[chosen] == number] - starts[number]
        first, last = part.first[places], part.last[places]
        lengths.append(last - first)
        events.append(gather_spans(first, last, part.event)[1].astype(np.uint32))
    offsets = np.zeros(len(chosen) + 1, np.int64)
    np.cumsum(np.concatenate(lengths), out=offsets[1:])
    return offsets, np.concatenate(events)


def _durations(parts: Sequence[Distinct], sizes: Sequence[int], group: Ints) -> KeyedDurations:
    found, start = KeyedDurations.none(), 0
    for part, size in zip(parts, sizes, strict=True):
        if part.durations.n:
            found = found + part.durations.rekeyed(group[start : start + size].__getitem__)
        start += size
    return found
