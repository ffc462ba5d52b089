"""Importing one input: its rows, batch by batch, into the lake or the quarantine."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Protocol

import numpy as np
import pyarrow as pa

from sojourn.app.event_ids import identify
from sojourn.app.import_report import FileReport, Problem
from sojourn.app.prefetch import prefetched
from sojourn.base.errors import InputError, InternalError
from sojourn.events.identity_keys import Ids, ids_to_arrow
from sojourn.ports.workspace import Counts, ImportStatus, LedgerEnd

if TYPE_CHECKING:
    from collections.abc import Callable

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
class Means:
    """What importing one input works with."""

    writer: EventWriter
    store: Store
    ledger: Ledger
    open_reader: OpenReader
    told: Listener


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


class FileImport:
    """The import of one input."""

    def __init__(self, means: Means, source: Source) -> None:
        self._means = means
        self._source = source
        self._tally = _Tally()
        self._apart = ""
        self._quarantine = ""
        self._reader: EventReader | None = None
        self.entry: int | None = None

    def run(self, options: ReadOptions) -> tuple[FileReport, LedgerEnd]:
        """Return the report and how the ledger's entry ends once all is committed."""
        source = self._source
        entry = self._means.ledger.begin(
            source.name, size=source.size, options=_options_hash(options)
        )
        self.entry = entry
        status, message = ImportStatus.COMPLETE, ""
        try:
            name = None if isinstance(source.content, str) else source.name
            reader = self._means.open_reader(source.content, options, name)
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
        seen = self._means.writer.fresh_counter()
        batches = reader.batches()
        if isinstance(self._source.content, str):  # a stream may never send a next batch
            batches = prefetched(batches)
        message = ""
        while True:
            try:
                batch = next(batches, None)
            except InputError as error:  # ends this input; an error of writing ends all
                message = error.message
                break
            if batch is None:
                break
            self._set_apart(reader, batch, entry)
            self._take(batch, seen, reader.name, now_us)
            self._means.told.step(
                Step(name=self._source.name, reader=reader, counts=self._tally.counts,
                     bytes_done=batch.bytes_done)
            )  # fmt: skip
        seen.clear()
        if self._apart:
            self._quarantine = self._means.store.keep(self._apart)
        return message

    def _set_apart(self, reader: EventReader, batch: EventBatch, entry: int) -> None:
        """Write the rows that are no events to the input's quarantine file."""
        if not batch.rejected:
            return
        store = self._means.store
        self._apart = self._apart or store.quarantine_path(entry, self._source.name)
        try:
            reader.write_rejected(batch.rejected, self._apart)
        except OSError as error:
            raise store.write_error(self._apart, error) from error

    def _take(self, batch: EventBatch, seen: KeyCounter, source: str, now_us: int) -> None:
        events = batch.events
        found = identify(events, seen)
        fresh = self._means.writer.admit(found.ids)
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
        self._means.writer.add(table)

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
