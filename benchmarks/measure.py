"""Timing, peak memory and the line a benchmark prints."""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


ENOUGH_S = 15.0
"""No further run of the same work is begun after so long."""


def best(work: Callable[[], object], repeats: int = 5) -> float:
    """Shortest of some runs in seconds, after one that is not counted (warm caches)."""
    work()
    shortest, first = float("inf"), perf_counter()
    for _ in range(repeats):
        began = perf_counter()
        work()
        shortest = min(shortest, perf_counter() - began)
        if perf_counter() - first > ENOUGH_S:
            break
    return shortest


def once(work: Callable[[], object]) -> float:
    """Seconds of a single run, for work that is not repeated in life either."""
    began = perf_counter()
    work()
    return perf_counter() - began


def peak_mb() -> float:
    """Most memory this process ever held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def machine() -> str:
    """Processor count, model and versions that a reader needs to place the figures."""
    model = ""
    try:
        info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((x.split(":")[1].strip() for x in info if x.startswith("model name")), "")
    except OSError:
        model = platform.processor()
    return f"{os.cpu_count()} × {model}, {platform.system()}, Python {platform.python_version()}"


def record(name: str, rows: int, **figures: float | str) -> None:
    """Print one measurement as a JSON line; ``benchmarks.report`` gathers them into a table."""
    print(json.dumps({"name": name, "rows": rows, **figures}), flush=True)
