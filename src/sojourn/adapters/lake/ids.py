"""Which ids the lake holds: sorted id files, derived from its data files.

``ids.json`` names the runs and the data files each stands for. A run whose data files are no
longer all in the lake, or whose file is missing or torn, is dropped; data files that no run stands
for are read again. Everything here can be deleted at any time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.adapters.disk.sync import write_whole
from sojourn.adapters.lake.keyset import GROWTH, KeySet
from sojourn.adapters.lake.runs import FileRun, Run, count_in, merged, open_run, write_run
from sojourn.events.identity_keys import Ids, ids_from_arrow, sort_order, take_ids

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from sojourn.ports.lake import Lake, LakeFile

MANIFEST = "ids.json"
Clock: TypeAlias = Callable[[], int]


@dataclass(frozen=True, slots=True)
class _Covering:
    """A run and the data files whose ids it holds."""

    run: FileRun
    files: tuple[str, ...]


class LakeIds:
    """The ids of every event in the lake, for batched look-ups."""

    def __init__(self, folder: Path, memory_keys: int) -> None:
        self._folder = folder
        self._memory_keys = memory_keys
        self._parts: list[_Covering] = []

    def open(self, lake: Lake) -> None:
        """Read the manifest and make good what is missing or stale."""
        self._folder.mkdir(parents=True, exist_ok=True)
        files = {file.path: file for file in lake.files()}
        self._parts = [part for part in self._listed() if files.keys() >= set(part.files)]
        covered = {path for part in self._parts for path in part.files}
        missing = [file for path, file in files.items() if path not in covered]
        if missing:
            self._rebuild(lake, missing)
        self._tidy()

    def count(self, keys: Ids) -> NDArray[np.int64]:
        """Return how often each of some ascending, distinct ids stands in the lake."""
        counts = np.zeros(len(keys), np.int64)
        for part in self._parts:
            count_in(part.run, keys, counts)
        return counts

    def add(self, run: Run, files: Iterable[str]) -> None:
        """Add the ids of data files just committed."""
        part = _Covering(self._write(run.blocks(), len(run)), tuple(files))
        while self._parts and len(self._parts[-1].run) < GROWTH * len(part.run):
            part = self._join(self._parts.pop(), part)
        self._parts.append(part)
        self._publish()

    def rename(self, old: Sequence[str], new: str) -> None:
        """Know the ids of some files under that of the one that took their place."""
        gone = set(old)
        touched = [part for part in self._parts if gone & set(part.files)]
        if not gone <= {path for part in touched for path in part.files}:
            return  # read again from the new file when next opened
        whole = touched[0]
        for part in touched[1:]:
            whole = self._join(whole, part)
        files = (*(path for path in whole.files if path not in gone), new)
        rest = [part for part in self._parts if part not in touched]
        self._parts = sorted([*rest, _Covering(whole.run, files)], key=lambda part: -len(part.run))
        self._publish()

    def _join(self, left: _Covering, right: _Covering) -> _Covering:
        keys = len(left.run) + len(right.run)
        run = self._write(merged(left.run, right.run), keys)
        return _Covering(run, left.files + right.files)

    def _rebuild(self, lake: Lake, files: Sequence[LakeFile]) -> None:
        keys = KeySet(self._folder / "building", self._memory_keys)
        for batch in lake.scan(["event_id"], files):
            keys.add(_sorted_ids(batch))
        self.add(keys.keys(), [file.path for file in files])
        keys.clear()

    def _listed(self) -> Iterator[_Covering]:
        try:
            listed = json.loads((self._folder / MANIFEST).read_text("utf-8"))
            entries = [(str(e["run"]), tuple(map(str, e["files"]))) for e in listed["runs"]]
        except (OSError, ValueError, KeyError, TypeError):
            return
        for name, files in entries:
            run = open_run(self._folder / name)
            if run is not None:
                yield _Covering(run, files)

    def _write(self, blocks: Iterator[Ids], keys: int) -> FileRun:
        numbers = [int(path.stem) for path in self._folder.glob("*.ids") if path.stem.isdigit()]
        path = self._folder / f"{max(numbers, default=0) + 1:08d}.ids"
        return write_run(path, blocks, keys, sync=True)

    def _publish(self) -> None:
        runs = [{"run": p.run.path.name, "files": list(p.files)} for p in self._parts]
        content = json.dumps({"format": 1, "runs": runs}, indent=1)
        write_whole(self._folder / MANIFEST, content.encode())
        self._tidy()

    def _tidy(self) -> None:
        kept = {part.run.path for part in self._parts}
        for path in self._folder.glob("*.ids"):
            if path not in kept:
                path.unlink(missing_ok=True)


def _sorted_ids(batch: pa.RecordBatch) -> Ids:
    ids = ids_from_arrow(batch.column("event_id"))
    return take_ids(ids, sort_order(ids))
