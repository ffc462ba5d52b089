"""The soak: half of what the collector must take, for half an hour, and what that costs over time.

Run ``python -m benchmarks.soak --minutes 30``. A sender in a process of its own (``load.c``) sends
batches at a steady rate to ``sojourn serve``. Every few seconds the memory and open files of each
process are read, with what waits in the inbox and how many files the lake has. At the end every
answered event must be in the lake, once, and no process may have grown: its memory in the last
quarter is compared with that in the second, for the first is spent warming up.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tests.serving import served

from benchmarks.bench_ingest import Sender, compile_sender, cpu_s, drained
from benchmarks.certify_import import REPO, _git
from benchmarks.measure import machine
from sojourn.adapters.lake.table import DeltaLake
from sojourn.app.clock import now_us
from sojourn.base.timespan import to_datetime
from sojourn.compose import open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.serving import Served

REPORT = REPO / "docs" / "certificates" / "soak.md"
FULL_MINUTES = 30.0
RATE = 10_000
"""Events a second: half of the 20,000 that the collector must take."""
BATCH = 100
CONNECTIONS = 8
EVERY_S = 5.0
MOST_GROWTH = 0.1
"""Of a process's memory, from the second quarter to the last: the heap of a process that does not
leak wanders by some percent."""
WARM_MINUTES = 10.0
"""In a shorter run processes are still warming up, and are not judged by their memory."""
MB = 1024 * 1024


@dataclass
class Sample:
    """What was seen at one moment."""

    at_s: float
    memory: dict[str, float]
    """Resident MB of each process."""
    files: dict[str, int]
    waiting: int
    oldest_s: float
    lake_files: int
    log_files: int


@dataclass
class Soaked:
    """A run and what it sent."""

    minutes: float
    rate: int
    samples: list[Sample] = field(default_factory=list)
    answered: int = 0
    failed: int = 0
    p50_ms: float = 0
    p99_ms: float = 0
    max_ms: float = 0
    cpu: dict[str, float] = field(default_factory=dict)
    rows: int = 0
    different: int = 0
    left: int = 0
    drained_s: float = 0


def memory_mb(pid: int) -> float:
    """Return the memory a process holds."""
    fields = Path(f"/proc/{pid}/statm").read_text("ascii").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / MB


def look(server: Served, began: float) -> Sample:
    """Return what can be seen of a server now."""
    pids = {**server.children(), "supervisor": server.process.pid if server.process else 0}
    inbox = open_workspace(server.workspace).inbox
    waiting = inbox.waiting()
    inbox.close()
    oldest = 0.0 if waiting.oldest_us is None else (now_us() - waiting.oldest_us) / 1e6
    lake = server.workspace / "lake"
    return Sample(
        at_s=time.monotonic() - began,
        memory={part: round(memory_mb(pid), 1) for part, pid in pids.items()},
        files={
            part: sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()) for part, pid in pids.items()
        },
        waiting=waiting.items,
        oldest_s=oldest,
        lake_files=sum(1 for _ in lake.rglob("*.parquet")),
        log_files=sum(1 for _ in lake.glob("_delta_log/*")),  # none before the first hand-over
    )


def soak(folder: Path, minutes: float, rate: int) -> Soaked:
    """Send for so long, look, and count what came of it."""
    sender = Sender(compile_sender(folder))
    workspace = folder / "ws"
    shutil.rmtree(workspace, ignore_errors=True)
    done = Soaked(minutes, rate)
    with served(workspace) as server:
        pids = server.children()
        before = {part: cpu_s(pid) for part, pid in pids.items()}
        command = sender.command(
            server.port, server.key, CONNECTIONS, BATCH, minutes * 60, rate / BATCH
        )
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            began = time.monotonic()
            try:
                while process.poll() is None:
                    time.sleep(EVERY_S)
                    done.samples.append(last := look(server, began))
                    print(
                        f"{last.at_s:6.0f} s  {last.memory}  waiting {last.waiting:,}", flush=True
                    )
            except BaseException:
                process.kill()  # or the fault is told when the sender has ended, half an hour later
                raise
            assert process.stdout is not None
            told = json.loads(process.stdout.read())
        if pids != server.children():
            raise SystemExit("a process was started again: the soak does not count")
        done.cpu = {part: (cpu_s(pid) - before[part]) / (minutes * 60)
                    for part, pid in pids.items()}  # fmt: skip
        done.drained_s = drained(server)
        done.left = open_workspace(workspace).inbox.waiting().items
    done.answered, done.failed = told["requests"] * BATCH, told["failed"]
    done.p50_ms, done.p99_ms, done.max_ms = told["p50_ms"], told["p99_ms"], told["max_ms"]
    for batch in DeltaLake(workspace / "lake").scan(["event_id"]):
        done.rows += len(batch)
    done.different = int(
        next(iter(open_workspace(workspace).sql("SELECT count(DISTINCT event_id) FROM events")))
        .column(0)[0]
        .as_py()
    )
    return done


def growth(samples: Sequence[Sample], part: str) -> float:
    """Return by how much a process grew from the second quarter to the last, as a share."""
    memory = np.array([sample.memory.get(part, np.nan) for sample in samples])
    quarter = max(1, len(memory) // 4)
    second, last = memory[quarter : 2 * quarter], memory[-quarter:]
    return float(np.nanmean(last) / np.nanmean(second) - 1)


def faults(done: Soaked) -> list[str]:
    """Return what is not as it should be."""
    found = [
        f"{part} grew by {growth(done.samples, part):.0%}"
        for part in done.samples[0].memory
        if done.minutes >= WARM_MINUTES and growth(done.samples, part) > MOST_GROWTH
    ]
    if not done.rows == done.different == done.answered:
        found.append(
            f"{done.answered:,} events were answered, {done.rows:,} are in the lake,"
            f" {done.different:,} of them different"
        )
    if done.failed:
        found.append(f"{done.failed} requests failed")
    if done.left:
        found.append(f"{done.left:,} events wait in the inbox")
    return found


CERTIFICATE = """\
# Soak: {rate:,} events a second for {minutes:.0f} minutes

Batches of {batch} over {connections} connections, from a process of its own, at a steady rate.
{verdict}

- Commit: `{commit}`{changed}
- Date: {date:%Y-%m-%d}
- Machine: {machine}
- Run again: `python -m benchmarks.soak --minutes {minutes:.0f} --rate {rate}`

| events | |
|---|---|
| answered | {done.answered:,} |
| in the lake | {done.rows:,} |
| of them different | {done.different:,} |
| requests failed | {done.failed} |
| left in the inbox, after {done.drained_s:.0f} s | {done.left} |

| answer | ms |
|---|---|
| median | {done.p50_ms:.1f} |
| 99th percentile | {done.p99_ms:.1f} |
| longest | {done.max_ms:.0f} |

Memory in MB; *growth* is from the mean of the second quarter to that of the last.

| process | after a quarter | at half | at the end | growth | open files | cores |
|---|---|---|---|---|---|---|
{processes}

| minute | waiting in the inbox | oldest, s | files of the lake | of its log |
|---|---|---|---|---|
{course}
"""


def report(done: Soaked) -> str:
    """Return the certificate as Markdown."""
    samples = done.samples
    at = [samples[len(samples) * share // 4] for share in (1, 2)] + [samples[-1]]
    parts = [
        [part, *(f"{sample.memory.get(part, 0):.0f}" for sample in at),
         f"{growth(samples, part):+.1%}",
         f"{samples[0].files.get(part, 0)}, {samples[-1].files.get(part, 0)}",
         f"{done.cpu.get(part, 0):.2f}"]
        for part in samples[0].memory
    ]  # fmt: skip
    course = [samples[min(len(samples) - 1, round(len(samples) * n / 10))] for n in range(11)]
    said = faults(done)
    return CERTIFICATE.format(
        rate=done.rate, minutes=done.minutes, batch=BATCH, connections=CONNECTIONS,
        verdict=f"Not as it should be: {'; '.join(said)}." if said else
        "Every answered event is in the lake, once"
        + (", and no process grew." if done.minutes >= WARM_MINUTES else "."),
        commit=_git("rev-parse", "HEAD"),
        changed=" with uncommitted changes" if _git("status", "--porcelain", "src") else "",
        date=to_datetime(now_us()), machine=machine(), done=done,
        processes="\n".join(f"| {' | '.join(row)} |" for row in parts),
        course="\n".join(
            f"| {s.at_s / 60:.1f} | {s.waiting:,} | {s.oldest_s:.1f} | {s.lake_files} |"
            f" {s.log_files} |" for s in course
        ),
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=FULL_MINUTES)
    parser.add_argument("--rate", type=int, default=RATE, help="events a second")
    parser.add_argument("--folder", type=Path, default=Path("certificate-data") / "soak")
    parser.add_argument(
        "--report", type=Path, help=f"default with {FULL_MINUTES:.0f} min: {REPORT}"
    )
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    done = soak(given.folder, given.minutes, given.rate)
    text = report(done)
    target = given.report or (REPORT if given.minutes >= FULL_MINUTES else None)
    if target:
        target.write_text(text, "utf-8")
    print(text)
    said = faults(done)
    for fault in said:
        print(fault, file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
