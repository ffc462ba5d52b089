"""What the tests of readers share."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from sojourn.adapters.readers import open_reader
from sojourn.base.timespan import from_datetime
from sojourn.ports.reader import READ_SCHEMA, EventReader, ReadOptions, Rejected

FIXTURES = Path(__file__).parent / "unit" / "adapters" / "readers" / "fixtures"
NOW_US = from_datetime(datetime(2026, 1, 1, tzinfo=UTC))


@dataclass
class Readout:
    """Everything a reader gave, its accounts checked."""

    events: list[dict]
    rejected: list[Rejected]
    reader: EventReader
    rows: int

    @property
    def properties(self) -> list[dict | None]:
        return [
            None if e["properties"] is None else json.loads(e["properties"]) for e in self.events
        ]

    def column(self, name: str) -> list:
        return [event[name] for event in self.events]

    @property
    def faults(self) -> list[tuple[int, str]]:
        return [(row.line, row.code) for row in self.rejected]


def read(source: str | bytes | Path, **options) -> Readout:
    """Read text, bytes or a file; rows of events and rejected rows must add up."""
    if isinstance(source, Path):
        opened: str | io.BytesIO = str(source)
    else:
        opened = io.BytesIO(source.encode() if isinstance(source, str) else source)
    reader = open_reader(opened, ReadOptions(**{"now_us": NOW_US, **options}))
    batches = list(reader.batches())
    table = pa.concat_tables([batch.events for batch in batches])
    assert table.schema == READ_SCHEMA
    rejected = [row for batch in batches for row in batch.rejected]
    rows = sum(batch.rows for batch in batches)
    positions = table["position"].to_pylist()
    assert positions == sorted(positions)
    per_row = batches[0].positions_per_row
    assert rows == len({(position - 1) // per_row for position in positions}) + len(rejected)
    return Readout(table.to_pylist(), rejected, reader, rows)
