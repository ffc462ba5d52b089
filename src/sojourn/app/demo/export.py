"""The simulated events as a file that anyone could have been given: gzipped JSON lines."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from sojourn.app.mapping import SIMULATED
from sojourn.base.timespan import to_datetime

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sojourn.app.demo.simulate import Life, Row


def write_events(lives: Iterable[Life], path: Path) -> int:
    """Write everybody's events in order of time and return how many.

    The bytes depend on the lives alone: no name and no clock goes into the archive.
    """
    rows = sorted((row for life in lives for row in life.rows), key=lambda row: row["time_us"])
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        for row in rows:
            packed.write(json.dumps(_public(row), ensure_ascii=False).encode() + b"\n")
    return len(rows)


def _public(row: Row) -> Row:
    """Return a row as an export would hold it: ISO time, no empty user id."""
    public: Row = {"time": to_datetime(int(row["time_us"])).isoformat(timespec="milliseconds")}
    public.update({key: value for key, value in row.items() if key != "time_us" and value != ""})
    public[SIMULATED] = True
    return public
