"""Reading CSV and its kin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from sojourn.adapters.readers.text.encodings import UTF8, detect, to_utf8
from sojourn.adapters.readers.mapping import (
    TableMap,
    check_columns,
    check_times,
    map_rows,
    plan_table,
    time_columns,
    with_times,
)
from sojourn.adapters.readers.mend import append_delimited
from sojourn.adapters.readers.text.parsed import Parsed, Parser
from sojourn.adapters.readers.text.records import chunks
from sojourn.adapters.readers.text.sniff import distinct, sniff
from sojourn.events.roles import ColumnSample
from sojourn.events.times import ColumnLook, decide, look_at, observe
from sojourn.ports.reader import EventBatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.adapters.readers.packed import Source
    from sojourn.ports.reader import ReadOptions, Rejected, RoleChoice

HEAD_BYTES: Final = 1 << 20
"""What decides roles and types: always the same head, whatever the batches."""
_LARGEST_CHUNK: Final = 16 << 20


class DelimitedReader:
    """A table as text: one record a row, fields separated by a character or by blanks."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self._source = source
        self._options = options
        head = source.head(HEAD_BYTES)
        self._encoding, self._skip = detect(head, options.encoding)
        text = _head_text(head, self._encoding, self._skip)
        self._layout = sniff(
            text, delimiter=options.delimiter, columns=options.columns, name=source.name
        )
        header = distinct(self._layout.names)
        self._parser = Parser(
            names=header.names,
            dialect=self._layout.dialect,
            longest_field=options.max_field_bytes,
        )
        check_columns(header.names, header.repeated, options, source.name)
        sample = self._sample(text.encode())
        self._chunk_bytes = _chunk_bytes(len(text), sample.records, options.batch_rows)
        self._map = self._plan(sample)

    def _sample(self, text: bytes) -> Parsed:
        """Return the rows of the head, the record that is cut off left out."""
        dialect, limit = self._layout.dialect, self._options.max_field_bytes
        chunk = next(chunks([(text, 0)], dialect, target=1, limit=limit))
        return self._parser.parse(chunk, self._layout.header_records)

    def _plan(self, sample: Parsed) -> TableMap:
        samples = [
            ColumnSample(name=name, values=sample.column(name)) for name in self._parser.names
        ]
        table_map = plan_table(samples, self._options, self._source.name)
        times = time_columns(table_map)
        looks = self._look_on({s.name: look_at(s.values) for s in samples if s.name in times})
        table_map = with_times(table_map, looks, self._options.now_us)
        check_times(table_map, samples, self._source.name)
        return table_map

    def _look_on(self, looks: dict[str, ColumnLook]) -> dict[str, ColumnLook]:
        """Read on while no date tells the day from the month."""
        if self._settled(looks):
            return looks
        for parsed in self._parsed():
            for name, look in looks.items():
                seen = observe(parsed.column(name))
                looks[name] = replace(look, evidence=look.evidence + seen)
            if self._settled(looks):
                break
        return looks

    def _settled(self, looks: dict[str, ColumnLook]) -> bool:
        return all(decide(look, self._options.now_us).settled for look in looks.values())

    @property
    def name(self) -> str:
        """The input's name for people."""
        return self._source.name

    @property
    def format(self) -> str:
        """What was recognised, such as ``"csv (tab), CP949, gzip"``."""
        parts = (f"csv ({self._layout.shown})", self._encoding or UTF8, self._source.packing)
        return ", ".join(part for part in parts if part)

    @property
    def roles(self) -> tuple[RoleChoice, ...]:
        """The chosen columns."""
        return self._map.shown()

    @property
    def total_bytes(self) -> int | None:
        """Size of the (packed) input."""
        return self._source.total_bytes

    def batches(self) -> Iterator[EventBatch]:
        """Return the rows, batch by batch."""
        first = 1
        for parsed in self._parsed():
            events, bad = map_rows(parsed.table, first + parsed.rows, self._map)
            yield EventBatch(
                events=events,
                rejected=parsed.rejected(bad),
                rows=parsed.records,
                bytes_done=parsed.chunk.done,
            )
            first += parsed.records

    def _parsed(self) -> Iterator[Parsed]:
        text = to_utf8(self._source.blocks(), self._encoding, self._skip)
        dialect, limit = self._layout.dialect, self._options.max_field_bytes
        header = self._layout.header_records
        for chunk in chunks(text, dialect, target=self._chunk_bytes, limit=limit):
            parsed = self._parser.parse(chunk, header)
            header -= parsed.skipped
            if parsed.records:
                yield parsed

    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        """Append rejected rows as CSV, line and reason in two columns before the others."""
        append_delimited(rejected, path, self._parser.names, self._layout.dialect)


def _head_text(head: bytes, encoding: str | None, skip: int) -> str:
    """Return the whole lines of the head; all of it when it is the whole text or one line."""
    text = b"".join(block for block, _ in to_utf8([(head, 0)], encoding, skip)).decode()
    if len(head) < HEAD_BYTES:
        return text
    end = max(text.rfind("\n"), text.rfind("\r")) + 1
    return text[:end] if end else text


def _chunk_bytes(head_bytes: int, records: int, batch_rows: int) -> int:
    return int(np.clip(head_bytes // max(1, records) * batch_rows, 1, _LARGEST_CHUNK))
