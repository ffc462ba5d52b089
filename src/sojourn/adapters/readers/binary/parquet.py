"""Reading Parquet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from pyarrow import parquet as pq
from typing_extensions import override

from sojourn.adapters.readers.base import BaseReader
from sojourn.adapters.readers.binary.typed import (
    as_text,
    decoded,
    in_microseconds,
    jsonable,
    kind_of,
    row_text,
)
from sojourn.adapters.readers.errors import BrokenInputError, EmptyInputError, TruncatedInputError
from sojourn.adapters.readers.finish import Bad, Limits, finish
from sojourn.adapters.readers.mapped import map_rows
from sojourn.adapters.readers.mapping import (
    TableMap,
    check_columns,
    check_times,
    plan_table,
    time_columns,
    with_times,
)
from sojourn.adapters.readers.objects.presets import choose_preset, recognised
from sojourn.adapters.readers.objects.reader import mendable
from sojourn.adapters.readers.text.sniff import distinct
from sojourn.events.calls.row import as_object
from sojourn.events.roles import ColumnSample
from sojourn.events.times import TimePlan, decide, look_at
from sojourn.ports.reader import EventBatch, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.adapters.readers.objects.rows import Preset
    from sojourn.adapters.readers.packed import Source
    from sojourn.base.json import JsonObject
    from sojourn.ports.reader import ReadOptions, RoleChoice

_SAMPLE_ROWS: Final = 10_000
_OBJECT_ROWS: Final = 1_000
_BATCH_ROWS: Final = 131_072
_NO_UTF8: Final = "a text of it is no UTF-8; allowed: UTF-8, as Parquet wants it"


class ParquetReader(BaseReader):
    """A table with types; one that a known tool exported is read row by row as its objects."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        super().__init__(source, options)
        head = self._head()
        header = distinct(head.schema.names)
        self._names = header.names
        self._schema = head.schema
        self._preset: Preset | None = None
        self._plan = TimePlan()
        if head.num_rows == 0:
            raise EmptyInputError(f"{source.name} has columns and no rows.", allowed="some rows")
        try:
            objects = [
                _object(row) for row in in_microseconds(head.slice(0, _OBJECT_ROWS)).to_pylist()
            ]
        except UnicodeDecodeError as error:
            raise self._no_text(error) from error
        forced = options.preset is not None and options.preset != "orders"
        if forced or (not options.roles and not options.event_name and recognised(objects)):
            self._preset = choose_preset(objects, options, source.name)
            sample = self._preset.columns(objects, np.arange(len(objects)))
            self._plan = decide(look_at(sample.time), options.now_us)
            return
        check_columns(header.names, header.repeated, options, source.name)
        self._map = self._plan_columns(head)

    def _plan_columns(self, head: pa.Table) -> TableMap:
        texts = self._texts(head)
        samples = [ColumnSample(name=n, values=texts[n].chunk(0)) for n in self._names]
        kinds = {
            name: kind
            for name, field in zip(self._names, self._schema, strict=True)
            if (kind := kind_of(field.type)) is not None
        }
        table_map = plan_table(samples, self._options, self.name, kinds)
        times = time_columns(table_map)
        looks = {s.name: look_at(s.values) for s in samples if s.name in times}
        table_map = with_times(table_map, looks, self._options.now_us)
        check_times(table_map, samples, self.name)
        return table_map

    def _texts(self, table: pa.Table) -> pa.Table:
        arrays = [as_text(column.combine_chunks()) for column in table.columns]
        return pa.table(dict(zip(self._names, arrays, strict=True)))

    def _head(self) -> pa.Table:
        parts, rows = [], 0
        for batch in self._record_batches(_SAMPLE_ROWS):
            parts.append(batch)
            rows += batch.num_rows
            if rows >= _SAMPLE_ROWS:
                break
        if not parts:
            raise EmptyInputError(f"{self.name} has no rows.", allowed="some rows")
        table, _ = decoded(pa.Table.from_batches(parts).slice(0, _SAMPLE_ROWS))
        return table

    def _record_batches(self, size: int) -> Iterator[pa.RecordBatch]:
        with self._source.open_unpacked() as stream:
            try:
                file = pq.ParquetFile(stream, memory_map=False)
                yield from file.iter_batches(batch_size=size)
            except (pa.ArrowInvalid, OSError, pa.ArrowNotImplementedError) as error:
                raise TruncatedInputError(
                    f"{self.name} cannot be read as Parquet: {str(error).splitlines()[0]}",
                    remedy="Copy or download it again.",
                ) from error

    @override
    def _format(self) -> tuple[str, ...]:
        return (f"Parquet ({self._preset.name})" if self._preset else "Parquet",)

    @property
    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        return self._preset.roles() if self._preset else self._map.shown()

    @override
    def batches(self) -> Iterator[EventBatch]:
        first = 1
        total = self._rows()
        for batch in self._record_batches(min(self._options.batch_rows, _BATCH_ROWS)):
            events, rejected = self._batch(pa.Table.from_batches([batch]), first)
            first += batch.num_rows
            yield EventBatch(
                positions_per_row=1 if self._preset else self._map.positions_per_row,
                events=events,
                rejected=rejected,
                rows=batch.num_rows,
                bytes_done=(self.total_bytes or 0) * (first - 1) // max(1, total),
            )

    def _rows(self) -> int:
        with self._source.open_unpacked() as stream:
            return int(pq.read_metadata(stream).num_rows)

    def _batch(self, table: pa.Table, first: int) -> tuple[pa.Table, tuple[Rejected, ...]]:
        table, undecodable = decoded(table)
        rows = np.delete(np.arange(table.num_rows, dtype=np.int64), undecodable)
        good = table.take(pa.array(rows)) if undecodable.shape[0] else table
        try:
            events, bad = self._events(good, first + rows)
        except UnicodeDecodeError as error:
            raise self._no_text(error) from error
        faults = [Bad(row=int(row), code="undecodable", reason=_NO_UTF8) for row in undecodable]
        faults += [replace(fault, row=int(rows[fault.row])) for fault in bad]
        faults.sort(key=lambda fault: fault.row)
        return events, tuple(self._rejected(table, fault, first) for fault in faults)

    def _events(self, table: pa.Table, positions: NDArray[np.int64]) -> tuple[pa.Table, list[Bad]]:
        if self._preset is None:
            return map_rows(self._texts(table), positions, self._map)
        return finish(
            self._preset.columns(
                [_object(row) for row in in_microseconds(table).to_pylist()],
                positions,
                self._options.currency,
            ),
            self._plan,
            self._options.timezone,
            Limits.of(self._options),
        )

    def _no_text(self, error: UnicodeDecodeError) -> BrokenInputError:
        return BrokenInputError(
            f"{self.name} holds a text that is no UTF-8: {error.object[:20]!r}.",
            allowed="UTF-8, as Parquet wants it",
        )

    @staticmethod
    def _rejected(table: pa.Table, fault: Bad, first: int) -> Rejected:
        raw = row_text(in_microseconds(table.slice(fault.row, 1)).to_pylist()[0])
        return Rejected(line=first + fault.row, raw=raw, code=fault.code, reason=fault.reason)

    @override
    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        """Append rejected rows as lines of JSON, as Parquet files cannot be appended to."""
        with Path(path).open("a", encoding="utf-8", newline="") as file:
            file.writelines(mendable(row) + "\n" for row in rejected)


def _object(row: dict[str, object]) -> JsonObject:
    return as_object(jsonable(row))  # type: ignore[arg-type]  # made of what JSON knows
