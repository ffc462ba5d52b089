"""Funnels against reading the columns, DuckDB and ClickHouse's ``windowFunnel``.

    python -m benchmarks.bench_funnel 1000000 10000000 [--rare] [--no-engines]

Prints one JSON line a measurement, in seconds, with ratios to reading the needed columns once (the
same threads over the same buckets; for rare steps the times of their rows only) and to the engines.
The workload is that of ``benchmarks/workload.py``, four steps in a window of seven days; the rivals
are as ``benchmarks/rivals.py`` says. The counts of all must be equal.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.asking import measure_sizes, record_question
from benchmarks.bench_graph import Read, prepared
from benchmarks.bench_retention import COLUMNS, ReadRows
from benchmarks.measure import best, peak_mb, record
from benchmarks.rivals import clickhouse_of, compared, duckdb_of
from sojourn.adapters.engines.local import LocalEngine
from sojourn.base.calendar import Unit as Interval
from sojourn.base.predicate import event_is
from sojourn.insight.funnel.question import Funnel
from sojourn.insight.funnel.values import Entry, Exclusion, Order, Step, Unit

if TYPE_CHECKING:
    import numpy as np

    from benchmarks.workload import Workload

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
           WHERE e.time - p.entry <= {window}),
    e3 AS (SELECT e.person, e.time, p.entry FROM (SELECT * FROM events WHERE event = $c) e
           ASOF JOIN e2 p ON e.person = p.person AND e.time > p.time
           WHERE e.time - p.entry <= {window}),
    e4 AS (SELECT e.person, e.time, p.entry FROM (SELECT * FROM events WHERE event = $d) e
           ASOF JOIN e3 p ON e.person = p.person AND e.time > p.time
           WHERE e.time - p.entry <= {window})
    SELECT (SELECT count(DISTINCT person) FROM e1), (SELECT count(DISTINCT person) FROM e2),
           (SELECT count(DISTINCT person) FROM e3), (SELECT count(DISTINCT person) FROM e4)
"""
_FUNNEL = """
    SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3), countIf(level >= 4) FROM (
        SELECT windowFunnel({window})(toUInt64(time), event = {{a:String}},
            event = {{b:String}}, event = {{c:String}}, event = {{d:String}}) AS level
        FROM events {where} GROUP BY person)
"""
_ONLY = "WHERE event IN ({a:String}, {b:String}, {c:String}, {d:String})"


def seconds_of_rivals(
    workload: Workload, rows: tuple[np.ndarray, ...]
) -> dict[str, tuple[float, list[int]]]:
    """Seconds and people by step, by rival."""
    plain, only = (_FUNNEL.format(window=WINDOW, where=where) for where in ("", _ONLY))
    found = {}
    with duckdb_of(workload, rows) as rival:
        sql = _ASOF.format(window=WINDOW)
        seconds = rival.seconds({"funnel": (sql,)}, workload.rows)["funnel"]
        found["duckdb"] = seconds, rival.counts(sql)
    with clickhouse_of(workload, rows) as rival:
        if rival:
            counted = rival.counts(plain)
            if rival.counts(only) != counted:
                raise AssertionError(counted)
            seconds = rival.seconds({"funnel": (plain, only)}, workload.rows)["funnel"]
            found["clickhouse"] = seconds, counted
    return found


def measure(workload: Workload, *, engines: bool) -> None:
    """Measure one workload and print its lines."""
    rows, index = prepared(workload)
    engine = LocalEngine()
    needed = Read(*COLUMNS)
    if workload.rare:
        needed = ReadRows(*(index.catalog.event_code(name) for name in workload.steps))
        for bucket in index.buckets:
            bucket.postings()  # files of the index, read from disk in life
    read = best(lambda: engine.ask(needed, index))
    rivals = seconds_of_rivals(workload, rows) if engines else {}
    for name, spec in questions(workload).items():
        plan = spec.plan(index.catalog)
        seconds = best(lambda plan=plan: engine.ask(plan, index))
        beside: dict[str, float] = {}
        if name == "funnel":
            ours = [row.people for row in engine.ask(plan, index).rows]
            for rival, (theirs, counted) in rivals.items():
                if counted != ours:
                    raise AssertionError((rival, counted, ours))
                beside |= compared(seconds, {rival: theirs})
        record_question(name, workload, seconds, read, beside)
    record("peak memory of the process, engines included", workload.rows, mb=round(peak_mb()))


if __name__ == "__main__":
    measure_sizes(measure, __doc__)
