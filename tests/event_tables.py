"""Small event tables and a reader over rows in memory, for tests of import and lake."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from sojourn.base.errors import InputError
from sojourn.ports.reader import READ_SCHEMA, EventBatch, Rejected, RoleChoice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DAY = 86_400_000_000


@dataclass(frozen=True)
class Row:
    """One event of an input, or a row that is none (``bad``)."""

    user: str | None = "u1"
    time: int | None = 0
    event: str = "visit"
    anonymous: str | None = None
    own: str | None = None
    properties: str | None = None
    bad: bool = False
    more: tuple[Row, ...] = ()
    """Further events of the same input row (wide tables)."""


@dataclass(frozen=True)
class RowReader:
    """An input of given rows; after ``fails_after`` rows it cannot be read any further."""

    rows: Sequence[Row]
    name: str = "rows.csv"
    batch: int = 4
    fails_after: int | None = None
    format: str = "rows"
    roles: tuple[RoleChoice, ...] = (RoleChoice(role="id", column="message", why="named so"),)
    total_bytes: int | None = None
    written: list[tuple[int, str]] = field(default_factory=list)

    def batches(self) -> Iterator[EventBatch]:
        rows = list(enumerate(self.rows, 1))
        if self.fails_after is not None:
            rows = rows[: self.fails_after]
        for start in range(0, len(rows), self.batch):
            yield self._batch(rows[start : start + self.batch])
        if self.fails_after is not None:
            raise InputError(f"{self.name} ends in the middle")

    def _batch(self, rows: list[tuple[int, Row]]) -> EventBatch:
        events = [
            (position, event) for position, row in rows if not row.bad for event in (row, *row.more)
        ]
        bad = tuple(
            Rejected(line=position, raw=repr(row), code="bad-time", reason="no time")
            for position, row in rows
            if row.bad
        )
        return EventBatch(events=read_table(events), rejected=bad, rows=len(rows), bytes_done=0)

    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{row.line},{row.reason}\n" for row in rejected)
        self.written.extend((row.line, path) for row in rejected)


def read_table(events: Sequence[tuple[int, Row]]) -> pa.Table:
    """READ_SCHEMA of some events with their positions."""
    columns = {
        "own_id": [row.own for _, row in events],
        "anonymous_id": [row.anonymous for _, row in events],
        "user_id": [row.user for _, row in events],
        "time": [row.time for _, row in events],
        "position": [position for position, _ in events],
        "event": [row.event for _, row in events],
        "properties": [row.properties for _, row in events],
    }
    return pa.table([pa.array(columns[f.name], f.type) for f in READ_SCHEMA], schema=READ_SCHEMA)


def lake_table(ids: Sequence[int], *, time: int | None = 0, event: str = "visit") -> pa.Table:
    """Events as the lake takes them; the ids are small integers."""
    rows = len(ids)
    stamp = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "event_id": pa.array(
                [bytes([0] * 8) + int(i).to_bytes(8, "big") for i in ids], pa.binary(16)
            ),
            "anonymous_id": pa.array([None] * rows, pa.string()),
            "user_id": pa.array([f"u{i}" for i in ids], pa.string()),
            "time": pa.array([time] * rows, stamp),
            "received": pa.array([DAY] * rows, stamp),
            "source": pa.array(["test"] * rows, pa.string()),
            "position": pa.array(range(1, rows + 1), pa.int64()),
            "event": pa.array([event] * rows, pa.string()),
            "properties": pa.array([None] * rows, pa.string()),
        }
    )


def at(rows: Sequence[Row], **changes: object) -> list[Row]:
    """The same rows with some fields changed."""
    return [replace(row, **changes) for row in rows]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
