"""Run the benchmarks and write what they printed as the tables of ``docs/benchmarks.md``.

    python -m benchmarks.report 1000000 10000000 100000000 --folder /somewhere/with/space
    python -m benchmarks.report --tables-only

Each benchmark runs in a process of its own, one after another; its lines replace those of the same
benchmark, workload and size in ``docs/benchmarks.jsonl``, from which the tables are written between
the two marks in the page. Run it on a machine that does nothing else: 10⁸ events want 24 GB of
memory, 60 GB of disk and about an hour.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

from benchmarks.tables import tables
from sojourn.app.clock import now_us
from sojourn.base.timespan import to_datetime

Line: TypeAlias = dict[str, str | float]

DOCS = Path(__file__).resolve().parent.parent / "docs"
LINES, PAGE = DOCS / "benchmarks.jsonl", DOCS / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
QUESTIONS = ("questions", "overlay")
PEOPLE = ("segments",)
"""Those whose size is a number of people."""
FILES = ("index", "import")
ONCE = ("ingest",)
"""Those that know no size."""
RARE = ("questions",)
"""Those that take ``--rare``; the overlay's measures both workloads itself."""


def runs(sizes: list[str], folder: Path, only: list[str]) -> list[tuple[str, list[str]]]:
    """Return name and arguments of each benchmark to run."""
    found = []
    for size in sizes:
        found += [(name, [size]) for name in QUESTIONS]
        found += [(name, [size, "--rare"]) for name in RARE]
        found += [(name, [size, "--folder", str(folder)]) for name in (*FILES, *PEOPLE)]
    found += [(name, ["--folder", str(folder)]) for name in ONCE]
    return [(name, arguments) for name, arguments in found if not only or name in only]


def run(name: str, arguments: list[str]) -> list[Line]:
    """Run one benchmark and return its lines, its rows and the date on each."""
    print(f"== {name} {' '.join(arguments)}", flush=True)
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.bench_{name}", *arguments],
        stdout=subprocess.PIPE, text=True, cwd=DOCS.parent,
    )  # fmt: skip
    assert process.stdout is not None
    lines: list[Line] = []
    day = to_datetime(now_us()).date().isoformat()
    for text in process.stdout:
        print(text, end="", flush=True)
        lines.append({"benchmark": name, "date": day} | json.loads(text))
    if process.wait():
        raise SystemExit(f"benchmarks.bench_{name} ended with {process.returncode}")
    return lines


def merged(old: list[Line], new: list[Line]) -> list[Line]:
    """Return the lines, newer ones in the place of older ones that measured the same."""

    def key(line: Line) -> tuple[str, ...]:
        return tuple(str(line.get(part, "")) for part in ("benchmark", "name", "workload", "rows"))

    return list(({key(line): line for line in old} | {key(line): line for line in new}).values())


def read() -> list[Line]:
    """Return the lines measured so far."""
    if not LINES.exists():
        return []
    return [json.loads(text) for text in LINES.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Measure what is asked for and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*")
    parser.add_argument("--folder", type=Path, default=Path("benchmark-data"))
    parser.add_argument(
        "--only", action="append", default=[], choices=(*QUESTIONS, *FILES, *PEOPLE, *ONCE)
    )
    parser.add_argument("--tables-only", action="store_true")
    given = parser.parse_args()
    if not given.tables_only:
        for name, arguments in runs(given.sizes or ["1000000"], given.folder, given.only):
            lines = merged(read(), run(name, arguments))
            LINES.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{tables(read())}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
