"""Chunks beyond the memory that a build may use go to a file."""

from __future__ import annotations

import threading
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from io import BufferedRandom
    from pathlib import Path

    from numpy.typing import NDArray

    from sojourn.index.building.chunk import Chunk


class Spill:
    """Keeps the chunks of a build, in memory while they fit.

    Parameters
    ----------
    path : Path
        The file that takes what does not fit; made when needed.
    memory_bytes : int
        What may stay in memory.
    """

    def __init__(self, path: Path, memory_bytes: int) -> None:
        self._path = path
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._held: list[Chunk] = []
        self._written: list[Chunk] = []
        self._file: _File | None = None
        self._size = 0

    def add(self, chunk: Chunk) -> None:
        """Keep a chunk; all held ones are written once they outgrow memory."""
        with self._lock:
            self._held.append(chunk)
            self._size += chunk.size
            if self._size > self._memory_bytes:
                self._write()

    def chunks(self) -> list[Chunk]:
        """Return all chunks; arrays of those written are read slice by slice."""
        return [*self._written, *self._held]

    def _write(self) -> None:
        if self._file is None:
            self._file = _File(self._path)
        for chunk in self._held:
            arrays: dict[str, Any] = {
                name: self._file.put(array) for name, array in chunk.arrays.items()
            }
            self._written.append(replace(chunk, arrays=arrays))
        self._held.clear()
        self._size = 0


class SpilledArray:
    """An array in the file: a slice of it is read when asked for, so nothing stays in memory."""

    def __init__(
        self, file: _File, start: int, shape: tuple[int, ...], kind: np.dtype[Any]
    ) -> None:
        self._file = file
        self._start = start
        self._shape = shape
        self._kind = kind

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._shape[0]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Return some rows; ``rows`` has no step."""
        first, end, _ = rows.indices(len(self))
        wide = int(np.prod(self._shape[1:], dtype=np.int64))
        start = self._start + first * wide * self._kind.itemsize
        found = self._file.read(start, self._kind, max(0, end - first) * wide)
        return found.reshape(-1, *self._shape[1:])


class _File:
    """The file and the place in it, used by several threads."""

    def __init__(self, path: Path) -> None:
        self._file: BufferedRandom = path.open("w+b")
        self._lock = threading.Lock()
        weakref.finalize(self, self._file.close)

    def put(self, array: NDArray[Any]) -> SpilledArray:
        """Write an array at the end."""
        start = self._file.seek(0, 2)
        np.ascontiguousarray(array).tofile(self._file)
        return SpilledArray(self, start, array.shape, array.dtype)

    def read(self, start: int, kind: np.dtype[Any], count: int) -> NDArray[Any]:
        """Return some values that are written from a byte on."""
        with self._lock:
            self._file.seek(start)
            return np.fromfile(self._file, kind, count)
