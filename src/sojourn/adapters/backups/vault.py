"""Backups as folders on a disk."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from sojourn.adapters.backups.errors import BackupDamagedError, TargetTakenError
from sojourn.adapters.backups.manifest import (
    MANIFEST,
    as_text,
    blocks_of,
    digest_of,
    read_manifest,
)
from sojourn.adapters.disk.errors import as_write_error
from sojourn.adapters.disk.sync import make_folder, sync_file, sync_folder, write_whole
from sojourn.ports.backup import Contents, Fact, Filling, SavedFile, Told, Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_PARTIAL = ".partial"
_CHECKING, _UNPACKING = "checking", "unpacking"


class FolderVault(Vault):
    """Backups that are folders; see :class:`sojourn.ports.backup.Vault`."""

    @override
    @contextmanager
    def begin(self, target: str) -> Iterator[Filling]:
        with _beside(Path(target)) as folder:
            yield _FillingFolder(folder, Path(target))

    @override
    def check(self, backup: str, told: Told) -> Contents:
        folder = Path(backup)
        contents = read_manifest(folder)
        _each(contents, _CHECKING, told, lambda file: _checked(folder, file))
        return contents

    @override
    @contextmanager
    def unpack(self, backup: str, target: str, told: Told) -> Iterator[tuple[str, Contents]]:
        source, place = Path(backup), Path(target)
        contents = read_manifest(source)
        with _beside(place) as folder:
            _each(contents, _UNPACKING, told, lambda file: _unpacked(source, folder, file))
            yield str(folder), contents
            _force(folder)
            _appear(folder, place)


class _FillingFolder(Filling):
    def __init__(self, folder: Path, target: Path) -> None:
        self._folder = folder
        self._target = target

    @property
    @override
    def folder(self) -> str:
        return str(self._folder)

    @override
    def seal(self, workspace: str, made_us: int, facts: Sequence[Fact], told: Told) -> Contents:
        paths = sorted(path for path in self._folder.rglob("*") if path.is_file())
        total = sum(path.stat().st_size for path in paths)
        files: list[SavedFile] = []
        done = 0
        for path in paths:
            size = path.stat().st_size
            name = path.relative_to(self._folder).as_posix()
            files.append(SavedFile(name, size, digest_of(blocks_of(path))))
            done += size
            told(_CHECKING, done, total)
        contents = Contents(
            workspace=workspace, made_us=made_us, facts=tuple(facts), files=tuple(files)
        )
        _force(self._folder)
        write_whole(self._folder / MANIFEST, as_text(contents).encode())
        _appear(self._folder, self._target)
        return contents


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Make a folder beside a target that is not there yet; it is gone when the block has ended.

    Raises
    ------
    TargetTakenError
        If there is something at the target.
    """
    if _is_taken(target):
        raise TargetTakenError(str(target))
    folder = target.with_name(f"{target.name}{_PARTIAL}")
    try:
        shutil.rmtree(folder, ignore_errors=True)  # of one that was cut off
        make_folder(target.absolute().parent)
        folder.mkdir(mode=0o700)
        yield folder
    except OSError as error:
        raise as_write_error(str(error.filename or target), error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_taken(target: Path) -> bool:
    if target.is_dir():
        return any(target.iterdir())
    return target.exists()


def _appear(folder: Path, target: Path) -> None:
    """Give a folder its name; where something took the name meanwhile, that stays."""
    if _is_taken(target):
        raise TargetTakenError(str(target))
    if target.is_dir():
        target.rmdir()  # empty, and nothing can be renamed onto it on Windows
    folder.rename(target)
    sync_folder(target.absolute().parent)


def _force(folder: Path) -> None:
    """Force everything in a folder to disk, what is inside before what names it."""
    inside = list(folder.rglob("*"))
    for path in inside:
        if path.is_file():
            sync_file(path)
    for path in (*inside, folder):
        if path.is_dir():
            sync_folder(path)


def _each(contents: Contents, what: str, told: Told, do: Callable[[SavedFile], None]) -> None:
    done = 0
    for file in contents.files:
        do(file)
        done += file.size
        told(what, done, contents.size)


def _checked(backup: Path, file: SavedFile) -> None:
    _compare(backup, file, blocks_of(backup / file.path))


def _unpacked(backup: Path, folder: Path, file: SavedFile) -> None:
    """Copy a file; what is written is what was checked."""
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:

        def copied() -> Iterator[bytes]:
            for block in blocks_of(backup / file.path):
                out.write(block)
                yield block

        _compare(backup, file, copied())
    shutil.copymode(backup / file.path, target)


def _compare(backup: Path, file: SavedFile, blocks: Iterator[bytes]) -> None:
    path = backup / file.path
    try:
        size = path.stat().st_size
        found = digest_of(blocks)
    except FileNotFoundError:
        raise BackupDamagedError(str(backup), file.path, "is missing") from None
    if size != file.size:
        why = f"has {size:,} bytes in place of {file.size:,}"
        raise BackupDamagedError(str(backup), file.path, why)
    if found != file.sha256:
        raise BackupDamagedError(str(backup), file.path, "has another content than was saved")
