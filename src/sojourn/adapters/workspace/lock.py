"""The lock of a workspace's one writer, with a number that fences off a writer it outlived."""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from sojourn.adapters.disk.sync import write_whole
from sojourn.adapters.workspace.errors import WorkspaceBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_HOLDER_SUFFIX = ".holder"


@dataclass(frozen=True, slots=True)
class Held:
    """The lock while it is held."""

    fence: int
    """Larger than that of every writer before."""


@contextmanager
def writer_lock(
    path: Path, *, wait: bool, waiting: Callable[[str], None], last_fence: Callable[[], int]
) -> Iterator[Held]:
    """Hold the workspace's write lock.

    The system drops the lock when its holder ends, however it ends. A holder that was only paused
    is fenced off: its number is in each of its commits, and a commit whose number is below the
    highest in the lake is refused.

    Parameters
    ----------
    path : Path
        The lock file; who holds it is written beside it, for people.
    wait : bool
        Whether to wait for another holder.
    waiting : callable of str
        Told whom we wait for, once.
    last_fence : callable
        Returns the highest number the lake has seen.

    Raises
    ------
    WorkspaceBusyError
        If another process holds it and we are not to wait.
    """
    lock = FileLock(path)
    _acquire(lock, path, wait=wait, waiting=waiting)
    try:
        holder = path.with_name(path.name + _HOLDER_SUFFIX)
        fence = max(last_fence(), _fence_of(holder)) + 1
        about = {"fence": fence, "process": os.getpid(), "machine": socket.gethostname()}
        write_whole(holder, json.dumps(about).encode())
        yield Held(fence)
    finally:
        lock.release()


def _acquire(lock: FileLock, path: Path, *, wait: bool, waiting: Callable[[str], None]) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        holder = _describe(path.with_name(path.name + _HOLDER_SUFFIX))
        if not wait:
            raise WorkspaceBusyError(str(path.parent), holder) from None
        waiting(holder)
        lock.acquire()


def _fence_of(holder: Path) -> int:
    try:
        return int(json.loads(holder.read_text("utf-8"))["fence"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _describe(holder: Path) -> str:
    try:
        about = json.loads(holder.read_text("utf-8"))
        return f" (process {about['process']} on {about['machine']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
