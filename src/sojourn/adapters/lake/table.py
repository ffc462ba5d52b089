"""The lake as a Delta table: reading its files, committing new ones durably."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import AddAction
from typing_extensions import override

from sojourn.adapters.disk.errors import as_write_error, is_disk_full
from sojourn.adapters.disk.sync import make_folder, sync_file, sync_folder, write_whole
from sojourn.adapters.lake.checkpoints import remove_torn_checkpoints
from sojourn.adapters.lake.compacting import replaced
from sojourn.adapters.lake.datafiles import DataFile, split_by_month, sync_folders, write_part
from sojourn.adapters.lake.errors import FencedOutError, LakeDamagedError
from sojourn.adapters.lake.people.kept import ERASURES, kept_links
from sojourn.adapters.lake.recovery import (
    LOG,
    STAGED,
    newest_entry,
    newest_files,
    remove_unfinished,
    set_torn_entry_aside,
)
from sojourn.events.schema import EVENT_SCHEMA, MONTH
from sojourn.ports.lake import Lake, LakeFile, Merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


WRITER = "sojourn-writer"
"""The app transaction whose version is the fencing number of the last writer."""
BATCH_ROWS = 131_072
_CONFIGURATION = {
    "delta.dataSkippingStatsColumns": "time,event",
    "delta.enableExpiredLogCleanup": "false",
}
_NO_UPKEEP = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


class DeltaLake(Lake):
    """A Delta table in a folder.

    Parameters
    ----------
    folder : Path
        Need not exist; the first :meth:`append` makes the table.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: DeltaTable | None = None

    @override
    def version(self) -> int:
        version, whole = newest_entry(self.folder)
        return version if whole else version - 1

    @override
    def newest(self) -> Sequence[str]:
        return newest_files(self.folder)

    @override
    def files(self) -> Sequence[LakeFile]:
        table = self._open()
        if table is None:
            return ()
        actions = pa.table(table.get_add_actions(flatten=True)).sort_by("path")
        names = ("path", "num_records", f"partition.{MONTH}", "size_bytes")
        listed = zip(*(actions[name].to_pylist() for name in names), strict=True)
        return tuple(LakeFile(path=p, rows=n, month=month, size=s) for p, n, month, s in listed)

    @override
    def scan(
        self, columns: Sequence[str], files: Sequence[LakeFile] | None = None
    ) -> Iterator[pa.RecordBatch]:
        # Not through a dataset: its scanner decodes many row groups ahead, gigabytes of them.
        for file in self.files() if files is None else files:
            held = [name for name in columns if name != MONTH]
            for batch in _batches(self.folder / file.path, held):
                yield _in_order(batch, columns, file.month)

    @override
    def merges(self) -> Sequence[Merge]:
        live = {file.path for file in self.files()}
        found = []
        for record in reversed(replaced(self.folder)):
            if record.new in live:  # others were noted, and killed before they were committed
                found.append((record.new, record.old))
                live.update(record.old)
        return found[::-1]

    @override
    def kept_links(self) -> pa.Table:
        return kept_links(self.folder, self.transaction_version(ERASURES))

    def dataset(self, files: Sequence[LakeFile]) -> ds.Dataset:
        """Return files as an Arrow dataset with :data:`EVENT_SCHEMA`."""
        form = ds.ParquetFileFormat()
        system = pa.fs.SubTreeFileSystem(str(self.folder.absolute()), pa.fs.LocalFileSystem())
        fragments = [
            form.make_fragment(
                file.path, system, partition_expression=ds.field(MONTH) == file.month
            )
            for file in files
        ]
        return ds.FileSystemDataset(fragments, EVENT_SCHEMA, form, system)

    def transaction_version(self, app: str) -> int:
        """Return the version last committed under an app transaction id; -1 when none was."""
        table = self._open()
        version = None if table is None else table.transaction_version(app)
        return -1 if version is None else version

    def append(
        self, events: pa.Table, *, fence: int, batch: tuple[str, int] | None = None
    ) -> tuple[str, ...]:
        """Add events in one commit that is on disk when this returns.

        Parameters
        ----------
        events : pyarrow.Table
            With the columns of :data:`EVENT_SCHEMA` except the month, at least one row.
        fence : int
            The writer's fencing number.
        batch : tuple of str and int, optional
            The app transaction that the events are: they are added once, whoever tries again.

        Returns
        -------
        tuple of str
            Paths of the new data files; none where the batch is in the lake already.

        Raises
        ------
        DiskFullError
            If there is no room; the lake is as before.
        FencedOutError
            If a writer with a higher number has committed.
        """
        try:
            return self._append(events, fence, dict([batch] if batch else []))
        except (OSError, pa.ArrowException, DeltaError) as error:
            self.recover()
            if isinstance(error, CommitFailedError) and not is_disk_full(error):
                raise FencedOutError(f"another writer committed to {self.folder}") from error
            raise as_write_error(str(self.folder), error) from error

    def recover(self) -> None:
        """Remove what an interrupted writer left; to be called by the writer only."""
        set_torn_entry_aside(self.folder)
        remove_unfinished(self.folder, {file.path for file in self.files()})

    def check_fence(self, fence: int) -> int:
        """Return the newest version.

        Raises
        ------
        FencedOutError
            If a writer with a higher number has committed.
        """
        table = self._open()
        if table is None:
            return -1
        self._check_fence(table, fence)
        return int(table.version())

    def write_checkpoint(self) -> None:
        """Write a checkpoint of the newest version, not synced yet."""
        table = self._open()
        if table is not None:
            table.create_checkpoint()

    def stage(self, paths: Sequence[str]) -> None:
        """Note which files are about to be written, so that they can be removed after a kill."""
        write_whole(self.folder / STAGED, json.dumps(list(paths)).encode())

    def _check_fence(self, table: DeltaTable, fence: int) -> None:
        last = table.transaction_version(WRITER)
        if last is not None and last > fence:
            raise FencedOutError(f"writer {last} took over {self.folder} from writer {fence}")

    def _append(self, events: pa.Table, fence: int, batches: Mapping[str, int]) -> tuple[str, ...]:
        table = self._open() or self._create()
        if any((table.transaction_version(app) or 0) >= n for app, n in batches.items()):
            return ()
        self._check_fence(table, fence)
        parts = list(split_by_month(events))
        self.stage([part.path for part in parts])
        files = [write_part(self.folder, part) for part in parts]
        sync_folders(self.folder, files)
        self._commit(table, files, {WRITER: fence, **batches})
        (self.folder / STAGED).unlink(missing_ok=True)
        return tuple(file.path for file in files)

    def _commit(
        self, table: DeltaTable, files: Sequence[DataFile], transactions: Mapping[str, int]
    ) -> None:
        """Commit on exactly the snapshot that was looked at, then sync the log."""
        version = table.version()
        now_ms = max(int((self.folder / file.path).stat().st_mtime * 1000) for file in files)
        table.create_write_transaction(
            [AddAction(f.path, f.size, {MONTH: f.month}, now_ms, True, f.stats) for f in files],
            mode="append",
            schema=EVENT_SCHEMA,
            partition_by=[MONTH],
            commit_properties=CommitProperties(
                max_commit_retries=0,
                app_transactions=[Transaction(app, v) for app, v in transactions.items()],
            ),
            post_commithook_properties=_NO_UPKEEP,
        )
        self._opened = None  # what it says of itself after a commit is the library's affair
        self._sync_log(version + 1)

    def _sync_log(self, version: int) -> None:
        log = self.folder / LOG
        sync_file(log / f"{version:020d}.json")
        sync_folder(log)

    def _create(self) -> DeltaTable:
        make_folder(self.folder)
        table = DeltaTable.create(
            self.folder, EVENT_SCHEMA, partition_by=[MONTH], configuration=_CONFIGURATION,
            post_commithook_properties=_NO_UPKEEP,
        )  # fmt: skip
        self._sync_log(0)
        sync_folder(self.folder)
        return table

    def _open(self) -> DeltaTable | None:
        """Return the table at the newest whole version; None when nothing was ever written."""
        version, whole = newest_entry(self.folder)
        version -= not whole
        if version < 0:
            return None
        opened = self._opened
        if opened is None or opened.version() != version:
            try:
                opened = self._at(None if whole else version)
            except (DeltaError, OSError, ValueError) as error:
                raise LakeDamagedError(str(self.folder), str(error)) from error
            self._opened = opened
        return opened

    def _at(self, version: int | None) -> DeltaTable:
        try:
            return DeltaTable(self.folder, version=version)
        except (DeltaError, OSError, ValueError):
            if not remove_torn_checkpoints(self.folder):
                raise
            return DeltaTable(self.folder, version=version)


def _batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Return the rows of one data file.

    Raises
    ------
    LakeDamagedError
        If it is missing or is not the Parquet file that was written.
    """
    try:
        with pq.ParquetFile(path, pre_buffer=False) as parquet:
            batches = parquet.iter_batches(BATCH_ROWS, columns=columns)
            while (batch := next(batches, None)) is not None:
                yield batch
    except FileNotFoundError as error:
        raise LakeDamagedError(str(path), "the file is missing.") from error
    except (OSError, pa.ArrowInvalid) as error:
        raise LakeDamagedError(str(path), f"{error}") from error


def _in_order(batch: pa.RecordBatch, columns: Sequence[str], month: str) -> pa.RecordBatch:
    """Return the columns in the order asked for, with the types of :data:`EVENT_SCHEMA`."""
    arrays = [
        pa.repeat(pa.scalar(month), len(batch)) if name == MONTH else batch.column(name)
        for name in columns
    ]
    return pa.RecordBatch.from_arrays(
        arrays, schema=pa.schema([EVENT_SCHEMA.field(name) for name in columns])
    )
