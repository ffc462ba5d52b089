"""Leases: a version stays on disk while somebody reads it."""

from __future__ import annotations

import contextlib
import os
import weakref
from itertools import count
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from pathlib import Path

LEASES = "leases"
_numbers = count()


class Lease:
    """A claim on a version, held until closed, collected, or its process ends.

    Parameters
    ----------
    root : Path
        The folder of the index.
    version : str
    """

    def __init__(self, root: Path, version: str) -> None:
        self.version = version
        self.path = root / LEASES / f"{version}.{os.getpid()}.{next(_numbers)}"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path, timeout=0)
        lock.acquire()
        self._end = weakref.finalize(self, _release, lock, self.path)

    @property
    def held(self) -> bool:
        """Whether the claim can be seen by others."""
        return self._end.alive and self.path.exists()

    def close(self) -> None:
        """End the claim."""
        self._end()


def leased_versions(root: Path) -> set[str]:
    """Return the versions somebody reads; claims of processes that ended are swept away."""
    found: set[str] = set()
    folder = root / LEASES
    for path in folder.iterdir() if folder.is_dir() else ():
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except (Timeout, OSError):
            found.add(path.name.split(".")[0])
        else:
            _release(lock, path)
    return found


def _release(lock: FileLock, path: Path) -> None:
    with contextlib.suppress(OSError):
        lock.release()
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
