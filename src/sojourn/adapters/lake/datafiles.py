"""Writing events as Parquet data files: one per month, synced, with statistics for the log."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.adapters.disk.sync import make_folder, sync_file, sync_folder
from sojourn.events.schema import EVENT_SCHEMA, MONTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

FILE_SCHEMA = EVENT_SCHEMA.remove(EVENT_SCHEMA.get_field_index(MONTH))
"""What stands in a data file; the month stands in the log and in the folder's name."""

UNTIMED = "untimed"
ROW_GROUP_ROWS = 262_144
_STATISTICS = ["time", "event"]
_DICTIONARY = ["anonymous_id", "user_id", "received", "source", "event", "properties"]
_COMPRESSION = dict.fromkeys(FILE_SCHEMA.names, "zstd") | {"event_id": "none"}
_ENCODING = {"time": "DELTA_BINARY_PACKED", "position": "DELTA_BINARY_PACKED"}
_LONGEST_NAME_IN_STATISTICS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A data file to be added to the log."""

    path: str
    """Relative to the lake, with ``/``."""
    month: str
    size: int
    stats: str
    """Delta's statistics of the file, as JSON."""


@dataclass(frozen=True, slots=True)
class Part:
    """The events of one month, and where their file goes."""

    path: str
    month: str
    events: pa.Table


def split_by_month(events: pa.Table) -> Iterator[Part]:
    """Return events by month of their time (UTC), each part in the order the events came."""
    months = _months(events["time"])
    if np.any(months[1:] < months[:-1]):
        order = np.argsort(months, kind="stable")
        months = months[order]
    else:
        order = None
    edges = np.flatnonzero(np.append(True, months[1:] != months[:-1]))
    for start, stop in zip(edges, [*edges[1:], len(months)], strict=True):
        part = (
            events.slice(start, stop - start) if order is None else events.take(order[start:stop])
        )
        month = _month_name(months[start])
        yield Part(new_path(month), month, part)


def new_path(month: str) -> str:
    """Return where a new data file of a month goes, relative to the lake."""
    return f"{MONTH}={month}/{uuid.uuid4().hex}.parquet"


def write_part(lake: Path, part: Part) -> DataFile:
    """Return the data file of one part, written and forced to disk, its folder not yet."""
    path = lake / part.path
    make_folder(path.parent)
    pq.write_table(
        part.events.cast(FILE_SCHEMA),
        path,
        row_group_size=ROW_GROUP_ROWS,
        compression=_COMPRESSION,
        use_dictionary=_DICTIONARY,
        column_encoding=_ENCODING,
        write_statistics=_STATISTICS,
        store_schema=False,
    )
    sync_file(path)
    return DataFile(
        path=part.path, month=part.month, size=path.stat().st_size, stats=_stats(part.events)
    )


def sync_folders(lake: Path, files: Sequence[DataFile]) -> None:
    """Force the folders of data files to disk."""
    for folder in {(lake / file.path).parent for file in files}:
        sync_folder(folder)


def _months(time: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return months since 1970-01 of each time; the smallest integer where there is none."""
    instants = time.cast(pa.int64())
    known = np.asarray(instants.is_valid())
    micros = instants.fill_null(0).to_numpy().astype("datetime64[us]")
    return np.where(known, micros.astype("datetime64[M]").astype(np.int64), np.iinfo(np.int64).min)


def _month_name(month: np.int64) -> str:
    if month == np.iinfo(np.int64).min:
        return UNTIMED
    return str(np.datetime64(int(month), "M"))


def _stats(events: pa.Table) -> str:
    """Return the statistics of a file; only of time and event, since others may be personal."""
    low: dict[str, str] = {}
    high: dict[str, str] = {}
    times = pc.min_max(events["time"].cast(pa.int64())).as_py()
    if times["min"] is not None:
        low["time"], high["time"] = (_iso(times["min"]), _iso(times["max"]))
    names = pc.min_max(events["event"]).as_py()
    if max(len(names["min"]), len(names["max"])) <= _LONGEST_NAME_IN_STATISTICS:
        low["event"], high["event"] = names["min"], names["max"]
    nulls = {name: events[name].null_count for name in _STATISTICS}
    return json.dumps(
        {"numRecords": len(events), "minValues": low, "maxValues": high, "nullCount": nulls}
    )


def _iso(instant_us: int) -> str:
    return f"{np.datetime64(instant_us, 'us')}Z"
