"""The rivals with the workload loaded: DuckDB, and ClickHouse in its best layout.

DuckDB holds it in memory, in order of person and time, its events as ENUM; ClickHouse in a
MergeTree ordered by person and time, its events as LowCardinality. Both use as many threads as
there are cores. A rival's figure for a question is the best of the statements given for it.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import best

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np

    from benchmarks.workload import Workload

THREADS = os.cpu_count() or 1
LONG = 10**8
"""From so many rows on a statement is run once warm, not twice."""
CLICKHOUSE_TABLE = (
    "CREATE TABLE events (person UInt32, time Int64, event LowCardinality(String)) "
    "ENGINE = MergeTree ORDER BY (person, time)"
)


def as_table(workload: Workload, rows: tuple[np.ndarray, ...]) -> pa.Table:
    """Return person, time and event (dictionary) of the workload's rows."""
    person, time, event = rows
    names = pa.array(workload.names)
    codes = pa.array(event.astype("int16"))
    return pa.table(
        {"person": person, "time": time, "event": pa.DictionaryArray.from_arrays(codes, names)}
    )


@dataclass(frozen=True, slots=True)
class Rival:
    """An engine that holds the workload."""

    run: Callable[[str], object]
    """Answers a statement and lets the answer go."""
    counts: Callable[[str], list[int]]
    """The first row of an answer, whole numbers only."""

    def seconds(self, statements: Mapping[str, tuple[str, ...]], rows: int) -> dict[str, float]:
        """Return the seconds of each question, the best of its statements."""
        repeats = 1 if rows >= LONG else 2
        return {
            name: min(best(lambda sql=sql: self.run(sql), repeats) for sql in options)
            for name, options in statements.items()
        }


@contextmanager
def duckdb_of(workload: Workload, rows: tuple[np.ndarray, ...]) -> Iterator[Rival]:
    """Yield DuckDB; in its statements ``$a`` to ``$d`` stand for the workload's steps."""
    connection = duckdb.connect(config={"threads": THREADS})
    connection.register("source", as_table(workload, rows))
    connection.execute("CREATE TABLE events AS SELECT * FROM source")
    connection.unregister("source")
    steps = dict(zip("abcd", workload.steps, strict=True))

    def fetch(sql: str) -> list[tuple[int, ...]]:
        named = {name: step for name, step in steps.items() if f"${name}" in sql}
        return connection.execute(sql, named or None).fetchall()

    yield Rival(fetch, lambda sql: list(fetch(sql)[0]))
    connection.close()


@contextmanager
def clickhouse_of(workload: Workload, rows: tuple[np.ndarray, ...]) -> Iterator[Rival | None]:
    """Yield ClickHouse, None where chdb is missing; ``{a:String}`` … stand for the steps."""
    try:
        from chdb import session
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.parquet"
        pq.write_table(as_table(workload, rows), path)
        chdb = session.Session(f"{folder}/store")
        for name, step in zip("abcd", workload.steps, strict=True):
            chdb.query(f"SET param_{name} = '{step}'")
        for sql in (
            f"SET max_threads = {THREADS}",
            "CREATE DATABASE bench",
            "USE bench",
            CLICKHOUSE_TABLE,
            f"INSERT INTO events SELECT * FROM file('{path}', Parquet)",
            "OPTIMIZE TABLE events FINAL",
        ):
            chdb.query(sql)
        path.unlink()
        yield Rival(
            lambda sql: chdb.query(sql, "Null"),
            lambda sql: [int(cell) for cell in str(chdb.query(sql, "CSV")).split(",")],
        )
        chdb.close()


def compared(seconds: float, rivals: Mapping[str, float]) -> dict[str, float]:
    """Return what is printed of the rivals beside our seconds: theirs, and how often ours fit."""
    figures = {name: round(theirs, 4) for name, theirs in rivals.items()}
    return figures | {
        f"{name}_ratio": round(theirs / seconds, 1) for name, theirs in rivals.items()
    }
