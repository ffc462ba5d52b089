"""Some people of a bucket as a bucket of their own, of which only what is asked for is copied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from typing_extensions import override

from sojourn.index.bucket import Bucket, Postings, Text
from sojourn.index.masks import text_array
from sojourn.kernels.rows import rows_of_codes, rows_of_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes


@dataclass(frozen=True, slots=True)
class SomePeople(Bucket):
    """A bucket with some of another's people; see :class:`sojourn.index.bucket.Bucket`.

    Attributes
    ----------
    whole : Bucket
    people : ndarray of shape (people,), int64
        Their ordinals in the whole bucket, ascending.
    rows : ndarray of shape (rows,), int64
        Their rows there.
    """

    whole: Bucket
    people: NDArray[np.int64]
    rows: NDArray[np.int64]
    offsets: NDArray[np.int64]
    time: NDArray[np.int64]
    event: Codes
    _codes: dict[str, Codes] = field(default_factory=dict)
    _numbers: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @classmethod
    def of(cls, bucket: Bucket, people: NDArray[np.int64]) -> SomePeople:
        """Return the bucket of some people.

        Parameters
        ----------
        bucket : Bucket
        people : ndarray of shape (people,), int64
            Ordinals, ascending.
        """
        offsets, rows = rows_of_people(bucket.offsets, people)
        return cls(bucket, people, rows, offsets, bucket.time[rows], bucket.event[rows])

    @property
    @override
    def skip(self) -> NDArray[np.uint8]:
        skip = self.whole.skip
        return skip[self.people] if len(skip) else skip

    @override
    def codes(self, name: str) -> Codes:
        if name not in self._codes:
            self._codes[name] = self.whole.codes(name)[self.rows]
        return self._codes[name]

    @override
    def number(self, name: str) -> NDArray[np.float64]:
        if name not in self._numbers:
            self._numbers[name] = self.whole.number(name)[self.rows]
        return self._numbers[name]

    @override
    def money(self, name: str) -> NDArray[np.int64]:
        return self.whole.money(name)[self.rows]

    @override
    def text(self, name: str) -> Text:
        taken = text_array(self.whole.text(name)).take(pa.array(self.rows))
        _, offsets, data = taken.buffers()
        return Text(
            np.frombuffer(offsets, np.int64)[: len(self.rows) + 1],
            np.frombuffer(data or b"", np.uint8),
            np.asarray(taken.is_valid()).view(np.uint8),
        )

    @override
    def postings(self) -> Postings:
        names = len(self.whole.postings().starts) - 1
        return Postings(*rows_of_codes(self.event, names))

    @override
    def person_ids(self, people: NDArray[np.int64]) -> Sequence[str]:
        return self.whole.person_ids(self.people[people])

    @override
    def merge(self) -> NDArray[np.uint32]:
        merge = self.whole.merge()
        return merge[self.rows] if len(merge) else merge
