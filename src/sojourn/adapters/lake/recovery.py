"""Putting the lake right after a kill or a power cut, by the writer, under the lock."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sojourn.adapters.disk.sync import sync_folder

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

LOG = "_delta_log"
STAGED = "_staged.json"
_TORN_SUFFIX = ".torn"
_ENTRY = re.compile(r"\d{20}\.json")


def newest_entry(lake: Path) -> tuple[int, bool]:
    """Return the newest version in the log and whether its entry is whole; -1 when there is none.

    An entry is synced before anything that relies on it is reported, so a torn one, left by a
    power cut, was never relied on.
    """
    try:
        with os.scandir(lake / LOG) as listed:
            names = [entry.name for entry in listed if _ENTRY.fullmatch(entry.name)]
    except FileNotFoundError:
        return -1, True
    if not names:
        return -1, True
    newest = max(names)  # of one length: the order of names is that of numbers
    return int(newest.partition(".")[0]), _is_whole(lake / LOG / newest)


def newest_files(lake: Path) -> tuple[str, ...]:
    """Return the paths of the data files that the newest whole entry added."""
    version, whole = newest_entry(lake)
    entry = lake / LOG / f"{version - (not whole):020d}.json"
    if not entry.is_file():
        return ()
    actions = [json.loads(line) for line in entry.read_bytes().splitlines()]
    return tuple(unquote(action["add"]["path"]) for action in actions if "add" in action)


def set_torn_entry_aside(lake: Path) -> None:
    """Rename a torn newest entry of the log, so that its version can be written again."""
    version, whole = newest_entry(lake)
    if not whole:
        path = lake / LOG / f"{version:020d}.json"
        path.replace(path.with_name(path.name + _TORN_SUFFIX))
        sync_folder(path.parent)


def remove_unfinished(lake: Path, committed: Collection[str]) -> None:
    """Remove data files that a writer began and never committed, and half-written log entries.

    Parameters
    ----------
    lake : Path
    committed : collection of str
        Paths of the data files of the newest version.
    """
    staged = lake / STAGED
    for path in _staged_paths(staged):
        if path not in committed:
            (lake / path).unlink(missing_ok=True)
    staged.unlink(missing_ok=True)
    for pattern in ("*.tmp", "*#*", "_commit_*"):
        for leftover in (lake / LOG).glob(pattern):
            leftover.unlink(missing_ok=True)


def _staged_paths(staged: Path) -> list[str]:
    try:
        listed = json.loads(staged.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [path for path in listed if isinstance(path, str) and ".." not in path]


def _is_whole(entry: Path) -> bool:
    lines = entry.read_bytes().splitlines()
    try:
        return bool(lines) and all(isinstance(json.loads(line), dict) for line in lines)
    except ValueError:
        return False
