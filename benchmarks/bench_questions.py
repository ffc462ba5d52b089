"""Every question over one workload, which is made once.

    python -m benchmarks.bench_questions 100000000 [--rare]

Prints the lines of ``bench_funnel``, ``bench_graph``, ``bench_retention``, ``bench_stages``. From
10⁸ rows on only the funnel is asked of the rivals: their graphs take minutes a run.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import bench_funnel, bench_graph, bench_retention, bench_stages
from benchmarks.asking import measure_sizes
from benchmarks.rivals import LONG

if TYPE_CHECKING:
    from benchmarks.workload import Workload


def measure(workload: Workload, *, engines: bool) -> None:
    """Measure one workload and print the lines of all questions."""
    for bench in (bench_funnel, bench_graph, bench_retention, bench_stages):
        asked = workload.rows < LONG or bench is bench_funnel
        bench.measure(workload, engines=asked and engines)


if __name__ == "__main__":
    measure_sizes(measure, __doc__)
