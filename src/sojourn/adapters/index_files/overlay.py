"""People touched since the base was built, held whole beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.adapters.index_files.arrays import read_texts, write_array, write_texts
from sojourn.adapters.index_files.bucket import FileBucket
from sojourn.adapters.index_files.build import (
    Job,
    Scanned,
    bucket_count,
    owned_by,
    plain_above,
    read_links,
    scan_and_plan,
    write_buckets,
)
from sojourn.adapters.index_files.manifest import Manifest, StoredBucket, StoredColumn
from sojourn.adapters.index_files.rebuild import LINKS, hidden_keys, read_merges
from sojourn.adapters.index_files.versions import WORK
from sojourn.adapters.index_files.writing import BucketWriter, present_rows
from sojourn.identity.merging import changed_people
from sojourn.identity.ownership import earliest_links
from sojourn.index.building.base import Base, OutgrownError, over_base
from sojourn.index.building.people import find_people, person_keys, sorted_keys
from sojourn.index.building.pull import Pull, pull
from sojourn.index.building.worker import Task
from sojourn.index.catalog import ColumnKind
from sojourn.kernels.building.people import distinct_keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sojourn.adapters.index_files.settings import IndexSettings
    from sojourn.index.building.chunk import Chunk
    from sojourn.index.building.people import Ownership
    from sojourn.index.building.plan import ColumnPlan, IndexPlan
    from sojourn.ports.lake import Lake, LakeFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where an overlay goes and what it lies over."""

    root: Path
    version: str
    base: Manifest
    settings: IndexSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken out of the base."""

    chunks: Sequence[Chunk]
    kept: Sequence[Chunk]
    """Those without hidden people, which go into the overlay."""
    buckets: Sequence[StoredBucket]
    bots: Sequence[StoredBucket]
    people: int
    rows: int
    untimed: int
    event_counts: NDArray[np.int64]
    bot_people: int
    bot_rows: int


def overlay(lake: Lake, new: Sequence[LakeFile], target: Target) -> Manifest:
    """Write an overlay and return the manifest of the version it makes with its base.

    Parameters
    ----------
    lake : Lake
    new : sequence of LakeFile
        All files that the base does not hold.
    target : Target

    Raises
    ------
    OutgrownError
        If the overlay became so large, or so different, that a new base is due.
    """
    root, base, settings = target.root, target.base, target.settings
    base_links = pq.read_table(root / base.version / LINKS)
    new_links = read_links(lake, new, settings)
    merged = read_merges(root / base.version)
    before = owned_by(base_links, merged)
    now = owned_by(earliest_links([base_links, new_links]), settings.merged)
    known = _base_of(base, root)
    rows = sum(file.rows for file in new)
    job = Job(
        lake=lake,
        files=new,
        owned=now,
        task=Task(
            buckets=bucket_count(rows, settings.memory_bytes),
            currency=settings.currency,
            plain_above=plain_above(base.rows + base.bot_rows),
            hidden=sorted_keys(settings.hidden),
        ),
        settings=settings,
        spill=root / WORK / f"{target.version}.spill",
    )
    scanned = scan_and_plan(job, base.forced, known)
    plan = over_base(scanned.plan, known)
    hidden = sorted_keys(settings.hidden)
    changed = person_keys(changed_people(merged, settings.merged))
    touched = _touched(scanned.chunks, before, now, new_links, np.concatenate([changed, hidden]))
    how = Pull(worker=len(scanned.workers), buckets=job.task.buckets, base=before, now=now)
    taken = _take_out(target, touched, hidden, how)
    if taken.rows + taken.bot_rows > max(rows, settings.overlay_share * base.rows) * 4:
        raise OutgrownError(target.version)
    scanned = Scanned([*scanned.chunks, *taken.kept], scanned.workers, plan)
    numbers = _numbers(base, plan)
    writer = BucketWriter(root, target.version, numbers, "f")
    write_buckets(scanned, job.task.buckets, writer.write, settings)
    manifest = _manifest(target, scanned, taken, writer, numbers)
    return replace(
        manifest,
        merged=settings.merged.digest,
        lake_version=lake.version(),
        lake_files=(*base.base_files, *(file.path for file in new)),
    )


def _base_of(manifest: Manifest, root: Path) -> Base:
    values = {
        column.name: read_texts(root / column.dictionary, f"c{column.number}.values")
        for column in manifest.columns
        if column.dictionary is not None
    }
    return Base(
        events=read_texts(root / manifest.event_folder, "events"),
        values=values,
        plain=frozenset(c.name for c in manifest.columns if c.text == ColumnKind.TEXT.value),
        numbers=frozenset(c.name for c in manifest.columns if c.numbers),
        names=frozenset(c.name for c in manifest.columns),
        others=frozenset(manifest.others),
    )


def _touched(
    chunks: Sequence[Chunk],
    before: Ownership,
    now: Ownership,
    links: pa.Table,
    others: NDArray[np.uint64],
) -> NDArray[np.uint64]:
    """Return the keys, ascending, of people with new events or with ids that changed hands.

    ``others`` are the keys of those that merges, made or undone, take part in, and of hidden ones.
    Each is there once.
    """
    keys = [others, *(chunk.arrays["keys"][:].astype(np.uint64) for chunk in chunks)]
    linked = pc.unique(links["anonymous_id"]).cast(pa.large_string())
    for owned in (before, now):
        rows = np.flatnonzero(
            np.asarray(pc.is_in(owned.anonymous, value_set=linked).to_numpy(zero_copy_only=False))
        )
        owners = owned.owners
        touched = np.concatenate([owners.anonymous[rows], owners.owner[rows], owners.after[rows]])
        owned.union.apply(touched)
        keys.append(touched)
    every = np.concatenate([np.empty((0, 2), np.uint64), *keys])
    _, first = distinct_keys(every, np.ones(len(every), np.uint8))
    every = every[first]
    return np.asarray(every[np.lexsort((every[:, 1], every[:, 0]))])


def _take_out(
    target: Target, touched: NDArray[np.uint64], hidden: NDArray[np.uint64], how: Pull
) -> Taken:
    base = target.base
    numbers = {column.name: column.number for column in base.columns}
    chunks: list[Chunk] = []
    kept: list[Chunk] = []
    stored: list[list[StoredBucket]] = [[], []]
    sums = np.zeros((2, 3), np.int64)
    counts = np.zeros(base.events, np.int64)
    for kind, buckets in enumerate((base.buckets, base.bots)):
        for one in buckets:
            bucket = FileBucket(target.root, one, numbers, base.events)
            people = find_people(bucket.array("keys"), touched)
            if not len(people):
                stored[kind].append(one)
                continue
            chunk = pull(bucket, people, how)
            chunks.append(chunk)
            kept += _without(hidden, bucket, people, how, chunk)
            skip = np.zeros(one.people, np.uint8)
            skip[people] = 1
            name = f"{target.version}/skip.{one.folder.rpartition('/')[2]}.npy"
            write_array(target.root / name, skip)
            stored[kind].append(replace(one, skip=name))
            event = chunk.arrays["event"]
            untimed = chunk.arrays.get("untimed", np.zeros(0, np.uint8))
            sums[kind] += (len(people), len(event), int(np.count_nonzero(untimed)))
            if kind == 0:
                counts += np.bincount(event, minlength=base.events)
    return Taken(
        chunks=chunks,
        kept=kept,
        buckets=stored[0],
        bots=stored[1],
        people=int(sums[0, 0]),
        rows=int(sums[0, 1]),
        untimed=int(sums[0, 2]),
        event_counts=counts,
        bot_people=int(sums[1, 0]),
        bot_rows=int(sums[1, 1]),
    )


def _without(
    hidden: NDArray[np.uint64],
    bucket: FileBucket,
    people: NDArray[np.int64],
    how: Pull,
    chunk: Chunk,
) -> list[Chunk]:
    """Return what was pulled of some people, those who are hidden left out.

    Raises
    ------
    OutgrownError
        If events of others are a hidden person's by what is known now.
    """
    gone = find_people(bucket.array("keys")[people], hidden)
    rest = np.delete(people, gone)
    if not len(rest):
        return []
    pulled = pull(bucket, rest, how) if len(gone) else chunk
    if len(find_people(pulled.arrays["keys"].astype(np.uint64), hidden)):
        raise OutgrownError(str(bucket))
    return [pulled]


def _numbers(base: Manifest, plan: IndexPlan) -> dict[str, int]:
    numbers = {column.name: column.number for column in base.columns}
    after = max(numbers.values(), default=-1) + 1
    new = [column.name for column in plan.columns if column.name not in numbers]
    return numbers | {name: after + at for at, name in enumerate(new)}


def _manifest(
    target: Target, scanned: Scanned, taken: Taken, writer: BucketWriter, numbers: dict[str, int]
) -> Manifest:
    base, plan, folder = target.base, scanned.plan, target.root / target.version
    counts = writer.people.event_counts.copy()
    counts[: base.events] += np.array(base.event_counts, np.int64) - taken.event_counts
    new_names = len(plan.events) > base.events
    if new_names:
        write_texts(folder, "events", plan.events)
    buckets = (*taken.buckets, *writer.stored)
    first, last = _span(target, taken, writer)
    return replace(
        base,
        version=target.version,
        events=len(plan.events),
        event_folder=target.version if new_names else base.event_folder,
        event_counts=tuple(counts.tolist()),
        columns=_columns(target, plan, taken, writer, numbers),
        others=plan.others,
        people=base.people - taken.people + writer.people.people,
        rows=base.rows - taken.rows + writer.people.rows,
        untimed_rows=base.untimed_rows - taken.untimed + writer.people.untimed,
        first_us=first,
        last_us=last,
        bot_people=base.bot_people - taken.bot_people + writer.bots.people,
        bot_rows=base.bot_rows - taken.bot_rows + writer.bots.rows,
        unowned_rows=base.unowned_rows + sum(w.unowned_rows for w in scanned.workers),
        fresh_people=writer.people.people,
        fresh_rows=writer.people.rows,
        hidden=hidden_keys(target.settings),
        buckets=buckets,
        bots=(*taken.bots, *writer.stored_bots),
        uses=(target.version, base.version),
    )


def _span(target: Target, taken: Taken, writer: BucketWriter) -> tuple[int, int]:
    """Return the first and last instant, read anew where rows left for the bots."""
    base, fresh = target.base, writer.people
    if writer.bots.rows > taken.bot_rows:
        times = [time for stored in taken.buckets for time in _times(target, stored)]
    else:
        timed = base.rows > base.untimed_rows
        times = [base.first_us, base.last_us] if timed else []
    times += [time for time in (fresh.first_us, fresh.last_us) if time is not None]
    return min(times, default=0), max(times, default=0)


def _times(target: Target, stored: StoredBucket) -> list[int]:
    bucket = FileBucket(target.root, stored, {}, 0)
    kept = np.ones(stored.rows, np.bool_)
    if len(bucket.skip):
        kept = np.repeat(bucket.skip == 0, np.diff(bucket.offsets))
    if "untimed" in bucket.array_names():
        kept &= bucket.array("untimed") == 0
    time = bucket.time[kept]
    return [int(time.min()), int(time.max())] if len(time) else []


def _columns(
    target: Target, plan: IndexPlan, taken: Taken, writer: BucketWriter, numbers: dict[str, int]
) -> tuple[StoredColumn, ...]:
    rows = dict(writer.present)
    for chunk in taken.chunks:
        for name, array in chunk.arrays.items():
            held = present_rows(name, array)
            rows[name] = rows.get(name, 0) - held
    old = {column.name: column for column in target.base.columns}
    return tuple(
        _column(target, column, numbers[column.name], old.get(column.name), rows)
        for column in plan.columns
    )


def _column(
    target: Target,
    column: ColumnPlan,
    number: int,
    old: StoredColumn | None,
    rows: dict[str, int],
) -> StoredColumn:
    name = column.name
    kinds = ("codes", "present", "length", "money")
    text_rows = sum(rows.get(f"{kind}:{name}", 0) for kind in kinds)
    grown = column.text is ColumnKind.CODES and (old is None or len(column.values) > old.distinct)
    dictionary = None if old is None else old.dictionary
    if grown or (column.text is ColumnKind.CODES and dictionary is None):
        write_texts(target.root / target.version, f"c{number}.values", column.values)
        dictionary = target.version
    return StoredColumn(
        name=name,
        number=number,
        text=None if column.text is None else column.text.value,
        numbers=column.number,
        money=column.money,
        distinct=len(column.values) if column.text is ColumnKind.CODES else 0,
        dictionary=dictionary,
        text_rows=text_rows + (0 if old is None else old.text_rows),
        number_rows=rows.get(f"number:{name}", 0) + (0 if old is None else old.number_rows),
    )
