"""Stages against reading the columns once and the fastest DuckDB SQL we could write.

    python -m benchmarks.bench_stages 1000000 10000000 [--no-engines]

Prints one JSON line a measurement, in seconds; asserts nothing. Same workload, buckets and threads
as ``bench_graph``. The model has three stages by event name and a quiet time; beside it stands one
of five stages as the default has them: counted days, stages only their own events keep, a lapse by
an event. Rare steps are also held against reading the rows of their events alone. The SQL answers
less: the first entry into each stage and how many entered the next one within the window, without
lapses, returns, sojourn or where leavers were.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.asking import measure_sizes, record_question
from benchmarks.bench_graph import Read, prepared
from benchmarks.measure import best
from benchmarks.rivals import compared, duckdb_of
from sojourn.adapters.engines.local import LocalEngine
from sojourn.base.timespan import DAY_US
from sojourn.kernels.jit import kernel
from sojourn.stages.ask.overview import Stages
from sojourn.stages.model import (
    Distinct,
    EntryRule,
    Evidence,
    LapseRule,
    StageModel,
    StageRule,
    Without,
    Words,
)

if TYPE_CHECKING:
    from benchmarks.workload import Workload
    from sojourn.index.arrays import ArrayBucket

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


def five(workload: Workload) -> StageModel:
    """Five stages as the default has them, on the workload's events, with a lapse by event."""
    first, second, third, fourth = (Evidence(events=(name,)) for name in workload.steps)
    again = EntryRule(evidence=third, at_least=2, distinct=Distinct.DAYS)
    quiet = LapseRule(quiet_us=WINDOW_US)
    own = LapseRule(quiet_us=2 * WINDOW_US, without=Without.ENTRY)
    ended = Evidence(events=(workload.names[workload.names.index(workload.steps[3]) + 1],))
    rules = (
        (EntryRule(evidence=first), quiet),
        (EntryRule(evidence=second), quiet),
        (EntryRule(evidence=third), LapseRule(quiet_us=WINDOW_US, on=(ended,))),
        (again, own),
        (EntryRule(evidence=fourth), own),
    )
    stages = tuple(
        StageRule(
            key=f"s{n}", title=Words(en=f"S{n}"), enter=(enter,), lapse=lapse, window_us=WINDOW_US
        )
        for n, (enter, lapse) in enumerate(rules)
    )
    return StageModel(stages=stages)


class ReadRows:
    """A plan that reads time and event of the rows of some events alone."""

    def __init__(self, codes: tuple[int, ...]) -> None:
        self.codes = codes

    def over(self, bucket: ArrayBucket) -> int:
        postings = bucket.postings()
        return sum(
            int(sum_at(column, postings.rows[postings.starts[code] : postings.starts[code + 1]]))
            for code in self.codes
            for column in (bucket.time, bucket.event)
        )

    def answer(self, total: int) -> int:
        return total


@kernel
def sum_at(values: np.ndarray, rows: np.ndarray) -> int:
    """Reads the values of some rows."""
    total = np.int64(0)
    for row in rows:
        total += np.int64(values[row])
    return total


def measure(workload: Workload, *, engines: bool) -> None:
    """Print one size: ours, reading the columns, DuckDB."""
    columns, index = prepared(workload)
    engine = LocalEngine()
    names = tuple(workload.steps[:3])
    codes = tuple(workload.names.index(name) for name in names)
    read = best(lambda: engine.ask(Read("time", "event"), index))
    for name, model in (("stages, five", five(workload)), ("stages", model_of(names))):
        plan = Stages(model=model).plan(index.catalog)
        seconds = best(lambda plan=plan: engine.ask(plan, index))
        beside: dict[str, float] = {}
        if workload.rare:
            rows = best(lambda: engine.ask(ReadRows(codes), index))
            beside |= {"matching": round(rows, 5), "times_matching": round(seconds / rows, 2)}
        if name == "stages" and engines:
            query = SQL.format(window=WINDOW_US)
            with duckdb_of(workload, columns) as rival:
                beside |= compared(
                    seconds, {"duckdb": rival.seconds({"": (query,)}, len(columns[0]))[""]}
                )
        record_question(name, workload, seconds, read, beside)


if __name__ == "__main__":
    measure_sizes(measure, __doc__)
