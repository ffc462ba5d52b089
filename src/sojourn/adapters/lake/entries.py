"""Entries of the log that we write ourselves.

``deltalake`` can add files or rewrite a whole partition; to put one file in the place of some
others takes an entry of our own. It uses the stable part of the protocol only.

References
----------
Delta Lake, *Transaction log protocol* (github.com/delta-io/delta/blob/master/PROTOCOL.md).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from sojourn.adapters.disk.sync import sync_folder
from sojourn.adapters.lake.errors import FencedOutError
from sojourn.base.timespan import MILLISECOND_US
from sojourn.events.schema import MONTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sojourn.adapters.lake.datafiles import DataFile
    from sojourn.base.json import JsonObject
    from sojourn.ports.lake import LakeFile


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes an entry, and when."""

    writer: str
    fence: int
    now_us: int


def compaction_entry(new: DataFile, old: Sequence[LakeFile], stamp: Stamp) -> list[JsonObject]:
    """Return the actions that put one file in the place of others."""
    return [
        *_header("OPTIMIZE", stamp, {}),
        *(_remove(file, stamp, data_change=False) for file in old),
        _add(new, stamp, data_change=False),
    ]


def deletion_entry(
    new: Sequence[DataFile],
    old: Sequence[LakeFile],
    stamp: Stamp,
    transactions: Mapping[str, int],
) -> list[JsonObject]:
    """Return the actions that put files with some rows less in the place of others.

    Parameters
    ----------
    new : sequence of DataFile
        Fewer than ``old`` where nothing was left of some.
    old : sequence of LakeFile
    stamp : Stamp
    transactions : mapping of str to int
        Versions of app transactions that are true from this entry on.
    """
    return [
        *_header("DELETE", stamp, transactions),
        *(_remove(file, stamp, data_change=True) for file in old),
        *(_add(file, stamp, data_change=True) for file in new),
    ]


def _header(operation: str, stamp: Stamp, transactions: Mapping[str, int]) -> list[JsonObject]:
    now_ms = stamp.now_us // MILLISECOND_US
    versions = {stamp.writer: stamp.fence, **transactions}
    known: list[JsonObject] = [
        {"txn": {"appId": app, "version": version, "lastUpdated": now_ms}}
        for app, version in versions.items()
    ]
    info: JsonObject = {"timestamp": now_ms, "operation": operation, "operationParameters": {}}
    return [{"commitInfo": info}, *known]


def _remove(file: LakeFile, stamp: Stamp, *, data_change: bool) -> JsonObject:
    return {
        "remove": {
            "path": _written(file.path),
            "deletionTimestamp": stamp.now_us // MILLISECOND_US,
            "dataChange": data_change,
            "extendedFileMetadata": True,
            "partitionValues": {MONTH: file.month},
            "size": file.size,
        }
    }


def _add(file: DataFile, stamp: Stamp, *, data_change: bool) -> JsonObject:
    return {
        "add": {
            "path": _written(file.path),
            "partitionValues": {MONTH: file.month},
            "size": file.size,
            "modificationTime": stamp.now_us // MILLISECOND_US,
            "dataChange": data_change,
            "stats": file.stats,
        }
    }


def _written(path: str) -> str:
    """Return a path as it stands in the log, the same in an entry that adds and one that removes.

    Of the signs in our paths, ``deltalake`` leaves ``=`` as it is.
    """
    return quote(path, safe="/=")


def write_entry(log: Path, version: int, actions: Sequence[JsonObject]) -> None:
    """Write an entry that is whole or not there, and is on disk when this returns.

    Raises
    ------
    FencedOutError
        If somebody else has written this version.
    """
    entry = log / f"{version:020d}.json"
    fresh = log / f"_commit_{version:020d}.tmp"
    with fresh.open("wb") as file:
        file.write("\n".join(json.dumps(action) for action in actions).encode())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, entry)  # fails where it exists, unlike a rename
    except FileExistsError as error:
        raise FencedOutError(f"another writer committed to {log.parent}") from error
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(log)
