"""Every question over one workload, which is made once.

    python -m benchmarks.bench_questions 100000000 [--rare]

Prints the lines of ``bench_funnel``, ``bench_graph``, ``bench_retention``, ``bench_stages``. From
10⁸ rows on only the funnel is asked of the rivals: their graphs take minutes a run.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import bench_funnel, bench_graph, bench_retention, bench_stages
from benchmarks.measure import machine, record
from benchmarks.rivals import LONG
from benchmarks.workload import Workload


def main() -> None:
    """Measure the sizes given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[10**6])
    parser.add_argument("--rare", action="store_true")
    parser.add_argument("--no-engines", action="store_true")
    given = parser.parse_args()
    record("machine", 0, text=machine())
    for rows in given.rows:
        workload = Workload(rows, rare=given.rare)
        for bench in (bench_funnel, bench_graph, bench_retention, bench_stages):
            asked = rows < LONG or bench is bench_funnel
            bench.measure(workload, engines=asked and not given.no_engines)


if __name__ == "__main__":
    main()
