"""What the benchmarks of questions share: their options, and the figures of a question."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Protocol

from benchmarks.measure import machine, record
from benchmarks.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Mapping


class Measure(Protocol):
    """Measures one workload and prints its lines."""

    def __call__(self, workload: Workload, *, engines: bool) -> None: ...


def measure_sizes(measure: Measure, description: str | None) -> None:
    """Measure the sizes given on the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("rows", nargs="*", type=int, default=[10**6])
    parser.add_argument("--rare", action="store_true")
    parser.add_argument("--no-engines", action="store_true")
    given = parser.parse_args()
    record("machine", 0, text=machine())
    for rows in given.rows:
        measure(Workload(rows, rare=given.rare), engines=not given.no_engines)


def record_question(
    name: str, workload: Workload, seconds: float, read: float, more: Mapping[str, float]
) -> None:
    """Print the seconds of a question, and how often its columns could be read in them."""
    record(
        name,
        workload.rows,
        workload="rare" if workload.rare else "common",
        seconds=round(seconds, 5),
        read=round(read, 5),
        times_read=round(seconds / read, 2),
        **more,
    )
