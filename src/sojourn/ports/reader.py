"""Reading one input (a file or a stream) as events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

READ_SCHEMA = pa.schema(
    [
        pa.field("own_id", pa.string()),
        pa.field("anonymous_id", pa.string()),
        pa.field("user_id", pa.string()),
        pa.field("time", pa.timestamp("us", tz="UTC")),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("event", pa.string(), nullable=False),
        pa.field("properties", pa.string()),
    ]
)
"""``position`` is the number of the row in the input, from 1. Where a row may give several events
(wide tables) each row has :attr:`EventBatch.positions_per_row` numbers, one for each of them.
``properties`` is one JSON object with sorted keys and no blanks, or null when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the user said about the input; everything left out is detected and shown."""

    format: str | None = None
    preset: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role to column name: person, anonymous, time, date, clock, event, value, currency, …"""
    columns: tuple[str, ...] = ()
    """Names for the columns of a file without a header."""
    delimiter: str | None = None
    encoding: str | None = None
    timezone: str = "UTC"
    event_times: tuple[str, ...] = ()
    """Wide tables: these columns hold times, one event each, named after the column."""
    event_name: str | None = None
    """The name of every event of an input that has no event column."""
    allow_times_us: tuple[int, int] | None = None
    currency: str = ""
    """ISO code for amounts that carry none; empty where they are in the workspace's."""
    secret: bytes = b""
    """Workspace secret that keys the hash of addresses in access logs."""
    now_us: int = 0
    max_unpacked_ratio: float = 1000.0
    max_field_bytes: int = 64 * 1024 * 1024
    batch_rows: int = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One row that cannot become an event."""

    line: int
    """1-based line of the text (row for binary formats) where the record starts."""
    raw: str
    """The record as it stood, to be mended and imported again."""
    code: str
    reason: str
    """Names the value and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBatch:
    """Some rows of the input, in order: those that are events, and those that are not."""

    events: pa.Table
    """READ_SCHEMA."""
    rejected: tuple[Rejected, ...]
    rows: int
    """Input rows in this batch, rejected ones included."""
    bytes_done: int
    """Bytes of the (packed) input consumed so far, for progress."""
    positions_per_row: int = 1
    """Events with positions from 1 to this are of the first row, and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChoice:
    """Which column plays a role, and why it was chosen."""

    role: str
    column: str
    why: str


class EventReader(Protocol):
    """An opened input whose format, encoding and column roles are known."""

    @property
    def name(self) -> str:
        """The input's name for people: the file name or ``"standard input"``."""

    @property
    def format(self) -> str:
        """What was recognised, such as ``"csv (tab), CP949, gzip"``."""

    @property
    def roles(self) -> tuple[RoleChoice, ...]:
        """The chosen columns."""

    @property
    def total_bytes(self) -> int | None:
        """Size of the (packed) input, None for a stream."""

    def batches(self) -> Iterator[EventBatch]:
        """Return the rows, batch by batch, with bounded memory."""

    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        """Append rejected rows to a file in the input's own format with line and reason."""
