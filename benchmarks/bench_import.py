"""Import beside DuckDB reading the same CSV into Parquet; prints figures, asserts nothing.

    python -m benchmarks.bench_import 1000000 10000000 --folder /somewhere/with/space

Every figure comes from a process of its own: seconds on the clock and of the processors, and peak
memory. *import* is `sojourn import` of a new file, *again* the same file once more (all
duplicates), *duckdb* `COPY (FROM read_csv) TO Parquet` with the same compression, which neither
finds duplicates nor syncs. `--format jsonl` writes Segment-like JSON lines instead of CSV.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from benchmarks.measure import machine, record

if TYPE_CHECKING:
    import resource

CHUNK = 1_000_000
EVENTS = ("page_view", "product_view", "search", "add_to_cart", "login", "checkout", "order_paid")
CHANNELS = ("organic", "paid", "email", "direct")
PEOPLE_SHARE = 38
SPAN_S = 90 * 86_400
START = np.datetime64("2025-01-01T00:00:00")
IMPORT = "from sojourn.cli.main import main; main()"
DUCKDB = """
import duckdb, sys
source, target = sys.argv[1:]
duckdb.sql(f"COPY (FROM read_csv('{source}')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
"""


@dataclass(frozen=True)
class Cost:
    """What a process took."""

    seconds: float
    processor_seconds: float
    peak_mb: float


def columns(rows: int, start: int, count: int, chance: np.random.Generator) -> dict[str, pa.Array]:
    """Some rows in order of time."""
    seconds = np.sort(
        chance.integers(start * SPAN_S // rows, (start + count) * SPAN_S // rows, count)
    )
    event = pa.array(EVENTS).take(pa.array(chance.integers(0, len(EVENTS), count)))
    person = pa.array(chance.integers(0, rows // PEOPLE_SHARE + 1, count)).cast(pa.string())
    page = pa.array(chance.integers(0, 2_000, count)).cast(pa.string())
    value = pa.array(chance.integers(1, 500, count)).cast(pa.string())
    return {
        "user_id": pa.compute.binary_join_element_wise("user", person, "-"),
        "timestamp": pa.array(np.datetime_as_string(START + seconds.astype("timedelta64[s]"))),
        "event": event,
        "channel": pa.array(CHANNELS).take(pa.array(chance.integers(0, len(CHANNELS), count))),
        "page": pa.compute.binary_join_element_wise("", "p", page, "/"),
        "value": pa.compute.if_else(pa.compute.equal(event, "order_paid"), value, None),
    }


def make(rows: int, path: Path) -> None:
    """Write a file of so many events."""
    chance = np.random.default_rng(rows)
    with path.open("wb") as file:
        for start in range(0, rows, CHUNK):
            table = pa.table(columns(rows, start, min(CHUNK, rows - start), chance))
            if path.suffix == ".jsonl":
                file.writelines(map(line, table.to_pylist()))
            else:
                options = pc.WriteOptions(include_header=start == 0, quoting_style="needed")
                pc.write_csv(table, file, options)


def line(row: dict[str, str]) -> bytes:
    """One event as Segment's JSON."""
    call = {
        "type": "track", "userId": row["user_id"], "event": row["event"],
        "timestamp": row["timestamp"] + "Z",
        "properties": {name: row[name] for name in ("channel", "page", "value") if row[name]},
    }  # fmt: skip
    return json.dumps(call, separators=(",", ":")).encode() + b"\n"


def cost(code: str, *arguments: str) -> Cost:
    """Run Python code in a process of its own."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{arguments} ended with {status}")
    seconds = time.perf_counter() - began
    return Cost(seconds, usage.ru_utime + usage.ru_stime, peak_mb(usage))


def peak_mb(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure(rows: int, folder: Path, suffix: str, memory: str) -> None:
    """Print the costs at one size."""
    path, workspace = folder / f"events-{rows}.{suffix}", folder / "ws"
    shutil.rmtree(workspace, ignore_errors=True)
    if not path.exists():
        make(rows, path)
    size = path.stat().st_size
    arguments = ("import", str(path), "-w", str(workspace), "--memory", memory)
    costs = {"import": cost(IMPORT, *arguments), "again": cost(IMPORT, *arguments)}
    if suffix == "csv":
        costs["duckdb"] = cost(DUCKDB, str(path), str(folder / "out.parquet"))
    lake = sum(p.stat().st_size for p in (workspace / "lake").rglob("*.parquet"))
    for name, taken in costs.items():
        record(
            f"import/{suffix}/{name}",
            rows,
            seconds=round(taken.seconds, 2),
            processor_seconds=round(taken.processor_seconds, 2),
            rows_per_second=round(rows / taken.seconds),
            peak_mb=round(taken.peak_mb),
            file_mb=round(size / 1e6),
            lake_mb=round(lake / 1e6),
            memory=memory,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    parser.add_argument("--memory", default="2GB")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    record("machine", 0, text=machine())
    for rows in given.rows:
        measure(rows, given.folder, given.format, given.memory)


if __name__ == "__main__":
    main()
