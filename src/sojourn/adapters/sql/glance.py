"""A glance at the merges that stand, without the libraries that take half a second to load.

Every question asks who counts as whom, and most are asked by a command that needs nothing else of
the state store.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

from sojourn.identity.merging import Arrow

if TYPE_CHECKING:
    from pathlib import Path

_STANDING = "SELECT made_us, gone, kept FROM merges WHERE undone_us IS NULL"


def standing_merges(path: Path) -> tuple[Arrow, ...] | None:
    """Return every merge that stands in a SQLite file.

    Returns
    -------
    tuple of Arrow, or None
        None where a glance does not do, and the state store itself must say what there is.
    """
    try:
        before = _state_of(path)
        # Read as if unchanging, a file needs no lock beside it and nothing is left behind; where
        # a log lies beside it, somebody has it open, lock and all.
        found = _read(path, "mode=ro" if before is None else "mode=ro&immutable=1")
        return found if _state_of(path) == before else None
    except sqlite3.OperationalError as error:
        return () if "no such table" in str(error) else None
    except (OSError, sqlite3.DatabaseError):
        return None


def _read(path: Path, how: str) -> tuple[Arrow, ...]:
    address = f"file:{quote(path.absolute().as_posix())}?{how}"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return tuple(Arrow(*row) for row in connection.execute(_STANDING).fetchall())


def _state_of(path: Path) -> tuple[int, int] | None:
    """Return what changes when the file does; None where a log beside it holds something."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        return None
    found = path.stat()
    return found.st_mtime_ns, found.st_size
