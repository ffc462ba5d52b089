"""Reading spreadsheets: XLSX, and what else the library knows (XLSM, XLSB, XLS, ODS)."""

from __future__ import annotations

import zipfile
from datetime import date, time
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
import pyarrow as pa
import python_calamine
from typing_extensions import override

from sojourn.adapters.readers.base import BaseReader
from sojourn.adapters.readers.errors import (
    EmptyInputError,
    TruncatedInputError,
    UnpackedTooLargeError,
)
from sojourn.adapters.readers.mapped import map_rows
from sojourn.adapters.readers.mapping import (
    TableMap,
    check_columns,
    check_times,
    plan_table,
    time_columns,
    with_times,
)
from sojourn.adapters.readers.mend import append_delimited, delimited_line
from sojourn.adapters.readers.text.records import Dialect
from sojourn.adapters.readers.text.sniff import distinct
from sojourn.events.roles import ColumnSample
from sojourn.events.times import look_at
from sojourn.ports.reader import EventBatch, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sojourn.adapters.readers.packed import Source
    from sojourn.ports.reader import ReadOptions, RoleChoice

_COMMA: Final = Dialect(delimiter=",")
_SAMPLE_ROWS: Final = 10_000
_BATCH_ROWS: Final = 65_536
_FREE_BYTES: Final = 64 << 20


class SheetReader(BaseReader):
    """The first sheet that holds anything; its first row with two cells filled is the header."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        super().__init__(source, options)
        self._sheet = ""
        head = list(islice(self._rows(), _SAMPLE_ROWS + 1))
        if not head:
            raise EmptyInputError(f"{source.name} has no sheet with a header and rows.")
        width = len(head[0][1])
        given = options.columns
        header = distinct(given or [cell or "" for cell in head[0][1]])
        self._names = header.names[:width]
        self._header_rows = 0 if given else 1
        check_columns(self._names, header.repeated, options, source.name)
        self._map = self._plan([cells for _, cells in head[self._header_rows :]])

    def _plan(self, rows: Sequence[Sequence[str | None]]) -> TableMap:
        table = self._table(rows)
        samples = [ColumnSample(name=n, values=table[n].combine_chunks()) for n in self._names]
        table_map = plan_table(samples, self._options, self.name)
        times = time_columns(table_map)
        looks = {s.name: look_at(s.values) for s in samples if s.name in times}
        table_map = with_times(table_map, looks, self._options.now_us)
        check_times(table_map, samples, self.name)
        return table_map

    def _table(self, rows: Sequence[Sequence[str | None]]) -> pa.Table:
        columns = zip(*rows, strict=True) if rows else ([] for _ in self._names)
        arrays = [pa.array(column, pa.string()) for column in columns]
        return pa.table(dict(zip(self._names, arrays, strict=False)))

    def _rows(self) -> Iterator[tuple[int, list[str | None]]]:
        """Return the filled rows from the header on, with their numbers in the sheet."""
        with self._source.open_unpacked() as stream:
            _check_size(stream, self._options.max_unpacked_ratio, self.name)
            try:
                book = python_calamine.CalamineWorkbook.from_filelike(stream)
                sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
                sheet = next((s for s in sheets if s.height), None)
                if sheet is None:
                    return
                self._sheet = sheet.name
                yield from _filled(sheet.iter_rows())
            except python_calamine.CalamineError as error:
                raise TruncatedInputError(
                    f"{self.name} cannot be read as a spreadsheet: {error}.",
                    remedy="Save it again as XLSX, or export CSV.",
                ) from error

    @override
    def _format(self) -> tuple[str, ...]:
        return ("spreadsheet", f"sheet {self._sheet!r}")

    @property
    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        return self._map.shown()

    @override
    def batches(self) -> Iterator[EventBatch]:
        rows = islice(self._rows(), self._header_rows, None)
        first = 1
        while part := list(islice(rows, min(self._options.batch_rows, _BATCH_ROWS))):
            positions = np.arange(first, first + len(part), dtype=np.int64)
            first += len(part)
            events, bad = map_rows(self._table([cells for _, cells in part]), positions, self._map)
            rejected = tuple(
                Rejected(
                    line=part[fault.row][0],
                    raw=delimited_line([cell or "" for cell in part[fault.row][1]], ","),
                    code=fault.code,
                    reason=fault.reason,
                )
                for fault in bad
            )
            yield EventBatch(
                positions_per_row=self._map.positions_per_row,
                events=events,
                rejected=rejected,
                rows=len(part),
                bytes_done=self.total_bytes or 0,
            )

    @override
    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        """Append rejected rows as CSV, which a spreadsheet opens."""
        append_delimited(rejected, path, self._names, _COMMA)


def _filled(rows: Iterator[Sequence[object]]) -> Iterator[tuple[int, list[str | None]]]:
    begun = False
    for number, row in enumerate(rows, 1):
        cells = [_text(cell) for cell in row]
        filled = sum(cell is not None for cell in cells)
        begun = begun or filled > 1
        if begun and filled:
            yield number, cells


def _text(cell: object) -> str | None:
    """Return a cell as text: whole numbers without a point, times as ISO 8601."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _check_size(stream: BinaryIO, ratio: float, name: str) -> None:
    """Check that a zipped workbook does not unpack to suspiciously much."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        entries = []  # XLS is no archive; a damaged one fails where it is read
    finally:
        stream.seek(0)
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _FREE_BYTES and unpacked > packed * ratio:
        raise UnpackedTooLargeError(
            f"{name}: {packed:,} packed bytes would give {unpacked:,}.",
            allowed=f"{ratio:g} times as much",
            remedy="If the file is what you think it is, raise the limit (--max-ratio).",
        )
