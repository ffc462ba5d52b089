"""Stages against reading the columns once and the fastest DuckDB SQL we could write.

    python -m benchmarks.bench_stages 1000000 10000000 [--no-engines]

Prints one JSON line a measurement, in seconds; asserts nothing. Same workload, buckets and threads
as ``bench_graph``. The model has three stages by event name and a quiet time. The SQL answers less:
the first entry into each stage and how many entered the next one within the window, without
lapses, returns, sojourn or where leavers were.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.bench_graph import Read, index_of, rows_of
from benchmarks.measure import best, machine, record
from benchmarks.rivals import compared, duckdb_of
from benchmarks.workload import COMMON, RARE, Workload
from sojourn.adapters.engines.local import LocalEngine
from sojourn.base.timespan import DAY_US
from sojourn.stages.ask.overview import Stages
from sojourn.stages.model import EntryRule, Evidence, LapseRule, StageModel, StageRule, Words

WINDOW_US = 7 * DAY_US
SQL = """
    WITH entries AS (
        SELECT person, min(time) FILTER (event = $a) AS a, min(time) FILTER (event = $b) AS b,
               min(time) FILTER (event = $c) AS c
        FROM events GROUP BY person)
    SELECT count(a), count(b), count(c),
           count(*) FILTER (b >= a AND b - a <= {window}),
           count(*) FILTER (c >= b AND c - b <= {window})
    FROM entries
"""


def model_of(names: tuple[str, ...]) -> StageModel:
    """Three stages entered by one event each, left after a quiet week."""
    stages = tuple(
        StageRule(
            key=f"s{number}",
            title=Words(en=name),
            enter=(EntryRule(evidence=Evidence(events=(name,))),),
            lapse=LapseRule(quiet_us=WINDOW_US),
            window_us=WINDOW_US,
        )
        for number, name in enumerate(names)
    )
    return StageModel(stages=stages)


def measure(workload: Workload, *, engines: bool) -> None:
    """Print one size: ours, reading the columns, DuckDB."""
    columns = rows_of(workload)
    index, engine = index_of(workload, columns), LocalEngine()
    names = tuple(workload.steps[:3])
    plan = Stages(model=model_of(names)).plan(index.catalog)
    read = best(lambda: engine.ask(Read("time", "event"), index))
    seconds = best(lambda: engine.ask(plan, index))
    figures: dict[str, float | str] = {
        "workload": "rare" if workload.rare else "common",
        "seconds": round(seconds, 5),
        "read": round(read, 5),
        "times_read": round(seconds / read, 2),
    }
    if engines:
        query = SQL.format(window=WINDOW_US)
        with duckdb_of(workload, columns) as rival:
            figures |= compared(
                seconds, {"duckdb": rival.seconds({"": (query,)}, len(columns[0]))[""]}
            )
    record("stages", workload.rows, **figures)


def main() -> None:
    """Measure the sizes given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[10**6])
    parser.add_argument("--rare", action="store_true")
    parser.add_argument("--no-engines", action="store_true")
    given = parser.parse_args()
    record("machine", 0, text=machine())
    for rows in given.rows:
        measure((RARE if given.rare else COMMON)[rows], engines=not given.no_engines)


if __name__ == "__main__":
    main()
