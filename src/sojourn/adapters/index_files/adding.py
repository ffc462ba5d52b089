"""Columns added to an index that is otherwise current, for a property somebody asks about."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sojourn.adapters.disk.sync import sync_folder
from sojourn.adapters.index_files.arrays import write_array
from sojourn.adapters.index_files.bucket import FileBucket
from sojourn.adapters.index_files.build import SPILL_SHARE, each_batch, plain_above
from sojourn.adapters.index_files.manifest import Manifest, StoredBucket, stored_name
from sojourn.adapters.index_files.rebuild import LINKS, MERGES, write_column
from sojourn.adapters.index_files.spill import Spill
from sojourn.adapters.index_files.versions import WORK
from sojourn.adapters.index_files.writing import present_rows
from sojourn.index.building.align import ALIGN_COLUMNS, find_rows, sorted_values, values_chunk
from sojourn.index.building.base import OutgrownError
from sojourn.index.building.plan import plan_columns
from sojourn.index.building.properties import PropertyScanner
from sojourn.index.catalog import MISSING_MONEY
from sojourn.kernels.building.texts import gather_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from sojourn.adapters.index_files.settings import IndexSettings
    from sojourn.index.building.align import Values
    from sojourn.index.building.chunk import Chunk
    from sojourn.index.building.plan import ColumnPlan
    from sojourn.ports.lake import Lake

BYTES_A_VALUE = 64
"""About what one event with a value takes while it is sorted."""
_MISSING: dict[str, float] = {"codes": 0, "number": np.nan, "money": MISSING_MONEY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What is added, to which version, and where it goes."""

    root: Path
    version: str
    current: Manifest
    names: Sequence[str]
    settings: IndexSettings


def add_columns(lake: Lake, addition: Addition) -> Manifest:
    """Write columns of some properties and return the manifest of the version that has them.

    Raises
    ------
    OutgrownError
        If the values cannot be found again by the ids of their events: build the index anew.
    """
    current, settings = addition.current, addition.settings
    rows = current.rows + current.bot_rows
    spill = Spill(
        addition.root / WORK / f"{addition.version}.spill",
        int(settings.memory_bytes * SPILL_SHARE),
    )
    scanners = _scan(lake, addition, spill)
    columns = plan_columns(scanners, addition.names, plain_above(rows))
    chunks = spill.chunks()
    held = sum(len(chunk.arrays["ident"]) for chunk in chunks)
    if held * BYTES_A_VALUE > settings.memory_bytes // 2:
        raise OutgrownError(addition.version)
    values = sorted_values(chunks, 0, columns)
    if values is None:
        raise OutgrownError(addition.version)
    return _written(addition, columns, values, held)


def _scan(lake: Lake, addition: Addition, spill: Spill) -> list[PropertyScanner]:
    current, settings = addition.current, addition.settings
    above = plain_above(current.rows + current.bot_rows)
    scanners = [
        PropertyScanner(currency=current.currency, plain_above=above, wanted=addition.names)
        for _ in range(settings.workers)
    ]
    paths = set(current.lake_files)
    files = [file for file in lake.files() if file.path in paths]
    total = sum(file.rows for file in files)
    done = 0
    lock = threading.Lock()

    def work(worker: int) -> Callable[[pa.RecordBatch], None]:
        def take(batch: pa.RecordBatch) -> None:
            nonlocal done
            chunk: Chunk = values_chunk(batch, scanners[worker], worker, 1)
            spill.add(chunk)
            with lock:
                done += len(batch)
                settings.report("reading " + ", ".join(addition.names), done, total)

        return take

    each_batch(lake.scan(ALIGN_COLUMNS, files), [work(n) for n in range(settings.workers)])
    return scanners


def _written(
    addition: Addition, columns: Sequence[ColumnPlan], values: Values, held: int
) -> Manifest:
    current, folder = addition.current, addition.root / addition.version
    after = max((column.number for column in current.columns), default=-1) + 1
    numbers = {column.name: after + at for at, column in enumerate(columns)}
    writer = _Writer(addition, values, numbers)
    with ThreadPoolExecutor(max_workers=addition.settings.workers) as pool:
        buckets = tuple(pool.map(writer.write, current.buckets))
        bots = tuple(pool.map(writer.write, current.bots))
    if writer.found > held or (not current.unowned_rows and writer.found != held):
        raise OutgrownError(addition.version)
    for name in (LINKS, MERGES):
        if (addition.root / current.version / name).is_file():
            shutil.copyfile(addition.root / current.version / name, folder / name)
    added = tuple(
        write_column(column, folder, numbers[column.name], writer.present) for column in columns
    )
    return replace(
        current,
        version=addition.version,
        base=addition.version,
        columns=tuple(sorted((*current.columns, *added), key=lambda column: column.name)),
        others=tuple(name for name in current.others if name not in numbers),
        forced=tuple(sorted({*current.forced, *numbers})),
        buckets=buckets,
        bots=bots,
        uses=tuple(sorted({*current.uses, addition.version})),
    )


class _Writer:
    """Writes the new columns of bucket after bucket, from several threads."""

    def __init__(self, addition: Addition, values: Values, numbers: dict[str, int]) -> None:
        self._addition = addition
        self._values = values
        self._numbers = numbers
        self._lock = threading.Lock()
        self.found = 0
        self.present: dict[str, int] = {}

    def write(self, stored: StoredBucket) -> StoredBucket:
        """Write the new columns of one bucket and return what is stored of it now."""
        root = self._addition.root
        ident = FileBucket(root, stored, {}, 0).array("ident")
        rows, at = find_rows(self._values, ident)
        with self._lock:
            self.found += len(rows)
        if not len(rows):
            return stored
        folder = f"{self._addition.version}/{stored.folder.replace('/', '-')}"
        (root / folder).mkdir()
        added: list[tuple[str, str]] = []
        for name, array in self._arrays(rows, at, stored.rows).items():
            file = stored_name(name, self._numbers)
            write_array(root / folder / f"{file}.npy", array)
            added.append((file, folder))
            with self._lock:
                held = self.present.get(name, 0)
                self.present[name] = held + present_rows(name, array)
        sync_folder(root / folder)
        return replace(stored, added=(*stored.added, *added))

    def _arrays(
        self, rows: NDArray[np.int64], at: NDArray[np.int64], size: int
    ) -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = {}
        for name, array in self._values.arrays.items():
            kind, _, column = name.partition(":")
            if kind in _MISSING:
                found[name] = np.full(size, _MISSING[kind], array.dtype)
                found[name][rows] = array[at]
            elif kind == "present":
                found |= self._texts(column, rows, at, size)
        return found

    def _texts(
        self, column: str, rows: NDArray[np.int64], at: NDArray[np.int64], size: int
    ) -> dict[str, NDArray[Any]]:
        arrays = self._values.arrays
        edges: NDArray[Any] = arrays[f"offsets:{column}"]
        starts, lengths = np.zeros(size, np.int64), np.zeros(size, np.int64)
        starts[rows] = edges[at]
        lengths[rows] = edges[at + 1] - edges[at]
        present = np.zeros(size, np.uint8)
        present[rows] = arrays[f"present:{column}"][at]
        data: NDArray[Any] = arrays[f"data:{column}"]
        offsets, copied = gather_texts(starts, lengths, data)
        return {
            f"offsets:{column}": offsets,
            f"data:{column}": copied,
            f"present:{column}": present,
        }
