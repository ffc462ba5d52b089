"""The build of an index from the lake, within bounded memory, on all cores."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.adapters.index_files.spill import Spill
from sojourn.identity.merging import NOBODY_MERGED, Merged
from sojourn.identity.ownership import earliest_links, owners
from sojourn.index.building.assemble import assemble
from sojourn.index.building.base import names_over
from sojourn.index.building.people import links_of, ownership
from sojourn.index.building.plan import Settled, plan_index, selected, total_counts
from sojourn.index.building.worker import COLUMNS, LINK_COLUMNS, Task, Worker, moments_of
from sojourn.index.encode import PLAIN_ABOVE, PLAIN_FLOOR, PLAIN_SHARE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from sojourn.adapters.index_files.settings import IndexSettings
    from sojourn.index.building.assemble import Assembled
    from sojourn.index.building.base import Base
    from sojourn.index.building.chunk import Chunk
    from sojourn.index.building.people import Ownership
    from sojourn.index.building.plan import IndexPlan
    from sojourn.ports.lake import Lake, LakeFile

BATCH_ROWS = 1 << 18
ROWS_A_BUCKET = 1_600_000
ONE_BUCKET = 200_000
LINK_TABLES = 64
SPILL_SHARE = 0.35
"""Of the memory; the rest is for batches in work and for buckets being sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is read, and how."""

    lake: Lake
    files: Sequence[LakeFile]
    owned: Ownership
    task: Task
    settings: IndexSettings
    spill: Path
    """A file for what does not fit in memory."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """All rows as chunks, and the plan of what they become."""

    chunks: Sequence[Chunk]
    workers: Sequence[Worker]
    plan: IndexPlan


def bucket_count(rows: int, memory_bytes: int) -> int:
    """Return the number of buckets for so many rows: a power of two.

    Examples
    --------
    >>> bucket_count(1000, 2**31), bucket_count(10**7, 2**31), bucket_count(10**8, 2**31)
    (1, 8, 64)
    """
    if rows <= ONE_BUCKET:
        return 1
    most = min(ROWS_A_BUCKET, max(ONE_BUCKET, memory_bytes // 1000))
    count = 4
    while rows > count * most:
        count *= 2
    return count


def plain_above(rows: int) -> int:
    """Return how many distinct texts a dictionary may have in an index of so many rows."""
    return min(PLAIN_ABOVE, max(PLAIN_FLOOR, rows // PLAIN_SHARE))


def read_links(lake: Lake, files: Sequence[LakeFile], settings: IndexSettings) -> pa.Table:
    """Return the earliest link of each pair of ids in some files of the lake."""
    found: list[pa.Table] = [lake.kept_links()]
    lock = threading.Lock()

    def link(batch: pa.RecordBatch) -> None:
        moments, _ = moments_of(batch)
        links = links_of(batch.column("user_id"), batch.column("anonymous_id"), moments)
        with lock:
            if len(links):
                found.append(links)
            if len(found) >= LINK_TABLES:
                found[:] = [earliest_links(found)]

    batches = _batches(lake.scan(LINK_COLUMNS, files))
    each_batch(batches, [link] * settings.workers)
    return earliest_links(found)


def owned_by(links: pa.Table, merged: Merged = NOBODY_MERGED) -> Ownership:
    """Return the ownership that links and merges give."""
    return ownership(owners(links), merged)


def scan_lake(job: Job, spill: Spill) -> tuple[list[Worker], list[NDArray[np.int64]]]:
    """Read files into chunks; return the workers and the rows of each of their event codes."""
    workers = [Worker(number, job.task, job.owned) for number in range(job.settings.workers)]
    counts: list[NDArray[np.int64]] = [np.zeros(0, np.int64) for _ in workers]
    total = sum(file.rows for file in job.files)
    done = 0
    lock = threading.Lock()

    def work(worker: Worker) -> Callable[[pa.RecordBatch], None]:
        def take(batch: pa.RecordBatch) -> None:
            nonlocal done
            chunk = worker.chunk(batch)
            own = np.bincount(chunk.arrays["event"], minlength=len(worker.events))
            own[: len(counts[worker.number])] += counts[worker.number]
            counts[worker.number] = own
            spill.add(chunk)
            with lock:
                done += len(batch)
                job.settings.report("reading events", done, total)

        return take

    each_batch(_batches(job.lake.scan(COLUMNS, job.files)), [work(worker) for worker in workers])
    return workers, counts


def scan_and_plan(job: Job, forced: Iterable[str], base: Base | None = None) -> Scanned:
    """Return all rows as chunks and what they will become.

    Which properties are the commonest is known at the end only; where one of them was not kept
    because very many had come before it, the files are read once more.
    """
    spill = Spill(job.spill, int(job.settings.memory_bytes * SPILL_SHARE))
    workers, counts = scan_lake(job, spill)
    names = _chosen(workers, forced, base)
    if any(worker.scanner.lost(names) for worker in workers):
        del spill  # closes its file, which is written anew
        spill = Spill(job.spill, int(job.settings.memory_bytes * SPILL_SHARE))
        again = replace(job, task=replace(job.task, wanted=names))
        workers, counts = scan_lake(again, spill)
    settled = (
        None
        if base is None
        else Settled(events=base.events, values=base.values, plain=base.plain, numbers=base.numbers)
    )
    plan = plan_index(workers, counts, names, job.task.plain_above, settled)
    return Scanned(spill.chunks(), workers, plan)


def _chosen(workers: Sequence[Worker], forced: Iterable[str], base: Base | None) -> frozenset[str]:
    counts = total_counts(workers)
    return selected(counts, forced) if base is None else names_over(base, counts)


def write_buckets(
    scanned: Scanned,
    buckets: int,
    write: Callable[[int, Assembled, Assembled], None],
    settings: IndexSettings,
) -> None:
    """Sort and write bucket after bucket."""
    done = 0
    lock = threading.Lock()

    def one(bucket: int) -> None:
        nonlocal done
        people, bots = assemble(scanned.chunks, bucket, scanned.plan)
        write(bucket, people, bots)
        with lock:
            done += 1
            settings.report("sorting people", done, buckets)

    with ThreadPoolExecutor(max_workers=settings.workers) as pool:
        list(pool.map(one, range(buckets)))


def each_batch(
    batches: Iterator[pa.RecordBatch], works: Sequence[Callable[[pa.RecordBatch], None]]
) -> None:
    """Hand batches to workers, each on its own thread, until none is left."""
    lock = threading.Lock()
    failed = threading.Event()

    def run(work: Callable[[pa.RecordBatch], None]) -> None:
        while not failed.is_set():
            with lock:
                batch = next(batches, None)
            if batch is None:
                return
            try:
                work(batch)
            except BaseException:
                failed.set()
                raise

    if len(works) == 1:
        run(works[0])
        return
    with ThreadPoolExecutor(max_workers=len(works)) as pool:
        for running in [pool.submit(run, work) for work in works]:
            running.result()


def _batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for start in range(0, len(batch), BATCH_ROWS):
            yield batch.slice(start, BATCH_ROWS)
