"""What fresh people cost: a question over base and overlay against the same events all in the base.

    python -m benchmarks.bench_overlay 1000000 10000000 [--fresh 0.01]

Prints one JSON line a question: seconds of CPU with everybody in the base, with a share of the
people fresh, and what that adds. The fresh ones lie whole in one bucket of their own, as after an
import, and the base skips them. Both layouts must give the same answer. The budget is a fifth of
the query at one person in a hundred.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.bench_funnel import questions
from benchmarks.bench_graph import prepared
from benchmarks.measure import machine, record
from benchmarks.workload import Workload
from sojourn.adapters.engines.local import LocalEngine
from sojourn.index.arrays import ArrayBucket
from sojourn.insight.process.graph import Graph
from sojourn.insight.retention.question import Retention
from sojourn.kernels.journeys import spans_to_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.index.arrays import ArrayIndex

SEED = 11
REPEATS = 7


def with_overlay(index: ArrayIndex, share: float) -> ArrayIndex:
    """The same index with a share of its people in a bucket of their own."""
    rng = np.random.default_rng(SEED)
    base, lengths, times, events = [], [], [], []
    for bucket in index.buckets:
        fresh = rng.random(len(bucket.offsets) - 1) < share
        first, last = bucket.offsets[:-1][fresh], bucket.offsets[1:][fresh]
        offsets, rows = spans_to_rows(first, last)
        lengths.append(np.diff(offsets))
        times.append(bucket.time[rows])
        events.append(bucket.event[rows])
        base.append(replace(bucket, skip=fresh.astype(np.uint8)))
    overlay = ArrayBucket(
        offsets=np.concatenate(([0], np.cumsum(np.concatenate(lengths)))).astype(np.int64),
        time=np.concatenate(times),
        event=np.concatenate(events),
        ids=(),
        events=len(index.catalog.events),
    )
    for bucket in (*index.buckets, *base, overlay):
        bucket.postings()  # files of the index, read from disk in life
    return replace(index, buckets=(*base, overlay))


def cpu_seconds(one: Callable[[], object], two: Callable[[], object]) -> tuple[float, float]:
    """Least CPU time of each, their runs taking turns so that both see the same machine."""
    shortest = [float("inf"), float("inf")]
    for turn in range(REPEATS + 1):
        for place, work in enumerate((one, two)):
            began = process_time()
            work()
            if turn:  # the first one warms caches
                shortest[place] = min(shortest[place], process_time() - began)
    return shortest[0], shortest[1]


def measure(workload: Workload, share: float) -> None:
    """Measure one workload and print its lines."""
    index = prepared(workload)[1]
    beside = with_overlay(index, share)
    engine = LocalEngine()
    plain = questions(workload)
    asked = {
        "funnel": plain["funnel"],
        "funnel with times": plain["funnel with times"],
        "retention": Retention(),
        "graph": Graph(),
    }
    for name, spec in asked.items():
        plan = spec.plan(index.catalog)
        if engine.ask(plan, index).rows != engine.ask(plan, beside).rows:
            raise AssertionError(name)
        base, fresh = cpu_seconds(
            lambda plan=plan: engine.ask(plan, index), lambda plan=plan: engine.ask(plan, beside)
        )
        record(
            name,
            workload.rows,
            workload="rare" if workload.rare else "common",
            base=round(base, 5),
            overlay=round(fresh, 5),
            added=f"{fresh / base - 1:+.1%}",
        )


def main() -> None:
    """Measure the sizes given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[10**6])
    parser.add_argument("--fresh", type=float, default=0.01)
    given = parser.parse_args()
    record("machine", 0, text=machine())
    for rows in given.rows:
        for rare in (False, True):
            measure(Workload(rows, rare=rare), given.fresh)


if __name__ == "__main__":
    main()
