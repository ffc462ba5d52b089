"""Copying the lake while it is written to: one version of it, whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from sojourn.adapters.lake.checkpoints import LAST_CHECKPOINT, last_checkpoint
from sojourn.adapters.lake.compacting import RECORD
from sojourn.adapters.lake.errors import LakeDamagedError
from sojourn.adapters.lake.people.kept import RECORD as KEPT
from sojourn.adapters.lake.recovery import LOG
from sojourn.adapters.lake.table import DeltaLake
from sojourn.ports.backup import Fact, Part, Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.ports.lake import LakeFile

_TRIES = 5


class LakePart(Part):
    """The newest version of a lake.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @override
    def save(self, folder: str, told: Told) -> Sequence[Fact]:
        target = Path(folder) / self._folder.name
        # TRICKY: upkeep and erasure remove files that a newer version has no use for. Where one
        # goes that we are about to copy, there is a newer version: that one is taken.
        for left in reversed(range(_TRIES)):
            try:
                return self._save(target, told)
            except FileNotFoundError as error:
                if not left:
                    raise LakeDamagedError(str(error.filename), "the file is missing.") from error
            except LakeDamagedError:
                if not left:
                    raise
            shutil.rmtree(target / LOG, ignore_errors=True)
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def _save(self, target: Path, told: Told) -> Sequence[Fact]:
        version = DeltaLake(self._folder).version()
        if version < 0:
            return (Fact("events in the lake", 0),)
        self._copy_log(target, version)
        copy = DeltaLake(target)
        if copy.version() != version:
            raise LakeDamagedError(str(self._folder), f"entry {version} of its log is missing.")
        files = copy.files()
        self._copy_files(target, files, told)
        rows = sum(file.rows for file in files)
        return (Fact("lake version", version), Fact("events in the lake", rows))

    def _copy_log(self, target: Path, version: int) -> None:
        """Copy the log up to a version; what came after it is left out."""
        log = self._folder / LOG
        (target / LOG).mkdir(parents=True)
        names = [p.name for p in (*log.glob("*.json"), *log.glob("*.checkpoint*.parquet"))]
        for name in names:
            number = name.partition(".")[0]
            if number.isdigit() and int(number) <= version:
                shutil.copy(log / name, target / LOG / name)
        if 0 <= last_checkpoint(log) <= version:
            shutil.copy(log / LAST_CHECKPOINT, target / LOG / LAST_CHECKPOINT)
        for name in (RECORD, KEPT):
            if (self._folder / name).exists():
                shutil.copy(self._folder / name, target / name)

    def _copy_files(self, target: Path, files: Sequence[LakeFile], told: Told) -> None:
        """Copy data files, those of an earlier try that are of no use any more removed."""
        wanted = {target / file.path for file in files}
        for path in target.glob("*/*.parquet"):
            if path.parent.name != LOG and path not in wanted:
                path.unlink()
        total = sum(file.size for file in files)
        done = 0
        for file in files:
            path = target / file.path
            if not path.exists() or path.stat().st_size != file.size:
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self._folder / file.path, path)
            done += file.size
            told("copying the lake", done, total)
