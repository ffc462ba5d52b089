"""Sorted buckets to files, and the sums that go into the manifest."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from sojourn.adapters.disk.sync import sync_folder
from sojourn.adapters.index_files.arrays import write_array
from sojourn.adapters.index_files.manifest import StoredBucket, stored_name
from sojourn.index.catalog import MISSING_MONEY
from sojourn.kernels.rows import rows_of_codes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.index.building.assemble import Assembled
    from sojourn.index.building.chunk import Array


@dataclass(slots=True)
class Tally:
    """Sums over buckets."""

    people: int = 0
    rows: int = 0
    untimed: int = 0
    event_counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    first_us: int | None = None
    last_us: int | None = None

    def add(self, part: Assembled) -> None:
        """Add the people of one bucket."""
        self.people += part.people
        self.rows += part.rows
        self.untimed += part.untimed
        if not len(self.event_counts):
            self.event_counts = np.zeros(len(part.event_counts), np.int64)
        self.event_counts += part.event_counts
        if part.rows > part.untimed:
            low, high = part.first_us, part.last_us
            self.first_us = low if self.first_us is None else min(low, self.first_us)
            self.last_us = high if self.last_us is None else max(high, self.last_us)


class BucketWriter:
    """Writes the buckets of one version; its sums are complete when all are written.

    Parameters
    ----------
    root : Path
        The folder of the index.
    version : str
    numbers : mapping of str to int
        The file number of each property.
    prefix : str
        Of the folders of buckets: ``b``, or ``f`` for those of fresh people.
    """

    def __init__(self, root: Path, version: str, numbers: Mapping[str, int], prefix: str) -> None:
        self._root = root
        self._version = version
        self._numbers = numbers
        self._prefix = prefix
        self._lock = threading.Lock()
        self._people: dict[int, StoredBucket] = {}
        self._bots: dict[int, StoredBucket] = {}
        self.people = Tally()
        self.bots = Tally()
        self.present: dict[str, int] = {}
        """Rows with a value, by ``codes:NAME`` and so on."""

    def write(self, bucket: int, people: Assembled, bots: Assembled) -> None:
        """Write one bucket; called from several threads."""
        stored = self._folder(f"{self._prefix}{bucket:05}", people)
        apart = self._folder(f"{self._prefix}{bucket:05}-bots", bots) if bots.people else None
        with self._lock:
            self._people[bucket] = stored
            self.people.add(people)
            self.bots.add(bots)
            if apart is not None:
                self._bots[bucket] = apart
            for part in (people, bots):
                for name, array in part.arrays.items():
                    count = present_rows(name, array)
                    self.present[name] = self.present.get(name, 0) + count

    @property
    def stored(self) -> tuple[StoredBucket, ...]:
        """The buckets of people, in order."""
        return tuple(bucket for _, bucket in sorted(self._people.items()))

    @property
    def stored_bots(self) -> tuple[StoredBucket, ...]:
        """The buckets of bots, in order."""
        return tuple(bucket for _, bucket in sorted(self._bots.items()))

    def _folder(self, name: str, part: Assembled) -> StoredBucket:
        folder = self._root / self._version / name
        folder.mkdir(parents=True)
        files: list[str] = []
        for key, array in part.arrays.items():
            if key in ("owner", "untimed") and not array.any():
                continue
            files.append(stored_name(key, self._numbers))
            write_array(folder / f"{files[-1]}.npy", array)
        starts, rows = rows_of_codes(cast("Codes", part.arrays["event"]), len(part.event_counts))
        write_array(folder / "postings.starts.npy", starts)
        write_array(folder / "postings.rows.npy", rows)
        sync_folder(folder)
        return StoredBucket(
            folder=f"{self._version}/{name}",
            people=part.people,
            rows=part.rows,
            files=(*files, "postings.starts", "postings.rows"),
        )


def present_rows(name: str, array: Array) -> int:
    """Return the rows with a value in an array of a column, by the array's name."""
    kind, colon, _ = name.partition(":")
    if not colon:
        return 0
    if kind == "length":
        return int(np.count_nonzero(array != -1))
    if kind in ("codes", "present"):
        return int(np.count_nonzero(array))
    if kind == "number":
        return int(np.count_nonzero(~np.isnan(array)))
    return int(np.count_nonzero(array != MISSING_MONEY)) if kind == "money" else 0
