"""Checkpoints of the log: what they stand for, and when they cannot be relied on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.adapters.lake.recovery import LOG

if TYPE_CHECKING:
    from pathlib import Path

LAST_CHECKPOINT = "_last_checkpoint"


def last_checkpoint(log: Path) -> int:
    """Return the version of the last whole checkpoint; -1 when there is none."""
    try:
        version = int(json.loads((log / LAST_CHECKPOINT).read_text("utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return -1
    files = list(log.glob(f"{version:020d}.checkpoint*.parquet"))
    return version if files and all(map(_is_parquet, files)) else -1


def remove_torn_checkpoints(lake: Path) -> bool:
    """Remove checkpoints that a power cut left torn; return whether there were any.

    The entries that a checkpoint stands for stay until it is on disk, so nothing is lost with it.
    """
    log = lake / LOG
    torn = [path for path in log.glob("*.checkpoint*.parquet") if not _is_parquet(path)]
    last = log / LAST_CHECKPOINT
    if torn or (last.exists() and last_checkpoint(log) < 0):
        for path in (last, *torn):
            path.unlink(missing_ok=True)
        return True
    return False


def _is_parquet(path: Path) -> bool:
    try:
        pq.read_metadata(path)
    except (OSError, pa.ArrowException):
        return False
    return True
