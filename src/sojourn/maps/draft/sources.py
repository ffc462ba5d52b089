"""The source that each person first came from: a channel where the data tell one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.events.channels import DEFAULT_CHANNELS, KOREAN_NAMES
from sojourn.insight.sources.answer import UNKNOWN_CHANNEL, origins_of
from sojourn.insight.sources.touches import ALL, Judge, origins_at
from sojourn.kernels.cohorts.visits import KNOWN
from sojourn.maps.document import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog, Column
    from sojourn.stages.timeline import Followed


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSources:
    """How people's first source is read.

    Attributes
    ----------
    judge : Judge or None
        Reads channels from campaign parameters and referrers, by the rules of Google Analytics 4;
        None where the data hold neither.
    column : Column or None
        Else a property that names a source, whose values stand as they are.
    """

    judge: Judge | None
    column: Column | None

    @classmethod
    def of(cls, catalog: Catalog, own: Sequence[str], column: Column | None) -> FirstSources:
        """Return how to read the sources of one catalog.

        Parameters
        ----------
        catalog : Catalog
        own : sequence of str
            Hosts of one's own: no source.
        column : Column or None
            What names a source where nothing tells a channel.
        """
        told = any((found := catalog.find(name)) is not None and found.rows for name in ALL)
        judge = Judge.of(catalog, own) if told else None
        return cls(judge=judge if judge is not None and judge.any else None, column=column)

    @property
    def any(self) -> bool:
        """Whether the data tell sources at all."""
        return self.judge is not None or self.column is not None

    def people(
        self,
        bucket: Bucket,
        followed: Followed,
        places: NDArray[np.int64],
        owner: NDArray[np.int64],
    ) -> Counter[tuple[int, str]]:
        """Return people by place and by the name of their first known source; unknown: empty.

        Parameters
        ----------
        bucket : Bucket
        followed : Followed
        places, owner : ndarray of shape (visits,), int64
            A place that a journey came to, and the journey.
        """
        names, codes = self._first(bucket, followed)
        found: Counter[tuple[int, str]] = Counter()
        if names:
            pairs = np.stack([places, codes[owner]], axis=1)
            kinds, counts = np.unique(pairs, axis=0, return_counts=True)
            for (place, code), count in zip(kinds.tolist(), counts.tolist(), strict=True):
                found[place, names[code]] += count
        return found

    def _first(self, bucket: Bucket, followed: Followed) -> tuple[list[str], NDArray[np.int64]]:
        """Return names, and which of them is the first source of each journey."""
        if self.judge is not None:
            return _channels(self.judge, bucket, followed)
        if self.column is None:
            return [], np.zeros(len(followed.journeys), np.int64)
        said = followed.journeys.take(bucket.codes(self.column.name)).astype(np.int64)
        first = _first_rows(followed, said > 0)
        codes = np.where(first >= 0, said[np.maximum(first, 0)], 0) if len(said) else first
        return ["", *self.column.values], codes


def _channels(
    judge: Judge, bucket: Bucket, followed: Followed
) -> tuple[list[str], NDArray[np.int64]]:
    """Return channels, and that of each journey's first touch; direct only without any other."""
    journeys = followed.journeys
    says = journeys.take(judge.rows(bucket))
    best = np.zeros(len(journeys), np.uint8)
    owner = np.repeat(np.arange(len(journeys)), np.diff(journeys.offsets))
    np.maximum.at(best, owner, says)
    first = np.maximum(_first_rows(followed, says == KNOWN), 0)
    rows = journeys.rows[first] if len(journeys.rows) else first
    groups, raw = origins_at(bucket, judge, rows, best, 0)
    origins = origins_of(raw, DEFAULT_CHANNELS)
    names = [o.channel or "" for o in origins]
    names = ["" if name == UNKNOWN_CHANNEL else name for name in names]
    return names, groups


def _first_rows(followed: Followed, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first row wanted of each journey, −1 for none, shape (journeys,)."""
    known = np.flatnonzero(wanted)
    owner = np.searchsorted(followed.journeys.offsets, known, side="right") - 1
    first = np.full(len(followed.journeys), -1, np.int64)
    first[owner[::-1]] = known[::-1]
    return first


def source_label(name: str) -> Label | None:
    """Return a channel's name in both languages; None for a name that data gave.

    Examples
    --------
    >>> source_label("Organic Search").ko
    '자연 검색'
    """
    korean = KOREAN_NAMES.get(name)
    return None if korean is None else Label(en=name, ko=korean)
