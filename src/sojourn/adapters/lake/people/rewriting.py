"""Files of the lake without some of their rows, in one entry of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sojourn.adapters.lake.datafiles import Part, new_path, sync_folders, write_part
from sojourn.adapters.lake.entries import deletion_entry, write_entry
from sojourn.adapters.lake.people.finding import read_file
from sojourn.adapters.lake.people.kept import ERASURES, keep_links
from sojourn.adapters.lake.recovery import LOG, STAGED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.adapters.lake.datafiles import DataFile
    from sojourn.adapters.lake.entries import Stamp
    from sojourn.adapters.lake.people.finding import Found
    from sojourn.adapters.lake.table import DeltaLake


def rewrite(lake: DeltaLake, present: Sequence[Found], stay: pa.Table, stamp: Stamp) -> int:
    """Put files without some rows in the place of those that have them, in one entry.

    Parameters
    ----------
    lake : DeltaLake
    present : sequence of Found
        Files, and the rows that go.
    stay : pyarrow.Table
        Links that are to outlive the rows.
    stamp : Stamp

    Returns
    -------
    int
        The number of the group of the links.
    """
    version = lake.check_fence(stamp.fence)
    number = lake.transaction_version(ERASURES) + 1
    number = max(number, 1)
    paths = [new_path(one.file.month) for one in present]
    lake.stage(paths)
    parts = (_without(lake, one, path) for one, path in zip(present, paths, strict=True))
    files = [part for part in parts if part is not None]
    sync_folders(lake.folder, files)
    keep_links(lake.folder, number, stay)
    old = [one.file for one in present]
    entry = deletion_entry(files, old, stamp, {ERASURES: number})
    write_entry(lake.folder / LOG, version + 1, entry)
    (lake.folder / STAGED).unlink(missing_ok=True)
    return number


def _without(lake: DeltaLake, one: Found, path: str) -> DataFile | None:
    """Return a file with the other rows of one, written and synced; None where none are left."""
    rows = read_file(lake, one.file)
    left = np.delete(np.arange(len(rows)), one.rows)
    if not len(left):
        return None
    return write_part(lake.folder, Part(path, one.file.month, rows.take(pa.array(left))))
