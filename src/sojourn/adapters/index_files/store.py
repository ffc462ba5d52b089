"""The one door to the index: opens the newest version, building it when it is not current."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from filelock import FileLock

from sojourn.adapters.index_files.bucket import FileBucket
from sojourn.adapters.index_files.lease import LEASES, Lease, leased_versions
from sojourn.adapters.index_files.manifest import MANIFEST, catalog_of, read_manifest
from sojourn.adapters.index_files.overlay import Target, overlay
from sojourn.adapters.index_files.rebuild import WORK, rebuild
from sojourn.base.errors import UnknownNameError
from sojourn.index.bucket import Index
from sojourn.index.building.base import OutgrownError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sojourn.adapters.index_files.manifest import Manifest, StoredBucket
    from sojourn.adapters.index_files.settings import IndexSettings
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.ports.lake import Lake

CURRENT = "CURRENT"
REPLACE_TRIES = 50
UNREADABLE = (OSError, ValueError, TypeError, KeyError)
"""What reading a damaged version raises; it is then built anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIndex(Index):
    """A version of the index on disk; its files stay while this is held."""

    catalog: Catalog
    buckets: Sequence[Bucket]
    bots: Sequence[Bucket]
    lease: Lease | None = None


@dataclass(frozen=True, slots=True)
class _Opened:
    manifest: Manifest
    index: FileIndex


class IndexStore:
    """The versions of a workspace's index.

    Parameters
    ----------
    root : Path
        A folder of its own; safe to delete whenever nobody reads it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._opened: _Opened | None = None

    def current(
        self, lake: Lake, settings: IndexSettings, columns: Sequence[str] = ()
    ) -> FileIndex:
        """Return the index of everything in the lake, built or brought up to date if need be.

        Parameters
        ----------
        lake : Lake
        settings : IndexSettings
        columns : sequence of str
            Properties that must have a column, beside the common ones.

        Raises
        ------
        UnknownNameError
            If no event has one of the asked properties.
        """
        opened = self._opened
        if opened is None or not self._fresh(opened.manifest, lake, settings, columns):
            opened = self._open(settings)
            if opened is None or not self._fresh(opened.manifest, lake, settings, columns):
                opened = self._refresh(lake, settings, columns)
            self._opened = opened
        return _as_asked(opened, settings)

    def _fresh(
        self, manifest: Manifest, lake: Lake, settings: IndexSettings, columns: Sequence[str]
    ) -> bool:
        if manifest.currency != settings.currency or _absent(manifest, columns):
            return False
        if manifest.lake_version == lake.version():
            return True
        return set(manifest.lake_files) == {file.path for file in lake.files()}

    def _refresh(self, lake: Lake, settings: IndexSettings, columns: Sequence[str]) -> _Opened:
        self._root.mkdir(parents=True, exist_ok=True)
        with FileLock(self._root / "build.lock"):
            opened = self._open(settings)
            if opened is not None and self._fresh(opened.manifest, lake, settings, columns):
                return opened  # somebody else built it while we waited
            if opened is not None:
                _check_known(opened.manifest, columns)
            self._build(opened, lake, settings, columns)
            opened = self._open(settings)
            if opened is None:
                raise UnknownNameError("version", CURRENT, ())
            self._sweep(opened.manifest)
            return opened

    def _build(
        self, opened: _Opened | None, lake: Lake, settings: IndexSettings, columns: Sequence[str]
    ) -> None:
        (self._root / WORK).mkdir(exist_ok=True)
        if opened is not None and not _absent(opened.manifest, columns):
            manifest = self._overlay(opened.manifest, lake, settings)
            if manifest is not None:
                self._publish(manifest)
                return
        version = self._next_version()
        (self._root / version).mkdir()
        forced = set(columns) | set(opened.manifest.forced if opened else ())
        self._publish(rebuild(lake, self._root, version, settings, forced))

    def _overlay(self, current: Manifest, lake: Lake, settings: IndexSettings) -> Manifest | None:
        """Return a version with an overlay, or None where a new base serves better."""
        try:
            base = current
            if current.base != current.version:
                base = read_manifest(self._root / current.base)
        except UNREADABLE:
            return None
        files = lake.files()
        held = set(base.base_files)
        new = [file for file in files if file.path not in held]
        fresh_rows = sum(file.rows for file in new)
        if (
            base.currency != settings.currency
            or not held <= {file.path for file in files}
            or base.rows < settings.overlay_from_rows
            or fresh_rows > settings.overlay_share * base.rows
        ):
            return None
        version = self._next_version()
        (self._root / version).mkdir()
        target = Target(root=self._root, version=version, base=base, settings=settings)
        try:
            return overlay(lake, new, target)
        except OutgrownError:
            return None

    def _publish(self, manifest: Manifest) -> None:
        """Make a version the current one, by replacing one file at once."""
        path = self._root / manifest.version / MANIFEST
        _write_text(path, manifest.to_json())
        fresh = self._root / f"{CURRENT}.new"
        _write_text(fresh, manifest.version)
        for attempt in range(REPLACE_TRIES):
            try:
                fresh.replace(self._root / CURRENT)
            except PermissionError:  # Windows: somebody is reading it this very moment
                if attempt == REPLACE_TRIES - 1:
                    raise
                time.sleep(0.02)
            else:
                return

    def _open(self, settings: IndexSettings) -> _Opened | None:
        """Return the current version, or None where there is none that can be read."""
        while True:
            version = self._pointer()
            if version is None:
                return None
            lease = self._lease(version)
            if lease is not None and not (lease.held and self._pointer() == version):
                lease.close()
                continue
            try:
                manifest = read_manifest(self._root / version)
                _check_files(self._root, manifest)
                return _Opened(manifest, _index(manifest, self._root, settings, lease))
            except UNREADABLE:
                if lease is not None:
                    lease.close()
                return None  # damaged or of another format: to be built anew

    def _pointer(self) -> str | None:
        try:
            return (self._root / CURRENT).read_text(encoding="utf-8").strip() or None
        except OSError:
            return None

    def _lease(self, version: str) -> Lease | None:
        try:
            return Lease(self._root, version)
        except OSError:
            return None  # a folder that may only be read: nobody sweeps it either

    def _next_version(self) -> str:
        taken = [
            int(path.name[1:]) for path in self._root.glob("v[0-9]*") if path.name[1:].isdigit()
        ]
        return f"v{max(taken, default=0) + 1:06}"

    def _sweep(self, manifest: Manifest) -> None:
        """Remove versions that nobody reads and nothing refers to; failures wait for next time."""
        keep = set(manifest.uses) | {manifest.version}
        for version in leased_versions(self._root):
            keep.add(version)
            try:
                keep |= set(read_manifest(self._root / version).uses)
            except UNREADABLE:
                continue
        for path in self._root.glob("v[0-9]*"):
            if path.name not in keep:
                shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self._root / WORK, ignore_errors=True)


def _as_asked(opened: _Opened, settings: IndexSettings) -> FileIndex:
    """Return the index as of the moment of asking."""
    catalog = opened.index.catalog
    newest = opened.manifest.last_us
    as_of = newest if settings.now_us is None else min(newest, settings.now_us)
    if (catalog.as_of_us, catalog.timezone) == (as_of, settings.timezone):
        return opened.index
    return replace(
        opened.index, catalog=replace(catalog, as_of_us=as_of, timezone=settings.timezone)
    )


def _index(
    manifest: Manifest, root: Path, settings: IndexSettings, lease: Lease | None
) -> FileIndex:
    numbers = {column.name: column.number for column in manifest.columns}

    def bucket(stored: StoredBucket) -> FileBucket:
        return FileBucket(root, stored, numbers, manifest.events, lease)

    return FileIndex(
        catalog=catalog_of(manifest, root, settings),
        buckets=tuple(map(bucket, manifest.buckets)),
        bots=tuple(map(bucket, manifest.bots)),
        lease=lease,
    )


def _absent(manifest: Manifest, columns: Sequence[str]) -> list[str]:
    held = {column.name for column in manifest.columns}
    return [name for name in columns if name not in held]


def _check_known(manifest: Manifest, columns: Sequence[str]) -> None:
    for name in _absent(manifest, columns):
        if name not in manifest.others:
            known = [*(column.name for column in manifest.columns), *manifest.others]
            raise UnknownNameError("property", name, known)


def _check_files(root: Path, manifest: Manifest) -> None:
    """Raise if a bucket's folder is gone."""
    for stored in (*manifest.buckets, *manifest.bots):
        if not (root / stored.folder / "offsets.npy").is_file():
            raise FileNotFoundError(stored.folder)


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


__all__ = ["CURRENT", "LEASES", "FileIndex", "IndexStore"]
