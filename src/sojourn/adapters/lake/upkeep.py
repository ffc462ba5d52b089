"""What a lake that grows by the second needs: fewer files, a short log.

Everything here is done by the writer, under the workspace's lock, and can be killed anywhere: a
checkpoint repeats what the log says, and small files stay until what replaced them is on disk.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa
from deltalake.exceptions import DeltaError

from sojourn.adapters.disk.errors import as_write_error
from sojourn.adapters.disk.sync import sync_file, sync_folder
from sojourn.adapters.lake.checkpoints import LAST_CHECKPOINT, last_checkpoint
from sojourn.adapters.lake.compacting import (
    Replaced,
    due,
    merged,
    note,
    remove_replaced,
    replaced,
)
from sojourn.adapters.lake.datafiles import sync_folders
from sojourn.adapters.lake.entries import Stamp, compaction_entry, write_entry
from sojourn.adapters.lake.recovery import LOG, STAGED, newest_entry
from sojourn.adapters.lake.table import WRITER
from sojourn.ports.lake import Upkept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sojourn.adapters.lake.ids import LakeIds
    from sojourn.adapters.lake.table import DeltaLake
    from sojourn.ports.lake import LakeFile

CHECKPOINT_EVERY = 50
"""Entries of the log that a reader may have to read one by one."""
ENTRIES_KEPT_US = 300 * 1_000_000
"""How long entries stay that a checkpoint stands for: whoever reads them now comes to an end."""


def keep_up(lake: DeltaLake, ids: LakeIds, *, fence: int, now_us: int) -> Upkept:
    """Merge small files, write a checkpoint and forget old entries where that is due.

    Parameters
    ----------
    lake : DeltaLake
    ids : LakeIds
        Opened.
    fence : int
        The writer's fencing number.
    now_us : int
        Microseconds since 1970.

    Raises
    ------
    DiskFullError
        If there is no room; what was merged before stays merged.
    FencedOutError
        If a writer with a higher number has committed.
    """
    count = 0
    try:
        for group in list(due(lake.files())):
            record = _merge(lake, group, Stamp(WRITER, fence, now_us))
            ids.rename(record.old, record.new)
            count += len(record.old)
        removed = remove_replaced(lake.folder, {file.path for file in lake.files()}, now_us)
        checked = _checkpoint(lake, now_us)
    except (OSError, pa.ArrowException, DeltaError) as error:
        lake.recover()
        raise as_write_error(str(lake.folder), error) from error
    return Upkept(merged=count, removed=removed, checkpoint=checked)


def _merge(lake: DeltaLake, group: Sequence[LakeFile], stamp: Stamp) -> Replaced:
    """Put one file in the place of a group of small ones."""
    version = lake.check_fence(stamp.fence)
    before = replaced(lake.folder)
    new = merged(lake.folder, group, lake.stage)
    sync_folders(lake.folder, [new])
    record = Replaced(new.path, tuple(file.path for file in group), stamp.now_us)
    note(lake.folder, [*before, record])
    entry = compaction_entry(new, group, stamp)
    write_entry(lake.folder / LOG, version + 1, entry)
    (lake.folder / STAGED).unlink(missing_ok=True)
    return record


def _checkpoint(lake: DeltaLake, now_us: int) -> bool:
    """Write a checkpoint when many entries have come since the last; return whether."""
    version, _ = newest_entry(lake.folder)
    log = lake.folder / LOG
    last = last_checkpoint(log)
    if version - last < CHECKPOINT_EVERY:
        return False
    lake.write_checkpoint()
    for path in log.glob(f"{version:020d}.checkpoint*.parquet"):
        sync_file(path)
    sync_file(log / LAST_CHECKPOINT)
    sync_folder(log)
    if lake.version() == version and last_checkpoint(log) == version:
        _forget_entries(log, version, now_us)
    return True


def _forget_entries(log: Path, version: int, now_us: int) -> None:
    """Remove entries and checkpoints from before a checkpoint that is on disk."""
    for path in [*log.glob("*.json"), *log.glob("*.checkpoint*.parquet")]:
        number = path.name.partition(".")[0]
        old = number.isdigit() and int(number) < version
        with suppress(OSError):
            if old and path.stat().st_mtime_ns // 1000 < now_us - ENTRIES_KEPT_US:
                path.unlink()
