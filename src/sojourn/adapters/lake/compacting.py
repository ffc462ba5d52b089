"""Many small data files into few large ones; what stands in them stays the same.

The log says so in one entry: the small files removed, the large one added, no data changed. Which
file took the place of which is noted in ``_compacted.jsonl`` beside the log, so that what is
derived from the small files is known to hold for the large one. Small files stay for a day, for
whoever reads them now.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.adapters.disk.sync import write_whole
from sojourn.adapters.lake.datafiles import FILE_SCHEMA, DataFile, Part, new_path, write_part

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from sojourn.ports.lake import LakeFile

RECORD = "_compacted.jsonl"
SMALL_BYTES = 16 * 1024 * 1024
MANY = 128
"""So many small files of a month are due."""
TARGET_BYTES = 128 * 1024 * 1024
KEPT_US = 24 * 3600 * 1_000_000
"""How long small files stay after they were replaced."""
_MOST_RECORDS = 2_000


@dataclass(frozen=True, slots=True)
class Replaced:
    """One large file and the small ones whose place it took."""

    new: str
    old: tuple[str, ...]
    at_us: int


def due(files: Sequence[LakeFile]) -> Iterator[tuple[LakeFile, ...]]:
    """Return groups of small files of one month that had better be one."""
    small = sorted((f for f in files if f.size < SMALL_BYTES), key=lambda file: file.month)
    for _, of_month in groupby(small, key=lambda file: file.month):
        found = list(of_month)
        if len(found) >= MANY:
            yield from _groups(found)


def _groups(small: Sequence[LakeFile]) -> Iterator[tuple[LakeFile, ...]]:
    group: list[LakeFile] = []
    total = 0
    for file in small:
        if group and total + file.size > TARGET_BYTES:
            yield tuple(group)
            group, total = [], 0
        group.append(file)
        total += file.size
    if len(group) > 1:
        yield tuple(group)


def merged(
    lake: Path, group: Sequence[LakeFile], stage: Callable[[Sequence[str]], None]
) -> DataFile:
    """Return the file with the rows of a group, written and synced.

    Parameters
    ----------
    lake : Path
    group : sequence of LakeFile
        Of one month.
    stage : callable
        Notes the path that is about to be written.
    """
    tables = [pq.read_table(lake / file.path, schema=FILE_SCHEMA, partitioning=None)
              for file in group]  # fmt: skip
    month = group[0].month
    path = new_path(month)
    stage([path])
    return write_part(lake, Part(path, month, pa.concat_tables(tables)))


def replaced(lake: Path) -> list[Replaced]:
    """Return what took whose place, oldest first; lines that cannot be read are left out."""
    try:
        lines = (lake / RECORD).read_text("utf-8").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            said = json.loads(line)
            found.append(
                Replaced(str(said["new"]), tuple(map(str, said["old"])), int(said["at_us"]))
            )
        except (ValueError, KeyError, TypeError):
            continue
    return found


def note(lake: Path, records: Sequence[Replaced]) -> None:
    """Write down what took whose place; the oldest are forgotten when there are very many."""
    lines = [
        json.dumps({"new": record.new, "old": record.old, "at_us": record.at_us})
        for record in records[-_MOST_RECORDS:]
    ]
    write_whole(lake / RECORD, "".join(f"{line}\n" for line in lines).encode())


def remove_replaced(lake: Path, present: Collection[str], now_us: int) -> int:
    """Remove small files that were replaced more than a day ago; return how many."""
    removed = 0
    for record in replaced(lake):
        if record.at_us > now_us - KEPT_US or record.new not in present:
            continue
        for path in set(record.old) - set(present):
            if (lake / path).is_file():
                (lake / path).unlink()
                removed += 1
    return removed
