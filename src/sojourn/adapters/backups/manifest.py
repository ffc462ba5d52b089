"""The list of a backup's files, with their checksums."""

from __future__ import annotations

import hashlib
import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sojourn.adapters.backups.errors import BackupDamagedError, NewerBackupError, NoBackupError
from sojourn.base.timespan import to_datetime
from sojourn.ports.backup import Contents, Fact, SavedFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sojourn.base.json import JsonValue

MANIFEST = "backup.json"
FORMAT = 1
BLOCK_BYTES = 4 * 1024 * 1024


def as_text(contents: Contents) -> str:
    """Return the list as it is written."""
    said = {
        "format": FORMAT,
        "workspace": contents.workspace,
        "made": to_datetime(contents.made_us).isoformat(),
        "made_us": contents.made_us,
        "facts": {fact.name: fact.value for fact in contents.facts},
        "files": [
            {"path": file.path, "size": file.size, "sha256": file.sha256} for file in contents.files
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def read_manifest(backup: Path) -> Contents:
    """Return what a backup says it holds.

    Raises
    ------
    NoBackupError
        If the folder has no list.
    NewerBackupError
        If its format is not known.
    BackupDamagedError
        If the list cannot be read.
    """
    path = backup / MANIFEST
    try:
        said = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        why = f"it has no {MANIFEST}" if backup.is_dir() else "it does not exist"
        raise NoBackupError(str(backup), why) from None
    except (OSError, ValueError) as error:
        raise BackupDamagedError(str(backup), MANIFEST, f"cannot be read: {error}") from error
    number = said.get("format") if isinstance(said, dict) else None
    if isinstance(number, int) and number > FORMAT:
        raise NewerBackupError(str(backup), number, FORMAT)
    try:
        return _contents(said)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BackupDamagedError(str(backup), MANIFEST, "is not what was written") from error


def _contents(said: dict[str, JsonValue]) -> Contents:
    facts, files = said["facts"], said["files"]
    if not isinstance(facts, dict) or not isinstance(files, list):
        raise TypeError
    return Contents(
        workspace=str(said["workspace"]),
        made_us=_whole(said["made_us"]),
        facts=tuple(Fact(str(name), _whole(value)) for name, value in facts.items()),
        files=tuple(map(_file, files)),
    )


def _file(said: JsonValue) -> SavedFile:
    if not isinstance(said, dict):
        raise TypeError
    path = PurePosixPath(str(said["path"]))
    if path.is_absolute() or ".." in path.parts or "\\" in str(path):
        raise ValueError(path)  # it would be written outside of the workspace
    return SavedFile(path.as_posix(), _whole(said["size"]), str(said["sha256"]))


def _whole(value: JsonValue) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError
    return value


def digest_of(blocks: Iterator[bytes]) -> str:
    """Return the SHA-256 of a file's blocks, in hexadecimal."""
    found = hashlib.sha256()
    for block in blocks:
        found.update(block)
    return found.hexdigest()


def blocks_of(path: Path) -> Iterator[bytes]:
    """Return the content of a file, block by block."""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block
