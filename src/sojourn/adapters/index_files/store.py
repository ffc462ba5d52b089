"""The one door to the index: opens the newest version, building it when it is not current."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from filelock import FileLock

from sojourn.adapters.disk.errors import as_write_error, is_disk_full, may_not_write
from sojourn.adapters.index_files.adding import Addition, add_columns
from sojourn.adapters.index_files.bucket import FileBucket
from sojourn.adapters.index_files.errors import LakeLostError
from sojourn.adapters.index_files.manifest import catalog_of, read_manifest
from sojourn.adapters.index_files.overlay import Target, overlay
from sojourn.adapters.index_files.rebuild import hidden_keys, rebuild
from sojourn.adapters.index_files.renaming import renamed
from sojourn.adapters.index_files.versions import UNREADABLE, Versions
from sojourn.base.errors import InternalError, UnknownNameError
from sojourn.index.bucket import Index
from sojourn.index.building.base import OutgrownError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sojourn.adapters.index_files.lease import Lease
    from sojourn.adapters.index_files.manifest import Manifest, StoredBucket
    from sojourn.adapters.index_files.settings import IndexSettings
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.ports.lake import Lake, LakeFile


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


@dataclass(frozen=True, slots=True)
class _Asked:
    lake: Lake
    settings: IndexSettings
    columns: Sequence[str]

    def met_by(self, manifest: Manifest) -> bool:
        """Return whether a version is what was asked for."""
        if manifest.currency != self.settings.currency or _absent(manifest, self.columns):
            return False
        if manifest.merged != self.settings.merged.digest:
            return False
        if not set(hidden_keys(self.settings)) <= set(manifest.hidden):
            return False
        if manifest.lake_version == self.lake.version():
            # A lake begun again may have come to the number of the one that was lost.
            return set(self.lake.newest()) <= set(manifest.lake_files)
        return set(manifest.lake_files) == {file.path for file in self.lake.files()}

    def check_lake(self, manifest: Manifest) -> None:
        """Raise where what the version was built from is gone: an empty one must not follow it."""
        if manifest.lake_files and self.lake.version() < 0:
            raise LakeLostError(len(manifest.lake_files))


class IndexStore:
    """The versions of a workspace's index.

    Parameters
    ----------
    root : Path
        A folder of its own; safe to delete whenever nobody reads it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._versions = Versions(root)
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
        DiskFullError, UnwritableError
            If the index cannot be written.
        LakeLostError
            If there is an index of events, and a lake no more.
        """
        asked = _Asked(lake, settings, columns)
        opened = self._opened
        if opened is None or not asked.met_by(opened.manifest):
            opened = self._open(settings)
            if opened is None or not asked.met_by(opened.manifest):
                opened = self._refresh(asked)
            self._opened = opened
        return _as_asked(opened, settings)

    @property
    def version(self) -> str | None:
        """The version that questions open; None where there is none."""
        return self._versions.current()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Have nobody build an index meanwhile, so that nobody reads the lake's files for it."""
        self._root.mkdir(parents=True, exist_ok=True)
        with FileLock(self._root / "build.lock"):
            yield

    def forget_old(self, before_us: int) -> int:
        """Remove every version but the current one; return how many could not go yet.

        Parameters
        ----------
        before_us : int
            Versions that were replaced before this instant go even if somebody claims to read
            them: questions take seconds, and a next one opens the current version.
        """
        with self.paused():
            return self._versions.forget_old(before_us)

    def _refresh(self, asked: _Asked) -> _Opened:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with FileLock(self._root / "build.lock"):
                return self._build(asked)
        except OSError as error:
            if is_disk_full(error) or may_not_write(error):
                raise as_write_error(str(self._root), error) from error
            raise

    def _build(self, asked: _Asked) -> _Opened:
        opened = self._open(asked.settings)
        if opened is not None and not asked.met_by(opened.manifest):
            opened = replace(opened, manifest=renamed(opened.manifest, asked.lake.merges()))
        if opened is not None:
            if asked.met_by(opened.manifest):
                return opened  # somebody else built it while we waited
            asked.check_lake(opened.manifest)
            if _Asked(asked.lake, asked.settings, ()).met_by(opened.manifest):
                _check_known(asked.columns, opened.manifest, *opened.manifest.others)
        self._versions.publish(self._new_version(opened, asked))
        opened = self._open(asked.settings)
        if opened is None:
            raise InternalError("an index just written cannot be read")
        self._versions.sweep(opened.manifest)
        _check_known(asked.columns, opened.manifest)
        return opened

    def _new_version(self, opened: _Opened | None, asked: _Asked) -> Manifest:
        if opened is not None:
            change = self._added if _absent(opened.manifest, asked.columns) else self._overlay
            found = change(opened.manifest, asked)
            if found is not None:
                return found
        forced = {*asked.columns, *(opened.manifest.forced if opened else ())}
        with self._versions.new() as version:
            return rebuild(asked.lake, self._root, version, asked.settings, forced)

    def _added(self, current: Manifest, asked: _Asked) -> Manifest | None:
        """Return a version with more columns, or None where a new base serves better."""
        current_rows = _Asked(asked.lake, asked.settings, ())
        if current.base != current.version or not current_rows.met_by(current):
            return None
        try:
            with self._versions.new() as version:
                addition = Addition(
                    root=self._root,
                    version=version,
                    current=current,
                    names=_absent(current, asked.columns),
                    settings=asked.settings,
                )
                return add_columns(asked.lake, addition)
        except OutgrownError:
            return None

    def _overlay(self, current: Manifest, asked: _Asked) -> Manifest | None:
        """Return a version with an overlay, or None where a new base serves better."""
        base = current
        if current.base != current.version:
            try:
                found = read_manifest(self._root / current.base)
                base = renamed(found, asked.lake.merges())
            except UNREADABLE:
                return None
        files = asked.lake.files()
        held = set(base.base_files)
        new = [file for file in files if file.path not in held]
        if not held <= {file.path for file in files} or not _worth_it(base, new, asked.settings):
            return None
        try:
            with self._versions.new() as version:
                target = Target(
                    root=self._root, version=version, base=base, settings=asked.settings
                )
                return overlay(asked.lake, new, target)
        except OutgrownError:
            return None

    def _open(self, settings: IndexSettings) -> _Opened | None:
        """Return the current version, or None where there is none that can be read."""
        found = self._versions.open()
        if found is None:
            return None
        manifest, lease = found
        try:
            return _Opened(manifest, _index(manifest, self._root, settings, lease))
        except UNREADABLE:
            return None


def _worth_it(base: Manifest, new: Sequence[LakeFile], settings: IndexSettings) -> bool:
    fresh_rows = sum(file.rows for file in new)
    return (
        base.currency == settings.currency
        and base.rows >= settings.overlay_from_rows
        and fresh_rows <= settings.overlay_share * base.rows
    )


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


def _check_known(columns: Sequence[str], manifest: Manifest, *others: str) -> None:
    known = {*(column.name for column in manifest.columns), *others}
    for name in columns:
        if name not in known:
            raise UnknownNameError("property", name, known)
