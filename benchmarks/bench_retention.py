"""Retention, lifecycle and waits against reading the columns, DuckDB and ClickHouse.

    python -m benchmarks.bench_retention 1000000 10000000 [--rare] [--no-engines]

Prints one JSON line a measurement, in seconds, with ratios to reading the needed columns once (the
same threads over the same buckets; for rare steps their rows only) and to the engines; asserts
nothing. The workload is that of ``benchmarks/workload.py``, the rivals are as
``benchmarks/rivals.py`` says and answer the counts alone.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.asking import measure_sizes, record_question
from benchmarks.bench_graph import Read, prepared
from benchmarks.measure import best, peak_mb, record
from benchmarks.rivals import clickhouse_of, compared, duckdb_of
from sojourn.adapters.engines.local import LocalEngine
from sojourn.base.calendar import Unit
from sojourn.base.predicate import event_is
from sojourn.insight.retention.question import Retention
from sojourn.insight.retention.values import Clock, Entering, Kind
from sojourn.insight.rhythm.between import Between, Pairing
from sojourn.insight.rhythm.lifecycle import Lifecycle

if TYPE_CHECKING:
    import numpy as np

    from benchmarks.workload import Workload
    from sojourn.index.arrays import ArrayBucket

DAY = 86_400_000_000
COLUMNS = ("offsets", "event", "time")


class ReadRows:
    """A plan that reads the times of some events' rows once and does nothing else."""

    def __init__(self, *codes: int) -> None:
        self.codes = codes

    def over(self, bucket: ArrayBucket) -> int:
        postings = bucket.postings()
        rows = [postings.rows[postings.starts[c] : postings.starts[c + 1]] for c in self.codes]
        return sum(int(bucket.time[part].sum()) for part in rows)

    def answer(self, total: int) -> int:
        return total


def questions(workload: Workload) -> dict[str, object]:
    """Each question by its name."""
    first, then, *_ = (event_is(name) for name in workload.steps)
    steps = {"start": first, "returning": then}
    found: dict[str, object] = {
        "retention, step to step": Retention(**steps),
        "retention, step to step, on or after": Retention(**steps, kind=Kind.ON_OR_AFTER),
        "retention, step to step, recurring": Retention(**steps, entering=Entering.RECURRING),
        "between, first to next": Between(start=first, end=then),
        "between, every": Between(start=first, end=then, pairing=Pairing.EVERY),
    }
    if workload.rare:
        return found
    return {
        "retention": Retention(),
        "retention, 24 hours": Retention(clock=Clock.ROLLING),
        "retention, on or after": Retention(kind=Kind.ON_OR_AFTER),
        "retention, by week": Retention(unit=Unit.WEEK),
        "retention, recurring": Retention(entering=Entering.RECURRING),
        "lifecycle": Lifecycle(unit=Unit.DAY),
        **found,
    }


DUCKDB = {
    "retention": (
        f"""WITH days AS (SELECT DISTINCT person, time // {DAY} AS d FROM events),
              first AS (SELECT person, min(d) AS f FROM days GROUP BY person)
            SELECT f, d - f AS age, count(*) FROM days JOIN first USING (person)
            WHERE d - f <= 14 GROUP BY ALL""",
        f"""SELECT f, d - f AS age, count(*) FROM (
              SELECT min(d) AS f, unnest(list_distinct(list(d))) AS d FROM (
                SELECT person, time // {DAY} AS d FROM events) GROUP BY person)
            WHERE d - f <= 14 GROUP BY ALL""",
    ),
    "retention, step to step": (
        f"""WITH s AS (SELECT person, min(time) AS t FROM events WHERE event = $a GROUP BY 1),
              r AS (SELECT DISTINCT s.person, s.t // {DAY} AS f, e.time // {DAY} AS d
                    FROM s JOIN events e ON e.person = s.person AND e.event = $b AND e.time >= s.t
                    WHERE e.time // {DAY} - s.t // {DAY} <= 14)
            SELECT f, d - f AS age, count(*) FROM r GROUP BY ALL""",
    ),
    "lifecycle": (
        f"""WITH days AS (SELECT DISTINCT person, time // {DAY} AS d FROM events),
              dated AS (SELECT d, lag(d) OVER life AS b, lead(d) OVER life AS n FROM days
                        WINDOW life AS (PARTITION BY person ORDER BY d))
            SELECT d, count(*) FILTER (b IS NULL), count(*) FILTER (b = d - 1),
              count(*) FILTER (b < d - 1), count(*) FILTER (n IS NULL OR n > d + 1)
            FROM dated GROUP BY d""",
    ),
    "between, first to next": (
        """WITH s AS (SELECT person, min(time) AS t FROM events WHERE event = $a GROUP BY 1)
           SELECT count(*), quantile_cont(wait, [0.25, 0.5, 0.75, 0.9]) FROM (
             SELECT min(e.time) - s.t AS wait FROM s JOIN events e
             ON e.person = s.person AND e.event = $b AND e.time > s.t GROUP BY s.person, s.t)""",
    ),
}
CLICKHOUSE = {
    "retention": (
        f"""SELECT f, age, count() FROM (
              SELECT min(d) AS f, groupUniqArray(d) AS days FROM (
                SELECT person, intDiv(time, {DAY}) AS d FROM events) GROUP BY person)
            ARRAY JOIN arrayMap(d -> d - f, days) AS age WHERE age <= 14 GROUP BY f, age""",
        f"""SELECT f, d - f AS age, uniqExact(person) FROM (
              SELECT person, intDiv(time, {DAY}) AS d,
                min(d) OVER (PARTITION BY person) AS f FROM events)
            WHERE age <= 14 GROUP BY f, age""",
    ),
    "retention, step to step": (
        f"""SELECT f, age, count() FROM (
              SELECT minIf(time, event = {{a:String}}) AS t, intDiv(t, {DAY}) AS f,
                groupUniqArrayIf(time, event = {{b:String}}) AS times
              FROM events WHERE event IN ({{a:String}}, {{b:String}})
              GROUP BY person HAVING t > 0)
            ARRAY JOIN arrayDistinct(arrayMap(x -> intDiv(x, {DAY}) - f,
              arrayFilter(x -> x >= t, times))) AS age WHERE age <= 14 GROUP BY f, age""",
    ),
    "lifecycle": (
        f"""SELECT d, countIf(b IS NULL), countIf(b = d - 1), countIf(b < d - 1) FROM (
              SELECT d, lagInFrame(toNullable(d)) OVER (PARTITION BY person ORDER BY d
                ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS b FROM (
                  SELECT DISTINCT person, intDiv(time, {DAY}) AS d FROM events))
            GROUP BY d""",
        f"""SELECT d, countIf(i = 1), countIf(i > 1 AND days[i - 1] = d - 1),
              countIf(i > 1 AND days[i - 1] < d - 1) FROM (
              SELECT arraySort(groupUniqArray(intDiv(time, {DAY}))) AS days
              FROM events GROUP BY person)
            ARRAY JOIN days AS d, arrayEnumerate(days) AS i GROUP BY d""",
    ),
    "between, first to next": (
        """SELECT count(), quantilesExact(0.25, 0.5, 0.75, 0.9)(wait) FROM (
             SELECT minIf(time, event = {a:String}) AS t,
               arrayMin(arrayFilter(x -> x > t, groupArrayIf(time, event = {b:String}))) - t
                 AS wait
             FROM events WHERE event IN ({a:String}, {b:String})
             GROUP BY person HAVING t > 0) WHERE wait > 0""",
    ),
}


def chosen(
    statements: dict[str, tuple[str, ...]], workload: Workload
) -> dict[str, tuple[str, ...]]:
    """The statements of questions asked of this workload."""
    return {name: sql for name, sql in statements.items() if name in questions(workload)}


def seconds_of_rivals(
    workload: Workload, rows: tuple[np.ndarray, ...]
) -> dict[str, dict[str, float]]:
    """Seconds of each question by rival."""
    found = {}
    with duckdb_of(workload, rows) as rival:
        found["duckdb"] = rival.seconds(chosen(DUCKDB, workload), workload.rows)
    with clickhouse_of(workload, rows) as rival:
        if rival:
            found["clickhouse"] = rival.seconds(chosen(CLICKHOUSE, workload), workload.rows)
    return found


def measure(workload: Workload, *, engines: bool) -> None:
    """Measure one workload and print its lines."""
    rows, index = prepared(workload)
    engine = LocalEngine()
    needed = Read(*COLUMNS)
    if workload.rare:
        needed = ReadRows(*(index.catalog.event_code(name) for name in workload.steps[:2]))
    read = best(lambda: engine.ask(needed, index))
    rivals = seconds_of_rivals(workload, rows) if engines else {}
    for name, spec in questions(workload).items():
        plan = spec.plan(index.catalog)
        seconds = best(lambda plan=plan: engine.ask(plan, index))
        theirs = {rival: took[name] for rival, took in rivals.items() if name in took}
        record_question(name, workload, seconds, read, compared(seconds, theirs))
    record("peak memory of the process, engines included", workload.rows, mb=round(peak_mb()))


if __name__ == "__main__":
    measure_sizes(measure, __doc__)
