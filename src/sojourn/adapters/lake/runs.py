"""Sorted runs of 128-bit keys, in memory or in files, merged as they grow."""

from __future__ import annotations

import mmap
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

import numpy as np
from typing_extensions import override

from sojourn.events.identity_keys import Ids, no_ids
from sojourn.kernels.keyruns import count_keys, merge_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

MAGIC = b"SOJIDS01"
HEADER_BYTES = 16
KEY_BYTES = 16
BLOCK_KEYS = 2 * 1024 * 1024
"""Keys of a file mapped and searched at a time: 32 MB."""


class Run(Protocol):
    """Ascending keys."""

    def __len__(self) -> int: ...

    def blocks(self) -> Iterator[Ids]:
        """Return the keys, block by block; a block is valid until the next is asked for."""


@dataclass(frozen=True, slots=True)
class MemoryRun(Run):
    """Ascending keys in memory."""

    keys: Ids

    @override
    def __len__(self) -> int:
        return len(self.keys)

    @override
    def blocks(self) -> Iterator[Ids]:
        for start in range(0, len(self.keys), BLOCK_KEYS):
            yield self.keys[start : start + BLOCK_KEYS]


@dataclass(frozen=True, slots=True)
class FileRun(Run):
    """Ascending keys in a file: the magic, the number of keys, then the keys."""

    path: Path
    keys: int

    @override
    def __len__(self) -> int:
        return self.keys

    @override
    def blocks(self) -> Iterator[Ids]:
        with self.path.open("rb") as file, _mapped(file) as whole:
            for start in range(0, self.keys, BLOCK_KEYS):
                count = min(BLOCK_KEYS, self.keys - start)
                at = HEADER_BYTES + start * KEY_BYTES
                block = np.frombuffer(whole, "<u8", 2 * count, at)
                yield block.reshape(-1, 2).astype(np.uint64, copy=False)
                del block  # TRICKY: the map cannot be closed while an array shows into it
                _forget(whole, at, count * KEY_BYTES)


@contextmanager
def _mapped(file: BinaryIO) -> Iterator[mmap.mmap]:
    whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        yield whole
    finally:
        try:
            whole.close()
        except BufferError:  # an array still shows into it; closed when that goes
            return


def _forget(whole: mmap.mmap, start: int, size: int) -> None:
    """Tell the system that these pages need not stay in our memory (they stay cached)."""
    if hasattr(mmap, "MADV_DONTNEED"):
        first = start // mmap.PAGESIZE * mmap.PAGESIZE
        whole.madvise(mmap.MADV_DONTNEED, first, size)


def write_run(path: Path, blocks: Iterator[Ids], keys: int, *, sync: bool) -> FileRun:
    """Return a run written to a file.

    Parameters
    ----------
    path : Path
    blocks : iterator of ndarray of shape (n, 2), uint64
        Ascending keys, ``keys`` of them together.
    keys : int
    sync : bool
        Whether the file must survive a power cut.
    """
    with path.open("wb") as file:
        file.write(MAGIC + keys.to_bytes(8, "little"))
        for block in blocks:
            file.write(np.ascontiguousarray(block).astype("<u8", copy=False).data)
        if sync:
            file.flush()
            os.fsync(file.fileno())
    return FileRun(path, keys)


def open_run(path: Path) -> FileRun | None:
    """Return the run in a file, or None when it is missing, torn or of another format."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
    except OSError:
        return None
    keys = int.from_bytes(header[8:], "little")
    if header[:8] != MAGIC or size != HEADER_BYTES + keys * KEY_BYTES:
        return None
    return FileRun(path, keys)


def count_in(run: Run, keys: Ids, counts: NDArray[np.int64]) -> None:
    """Add to ``counts`` how often each of some ascending, distinct keys stands in a run."""
    if not len(keys):
        return
    for block in run.blocks():
        first = np.searchsorted(keys[:, 0], block[0, 0], side="left")
        last = np.searchsorted(keys[:, 0], block[-1, 0], side="right")
        if first < last:
            count_keys(keys[first:last], block, counts[first:last])


def merged(left: Run, right: Run) -> Iterator[Ids]:
    """Return the keys of two runs in ascending order, block by block."""
    sources = (_Source(left), _Source(right))
    while sources[0].rest or sources[1].rest:
        a, b = sources[0].block, sources[1].block
        if not len(a) or not len(b):
            block = a if len(a) else b
            sources[0].take(len(a))
            sources[1].take(len(b))
            yield block
            continue
        out = np.empty((len(a) + len(b), 2), np.uint64)
        i, j = merge_keys(a, b, out)
        sources[0].take(i)
        sources[1].take(j)
        yield out[: i + j]


class _Source:
    """What is left of a run that is being merged."""

    def __init__(self, run: Run) -> None:
        self._blocks = run.blocks()
        self.block = next(self._blocks, no_ids())
        self.rest = len(run)

    def take(self, keys: int) -> None:
        self.rest -= keys
        self.block = self.block[keys:]
        if not len(self.block) and self.rest:
            self.block = next(self._blocks)
