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
    from sojourn.adapters.lake.people.finding import Found, Reduced
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
    """Return a file with what is left of one, written and synced; None where nothing is."""
    rows = read_file(lake, one.file)
    others = np.delete(np.arange(len(rows)), one.rows)
    left = pa.concat_tables([rows.take(pa.array(others)), _reduced(rows, one.reduced)])
    if not len(left):
        return None
    return write_part(lake.folder, Part(path, one.file.month, left))


def _reduced(rows: pa.Table, reduced: Sequence[Reduced]) -> pa.Table:
    """Return the rows of which something stays, with that alone."""
    whole = rows.take(pa.array([one.row for one in reduced], pa.int64())).to_pylist()
    for row, one in zip(whole, reduced, strict=True):
        row["properties"] = one.properties
        if one.user:
            row["user_id"], row["anonymous_id"] = one.user, None
    return pa.Table.from_pylist(whole, rows.schema)
