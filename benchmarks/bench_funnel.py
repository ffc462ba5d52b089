"""Funnels against reading the columns, DuckDB and ClickHouse's ``windowFunnel``.

    python -m benchmarks.bench_funnel 1000000 10000000 [--rare] [--no-engines]

Prints one JSON line a measurement, in seconds, with ratios to reading the needed columns once (the
same threads over the same buckets; for rare steps the times of their rows only) and to the engines.
Workload and layouts are those of ``benchmarks/bench_graph.py``: four steps, a window of seven days.
The counts of every engine must be equal; each engine's figure is the best of its statements.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.bench_graph import Read, index_of, rows_of
from benchmarks.bench_retention import COLUMNS, TABLE, ReadRows
from benchmarks.measure import best, machine, peak_mb, record
from benchmarks.workload import COMMON, RARE, Workload
from sojourn.adapters.engines.local import LocalEngine
from sojourn.base.calendar import Unit as Interval
from sojourn.base.predicate import event_is
from sojourn.insight.funnel.question import Funnel
from sojourn.insight.funnel.values import Entry, Exclusion, Order, Step, Unit

DAY = 86_400_000_000
WINDOW = 7 * DAY


def questions(workload: Workload) -> dict[str, Funnel]:
    """The plain funnel, then what each option makes of it."""
    steps = tuple(Step(title=name, predicate=event_is(name)) for name in workload.steps)
    plain = Funnel(steps=steps, window_us=WINDOW)
    other = workload.names[1]
    limited = tuple(replace(step, longest_us=DAY) if at else step for at, step in enumerate(steps))
    excluded = Exclusion(title=other, predicate=event_is(other), after=2, before=3)
    optional = tuple(replace(step, optional=at == 1) for at, step in enumerate(steps))
    return {
        "funnel": plain,
        "funnel, no window": replace(plain, window_us=None),
        "funnel with times": replace(plain, times=True),
        "funnel by day": replace(plain, trend=Interval.DAY),
        "funnel, first entry": replace(plain, entry=Entry.FIRST),
        "funnel, all entries": replace(plain, entry=Entry.ALL),
        "funnel, gaps": replace(plain, steps=limited),
        "funnel, exclusion": replace(plain, exclusions=(excluded,)),
        "funnel, optional step": replace(plain, steps=optional),
        "funnel, ties": replace(plain, simultaneous_us=1),
        "funnel, strict": replace(plain, order=Order.STRICT),
        "funnel, any order": replace(plain, order=Order.ANY),
        "funnel by session": replace(plain, unit=Unit.SESSION),
    }


# The entry each step can be reached from at the latest, event by event: one ASOF join a step.
_ASOF = """
    WITH e1 AS (SELECT person, time, time AS entry FROM events WHERE event = $a),
    e2 AS (SELECT e.person, e.time, p.entry FROM (SELECT * FROM events WHERE event = $b) e
           ASOF JOIN e1 p ON e.person = p.person AND e.time > p.time
           WHERE e.time - p.entry <= $w),
    e3 AS (SELECT e.person, e.time, p.entry FROM (SELECT * FROM events WHERE event = $c) e
           ASOF JOIN e2 p ON e.person = p.person AND e.time > p.time
           WHERE e.time - p.entry <= $w),
    e4 AS (SELECT e.person, e.time, p.entry FROM (SELECT * FROM events WHERE event = $d) e
           ASOF JOIN e3 p ON e.person = p.person AND e.time > p.time
           WHERE e.time - p.entry <= $w)
    SELECT (SELECT count(DISTINCT person) FROM e1), (SELECT count(DISTINCT person) FROM e2),
           (SELECT count(DISTINCT person) FROM e3), (SELECT count(DISTINCT person) FROM e4)
"""
_FUNNEL = """
    SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3), countIf(level >= 4) FROM (
        SELECT windowFunnel({window})(toUInt64(time), event = '{a}', event = '{b}', event = '{c}',
            event = '{d}') AS level FROM events {where} GROUP BY person)
"""
_ONLY = "WHERE event IN ('{a}', '{b}', '{c}', '{d}')"


def in_duckdb(workload: Workload, rows: tuple[np.ndarray, ...]) -> tuple[float, list[int]]:
    """Seconds and people by step in DuckDB."""
    connection = duckdb.connect(config={"threads": os.cpu_count() or 1})
    names = pa.array(workload.names)
    event = pa.DictionaryArray.from_arrays(pa.array(rows[2].astype(np.int16)), names)
    connection.register("source", pa.table({"person": rows[0], "time": rows[1], "event": event}))
    connection.execute("CREATE TABLE events AS SELECT * FROM source")
    given = {**dict(zip("abcd", workload.steps, strict=True)), "w": WINDOW}
    seconds = best(lambda: connection.execute(_ASOF, given).fetchall(), repeats=2)
    counted = connection.execute(_ASOF, given).fetchall()[0]
    connection.close()
    return seconds, list(counted)


def in_clickhouse(
    workload: Workload, rows: tuple[np.ndarray, ...]
) -> tuple[float, list[int]] | None:
    """Seconds and people by step in ClickHouse; None where chdb is not installed."""
    try:
        from chdb import session
    except ImportError:
        return None
    with tempfile.TemporaryDirectory() as folder:
        event = pa.DictionaryArray.from_arrays(
            pa.array(rows[2].astype(np.int16)), pa.array(workload.names)
        )
        path = Path(folder) / "events.parquet"
        pq.write_table(pa.table({"person": rows[0], "time": rows[1], "event": event}), path)
        chdb = session.Session(f"{folder}/store")
        for sql in (
            f"SET max_threads = {os.cpu_count() or 1}",
            "CREATE DATABASE bench",
            "USE bench",
            TABLE,
            f"INSERT INTO events SELECT * FROM file('{path}', Parquet)",
            "OPTIMIZE TABLE events FINAL",
        ):
            chdb.query(sql)
        steps = dict(zip("abcd", workload.steps, strict=True))
        statements = [
            _FUNNEL.format(window=WINDOW, where=where.format(**steps), **steps)
            for where in ("", _ONLY)
        ]
        seconds = min(
            best(lambda sql=sql: chdb.query(sql, "Null"), repeats=2) for sql in statements
        )
        counted = [[int(n) for n in str(chdb.query(sql, "CSV")).split(",")] for sql in statements]
        chdb.close()
    if counted[0] != counted[1]:
        raise AssertionError(counted)
    return seconds, counted[0]


def measure(workload: Workload, *, engines: bool) -> None:
    """Measure one workload and print its lines."""
    rows = rows_of(workload)
    index = index_of(workload, rows)
    engine = LocalEngine()
    needed = Read(*COLUMNS)
    if workload.rare:
        needed = ReadRows(*(index.catalog.event_code(name) for name in workload.steps))
        for bucket in index.buckets:
            bucket.postings()  # files of the index, read from disk in life
    read = best(lambda: engine.ask(needed, index))
    rivals = {}
    if engines:
        rivals["duckdb"] = in_duckdb(workload, rows)
        clickhouse = in_clickhouse(workload, rows)
        if clickhouse is not None:
            rivals["clickhouse"] = clickhouse
    for name, spec in questions(workload).items():
        plan = spec.plan(index.catalog)
        seconds = best(lambda plan=plan: engine.ask(plan, index))
        figures: dict[str, float | str] = {
            "workload": "rare" if workload.rare else "common",
            "seconds": round(seconds, 5),
            "read": round(read, 5),
            "times_read": round(seconds / read, 2),
        }
        if name == "funnel":
            ours = [row.people for row in engine.ask(plan, index).rows]
            for rival, (theirs, counted) in rivals.items():
                if counted != ours:
                    raise AssertionError((rival, counted, ours))
                figures[rival] = round(theirs, 4)
                figures[f"{rival}_ratio"] = round(theirs / seconds, 1)
        record(name, workload.rows, **figures)
    record("peak memory of the process, engines included", workload.rows, mb=round(peak_mb()))


def main() -> None:
    """Measure the sizes given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[10**6])
    parser.add_argument("--rare", action="store_true")
    parser.add_argument("--no-engines", action="store_true")
    given = parser.parse_args()
    record("machine", 0, text=machine())
    for rows in given.rows:
        workloads = RARE if given.rare else COMMON
        workload = workloads.get(rows, Workload(rows, rare=given.rare))
        measure(workload, engines=not given.no_engines)


if __name__ == "__main__":
    main()
