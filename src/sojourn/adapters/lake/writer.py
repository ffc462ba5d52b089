"""The lake's one writer: takes events, commits them in large files, keeps the ids up to date."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from typing_extensions import override

from sojourn.adapters.disk.errors import as_write_error
from sojourn.adapters.disk.sync import make_folder, sync_file, sync_folder
from sojourn.adapters.lake.datafiles import FILE_SCHEMA
from sojourn.adapters.lake.ids import LakeIds
from sojourn.adapters.lake.keyset import KeySet
from sojourn.adapters.lake.table import WRITER, DeltaLake
from sojourn.adapters.lake.upkeep import keep_up
from sojourn.adapters.workspace.folder import Layout, read_secret
from sojourn.adapters.workspace.lock import writer_lock
from sojourn.events.identity_keys import Ids, sort_order, starts_of_equal, take_ids
from sojourn.ports.workspace import EventWriter, KeyCounter, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from sojourn.base.errors import InputError
    from sojourn.ports.lake import Upkept


_BYTES_A_KEY = 16
_BYTES_A_BATCHED_ROW = 6 * 1024
_LOADED_BYTES = 320 * 1024 * 1024
_LEAST_WORKING_BYTES = 64 * 1024 * 1024
_PACKED = (".gz", ".bz2", ".zst", ".gzip", ".zstd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much the writer may hold."""

    commit_rows: int
    """Events gathered before a commit."""
    memory_bytes: int
    """Memory of the whole command."""

    @property
    def working_bytes(self) -> int:
        """What is left when Python and its libraries are loaded."""
        return max(self.memory_bytes - _LOADED_BYTES, _LEAST_WORKING_BYTES)

    @property
    def pending_bytes(self) -> int:
        """Uncommitted events; writing them takes another copy, a month at a time."""
        return self.working_bytes // 4

    @property
    def keys(self) -> int:
        """Keys one set may hold in memory; merging takes twice that, and there are three sets."""
        return self.working_bytes // 32 // _BYTES_A_KEY

    @property
    def batch_rows(self) -> int:
        """Rows taken at a time: no more than a commit, and a batch is held several times over."""
        return max(1, min(self.commit_rows, self.working_bytes // _BYTES_A_BATCHED_ROW))


class LakeStore(Store):
    """The lake of a workspace as something to write to, one process at a time."""

    def __init__(self, layout: Layout, bounds: Bounds) -> None:
        self._layout = layout
        self._bounds = bounds

    @property
    def batch_rows(self) -> int:
        """Rows to take at a time."""
        return self._bounds.batch_rows

    @override
    @contextmanager
    def writer(self, *, wait: bool, waiting: Callable[[str], None]) -> Iterator[EventWriter]:
        lake = DeltaLake(self._layout.lake)
        try:
            with writer_lock(
                self._layout.lock,
                wait=wait,
                waiting=waiting,
                last_fence=lambda: lake.transaction_version(WRITER),
            ) as held:
                yield from self._writing(lake, held.fence)
        except OSError as error:  # of scratch files, ids, the quarantine, the lock itself
            raise as_write_error(str(error.filename or self._layout.root), error) from error

    def _writing(self, lake: DeltaLake, fence: int) -> Iterator[LakeWriter]:
        scratch = self._layout.scratch
        shutil.rmtree(scratch, ignore_errors=True)
        lake.recover()
        ids = LakeIds(self._layout.ids, self._bounds.keys)
        ids.open(lake)
        try:
            yield LakeWriter(_Places(lake, ids, scratch), self._bounds, fence)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    @override
    def quarantine_path(self, entry: int, name: str) -> str:
        plain = PurePath(name.replace("\\", "/")).name
        while PurePath(plain).suffix.lower() in _PACKED:
            plain = PurePath(plain).stem
        make_folder(self._layout.quarantine)
        return str(self._layout.quarantine / f"{entry:06d}-{plain.replace(' ', '-')}")

    @override
    def keep(self, path: str) -> str:
        kept = Path(path)
        sync_file(kept)
        sync_folder(kept.parent)
        return kept.relative_to(self._layout.root).as_posix()

    @override
    def write_error(self, path: str, error: OSError) -> InputError:
        return as_write_error(path, error)

    @override
    def secret(self) -> bytes:
        return read_secret(self._layout)


@dataclass(frozen=True, slots=True)
class _Places:
    lake: DeltaLake
    ids: LakeIds
    scratch: Path


class LakeWriter(EventWriter):
    """Gathers events and commits them; see :class:`sojourn.ports.workspace.EventWriter`."""

    def __init__(self, places: _Places, bounds: Bounds, fence: int) -> None:
        self._places = places
        self._bounds = bounds
        self._fence = fence
        self._pending: list[pa.Table] = []
        self._rows = 0
        self._bytes = 0
        self._pending_ids = KeySet(places.scratch, bounds.keys)

    @override
    def fresh_counter(self) -> KeyCounter:
        return KeySet(self._places.scratch, self._bounds.keys)

    @override
    def admit(self, ids: Ids) -> NDArray[np.bool_]:
        order = sort_order(ids)
        keys = take_ids(ids, order)
        firsts = starts_of_equal(keys)
        distinct = take_ids(keys, firsts)
        held = self._places.ids.count(distinct) + self._pending_ids.count(distinct)
        new = np.flatnonzero(held == 0)
        self._pending_ids.add(take_ids(distinct, new))
        admitted = np.zeros(len(ids), np.bool_)
        admitted[order[firsts[new]]] = True
        return admitted

    @override
    def add(self, events: pa.Table) -> None:
        if not len(events):
            return
        self._pending.append(events.select(FILE_SCHEMA.names))
        self._rows += len(events)
        self._bytes += events.nbytes
        full = self._rows >= self._bounds.commit_rows or self._bytes >= self._bounds.pending_bytes
        if full:
            self.commit()

    @override
    def has(self, batch: tuple[str, int]) -> bool:
        return self._places.lake.transaction_version(batch[0]) >= batch[1]

    @override
    def keep_up(self, now_us: int) -> Upkept:
        return keep_up(self._places.lake, self._places.ids, fence=self._fence, now_us=now_us)

    @override
    def commit(self, batch: tuple[str, int] | None = None) -> None:
        if not self._rows:
            return
        events = pa.concat_tables(self._pending)
        files = self._places.lake.append(events, fence=self._fence, batch=batch)
        self._pending.clear()
        self._rows = self._bytes = 0
        pa.default_memory_pool().release_unused()
        try:
            self._places.ids.add(self._pending_ids.keys(), files)
        except OSError as error:  # derived: made again from the lake when next needed
            raise as_write_error(str(self._places.scratch.parent), error) from error
        self._pending_ids.clear()
