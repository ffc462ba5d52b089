"""Reading CSV and its kin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from typing_extensions import override

from sojourn.adapters.readers.base import BaseReader
from sojourn.adapters.readers.errors import EmptyInputError, HeaderError, UnknownEncodingError
from sojourn.adapters.readers.mapped import map_rows
from sojourn.adapters.readers.mapping import (
    TableMap,
    check_columns,
    check_times,
    plan_table,
    time_columns,
    with_times,
)
from sojourn.adapters.readers.mend import append_delimited
from sojourn.adapters.readers.text.encodings import MARK, UTF8, readable
from sojourn.adapters.readers.text.lines import HEAD_BYTES, Text
from sojourn.adapters.readers.text.parsed import Parsed, Parser
from sojourn.adapters.readers.text.records import chunks
from sojourn.adapters.readers.text.sniff import distinct, sniff
from sojourn.events.roles import ColumnSample
from sojourn.events.times import ColumnLook, decide, look_at, observe
from sojourn.ports.reader import EventBatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sojourn.adapters.readers.packed import Source
    from sojourn.ports.reader import ReadOptions, Rejected, RoleChoice

_LARGEST_CHUNK: Final = 16 << 20


class DelimitedReader(BaseReader):
    """A table as text: one record a row, fields separated by a character or by blanks."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        super().__init__(source, options)
        self._text = Text.of(source, options.encoding)
        head = self._text.head
        self._layout = sniff(
            head, delimiter=options.delimiter, columns=options.columns, name=source.name
        )
        _check_readable(self._layout.names, source.name)
        header = distinct(self._layout.names)
        self._parser = Parser(
            names=header.names,
            dialect=self._layout.dialect,
            longest_field=options.max_field_bytes,
        )
        check_columns(header.names, header.repeated, options, source.name)
        sample = self._sample(head.encode())
        self._chunk_bytes = _chunk_bytes(len(head), sample.records, options.batch_rows)
        self._map = self._plan(sample)

    def _sample(self, text: bytes) -> Parsed:
        """Return the rows of the head, the record that is cut off left out."""
        dialect, limit = self._layout.dialect, self._options.max_field_bytes
        first = next(chunks([(text, 0)], dialect, target=1, limit=limit))
        sample = self._parser.parse(first, self._layout.header_records)
        return sample if sample.table.num_rows else self._first_row()

    def _first_row(self) -> Parsed:
        """Return the first row that can be read, where the head holds none."""
        self._chunk_bytes = HEAD_BYTES
        records = 0
        for parsed in self._parsed():
            records += parsed.records
            if parsed.table.num_rows:
                return replace(parsed, table=parsed.table.slice(0, 1), records=1)
        if records:
            raise HeaderError(
                f"No row of {self.name} has as many fields as its first line, which has "
                f"{len(self._parser.names)}: {', '.join(self._parser.names)[:80]}.",
                remedy="Give the delimiter (--delimiter CHAR) or the names (--columns A,B,C).",
            )
        raise EmptyInputError(f"{self.name} has a header and no rows.", allowed="some rows")

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

    @override
    def _format(self) -> tuple[str, ...]:
        return f"csv ({self._layout.shown})", self._text.encoding or UTF8

    @property
    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        return self._map.shown()

    @override
    def batches(self) -> Iterator[EventBatch]:
        first = 1
        for parsed in self._parsed():
            events, bad = map_rows(parsed.table, first + parsed.rows, self._map)
            yield EventBatch(
                positions_per_row=self._map.positions_per_row,
                events=events,
                rejected=parsed.rejected(bad),
                rows=parsed.records,
                bytes_done=parsed.chunk.done,
            )
            first += parsed.records

    def _parsed(self) -> Iterator[Parsed]:
        dialect, limit = self._layout.dialect, self._options.max_field_bytes
        header = self._layout.header_records
        for chunk in chunks(self._text.blocks(), dialect, target=self._chunk_bytes, limit=limit):
            parsed = self._parser.parse(chunk, header)
            header -= parsed.skipped
            if parsed.records:
                yield parsed

    @override
    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        append_delimited(rejected, path, self._parser.names, self._layout.dialect)


def _check_readable(names: Sequence[str], source: str) -> None:
    """Raise where a column's name holds bytes of another encoding."""
    for name in names:
        if MARK in name:
            raise UnknownEncodingError(
                f"The header of {source} cannot be read: its encoding is neither UTF-8, UTF-16 "
                f"nor CP949; one name reads {readable(name)[:60]!r}.",
                allowed="shift_jis, gb18030, cp1252 and any other that Python knows",
                remedy="Give the encoding by name (--encoding NAME).",
            )


def _chunk_bytes(head_bytes: int, records: int, batch_rows: int) -> int:
    return int(np.clip(head_bytes // max(1, records) * batch_rows, 1, _LARGEST_CHUNK))
