"""A bucket and an index held in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from sojourn.index.bucket import Bucket, Index, Postings
from sojourn.kernels.rows import rows_of_codes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.index.bucket import Text
    from sojourn.index.catalog import Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayBucket(Bucket):
    """People whose arrays are all in memory; see :class:`sojourn.index.bucket.Bucket`."""

    offsets: NDArray[np.int64]
    time: NDArray[np.int64]
    event: Codes
    ids: Sequence[str]
    """The id of every person, in order."""
    events: int
    """Number of event names in the catalog."""
    skip: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    code_columns: Mapping[str, Codes] = field(default_factory=dict)
    number_columns: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    money_columns: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    text_columns: Mapping[str, Text] = field(default_factory=dict)
    _postings: list[Postings] = field(default_factory=list, init=False, repr=False, compare=False)

    @override
    def codes(self, name: str) -> Codes:
        return self.code_columns[name]

    @override
    def number(self, name: str) -> NDArray[np.float64]:
        return self.number_columns[name]

    @override
    def money(self, name: str) -> NDArray[np.int64]:
        return self.money_columns[name]

    @override
    def text(self, name: str) -> Text:
        return self.text_columns[name]

    @override
    def postings(self) -> Postings:
        if not self._postings:
            starts, rows = rows_of_codes(self.event, self.events)
            self._postings.append(Postings(starts=starts, rows=rows))
        return self._postings[0]

    @override
    def person_ids(self, people: NDArray[np.int64]) -> Sequence[str]:
        return [self.ids[person] for person in people]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayIndex(Index):
    """An index that is all in memory."""

    catalog: Catalog
    buckets: Sequence[Bucket]
    bots: Sequence[Bucket] = ()
