"""A whole version of the index, built from all of the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.adapters.index_files.arrays import write_texts
from sojourn.adapters.index_files.build import (
    Job,
    bucket_count,
    owned_by,
    plain_above,
    read_links,
    scan_and_plan,
    write_buckets,
)
from sojourn.adapters.index_files.manifest import Manifest, StoredColumn
from sojourn.adapters.index_files.versions import WORK
from sojourn.adapters.index_files.writing import BucketWriter
from sojourn.identity.merging import Merged
from sojourn.index.building.people import sorted_keys
from sojourn.index.building.worker import Task
from sojourn.index.catalog import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sojourn.adapters.index_files.settings import IndexSettings
    from sojourn.index.building.plan import ColumnPlan, IndexPlan
    from sojourn.ports.lake import Lake, LakeFile

LINKS = "links.parquet"
MERGES = "merges.parquet"


def rebuild(
    lake: Lake, root: Path, version: str, settings: IndexSettings, forced: Iterable[str]
) -> Manifest:
    """Write every file of a version but its manifest, which is returned.

    Parameters
    ----------
    lake : Lake
    root : Path
        The folder of the index; the version's folder in it is empty.
    version : str
    settings : IndexSettings
    forced : iterable of str
        Properties that get a column however rare they are.
    """
    lake_version, files = lake.version(), tuple(lake.files())
    forced = tuple(sorted(forced))
    folder = root / version
    job = _job(lake, files, root, version, settings)
    scanned = scan_and_plan(job, forced)
    numbers = {column.name: number for number, column in enumerate(scanned.plan.columns)}
    writer = BucketWriter(root, version, numbers, "b")
    write_buckets(scanned, job.task.buckets, writer.write, settings)
    write_texts(folder, "events", scanned.plan.events)
    base = tuple(file.path for file in files)
    return Manifest(
        version=version,
        base=version,
        lake_version=lake_version,
        lake_files=base,
        base_files=base,
        currency=settings.currency,
        bucket_count=job.task.buckets,
        forced=forced,
        merged=settings.merged.digest,
        events=len(scanned.plan.events),
        event_folder=version,
        event_counts=tuple(writer.people.event_counts.tolist()),
        columns=write_columns(scanned.plan, folder, numbers, writer.present),
        others=scanned.plan.others,
        people=writer.people.people,
        rows=writer.people.rows,
        untimed_rows=writer.people.untimed,
        first_us=writer.people.first_us or 0,
        last_us=writer.people.last_us or 0,
        bot_people=writer.bots.people,
        bot_rows=writer.bots.rows,
        unowned_rows=sum(worker.unowned_rows for worker in scanned.workers),
        hidden=hidden_keys(settings),
        buckets=writer.stored,
        bots=writer.stored_bots,
        uses=(version,),
    )


def hidden_keys(settings: IndexSettings) -> tuple[str, ...]:
    """Return the keys of hidden people, as they stand in a manifest."""
    if not settings.hidden:
        return ()  # nothing to load the kernels for
    return tuple(key.tobytes().hex() for key in sorted_keys(settings.hidden).astype("<u8"))


def _job(
    lake: Lake, files: Sequence[LakeFile], root: Path, version: str, settings: IndexSettings
) -> Job:
    rows = sum(file.rows for file in files)
    links = read_links(lake, files, settings)
    pq.write_table(links, root / version / LINKS)
    _write_merges(settings.merged, root / version)
    return Job(
        lake=lake,
        files=files,
        owned=owned_by(links, settings.merged),
        task=Task(
            buckets=bucket_count(rows, settings.memory_bytes),
            currency=settings.currency,
            plain_above=plain_above(rows),
            hidden=sorted_keys(settings.hidden),
        ),
        settings=settings,
        spill=root / WORK / f"{version}.spill",
    )


def read_merges(folder: Path) -> Merged:
    """Return who counted as whom when a base was built."""
    path = folder / MERGES
    if not path.is_file():
        return Merged({})
    table = pq.read_table(path)
    pairs = zip(table["gone"].to_pylist(), table["kept"].to_pylist(), strict=True)
    return Merged(dict(pairs))


def _write_merges(merged: Merged, folder: Path) -> None:
    if merged.kept:
        columns = {"gone": list(merged.kept), "kept": list(merged.kept.values())}
        pq.write_table(pa.table(columns).sort_by("gone"), folder / MERGES)


def write_columns(
    plan: IndexPlan, folder: Path, numbers: Mapping[str, int], present: Mapping[str, int]
) -> tuple[StoredColumn, ...]:
    """Write the dictionaries of a plan and return what is stored of each property."""
    return tuple(
        write_column(column, folder, numbers[column.name], present) for column in plan.columns
    )


def write_column(
    column: ColumnPlan, folder: Path, number: int, present: Mapping[str, int]
) -> StoredColumn:
    """Write the dictionary of one property and return what is stored of it."""
    coded = column.text is ColumnKind.CODES
    if coded:
        write_texts(folder, f"c{number}.values", column.values)
    kinds = ("codes", "present", "money")
    return StoredColumn(
        name=column.name,
        number=number,
        text=None if column.text is None else column.text.value,
        numbers=column.number,
        money=column.money,
        distinct=len(column.values) if coded else 0,
        dictionary=folder.name if coded else None,
        text_rows=sum(present.get(f"{kind}:{column.name}", 0) for kind in kinds),
        number_rows=present.get(f"number:{column.name}", 0),
    )
