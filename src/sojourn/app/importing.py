"""Importing files: every row read ends as accepted, duplicate or quarantined."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Protocol

import numpy as np
import pyarrow as pa

from sojourn.app.event_ids import identify
from sojourn.app.import_report import FileReport, ImportReport, Problem
from sojourn.app.prefetch import prefetched
from sojourn.base.errors import InputError, InternalError
from sojourn.events.identity_keys import Ids, ids_to_arrow
from sojourn.ports.workspace import Counts, ImportStatus, LedgerEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from sojourn.ports.reader import EventBatch, EventReader, ReadOptions
    from sojourn.ports.workspace import EventWriter, KeyCounter, Ledger, Store

PROBLEMS_KEPT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One input as the user named it."""

    name: str
    content: str | BinaryIO
    """A path, or an open stream."""
    size: int | None = None


class OpenReader(Protocol):
    """Recognises an input and opens it."""

    def __call__(
        self, source: str | BinaryIO, options: ReadOptions, name: str | None = None
    ) -> EventReader:
        """Return the reader of an input; a name is what it is called in messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where an import is."""

    name: str
    reader: EventReader
    counts: Counts
    bytes_done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who is told how an import goes on."""

    step: Callable[[Step], None] = lambda _: None
    waiting: Callable[[str], None] = lambda _: None
    """Told whom we wait for, when another process writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Brings inputs into a workspace."""

    store: Store
    ledger: Ledger
    open_reader: OpenReader
    now_us: Callable[[], int]

    def run(
        self,
        sources: Sequence[Source],
        options: ReadOptions,
        *,
        wait: bool = True,
        listener: Listener | None = None,
    ) -> ImportReport:
        """Return what became of every row of some inputs.

        An input that cannot be read does not stop the others; what was read of it stays. When this
        returns, everything accepted is on disk. When it does not return, repeating it completes it.

        Parameters
        ----------
        sources : sequence of Source
        options : ReadOptions
            The same for all; secret and present time are filled in here.
        wait : bool
            Whether to wait when another process writes to the workspace.
        listener : Listener, optional

        Raises
        ------
        InputError
            If nothing can be written: the disk is full, another process writes and we do not wait.
        """
        told = listener or Listener()
        now_us = self.now_us()
        options = replace(options, secret=self.store.secret(), now_us=now_us)
        with self.store.writer(wait=wait, waiting=told.waiting) as writer:
            self.ledger.interrupt_running()
            runs = [_FileImport(self, writer, source, told) for source in sources]
            try:
                ended = [run.run(options) for run in runs]
                writer.commit()
            except BaseException as error:
                self._give_up(runs, error)
                raise
            self.ledger.end([entry for _, entry in ended])
        return ImportReport(files=tuple(report for report, _ in ended))

    def _give_up(self, runs: Sequence[_FileImport], error: BaseException) -> None:
        failed = isinstance(error, InputError)
        status = ImportStatus.FAILED if failed else ImportStatus.INTERRUPTED
        ends = [
            LedgerEnd(id=run.entry, status=status, counts=Counts(), message=str(error))
            for run in runs
            if run.entry is not None
        ]
        try:
            self.ledger.end(ends)
        except InputError:  # the disk is full for the ledger too; the next import puts it right
            return


@dataclass(slots=True)
class _Tally:
    """What one input's rows came to so far."""

    counts: Counts = field(default_factory=Counts)
    identical: int = 0
    repeated_ids: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    hash_sums: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(2, np.uint64))

    def fingerprint(self) -> str:
        """Return a hash of the content: the same for any order, name and packing."""
        sums = "".join(f"{int(half):016x}" for half in self.hash_sums)
        return f"{sums}-{self.counts.read}"


class _FileImport:
    """The import of one input."""

    def __init__(
        self, importer: Importer, writer: EventWriter, source: Source, told: Listener
    ) -> None:
        self._importer = importer
        self._writer = writer
        self._source = source
        self._told = told
        self._tally = _Tally()
        self._quarantine = ""
        self._reader: EventReader | None = None
        self.entry: int | None = None

    def run(self, options: ReadOptions) -> tuple[FileReport, LedgerEnd]:
        """Return the report and how the ledger's entry ends once all is committed."""
        source = self._source
        entry = self._importer.ledger.begin(
            source.name, size=source.size, options=_options_hash(options)
        )
        self.entry = entry
        status, message = ImportStatus.COMPLETE, ""
        try:
            name = None if isinstance(source.content, str) else source.name
            reader = self._importer.open_reader(source.content, options, name)
        except InputError as error:
            status, message = ImportStatus.FAILED, error.message
        else:
            self._reader = reader
            message = self._read(reader, entry, options.now_us)
            status = ImportStatus.FAILED if message else ImportStatus.COMPLETE
        return self._report(status, message), LedgerEnd(
            id=entry, status=status, counts=self._tally.counts, message=message,
            fingerprint=self._tally.fingerprint() if not message else "",
            quarantine=self._quarantine,
        )  # fmt: skip

    def _read(self, reader: EventReader, entry: int, now_us: int) -> str:
        """Take every batch; return why the input could not be read to its end, if so."""
        seen = self._writer.fresh_counter()
        path = ""
        batches = reader.batches()
        if isinstance(self._source.content, str):  # a stream may never send a next batch
            batches = prefetched(batches)
        try:
            while True:
                try:
                    batch = next(batches)  # errors of reading end this input, of writing all
                except StopIteration:
                    return ""
                except InputError as error:
                    return error.message
                if batch.rejected:
                    path = path or self._importer.store.quarantine_path(entry, self._source.name)
                    reader.write_rejected(batch.rejected, path)
                self._take(batch, seen, reader.name, now_us)
                self._told.step(
                    Step(name=self._source.name, reader=reader, counts=self._tally.counts,
                         bytes_done=batch.bytes_done)
                )  # fmt: skip
        finally:
            seen.clear()
            if path:
                self._quarantine = self._importer.store.keep(path)

    def _take(self, batch: EventBatch, seen: KeyCounter, source: str, now_us: int) -> None:
        events = batch.events
        found = identify(events, seen)
        fresh = self._writer.admit(found.ids)
        rows = _rows_of(np.asarray(events["position"]), fresh)
        if len(rows) + len(batch.rejected) != batch.rows:
            raise InternalError(
                f"{source}: {batch.rows} rows gave {len(rows)} rows of events "
                f"and {len(batch.rejected)} rejected ones"
            )
        tally = self._tally
        tally.counts += Counts(
            read=batch.rows, accepted=int(rows.sum()), duplicate=int((~rows).sum()),
            quarantined=len(batch.rejected),
        )  # fmt: skip
        tally.identical += int((fresh & (found.occurrence > 0)).sum())
        tally.repeated_ids += int((found.own & (found.occurrence > 0)).sum())
        tally.reasons.update(rejected.code for rejected in batch.rejected)
        room = PROBLEMS_KEPT - len(tally.problems)
        tally.problems += [
            Problem(line=rejected.line, code=rejected.code, reason=rejected.reason)
            for rejected in batch.rejected[:room]
        ]
        tally.hash_sums += found.ids.sum(axis=0, dtype=np.uint64)
        self._store(events, found.ids, fresh, _Origin(source, now_us))

    def _store(self, events: pa.Table, ids: Ids, fresh: NDArray[np.bool_], origin: _Origin) -> None:
        table = events.drop_columns(["own_id"]).append_column("event_id", ids_to_arrow(ids))
        if not fresh.all():
            table = table.filter(pa.array(fresh))
        rows = len(table)
        received = pa.repeat(pa.scalar(origin.now_us, pa.timestamp("us", tz="UTC")), rows)
        table = table.append_column("received", received)
        table = table.append_column("source", pa.repeat(pa.scalar(origin.source), rows))
        self._writer.add(table)

    def _report(self, status: ImportStatus, message: str) -> FileReport:
        tally = self._tally
        return FileReport(
            name=self._source.name,
            status=status,
            counts=tally.counts,
            format=self._reader.format if self._reader else "",
            roles=self._reader.roles if self._reader else (),
            identical=tally.identical,
            repeated_ids=tally.repeated_ids,
            reasons=tuple(tally.reasons.most_common()),
            problems=tuple(tally.problems),
            quarantine=self._quarantine,
            message=message,
        )


@dataclass(frozen=True, slots=True)
class _Origin:
    source: str
    now_us: int


def _rows_of(positions: NDArray[np.int64], fresh: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for each input row whether any of its events is fresh."""
    if not len(positions):
        return np.zeros(0, np.bool_)
    starts = np.flatnonzero(np.append(True, positions[1:] != positions[:-1]))
    return np.logical_or.reduceat(fresh, starts)


def _options_hash(options: ReadOptions) -> str:
    """Return a short hash of what decides how rows become events."""
    said = replace(options, secret=b"", now_us=0)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
