"""Chunks of delimited text as tables of texts, faulty records set apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from sojourn.adapters.readers.finish import Bad, shortened
from sojourn.adapters.readers.text.encodings import MARK, MARK_UTF8, readable
from sojourn.adapters.readers.text.records import Chunk, Dialect, Places, places
from sojourn.ports.reader import Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_UNIT: Final = "\x1f"
"""Stands in for a run of blanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A chunk's records: those with the right number of fields as a table, and the others."""

    chunk: Chunk
    dialect: Dialect
    table: pa.Table
    rows: NDArray[np.int64]
    """Which record each row of the table is, from 0."""
    faults: tuple[Bad, ...]
    """Records (not rows of the table) that could not be read."""
    records: int
    skipped: int
    """Records of the header that the chunk held."""

    def column(self, name: str) -> pa.StringArray:
        """Return a column in one piece."""
        return one_piece(self.table.column(name))

    def rejected(self, bad: Sequence[Bad]) -> tuple[Rejected, ...]:
        """Return the faulty records and the rows that are no events, with line and text."""
        all_bad = [
            *self.faults,
            *(Bad(row=int(self.rows[b.row]), code=b.code, reason=b.reason) for b in bad),
        ]
        if not all_bad:
            return ()
        where = self._places()
        return tuple(self._rejected(b, where) for b in sorted(all_bad, key=lambda b: b.row))

    def _places(self) -> Places:
        return places(self.chunk, self.dialect)

    def _rejected(self, bad: Bad, where: Places) -> Rejected:
        raw = where.raw(self.chunk.data, bad.row).decode("utf-8", errors="replace")
        return Rejected(
            line=int(where.lines[bad.row]), raw=readable(raw), code=bad.code, reason=bad.reason
        )


def one_piece(values: pa.ChunkedArray) -> pa.StringArray:
    """Return a chunked column in one piece."""
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """Parses chunks of one text."""

    names: tuple[str, ...]
    dialect: Dialect
    longest_field: int

    def parse(self, chunk: Chunk, header: int) -> Parsed:
        """Return a chunk's records.

        Parameters
        ----------
        chunk : Chunk
        header : int
            Records at its start that are no rows; a chunk may hold fewer.
        """
        skipped = 0
        if header:
            chunk, skipped = self._without_header(chunk, header)
        if chunk.unclosed:
            return self._unclosed(chunk, skipped)
        table, ragged = self._read(chunk.data)
        records = table.num_rows + len(ragged)
        rows = np.arange(records, dtype=np.int64)
        if ragged:
            rows = np.delete(rows, [bad.row for bad in ragged])
        faults = [*ragged, *self._unreadable(table, rows, chunk.data)]
        if len(faults) > len(ragged):
            kept = ~np.isin(rows, [bad.row for bad in faults])
            table, rows = table.filter(pa.array(kept)), rows[kept]
        return Parsed(
            chunk=chunk,
            dialect=self.dialect,
            table=table,
            rows=rows,
            faults=tuple(faults),
            records=records,
            skipped=skipped,
        )

    def _without_header(self, chunk: Chunk, header: int) -> tuple[Chunk, int]:
        where = places(chunk, self.dialect)
        skipped = min(header, where.ends.shape[0])
        if skipped == 0:
            return chunk, 0
        end = int(where.ends[skipped - 1])
        more = where.lines[skipped:]
        line = int(more[0]) if more.shape[0] else chunk.line
        starts = int(where.starts[skipped]) if more.shape[0] else end
        return replace(chunk, data=chunk.data[starts:], line=line), skipped

    def _unclosed(self, chunk: Chunk, skipped: int) -> Parsed:
        reason = (
            f"the record that starts here has no end within {self.longest_field:,} bytes or to "
            "the end of the file; allowed: a quote that opens a field closes it"
        )
        return Parsed(
            chunk=chunk,
            dialect=replace(self.dialect, quoted=False),
            table=self._empty(),
            rows=np.zeros(0, np.int64),
            faults=(Bad(row=0, code="no-end", reason=reason),),
            records=1,
            skipped=skipped,
        )

    def _empty(self) -> pa.Table:
        return pa.table({name: pa.array([], pa.string()) for name in self.names})

    def _read(self, data: bytes) -> tuple[pa.Table, list[Bad]]:
        """Return the records with the right number of fields, and the others."""
        ragged: list[Bad] = []

        def skip(row: csv.InvalidRow) -> str:
            reason = (
                f"{row.actual_columns} fields; allowed: {row.expected_columns}, as in the header"
            )
            ragged.append(Bad(row=row.number - 1, code="ragged", reason=reason))
            return "skip"

        delimiter = self.dialect.delimiter
        if self.dialect.blanks:
            unit = _UNIT.encode()
            data = b"\n".join([unit.join(line.split()) for line in data.splitlines()])
            delimiter = _UNIT
        if not data.strip(b"\r\n"):
            return self._empty(), ragged
        table = csv.read_csv(
            pa.BufferReader(data),
            read_options=csv.ReadOptions(
                use_threads=False, block_size=len(data) + 1, column_names=list(self.names)
            ),
            parse_options=csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if self.dialect.quoted else False,
                newlines_in_values=True,
                invalid_row_handler=skip,
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(self.names, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        )
        return table, ragged

    def _unreadable(self, table: pa.Table, rows: NDArray[np.int64], data: bytes) -> list[Bad]:
        """Return the records with bytes that could not be decoded or with too long a field."""
        found: dict[int, Bad] = {}
        if len(data) > self.longest_field:
            for name in self.names:
                long = pc.greater(pc.binary_length(table[name]), self.longest_field)
                for row in _marked(long, rows):
                    reason = (
                        f"the field {name!r} is too long; allowed: {self.longest_field:,} bytes"
                    )
                    found.setdefault(row, Bad(row=row, code="too-large", reason=reason))
        if MARK_UTF8 in data:
            for name in self.names:
                for row in _marked(pc.match_substring(table[name], MARK), rows):
                    found.setdefault(row, self._undecodable(table, name, row, rows))
        return list(found.values())

    @staticmethod
    def _undecodable(table: pa.Table, name: str, row: int, rows: NDArray[np.int64]) -> Bad:
        text = table[name][int(np.searchsorted(rows, row))].as_py()
        reason = (
            f"the field {name!r} holds bytes that the encoding does not know: "
            f"{shortened(readable(text))!r}; allowed: one encoding throughout"
        )
        return Bad(row=row, code="undecodable", reason=reason)


def _marked(marks: pa.ChunkedArray, rows: NDArray[np.int64]) -> list[int]:
    chosen = np.flatnonzero(pc.fill_null(marks, False).to_numpy())
    return [int(row) for row in rows[chosen]]
