"""The versions in a folder: which one is current, who reads which, and what may go."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sojourn.adapters.disk.sync import sync_folder
from sojourn.adapters.index_files.lease import Lease, leased_versions
from sojourn.adapters.index_files.manifest import MANIFEST, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sojourn.adapters.index_files.manifest import Manifest

CURRENT = "CURRENT"
WORK = "work"
REPLACE_TRIES = 50
UNREADABLE = (OSError, EOFError, ValueError, TypeError, KeyError)
"""What reading a damaged version raises; it is then built anew."""


class Versions:
    """The versions of one index.

    Parameters
    ----------
    root : Path
        The folder of the index.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> str | None:
        """Return the version that readers open, None where there is none."""
        try:
            return (self.root / CURRENT).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def open(self) -> tuple[Manifest, Lease | None] | None:
        """Return the current version, leased, or None where none can be read."""
        while True:
            version = self.current()
            if version is None:
                return None
            lease = self._lease(version)
            if lease is not None and not (lease.held and self.current() == version):
                lease.close()  # replaced in between: it may be swept already
                continue
            try:
                manifest = read_manifest(self.root / version)
                self._check(manifest)
            except UNREADABLE:
                if lease is not None:
                    lease.close()
                return None
            return manifest, lease

    @contextmanager
    def new(self) -> Iterator[str]:
        """Give the name of a new version whose folder is empty; a failure removes it again."""
        taken = [int(path.name[1:]) for path in self._folders() if path.name[1:].isdigit()]
        version = f"v{max(taken, default=0) + 1:06}"
        (self.root / version).mkdir()
        (self.root / WORK).mkdir(exist_ok=True)
        try:
            yield version
        except BaseException:
            shutil.rmtree(self.root / version, ignore_errors=True)
            shutil.rmtree(self.root / WORK, ignore_errors=True)
            raise

    def publish(self, manifest: Manifest) -> None:
        """Make a version the current one, by replacing one file at once."""
        folder = self.root / manifest.version
        _write_text(folder / MANIFEST, manifest.to_json())
        sync_folder(folder)
        fresh = self.root / f"{CURRENT}.new"
        _write_text(fresh, manifest.version)
        for attempt in range(REPLACE_TRIES):
            try:
                fresh.replace(self.root / CURRENT)
            except PermissionError:  # Windows: somebody is reading it this very moment
                if attempt == REPLACE_TRIES - 1:
                    raise
                time.sleep(0.02)
            else:
                break
        sync_folder(self.root)

    def sweep(self, manifest: Manifest) -> None:
        """Remove versions that nobody reads and nothing refers to; failures wait for next time."""
        keep = {*manifest.uses, manifest.version}
        for version in leased_versions(self.root):
            keep.add(version)
            try:
                keep |= set(read_manifest(self.root / version).uses)
            except UNREADABLE:
                continue
        for path in self._folders():
            if path.name not in keep:
                shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self.root / WORK, ignore_errors=True)

    def forget_old(self, before_us: int) -> int:
        """Remove versions that the current one does not use; return how many stay for readers.

        Parameters
        ----------
        before_us : int
            Readers of versions that were replaced before are not waited for.
        """
        version = self.current()
        keep: set[str] = set()
        if version is not None:
            keep = {version, *read_manifest(self.root / version).uses}
            if (self.root / CURRENT).stat().st_mtime_ns // 1000 >= before_us:
                keep |= leased_versions(self.root)
        for path in self._folders():
            if path.name not in keep:
                shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self.root / WORK, ignore_errors=True)
        used = {version, *(read_manifest(self.root / version).uses if version else ())}
        return sum(path.name not in used for path in self._folders())

    def _folders(self) -> list[Path]:
        return list(self.root.glob("v[0-9]*"))

    def _lease(self, version: str) -> Lease | None:
        try:
            return Lease(self.root, version)
        except OSError:
            return None  # a folder that may only be read: nobody sweeps it either

    def _check(self, manifest: Manifest) -> None:
        for stored in (*manifest.buckets, *manifest.bots):
            if not (self.root / stored.folder / "offsets.npy").is_file():
                raise FileNotFoundError(stored.folder)


def give_up_current(root: Path) -> None:
    """Let the next question build the index anew; where nothing may be written, nothing is."""
    with suppress(OSError):
        (root / CURRENT).unlink()


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
