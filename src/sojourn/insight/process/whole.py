"""Distinct whole paths and how often each occurs: found exactly, and merging with ``+``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.insight.process.keyed import KeyedDurations
from sojourn.kernels.process.grouping import gather_spans, group_equal, group_totals, span_hashes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

    Ints: TypeAlias = NDArray[np.int64]

_PREFIX = 6


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distinct:
    """Paths without repetition.

    Attributes
    ----------
    offsets : ndarray of shape (paths + 1,), int64
    event : ndarray of shape (offsets[-1],), unsigned
    counts, people : ndarray of shape (paths,), int64
    durations : KeyedDurations
        By the path's number; nothing when not asked for.
    """

    offsets: Ints
    event: Codes
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
        nothing = np.empty(0, np.int64)
        counts, people = group_totals(group, nothing, spans.owner, len(examples))
        offsets, event = gather_spans(spans.first[examples], spans.last[examples], spans.event)
        timed = KeyedDurations.none()
        if durations_us is not None:
            timed = KeyedDurations.of(group[group >= 0], durations_us[group >= 0])
        return cls(offsets=offsets, event=event, counts=counts, people=people, durations=timed)

    @classmethod
    def joined(cls, parts: tuple[Distinct, ...]) -> Distinct:
        """Return the distinct paths of several parts; equal paths are joined exactly."""
        offsets = _chained([part.offsets for part in parts])
        event = np.concatenate([part.event for part in parts])
        first, last = offsets[:-1], offsets[1:]
        everyone = np.empty(0, np.uint8)
        group, examples = group_equal(first, last, event, span_hashes(first, last, event), everyone)
        nothing = np.empty(0, np.int64)
        counts, _ = group_totals(
            group, np.concatenate([part.counts for part in parts]), nothing, len(examples)
        )
        people, _ = group_totals(
            group, np.concatenate([part.people for part in parts]), nothing, len(examples)
        )
        durations, start = KeyedDurations.none(), 0
        for part in parts:
            places = group[start : start + len(part)]
            durations = durations + part.durations.rekeyed(places.__getitem__)
            start += len(part)
        kept, steps = gather_spans(first[examples], last[examples], event)
        return cls(offsets=kept, event=steps, counts=counts, people=people, durations=durations)

    def __len__(self) -> int:
        """Return the number of distinct paths."""
        return len(self.counts)

    def path(self, number: int) -> list[int]:
        """Return the codes of one path."""
        codes: list[int] = self.event[self.offsets[number] : self.offsets[number + 1]].tolist()
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
        lengths = np.diff(self.offsets)
        chosen = np.arange(len(self))
        if limit is not None and limit < len(self):
            rank = np.lexsort((lengths, -self.counts))
            edge = rank[limit - 1]
            chosen = np.flatnonzero(
                (self.counts > self.counts[edge])
                | ((self.counts == self.counts[edge]) & (lengths <= lengths[edge]))
            )
        hashes = span_hashes(self.offsets[:-1][chosen], self.offsets[1:][chosen], self.event)
        keys: list[NDArray[np.int64] | NDArray[np.uint64]] = [hashes]
        for step in reversed(range(_PREFIX)):
            at = self.offsets[:-1][chosen] + step
            inside = at < self.offsets[1:][chosen]
            codes = np.full(len(chosen), -1, np.int64)
            codes[inside] = self.event[at[inside]]
            keys.append(codes)
        order = np.lexsort((*keys, lengths[chosen], -self.counts[chosen]))
        result: Ints = chosen[order][:limit]
        return result


def _chained(parts: list[Ints]) -> Ints:
    lengths = np.concatenate([np.diff(part) for part in parts])
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets
