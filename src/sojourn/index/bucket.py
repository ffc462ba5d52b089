"""One bucket of people: the arrays a kernel reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sojourn.base.arrays import Codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.index.catalog import Catalog

__all__ = ["Bucket", "Codes", "Index", "Postings", "Text"]

_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class Text:
    """A plain text column: row i is ``data[offsets[i]:offsets[i + 1]]``, if present at all.

    Attributes
    ----------
    offsets : ndarray of shape (rows + 1,), int64
    data : ndarray of shape (bytes,), uint8
    present : ndarray of shape (rows,), uint8
    """

    offsets: NDArray[np.int64]
    data: NDArray[np.uint8]
    present: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Postings:
    """Rows of each event: ``rows[starts[e]:starts[e + 1]]``, ascending.

    Attributes
    ----------
    starts : ndarray of shape (event names + 1,), int64
    rows : ndarray of shape (rows,), uint32
    """

    starts: NDArray[np.int64]
    rows: NDArray[np.uint32]


class Bucket(Protocol):
    """People whose events lie together, each person's in order (time, position, event id)."""

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Shape (people + 1,): person p owns rows ``offsets[p]`` to ``offsets[p + 1] - 1``."""

    @property
    def time(self) -> NDArray[np.int64]:
        """Shape (rows,): microseconds UTC; for untimed rows the position, order only."""

    @property
    def event(self) -> Codes:
        """Shape (rows,): index into ``Catalog.events``."""

    @property
    def skip(self) -> NDArray[np.uint8]:
        """Shape (people,) with 1 for people held fresh elsewhere, or shape (0,) for none."""

    def codes(self, name: str) -> Codes:
        """Return a dictionary-coded column, shape (rows,); 0 is missing."""

    def number(self, name: str) -> NDArray[np.float64]:
        """Return a numeric column, shape (rows,); NaN is missing."""

    def money(self, name: str) -> NDArray[np.int64]:
        """Return a money column in minor units, shape (rows,)."""

    def text(self, name: str) -> Text:
        """Return a plain text column."""

    def postings(self) -> Postings:
        """Return the rows of each event."""

    def person_ids(self, people: NDArray[np.int64]) -> Sequence[str]:
        """Return the ids of people given by their ordinal in this bucket, shape (people,)."""

    def merge(self) -> NDArray[np.uint32]:
        """Return by which merge rows are their person's, 0 for those that were so before.

        Shape (rows,), or (0,) where nobody was merged.
        """
        return np.empty(0, np.uint32)

    def find_person(self, person_id: str) -> int | None:
        """Return the ordinal of a person in this bucket, or None when they are not in it."""
        people = len(self.offsets) - 1
        for start in range(0, people, _AT_ONCE):
            some = np.arange(start, min(start + _AT_ONCE, people))
            ids = list(self.person_ids(some))
            if person_id in ids:
                return start + ids.index(person_id)
        return None


class Index(Protocol):
    """A version of the journey index, opened for reading."""

    @property
    def catalog(self) -> Catalog:
        """The catalog; see :class:`sojourn.index.catalog.Catalog`."""

    @property
    def buckets(self) -> Sequence[Bucket]:
        """Base buckets first, then those of the fresh overlay; bots are left out."""

    @property
    def bots(self) -> Sequence[Bucket]:
        """The buckets of people known to be bots."""
