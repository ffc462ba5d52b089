"""The tables of ``docs/benchmarks.md``, from the lines the benchmarks printed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Line: TypeAlias = dict[str, str | float]

SIZES = {1_000_000: "10⁶", 10_000_000: "10⁷", 100_000_000: "10⁸"}
ENGINES = ("clickhouse", "duckdb")


def tables(lines: Sequence[Line]) -> str:
    """Return every table as Markdown, each under its heading."""
    parts = [f"Measured on {_machines(lines)}."]
    for workload in ("common", "rare"):
        chosen = [
            line for line in lines if line.get("workload") == workload and "times_read" in line
        ]
        if chosen:
            parts.append(f"### Questions, {workload} steps\n\n{questions(chosen)}")
    for kind, title in (("index", "Index build"), ("import", "Import"), ("overlay", "Overlay")):
        chosen = [line for line in lines if line["benchmark"] == kind and line["name"] != "machine"]
        if chosen and kind != "overlay":
            parts.append(f"### {title}\n\n{files(chosen)}")
        elif chosen:
            parts.append(f"### {title}\n\n{overlay(chosen)}")
    live = [line for line in lines if line["benchmark"] == "ingest" and line["name"] != "machine"]
    if live:
        parts.append(f"### Live events\n\n{ingest(live)}")
    moved = [line for line in lines if line["benchmark"] == "segments"]
    if moved:
        parts.append(f"### Segments\n\n{segments(moved)}")
    return "\n\n".join(parts) + "\n"


def segments(lines: Sequence[Line]) -> str:
    """Return a row a figure: 100 segments followed while events arrive."""
    rows = [
        [str(line["name"]), f"{int(line['rows']):,}", f"{line['value']:g} {line['unit']}".strip(),
         str(line.get("load_average", "not noted")), str(line["date"])]
        for line in lines
    ]  # fmt: skip
    return _table(["100 segments, 500 events/s", "people", "", "load average", "day"], rows)


def _machines(lines: Iterable[Line]) -> str:
    """Return the machines and days the figures are from."""
    found = {str(line["text"]): line["date"] for line in lines if line["name"] == "machine"}
    return "; ".join(f"{text}, {day}" for text, day in found.items()) or "nothing yet"


def questions(lines: Sequence[Line]) -> str:
    """Return a row a question, and for each size seconds, times reading, times the engines."""
    sizes = sorted({int(line["rows"]) for line in lines})
    by_name: dict[str, dict[int, Line]] = defaultdict(dict)
    for line in lines:
        by_name[str(line["name"])][int(line["rows"])] = line
    heads = [f"{SIZES.get(size, size)}: time · × reading · ClickHouse · DuckDB" for size in sizes]
    rows = [
        [name, *(_question(found.get(size)) for size in sizes)] for name, found in by_name.items()
    ]
    return _table(["question", *heads], rows)


def _question(line: Line | None) -> str:
    if line is None:
        return ""
    ratios = (f"{line[f'{engine}_ratio']:g}×" if f"{engine}_ratio" in line else "–"
              for engine in ENGINES)  # fmt: skip
    times = float(line["times_read"])
    return " · ".join(
        [_time(float(line["seconds"])), f"{times:.0f}" if times >= 10 else f"{times:.1f}", *ratios]
    )


def files(lines: Sequence[Line]) -> str:
    """Return a row a piece of work on files."""
    rows = [
        [
            str(line["name"]), SIZES.get(int(line["rows"]), str(line["rows"])),
            _time(float(line["seconds"])), f"{float(line['rows_per_second']) / 1e6:.2f} M",
            f"{line['times_sort']:g}" if "times_sort" in line else "",
            f"{line['peak_mb']:,} MB", str(line["memory"]),
        ]
        for line in lines
    ]  # fmt: skip
    heads = ["work", "events", "time", "rows/s", "÷ DuckDB's sort", "peak memory", "asked for"]
    return _table(heads, rows)


def overlay(lines: Sequence[Line]) -> str:
    """Return a row a question with people in the overlay."""
    rows = [
        [str(line["name"]), str(line["workload"]), SIZES.get(int(line["rows"]), str(line["rows"])),
         _time(float(line["base"])), _time(float(line["overlay"])), str(line["added"])]
        for line in lines
    ]  # fmt: skip
    heads = ["question", "steps", "events", "CPU, all in the base", "1 % fresh", "added"]
    return _table(heads, rows)


def ingest(lines: Sequence[Line]) -> str:
    """Return a row a shape of load, then one a rate at which freshness was measured."""
    sent = [
        [
            str(line["name"]), str(line["connections"]), f"{line['events_per_second']:,}",
            f"{line['requests_per_second']:,}",
            f"{line['p50_ms']:.0f} · {line['p99_ms']:.0f} · {line['max_ms']:.0f} ms",
            f"{line['collector_cpu']} · {line['worker_cpu']}",
            f"{line['ceiling_per_second']:,}", f"{line['raw_rows_per_second']:,}",
            f"{line['forced_writes_per_second']:,}", str(line["load_average"]),
        ]
        for line in lines if "connections" in line
    ]  # fmt: skip
    heads = ["sent", "connections", "events/s", "requests/s", "p50 · p99 · max",
             "cores: collector · worker", "sender's ceiling", "raw rows/s", "forced writes/s",
             "load average"]  # fmt: skip
    seen = [
        [str(line["name"]), f"{line['p50_s']:g} · {line['p95_s']:g} · {line['max_s']:g} s",
         str(line["load_average"])]
        for line in lines if "p50_s" in line
    ]  # fmt: skip
    told = _table(["seen by questions", "p50 · p95 · max", "load average"], seen)
    return f"{_table(heads, sent)}\n\n{told}"


def _time(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruled = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in ruled)
