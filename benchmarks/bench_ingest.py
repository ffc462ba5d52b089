"""Durable ingest over HTTP, and how soon questions see it; prints figures, asserts nothing.

    python -m benchmarks.bench_ingest --folder /somewhere/with/space [--seconds 10]

The sender is ``benchmarks/load.c``, compiled here and run in a process of its own; *ceiling* is
what it reaches against a server that answers at once. Every answer of the collector means that the
events are on disk. The floor is what this disk gives: *forced writes* a second, and *raw rows*, the
same inserted into SQLite in commits of what all connections hold together, by one process that does
nothing else. *fresh* is the time from an answer to the first index that has its events, asked for
every half a second over a history of a million events, at a given rate.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import postgres
from tests.serving import served

from benchmarks.bench_import import make
from benchmarks.beside import on_postgres
from benchmarks.measure import machine, record
from sojourn.compose import open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.serving import Served

Told: TypeAlias = dict[str, float]

SOURCE = Path(__file__).with_name("load.c")
BATCH, BATCH_CONNECTIONS = 100, 8
SINGLE_CONNECTIONS = 64
FRESH_RATE = 1_000
FRESH_BATCH = 20
HISTORY = 1_000_000
ASK_EVERY_S = 0.5
BODY_BYTES = 379
"""A call of the sender's as the inbox keeps it."""
FLOOR_S = 3.0
DRAIN_S = 120.0


def compile_sender(folder: Path) -> Path:
    """Return the sender, compiled."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise SystemExit("the sender is written in C: install a compiler that is called cc")
    target = folder / "load"
    subprocess.run(
        [compiler, "-O2", "-D_GNU_SOURCE", "-pthread", "-o", str(target), str(SOURCE)], check=True
    )
    return target


class Sender:
    """Sends load; each run under ids of its own."""

    def __init__(self, program: Path) -> None:
        self.program = program
        self._run = 0

    def command(  # noqa: PLR0913, PLR0917 - the program's own arguments
        self, port: int, key: str, connections: int, calls: int, seconds: float, rate: float = 0,
        times: str = "-",
    ) -> list[str]:  # fmt: skip
        """Return the command line of one run."""
        self._run += 1
        return [str(self.program), "send", str(port), key, str(connections), str(calls),
                str(seconds), str(rate), f"b{os.getpid()}r{self._run}", times]  # fmt: skip

    def send(self, *given: float | str) -> Told:
        """Run it and return what it measured."""
        done = subprocess.run(self.command(*given), capture_output=True, text=True, check=True)  # type: ignore[arg-type]
        return json.loads(done.stdout)


@contextmanager
def null_server(program: Path, port: int = 18_401) -> Iterator[int]:
    """A server that does nothing."""
    process = subprocess.Popen([str(program), "null", str(port)])
    time.sleep(0.5)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


def cpu_s(pid: int) -> float:
    """Return the seconds of the processors a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def forced_writes(folder: Path) -> float:
    """Return how many small writes a second this disk takes, each forced to it."""
    path, page = folder / "forced", os.urandom(4096)
    count, began = 0, time.perf_counter()
    with path.open("wb", buffering=0) as file:
        while (took := time.perf_counter() - began) < FLOOR_S:
            file.write(page)
            os.fdatasync(file.fileno())
            count += 1
    path.unlink()
    return count / took


def raw_inserts(folder: Path, items: int) -> float:
    """Return how many rows a second SQLite alone takes, in commits of so many."""
    path = folder / "raw.db"
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute(
        "CREATE TABLE items (position INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE,"
        " source TEXT, dialect TEXT, received_us INTEGER, body BLOB, batch INTEGER)"
    )
    body = b"x" * BODY_BYTES
    count, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < FLOOR_S:
        rows = [(os.urandom(16), "default", "segment", count, body) for _ in range(items)]
        database.execute("BEGIN IMMEDIATE")
        database.executemany(
            "INSERT INTO items (key, source, dialect, received_us, body) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO NOTHING", rows,
        )  # fmt: skip
        database.execute("COMMIT")
        count += items
    database.close()
    for left in folder.glob("raw.db*"):
        left.unlink()
    return count / took


def measure(
    name: str, sender: Sender, folder: Path, shape: tuple[int, int], seconds: float
) -> None:
    """Print what one shape of load reaches: connections, and calls a request."""
    connections, calls = shape
    with null_server(sender.program) as port:
        ceiling = sender.send(port, "none", connections, calls, 3)
    workspace = folder / "ws"
    shutil.rmtree(workspace, ignore_errors=True)
    with served(workspace) as server:
        sender.send(server.port, server.key, connections, calls, 5)  # kernels compiled, caches warm
        drained(server)
        pids = server.children()
        before = {part: cpu_s(pid) for part, pid in pids.items()}
        told = sender.send(server.port, server.key, connections, calls, seconds)
        cpu = {part: cpu_s(pid) - before[part] for part, pid in pids.items()}
        lag = drained(server)
    rate = told["requests"] / told["seconds"]
    record(
        name, calls, connections=connections,
        events_per_second=round(rate * calls), requests_per_second=round(rate),
        failed=told["failed"],
        p50_ms=told["p50_ms"], p99_ms=told["p99_ms"], max_ms=told["max_ms"],
        collector_cpu=round(cpu["collector"] / told["seconds"], 2),
        worker_cpu=round(cpu["worker"] / told["seconds"], 2),
        drained_s=round(lag, 1),
        ceiling_per_second=round(ceiling["requests"] / ceiling["seconds"] * calls),
        forced_writes_per_second=round(forced_writes(folder)),
        raw_rows_per_second=round(raw_inserts(folder, connections * calls)),
        load_average=round(os.getloadavg()[0], 1),
    )  # fmt: skip


def measure_on_postgres(sender: Sender, folder: Path, seconds: float) -> None:
    """Print what batches reach with state and inbox in PostgreSQL, on the same machine."""
    if why := postgres.why_not():
        record("machine", 0, text=why)
        return
    place = folder / "on-postgres"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    with on_postgres(place):
        try:
            shape = (BATCH_CONNECTIONS, BATCH)
            measure("batches, PostgreSQL", sender, folder, shape, seconds)
        finally:
            os.environ.pop("SOJOURN_DATABASE")
    shutil.rmtree(place, ignore_errors=True)


def drained(server: Served) -> float:
    """Return the seconds until everything is in the lake."""
    inbox, began = open_workspace(str(server.workspace)).inbox, time.perf_counter()
    while inbox.waiting().items and time.perf_counter() - began < DRAIN_S:
        time.sleep(0.1)
    inbox.close()
    return time.perf_counter() - began


def fresh(sender: Sender, folder: Path, seconds: float, rate: int) -> None:
    """Print how soon an index has what was answered."""
    events, workspace = folder / "history.csv", folder / "ws"
    shutil.rmtree(workspace, ignore_errors=True)
    make(HISTORY, events)
    subprocess.run(
        [sys.executable, "-m", "sojourn", "import", str(events), "-w", str(workspace)],
        check=True, capture_output=True,
    )  # fmt: skip
    opened = open_workspace(str(workspace))
    with served(workspace) as server:
        sender.send(server.port, server.key, 1, FRESH_BATCH, 5, rate / FRESH_BATCH)
        drained(server)
        history, times = opened.catalog.rows, folder / "answers"
        stop, seen = threading.Event(), []
        command = sender.command(
            server.port, server.key, 1, FRESH_BATCH, seconds, rate / FRESH_BATCH, str(times)
        )
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            while process.poll() is None or seen[-1][1] < _answered(times):
                began = time.monotonic()
                rows = opened.catalog.rows - history
                seen.append((time.monotonic_ns(), rows))
                stop.wait(max(0.0, began + ASK_EVERY_S - time.monotonic()))
            assert process.stdout is not None
            told = json.loads(process.stdout.read())
    lags = visible_after(np.loadtxt(times, np.int64), seen)
    record(
        f"fresh at {rate:,} events/s", FRESH_BATCH, history=HISTORY,
        events_per_second=round(told["requests"] * FRESH_BATCH / told["seconds"]),
        failed=told["failed"],
        p50_s=round(float(np.percentile(lags, 50)), 2),
        p95_s=round(float(np.percentile(lags, 95)), 2),
        max_s=round(float(lags.max()), 2),
        load_average=round(os.getloadavg()[0], 1),
    )  # fmt: skip


def _answered(times: Path) -> int:
    return len(times.read_text("ascii").splitlines()) * FRESH_BATCH


def visible_after(answers: np.ndarray, seen: Sequence[tuple[int, int]]) -> np.ndarray:
    """Return the seconds from each answer, in their order, to the first index that has its events.

    Parameters
    ----------
    answers : ndarray of shape (requests,), int64, nanoseconds
    seen : sequence of (int, int)
        When an index was there, in nanoseconds, and how many events it had.
    """
    at, rows = np.array(seen, np.int64).T
    wanted = np.arange(1, len(answers) + 1) * FRESH_BATCH
    return (at[np.searchsorted(rows, wanted)] - answers) / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("benchmark-data"))
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", choices=("batches", "single", "postgres", "fresh"))
    parser.add_argument("--rate", type=int, default=FRESH_RATE)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    record("machine", 0, text=machine())
    sender = Sender(compile_sender(given.folder))
    if given.only in {None, "batches"}:
        shape = (BATCH_CONNECTIONS, BATCH)
        measure("batches", sender, given.folder, shape, given.seconds)
    if given.only in {None, "single"}:
        measure("single calls", sender, given.folder, (SINGLE_CONNECTIONS, 1), given.seconds)
    if given.only in {None, "postgres"}:
        measure_on_postgres(sender, given.folder, given.seconds)
    if given.only in {None, "fresh"}:
        fresh(sender, given.folder, given.seconds, given.rate)


if __name__ == "__main__":
    main()
