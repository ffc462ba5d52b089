"""Graphs, variants, paths and sessions against reading the columns, DuckDB and ClickHouse.

    python -m benchmarks.bench_graph 1000000 10000000 [--rare] [--no-engines]

Prints one JSON line a measurement, in seconds, with ratios to reading the needed columns once (the
same threads over the same buckets) and to the engines; asserts nothing. The workload is that of
``benchmarks/workload.py``, the rivals are as ``benchmarks/rivals.py`` says and answer with the
counts alone.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.asking import measure_sizes, record_question
from benchmarks.measure import best, peak_mb, record
from benchmarks.rivals import clickhouse_of, compared, duckdb_of
from sojourn.adapters.engines.local import LocalEngine
from sojourn.base.predicate import event_is
from sojourn.index.arrays import ArrayBucket, ArrayIndex
from sojourn.index.catalog import Catalog
from sojourn.insight.overview.events import Events
from sojourn.insight.overview.sessions import Sessions
from sojourn.insight.process.graph import Graph
from sojourn.insight.process.matches import Matches
from sojourn.insight.process.paths import Paths
from sojourn.insight.process.variants import Variants
from sojourn.insight.views.lens import Unit, View
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from benchmarks.workload import Workload

BUCKETS = 16
GAP_US = 30 * 60_000_000


def rows_of(workload: Workload) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Person, time and event of the workload, by person and time."""
    parts = [np.concatenate(part) for part in zip(*workload.chunks(), strict=True)]
    person, time, event = parts
    order = np.lexsort((time, person))
    code = event[order].astype(np.uint8 if len(workload.names) <= 256 else np.uint16)
    return person[order].astype(np.uint32), time[order], code


def index_of(workload: Workload, rows: tuple[np.ndarray, np.ndarray, np.ndarray]) -> ArrayIndex:
    """The workload as the product's index, in memory; people spread evenly over buckets."""
    person, time, event = rows
    home = person % BUCKETS
    buckets = []
    for bucket in range(BUCKETS):
        chosen = np.flatnonzero(home == bucket)
        who = person[chosen]
        starts = np.flatnonzero(np.diff(who.astype(np.int64), prepend=-1))
        buckets.append(
            ArrayBucket(
                offsets=np.append(starts, len(who)).astype(np.int64),
                time=time[chosen],
                event=event[chosen],
                ids=(),
                events=len(workload.names),
            )
        )
    catalog = Catalog(
        version="bench", events=tuple(workload.names),
        event_counts=tuple(np.bincount(event, minlength=len(workload.names)).tolist()),
        columns=(), people=len(np.unique(person)), rows=len(person), untimed_rows=0,
        first_us=int(time.min()), last_us=int(time.max()), as_of_us=int(time.max()),
        timezone="UTC", currency="XXX",
    )  # fmt: skip
    return ArrayIndex(catalog=catalog, buckets=tuple(buckets))


@lru_cache(maxsize=1)
def prepared(workload: Workload) -> tuple[tuple[np.ndarray, ...], ArrayIndex]:
    """The rows and the index of a workload, kept for the next benchmark of the same process."""
    rows = rows_of(workload)
    return rows, index_of(workload, rows)


@kernel
def sum_of(values: np.ndarray) -> int:
    """Reads every value once."""
    total = np.int64(0)
    for value in values:
        total += np.int64(value)
    return total


class Read:
    """A plan that reads the needed columns once and does nothing else."""

    def __init__(self, *columns: str) -> None:
        self.columns = columns

    def over(self, bucket: ArrayBucket) -> int:
        return sum(int(sum_of(getattr(bucket, column))) for column in self.columns)

    def answer(self, total: int) -> int:
        return total


def questions(workload: Workload) -> dict[str, tuple[object, tuple[str, ...]]]:
    """Each question with the columns it needs."""
    first, second, *_ = workload.steps
    moves, timed = ("offsets", "event"), ("offsets", "event", "time")
    return {
        "graph, counts only": (Graph(people=False), moves),
        "graph": (Graph(), moves),
        "graph with loops": (Graph(loops=True), moves),
        "graph with times": (Graph(times=True), timed),
        "graph by session": (Graph(view=View(unit=Unit.SESSION)), timed),
        "graph, repeats collapsed": (Graph(view=View(collapse=True)), moves),
        "variants": (Variants(), moves),
        "variants by session": (Variants(view=View(unit=Unit.SESSION)), timed),
        "paths": (Paths(anchor=event_is(first)), timed),
        "paths to a goal": (Paths(anchor=event_is(first), until=event_is(second)), timed),
        "pattern": (Matches(patterns=(f"{first} -> any* -> {second}",)), moves),
        "events": (Events(), timed),
        "sessions": (Sessions(), timed),
    }


DUCKDB = {
    "graph": (
        """
        SELECT source, target, count(*) FROM (
          SELECT event AS source, lead(event) OVER (PARTITION BY person ORDER BY time) AS target
          FROM events) GROUP BY ALL""",
    ),
    "graph with times": (
        """
        SELECT source, target, count(*), quantile_cont(took, [0.5, 0.9]) FROM (
          SELECT event AS source, lead(event) OVER journey AS target,
                 lead(time) OVER journey - time AS took
          FROM events WINDOW journey AS (PARTITION BY person ORDER BY time)) GROUP BY ALL""",
    ),
    "variants": (
        """
        SELECT path, count(*) AS n FROM (
          SELECT list(event ORDER BY time) AS path FROM events GROUP BY person)
        GROUP BY path ORDER BY n DESC LIMIT 50""",
    ),
    "sessions": (
        f"""
        SELECT count(*) FROM (
          SELECT time - lag(time) OVER (PARTITION BY person ORDER BY time) AS gap FROM events)
        WHERE gap IS NULL OR gap > {GAP_US}""",
    ),
    "events": (
        """SELECT event, count(*), count(DISTINCT person), min(time), max(time) FROM events
           GROUP BY event""",
    ),
}
CLICKHOUSE = {
    "graph": (
        """
        SELECT source, target, count() FROM (
          SELECT event AS source, leadInFrame(event) OVER (PARTITION BY person ORDER BY time
            ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS target FROM events)
        GROUP BY source, target""",
        """
        SELECT source, target, count() FROM (
          SELECT groupArray(event) AS a, arrayPushBack(arrayPopFront(a), '') AS b
          FROM events GROUP BY person) ARRAY JOIN a AS source, b AS target
        GROUP BY source, target""",
    ),
    "variants": (
        """
        SELECT path, count() AS n FROM (SELECT groupArray(event) AS path FROM events
          GROUP BY person) GROUP BY path ORDER BY n DESC LIMIT 50""",
    ),
    "events": (
        "SELECT event, count(), uniqExact(person), min(time), max(time) FROM events GROUP BY event",
    ),
}


def seconds_of_rivals(
    workload: Workload, rows: tuple[np.ndarray, ...]
) -> dict[str, dict[str, float]]:
    """Seconds of each question by rival."""
    found = {}
    with duckdb_of(workload, rows) as rival:
        found["duckdb"] = rival.seconds(DUCKDB, workload.rows)
    with clickhouse_of(workload, rows) as rival:
        if rival:
            found["clickhouse"] = rival.seconds(CLICKHOUSE, workload.rows)
    return found


def measure(workload: Workload, *, engines: bool) -> None:
    """Measure one workload and print its lines."""
    rows, index = prepared(workload)
    engine = LocalEngine()
    reads = {
        columns: best(lambda columns=columns: engine.ask(Read(*columns), index))
        for columns in {columns for _, columns in questions(workload).values()}
    }
    rivals = seconds_of_rivals(workload, rows) if engines else {}
    for name, (spec, columns) in questions(workload).items():
        plan = spec.plan(index.catalog)
        seconds = best(lambda plan=plan: engine.ask(plan, index))
        theirs = {rival: took[name] for rival, took in rivals.items() if name in took}
        record_question(name, workload, seconds, reads[columns], compared(seconds, theirs))
    record("peak memory of the process, engines included", workload.rows, mb=round(peak_mb()))


if __name__ == "__main__":
    measure_sizes(measure, __doc__)
