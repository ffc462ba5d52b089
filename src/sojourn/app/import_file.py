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
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from sojourn.app.privacy.suppression import Guard
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
    guard: Guard


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
            message = self._read(reader, entry, options)
            status = ImportStatus.FAILED if message else ImportStatus.COMPLETE
        return self._report(status, message), LedgerEnd(
            id=entry, status=status, counts=self._tally.counts, message=message,
            fingerprint=self._tally.fingerprint() if not message else "",
            quarantine=self._quarantine,
        )  # fmt: skip

    def _read(self, reader: EventReader, entry: int, options: ReadOptions) -> str:
        """Take every batch; return why the input could not be read to its end, if so."""
        origin = _Origin(reader.name, options.now_us, options.batch_rows)
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
            self._take(batch, seen, origin)
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
        rejected = tuple(row for row in batch.rejected if self._means.guard.may_keep(row.raw))
        if not rejected:
            return
        store = self._means.store
        self._apart = self._apart or store.quarantine_path(entry, self._source.name)
        try:
            reader.write_rejected(rejected, self._apart)
        except OSError as error:
            raise store.write_error(self._apart, error) from error

    def _take(self, batch: EventBatch, seen: KeyCounter, origin: _Origin) -> None:
        """Bring a batch into the lake and the tally."""
        fresh = [
            self._take_events(part, seen, origin, batch.positions_per_row)
            for part in _whole_rows(batch.events, origin.batch_rows, batch.positions_per_row)
        ]
        accepted, rows = sum(part.fresh for part in fresh), sum(part.rows for part in fresh)
        if rows + len(batch.rejected) != batch.rows:
            raise InternalError(
                f"{origin.source}: {batch.rows} rows gave {rows} rows of events "
                f"and {len(batch.rejected)} rejected ones"
            )
        tally = self._tally
        tally.counts += Counts(
            read=batch.rows, accepted=accepted, duplicate=rows - accepted,
            quarantined=len(batch.rejected),
        )  # fmt: skip
        tally.reasons.update(rejected.code for rejected in batch.rejected)
        room = PROBLEMS_KEPT - len(tally.problems)
        tally.problems += [
            Problem(line=rejected.line, code=rejected.code, reason=rejected.reason)
            for rejected in batch.rejected[:room]
        ]

    def _take_events(
        self, events: pa.Table, seen: KeyCounter, origin: _Origin, per_row: int
    ) -> _Taken:
        found = identify(events, seen)
        kept = self._means.guard.kept(events)
        fresh = kept.copy()
        fresh[kept] = self._means.writer.admit(found.ids[kept])
        tally = self._tally
        tally.identical += int((fresh & (found.occurrence > 0)).sum())
        tally.repeated_ids += int((found.own & (found.occurrence > 0)).sum())
        tally.hash_sums += found.ids.sum(axis=0, dtype=np.uint64)
        self._means.writer.add(_lake_columns(events, found.ids, fresh, origin))
        starts = _row_starts(events, per_row)
        rows = np.logical_or.reduceat(fresh, starts) if len(starts) else fresh
        return _Taken(fresh=int(rows.sum()), rows=len(starts))

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
    batch_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """Input rows of some events, and how many of them gave an event that was new."""

    rows: int
    fresh: int


def _lake_columns(
    events: pa.Table, ids: Ids, fresh: NDArray[np.bool_], origin: _Origin
) -> pa.Table:
    """Return the fresh events as the lake takes them."""
    table = events.drop_columns(["own_id"]).append_column("event_id", ids_to_arrow(ids))
    if not fresh.all():
        table = table.filter(pa.array(fresh))
    received = pa.scalar(origin.now_us, pa.timestamp("us", tz="UTC"))
    table = table.append_column("received", pa.repeat(received, len(table)))
    return table.append_column("source", pa.repeat(pa.scalar(origin.source), len(table)))


def _row_starts(events: pa.Table, per_row: int) -> NDArray[np.int64]:
    """Return where the events of each input row start; those of one row lie together."""
    rows = (np.asarray(events["position"]) - 1) // per_row
    if not len(rows):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.append(True, rows[1:] != rows[:-1]))


def _whole_rows(events: pa.Table, size: int, per_row: int) -> Iterator[pa.Table]:
    """Return events in parts of about some size, never cutting through an input row."""
    starts = np.append(_row_starts(events, per_row), len(events))
    at = 0
    while at < len(events):
        end = int(starts[np.searchsorted(starts, min(at + size, len(events)))])
        yield events.slice(at, end - at)
        at = end


def _options_hash(options: ReadOptions) -> str:
    """Return a short hash of what decides how rows become events."""
    said = replace(options, secret=b"", now_us=0)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
