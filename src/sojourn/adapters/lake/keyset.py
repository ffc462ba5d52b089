"""A multiset of 128-bit keys that stays within a memory bound by spilling to files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.adapters.lake.runs import FileRun, MemoryRun, Run, count_in, merged, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sojourn.events.identity_keys import Ids

GROWTH = 3
"""A run is merged into the one before it unless that is this many times as long."""


class KeySet:
    """Counts keys added before; the runs grow geometrically, the long ones lie in files.

    Parameters
    ----------
    folder : Path
        Where runs beyond the bound are written; they are removed by :meth:`clear`.
    memory_keys : int
        Keys held in memory at most (16 bytes each, twice that while merging).
    """

    def __init__(self, folder: Path, memory_keys: int) -> None:
        self._folder = folder
        self._memory_keys = memory_keys
        self._runs: list[Run] = []
        self._written = 0

    def __len__(self) -> int:
        return sum(len(run) for run in self._runs)

    def count(self, keys: Ids) -> NDArray[np.int64]:
        """Return how often each of some ascending, distinct keys was added before."""
        counts = np.zeros(len(keys), np.int64)
        for run in self._runs:
            count_in(run, keys, counts)
        return counts

    def add(self, keys: Ids) -> None:
        """Add ascending keys, repeated ones included."""
        if not len(keys):
            return
        run: Run = MemoryRun(keys)
        while self._runs and len(self._runs[-1]) < GROWTH * len(run):
            run = self._merge(self._runs.pop(), run)
        self._runs.append(run)
        held = sum(len(run) for run in self._runs if isinstance(run, MemoryRun))
        if held > self._memory_keys:
            self._spill()

    def keys(self) -> Run:
        """Return every key as one run."""
        while len(self._runs) > 1:
            last = self._runs.pop()
            self._runs.append(self._merge(self._runs.pop(), last))
        return self._runs[0] if self._runs else MemoryRun(np.zeros((0, 2), np.uint64))

    def clear(self) -> None:
        """Forget every key and remove the files."""
        for run in self._runs:
            _remove(run)
        self._runs = []

    def _spill(self) -> None:
        self._runs = [self._write(run) if isinstance(run, MemoryRun) else run for run in self._runs]

    def _merge(self, left: Run, right: Run) -> Run:
        if isinstance(left, MemoryRun) and isinstance(right, MemoryRun):
            return MemoryRun(np.concatenate(list(merged(left, right))))
        both = self._write_merged(left, right)
        _remove(left)
        _remove(right)
        return both

    def _write_merged(self, left: Run, right: Run) -> FileRun:
        path = self._next_path()
        return write_run(path, merged(left, right), len(left) + len(right), sync=False)

    def _write(self, run: Run) -> FileRun:
        return write_run(self._next_path(), run.blocks(), len(run), sync=False)

    def _next_path(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._written += 1
        return self._folder / f"{id(self):x}-{self._written}.run"


def _remove(run: Run) -> None:
    if isinstance(run, FileRun):
        run.path.unlink(missing_ok=True)
