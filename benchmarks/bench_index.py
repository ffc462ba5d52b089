"""Index build against DuckDB's sort of the same columns; prints JSON lines, asserts nothing.

    python -m benchmarks.bench_index 1000000 10000000 --folder /somewhere/with/space

For each size: Parquet files as an import leaves them, then in processes of their own (so that
peak memory is each one's) the build with warm kernels, and two DuckDB statements that read the
same files and write Parquet ordered by person and time: the columns as they are, and with the
properties taken apart as the index takes them apart.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import machine, record
from sojourn.adapters.index_files import IndexSettings, IndexStore
from sojourn.events.properties import PropertyColumn, PropertyKind, object_texts
from sojourn.events.schema import EVENT_SCHEMA
from sojourn.ports.lake import LakeFile

EVENTS = [
    "page_view", "product_view", "search", "add_to_cart", "home", "category", "review_read",
    "login", "checkout_start", "order_paid", "coupon_seen", "email_open", "email_click",
    "wishlist_add", "share", "support_chat", "refund", "signup", "survey_done", "unsubscribe",
]  # fmt: skip
TEXT = {
    "channel": ["organic", "paid", "email", "direct", "social", "referral"],
    "country": ["KR", "US", "JP", "DE", "FR", "GB", "VN", "TW"],
    "device": ["mobile", "desktop", "tablet"],
    "utm_campaign": [f"campaign-{n}" for n in range(200)],
    "page": [f"/products/{n}/detail" for n in range(5000)],
}
FILE_ROWS = 2_000_000
PEOPLE_SHARE = 38
LONG = 10**8


def make(rows: int, folder: Path) -> None:
    """Write files of events in time order, with people of uneven activity."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(rows)
    people = max(1, rows // PEOPLE_SHARE)
    weights = np.arange(1, len(EVENTS) + 1, dtype=float) ** -1.1
    step = 90 * 86_400_000_000 // rows
    for start in range(0, rows, FILE_ROWS):
        count = min(FILE_ROWS, rows - start)
        person = (people * chance.random(count) ** 1.3).astype(np.int64)
        event = chance.choice(len(EVENTS), count, p=weights / weights.sum())
        when = (np.arange(start, start + count) * step) + 1_700_000_000_000_000
        columns = [
            (
                PropertyColumn(key=name, column=name, kind=PropertyKind.TEXT),
                picked(chance, texts, count),
            )
            for name, texts in TEXT.items()
        ]
        value = pa.array(np.round(chance.random(count) * 100, 2)).cast(pa.string())
        paid = pa.array(event == EVENTS.index("order_paid"))
        value = pa.compute.if_else(paid, value, None)
        columns.append(
            (PropertyColumn(key="value", column="value", kind=PropertyKind.NUMBER), value)
        )
        ids = chance.integers(0, 2**63, (count, 2)).view(np.uint8).reshape(count, 16)
        digits = pa.compute.utf8_lpad(pa.array(person).cast(pa.string()), 8, "0")
        names = pa.compute.binary_join_element_wise("user", digits, "-")
        stamp = pa.array(when, pa.timestamp("us", tz="UTC"))
        table = pa.table(
            {
                "event_id": pa.FixedSizeBinaryArray.from_buffers(
                    pa.binary(16), count, [None, pa.py_buffer(ids.tobytes())]
                ),
                "anonymous_id": pa.nulls(count, pa.string()),
                "user_id": names,
                "time": stamp,
                "received": stamp,
                "source": pa.array(["bench"] * count),
                "position": pa.array(np.arange(start, start + count)),
                "event": pa.array(EVENTS).take(pa.array(event)),
                "properties": object_texts(columns),
                "month": pa.array(["2023-11"] * count),
            },
            schema=EVENT_SCHEMA,
        )
        pq.write_table(
            table,
            folder / f"{start // FILE_ROWS:04}.parquet",
            compression="zstd",
            row_group_size=262_144,
        )


def picked(chance: np.random.Generator, texts: list[str], count: int) -> pa.Array:
    return pa.array(texts).take(pa.array(chance.integers(0, len(texts), count)))


@dataclass
class ParquetLake:
    """The files of a folder as a lake."""

    folder: Path

    def version(self) -> int:
        return 0

    def newest(self) -> list[str]:
        return []

    def files(self) -> list[LakeFile]:
        return [
            LakeFile(path=path.name, rows=pq.read_metadata(path).num_rows, month="2023-11")
            for path in sorted(self.folder.glob("*.parquet"))
        ]

    def scan(self, columns, files=None):
        for file in self.files() if files is None else files:
            with pq.ParquetFile(self.folder / file.path, pre_buffer=False) as parquet:
                yield from parquet.iter_batches(1 << 17, columns=list(columns))


def build(folder: Path, index: Path, memory: int) -> None:
    shutil.rmtree(index, ignore_errors=True)
    IndexStore(index).current(ParquetLake(folder), IndexSettings(memory_bytes=memory))


def sort_in_duckdb(folder: Path, out: Path, memory: int, *, apart: bool) -> None:
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit='{memory // 2**20}MB'")
    connection.execute(f"SET temp_directory='{out.parent}'")
    taken = ", ".join(
        [f"json_extract_string(properties, '$.{name}') AS {name}" for name in TEXT]
        + ["CAST(json_extract(properties, '$.value') AS DOUBLE) AS value"]
    )
    columns = taken if apart else "properties"
    connection.execute(
        f"COPY (SELECT coalesce(user_id, anonymous_id) AS person, time, position, event_id, event, "
        f"{columns} FROM read_parquet('{folder}/*.parquet') ORDER BY person, time) "
        f"TO '{out}' (FORMAT parquet)"
    )


def measured(arguments: list[str]) -> tuple[float, int]:
    """Return seconds and peak bytes of a step run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bench_index", "--step", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], found["peak"]


def step(name: str, folder: Path, scratch: Path, memory: int) -> None:
    if name == "build":
        build_warm(scratch)
    start = time.perf_counter()
    if name == "build":
        build(folder, scratch / "index", memory)
    else:
        sort_in_duckdb(folder, scratch / "sorted.parquet", memory, apart=name == "apart")
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peak": peak}))


def build_warm(scratch: Path) -> None:
    """Load the kernels by building a small index first."""
    small = scratch / "small"
    if not small.exists():
        make(10_000, small)
    build(small, scratch / "small-index", 2**31)


def folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10**6])
    parser.add_argument("--folder", type=Path, default=Path("benchmark-data"))
    parser.add_argument("--memory", type=int, default=2 * 2**30)
    parser.add_argument("--repeat", type=int, help="2, and 1 from 10⁸ rows on")
    parser.add_argument("--step", nargs=4)
    asked = parser.parse_args()
    if asked.step:
        name, folder, scratch, memory = asked.step
        step(name, Path(folder), Path(scratch), int(memory))
        return
    record("machine", 0, text=f"{machine()}, DuckDB {duckdb.__version__}")
    for rows in asked.sizes:
        folder, scratch = asked.folder / f"lake-{rows}", asked.folder / f"scratch-{rows}"
        if not folder.exists():
            make(rows, folder)
        scratch.mkdir(exist_ok=True)
        best: dict[str, tuple[float, int]] = {}
        for _ in range(asked.repeat or (1 if rows >= LONG else 2)):
            for name in ("build", "sort", "apart"):
                found = measured([name, str(folder), str(scratch), str(asked.memory)])
                best[name] = min(best.get(name, found), found)
        sorted_s = best["sort"][0]
        for name, (seconds, peak) in best.items():
            record(
                f"index/{name}",
                rows,
                seconds=round(seconds, 2),
                rows_per_second=round(rows / seconds),
                peak_mb=round(peak / 2**20),
                times_sort=round(seconds / sorted_s, 2),
                lake_mb=round(folder_size(folder) / 2**20),
                index_mb=round(folder_size(scratch / "index") / 2**20),
                memory=f"{asked.memory / 2**30:g}GB",
            )


if __name__ == "__main__":
    main()
