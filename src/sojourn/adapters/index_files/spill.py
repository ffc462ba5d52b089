"""Chunks beyond the memory that a build may use go to a file."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sojourn.index.building.chunk import Chunk

ALIGNED = 64


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
        self._written: list[
            tuple[Chunk, dict[str, tuple[int, np.dtype[Any], tuple[int, ...]]]]
        ] = []
        self._size = 0
        self.spilled_bytes = 0

    def add(self, chunk: Chunk) -> None:
        """Keep a chunk; all held ones are written once they outgrow memory."""
        with self._lock:
            self._held.append(chunk)
            self._size += chunk.size
            if self._size > self._memory_bytes:
                self._write()

    def chunks(self) -> list[Chunk]:
        """Return all chunks; those written come back as memory maps."""
        if not self._written:
            return list(self._held)
        whole = np.memmap(self._path, np.uint8, mode="c")
        return [
            *(
                replace(
                    chunk, arrays={name: _view(whole, *place) for name, place in places.items()}
                )
                for chunk, places in self._written
            ),
            *self._held,
        ]

    def _write(self) -> None:
        with self._path.open("ab") as file:
            for chunk in self._held:
                places: dict[str, tuple[int, np.dtype[Any], tuple[int, ...]]] = {}
                for name, array in chunk.arrays.items():
                    at = file.tell()
                    file.write(b"\0" * (-at % ALIGNED))
                    places[name] = (at + -at % ALIGNED, array.dtype, array.shape)
                    np.ascontiguousarray(array).tofile(file)
                self._written.append((replace(chunk, arrays={}), places))
            self.spilled_bytes = file.tell()
        self._held.clear()
        self._size = 0


def _view(
    whole: NDArray[np.uint8], start: int, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> NDArray[Any]:
    size = int(np.prod(shape)) * dtype.itemsize
    return np.asarray(whole[start : start + size]).view(dtype).reshape(shape)
