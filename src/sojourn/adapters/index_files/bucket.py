"""A bucket whose columns are memory-mapped when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from typing_extensions import override

from sojourn.adapters.index_files.arrays import read_array
from sojourn.adapters.index_files.errors import DamagedIndexError
from sojourn.adapters.index_files.manifest import KINDS, NUMBER_SUFFIX, stored_name
from sojourn.adapters.index_files.versions import give_up_current
from sojourn.index.bucket import Bucket, Postings, Text
from sojourn.index.catalog import MISSING_MONEY
from sojourn.kernels.rows import rows_of_codes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sojourn.adapters.index_files.lease import Lease
    from sojourn.adapters.index_files.manifest import StoredBucket
    from sojourn.base.arrays import Codes

KeptT = TypeVar("KeptT")


class FileBucket(Bucket):
    """People of one folder; picklable, since an engine may open it elsewhere.

    Parameters
    ----------
    root : Path
        The folder of the index.
    stored : StoredBucket
    numbers : mapping of str to int
        The file number of each property.
    events : int
        Event names in the catalog.
    lease : Lease, optional
        Kept so that the files stay while the bucket is held.
    """

    def __init__(
        self,
        root: Path,
        stored: StoredBucket,
        numbers: Mapping[str, int],
        events: int,
        lease: Lease | None = None,
    ) -> None:
        self._root = root
        self._stored = stored
        self._numbers = numbers
        self._events = events
        self._lease = lease
        self._added = dict(stored.added)
        self._files = frozenset((*stored.files, *self._added))
        self._open: dict[str, Any] = {}

    @override
    def __reduce__(self) -> tuple[type[FileBucket], tuple[object, ...]]:
        return FileBucket, (self._root, self._stored, self._numbers, self._events)

    @property
    @override
    def offsets(self) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self.array("offsets")
        return found

    @property
    @override
    def time(self) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self.array("time")
        return found

    @property
    @override
    def event(self) -> Codes:
        found: Codes = self.array("event")
        return found

    @property
    @override
    def skip(self) -> NDArray[np.uint8]:
        if self._stored.skip is None:
            return self._kept("skip", lambda: np.empty(0, np.uint8))
        path = self._stored.skip
        found: NDArray[np.uint8] = self._kept("skip", lambda: self._read(path))
        return found

    @override
    def codes(self, name: str) -> Codes:
        found: Codes = self._column(name, "codes", 0, np.uint8)
        return found

    @override
    def number(self, name: str) -> NDArray[np.float64]:
        plain = name if name in self._numbers else name.removesuffix(NUMBER_SUFFIX)
        found: NDArray[np.float64] = self._column(plain, "number", np.nan, np.float64)
        return found

    @override
    def money(self, name: str) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self._column(name, "money", MISSING_MONEY, np.int64)
        return found

    @override
    def text(self, name: str) -> Text:
        return self._kept(f"text {name}", lambda: self._text(name))

    @override
    def postings(self) -> Postings:
        return self._kept("postings", self._postings)

    @override
    def person_ids(self, people: NDArray[np.int64]) -> Sequence[str]:
        offsets, data = self.array("id_offsets"), self.array("id_data")
        return [data[offsets[p] : offsets[p + 1]].tobytes().decode() for p in people]

    @override
    def merge(self) -> NDArray[np.uint32]:
        found: NDArray[np.uint32] = (
            self.array("merge") if "merge" in self._files else super().merge()
        )
        return found

    @override
    def find_person(self, person_id: str) -> int | None:
        offsets, data = self.array("id_offsets"), self.array("id_data")
        wanted = np.frombuffer(person_id.encode(), np.uint8)
        same = np.flatnonzero(np.diff(offsets) == len(wanted))
        for at in reversed(range(len(wanted))):  # ids differ most at their end
            same = same[data[offsets[same] + at] == wanted[at]]
        return int(same[0]) if len(same) else None

    def array(self, name: str) -> Any:  # noqa: ANN401 - of the type that was stored
        """Return one of the bucket's arrays by the name of its file."""
        folder = self._added.get(name, self._stored.folder)
        return self._kept(name, lambda: self._read(f"{folder}/{name}.npy"))

    def _read(self, file: str) -> Any:  # noqa: ANN401 - of the type that was stored
        try:
            return read_array(self._root / file)
        except (OSError, EOFError, ValueError) as error:
            if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
                raise
            give_up_current(self._root)
            raise DamagedIndexError(str(self._root / file)) from error

    def stored(self, name: str) -> Any:  # noqa: ANN401 - of the type that was stored
        """Return one of the bucket's arrays, of a property by ``kind:NAME``."""
        return self.array(stored_name(name, self._numbers))

    def array_names(self) -> Sequence[str]:
        """Return the names of the arrays that are there, of properties as ``kind:NAME``."""
        names = {f"c{number}": name for name, number in self._numbers.items()}
        found: list[str] = []
        for file in self._files:
            number, _, kind = file.partition(".")
            known = number in names and kind in KINDS
            found.append(f"{KINDS[kind]}:{names[number]}" if known else file)
        return sorted(found)

    def _column(self, name: str, kind: str, missing: float, dtype: type[np.generic]) -> Any:  # noqa: ANN401
        file = f"c{self._numbers[name]}.{kind}"
        if file in self._files:
            return self.array(file)
        return self._kept(file, lambda: np.full(self._stored.rows, missing, dtype))

    def _text(self, name: str) -> Text:
        file = f"c{self._numbers[name]}.text"
        rows = self._stored.rows
        if f"{file}.offsets" in self._files:
            parts = (self.array(f"{file}.{part}") for part in ("offsets", "data", "present"))
            return Text(*parts)
        return Text(np.zeros(rows + 1, np.int64), np.empty(0, np.uint8), np.zeros(rows, np.uint8))

    def _postings(self) -> Postings:
        if "postings.rows" not in self._files:
            return Postings(*rows_of_codes(self.event, self._events))
        starts = self.array("postings.starts")
        if len(starts) <= self._events:  # event names that came after this bucket was written
            more = np.full(self._events + 1 - len(starts), starts[-1], np.int64)
            starts = np.concatenate((starts, more))
        return Postings(starts, self.array("postings.rows"))

    def _kept(self, name: str, make: Callable[[], KeptT]) -> KeptT:
        found: KeptT | None = self._open.get(name)
        if found is None:
            found = self._open[name] = make()
        return found
