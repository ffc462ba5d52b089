"""Making what was written survive a power cut, on every system we run on."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WINDOWS = os.name == "nt"
_TRIES = 50
_PAUSE_S = 0.02


def sync_file(path: Path) -> None:
    """Force a file's content to disk."""
    # Windows flushes only handles that may write; POSIX any handle.
    handle = os.open(path, os.O_RDWR if WINDOWS else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Force a folder's entries to disk; Windows has no such call and needs none on NTFS."""
    if WINDOWS:
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path, *, mode: int = 0o777) -> None:
    """Make a folder and those above it, each entry forced to disk; ``mode`` is the last one's."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        folder.mkdir(mode=mode if folder == missing[0] else 0o777, exist_ok=True)
        sync_folder(folder.parent)


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file so that it holds its old or its new content at every instant, then sync."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(fresh, flags, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _replace(fresh, path)
    sync_folder(path.parent)


def _replace(fresh: Path, path: Path) -> None:
    for attempt in range(_TRIES):
        try:
            fresh.replace(path)
        except PermissionError:  # Windows: somebody is reading it this very moment
            if not WINDOWS or attempt == _TRIES - 1:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
