"""The crash certificate of import: kill it at random instants, complete it, compare every row.

Run ``python -m benchmarks.certify_import --kills 200``. Each trial starts ``sojourn import`` of a
real file in a fresh workspace, sends SIGKILL at a seeded random instant (half of them anywhere in
the run, half just around a commit), opens what is left, repeats the import (killing that too in
every third trial) and compares the lake, row by row, with an undisturbed run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from benchmarks.measure import machine
from sojourn.adapters.lake.table import DeltaLake
from sojourn.app.clock import now_us
from sojourn.base.timespan import to_datetime
from sojourn.compose import open_workspace
from sojourn.events.identity_keys import ids_from_arrow, sort_order
from sojourn.events.schema import EVENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

REPO = Path(__file__).resolve().parent.parent
REPORT = REPO / "docs" / "certificates" / "import.md"
SEED = 20_251_122
COLUMNS = ["event_id", "anonymous_id", "user_id", "time", "source", "position", "event",
           "properties", "month"]  # fmt: skip
"""Every column but ``received``, which is the time of the import."""
POLL_S = 0.0005
GIVE_UP_S = 120


class CertificateError(Exception):
    """Something was lost, doubled or left broken."""


@dataclass(frozen=True)
class Subject:
    """A real file and how often its import commits."""

    path: Path
    commit_rows: int


@dataclass(frozen=True)
class Baseline:
    """The undisturbed import of a subject."""

    subject: Subject
    rows: pa.Table
    counts: dict[str, int]
    commits: int
    seconds: float


@dataclass(frozen=True)
class Trial:
    """What one trial did."""

    file: str
    aim: str
    kept: int
    """Rows already in the lake when the process was killed."""
    killed: int
    """How many times."""


def subjects() -> tuple[Subject, ...]:
    """The data sets used; they lie beside the repository or where SOJOURN_SHARED says."""
    data = Path(os.environ.get("SOJOURN_SHARED", REPO.parent / "shared")) / "data"
    return (
        Subject(data / "retentioneering_ecom_synthetic" / "ecom.csv.gz", 2_000),
        Subject(data / "anon_ratings_stream" / "anonreviews.csv.bz2", 60_000),
    )


def start(subject: Subject, workspace: Path) -> subprocess.Popen[str]:
    """Start ``sojourn import`` as a user would."""
    return subprocess.Popen(
        [sys.executable, "-c", "from sojourn.cli.main import main; main()", "import",
         str(subject.path), "-w", str(workspace), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"SOJOURN_COMMIT_ROWS": str(subject.commit_rows)},
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> dict[str, int]:
    """Wait for an import and return its counts."""
    out, err = process.communicate()
    if process.returncode != 0:
        raise CertificateError(f"import ended with {process.returncode}: {err}")
    said = json.loads(out)
    counts = {name: int(said[name]) for name in ("read", "accepted", "duplicate", "quarantined")}
    if counts["read"] != counts["accepted"] + counts["duplicate"] + counts["quarantined"]:
        raise CertificateError(f"the counts do not add up: {counts}")
    return counts


def undisturbed(subject: Subject, folder: Path) -> Baseline:
    """Import a subject in peace, twice: the first run of all also compiles."""
    finish(start(subject, folder / "warm"))
    began = time.monotonic()
    counts = finish(start(subject, folder / "whole"))
    seconds = time.monotonic() - began
    commits = DeltaLake(folder / "whole" / "lake").version()  # the first entry makes the table
    return Baseline(subject, lake_rows(folder / "whole"), counts, commits, seconds)


def lake_rows(workspace: Path) -> pa.Table:
    """Every row of a lake in order of event id; no id may stand there twice."""
    lake = DeltaLake(workspace / "lake")
    schema = pa.schema([EVENT_SCHEMA.field(name) for name in COLUMNS])
    table = pa.Table.from_batches(lake.scan(COLUMNS), schema=schema)
    if not len(table):
        return table
    ids = ids_from_arrow(table["event_id"].combine_chunks())
    order = sort_order(ids)
    if len(np.unique(ids, axis=0)) != len(ids):
        raise CertificateError(f"{len(ids) - len(np.unique(ids, axis=0))} events stand twice")
    return table.take(order).combine_chunks()


def kill_anywhere(process: subprocess.Popen[str], base: Baseline, rng: np.random.Generator) -> None:
    """Kill at an instant uniform over an undisturbed run."""
    try:
        process.wait(rng.uniform(0, base.seconds))
    except subprocess.TimeoutExpired:
        process.kill()


def kill_at_commit(
    process: subprocess.Popen[str], workspace: Path, base: Baseline, rng: np.random.Generator
) -> None:
    """Kill within milliseconds of the beginning or the end of a random commit."""
    log = workspace / "lake" / "_delta_log"
    staged = workspace / "lake" / "_staged.json"
    wanted = len(list(log.glob("*.json"))) + int(rng.integers(0, base.commits))
    at_start = bool(rng.integers(0, 2))
    give_up = time.monotonic() + GIVE_UP_S
    while process.poll() is None and time.monotonic() < give_up:
        done = len(list(log.glob("*.json"))) if log.is_dir() else 0
        if done > wanted or (at_start and done == wanted and staged.exists()):
            time.sleep(rng.uniform(0, 0.03))
            process.kill()
        time.sleep(POLL_S)


def check_opens(workspace: Path, base: Baseline) -> int:
    """Return how many events are there after a kill; all must be of the undisturbed run."""
    if not (workspace / "sojourn.toml").exists():
        return 0  # killed before there was a workspace
    opened = open_workspace(workspace)
    _ = (opened.ledger.entries(), opened.documents.newest("map"))
    rows = lake_rows(workspace)
    whole = base.rows["event_id"].combine_chunks().cast(pa.binary())
    places = pa.compute.index_in(rows["event_id"].cast(pa.binary()), whole)
    if places.null_count:
        raise CertificateError(f"{places.null_count} events are none of the file's")
    if len(rows) and not rows.equals(base.rows.take(places.combine_chunks()).combine_chunks()):
        raise CertificateError("rows differ from those of the undisturbed run")
    if len(rows) and opened.catalog.rows != len(rows):
        raise CertificateError(f"the index holds {opened.catalog.rows} of {len(rows)} events")
    return len(rows)


def check_complete(workspace: Path, base: Baseline) -> None:
    """The lake must be that of the undisturbed run, with nothing left lying about."""
    if not lake_rows(workspace).equals(base.rows):
        raise CertificateError("the completed lake differs from that of the undisturbed run")
    lake = workspace / "lake"
    listed = {file.path for file in DeltaLake(lake).files()}
    present = {path.relative_to(lake).as_posix() for path in lake.rglob("*.parquet")}
    if listed != present or (lake / "_staged.json").exists():
        raise CertificateError(f"{len(present - listed)} files of no commit are left")
    if (workspace / "index" / "scratch").exists():
        raise CertificateError("scratch files are left")


def trial(base: Baseline, workspace: Path, rng: np.random.Generator, number: int) -> Trial:
    """Kill, look, complete, compare."""
    subject, kept, killed = base.subject, 0, 0
    aim = ("anywhere", "commit")[int(rng.integers(0, 2))]
    for _ in range(2 if number % 3 == 2 else 1):
        process = start(subject, workspace)
        if aim == "anywhere":
            kill_anywhere(process, base, rng)
        else:
            kill_at_commit(process, workspace, base, rng)
        process.communicate()
        killed += process.returncode not in {0, 1, 2}
        kept = check_opens(workspace, base)
    counts = finish(start(subject, workspace))
    expected = dict(base.counts, accepted=base.counts["accepted"] - kept)
    rows_kept = base.counts["accepted"] - counts["accepted"]
    if rows_kept != kept or counts["read"] != expected["read"]:
        raise CertificateError(f"completing it counted {counts}, {kept} events were there")
    check_complete(workspace, base)
    return Trial(subject.path.name, aim, kept, killed)


def certify(
    kills: int, seed: int, jobs: int, folder: Path
) -> tuple[Sequence[Baseline], Sequence[Trial]]:
    """Run trials, some side by side, until so many processes were killed.

    Which trial does what depends on the seed and its number only.
    """
    bases = [undisturbed(subject, folder / f"base{i}") for i, subject in enumerate(subjects())]
    numbers, lock, stop = count(), Lock(), Event()
    trials: list[Trial] = []

    def killed() -> int:
        return sum(done.killed for done in trials)

    def work(job: int) -> None:
        workspace = folder / f"trial{job}"
        while killed() < kills and not stop.is_set():
            with lock:
                number = next(numbers)
            shutil.rmtree(workspace, ignore_errors=True)
            rng = np.random.default_rng([seed, number])
            try:
                done = trial(bases[number % len(bases)], workspace, rng, number)
            except CertificateError:
                stop.set()
                raise
            with lock:
                trials.append(done)
                print(f"{killed()}/{kills} {done}", flush=True)

    with ThreadPoolExecutor(jobs) as pool:
        for job in [pool.submit(work, job) for job in range(jobs)]:
            job.result()
    return bases, trials


CERTIFICATE = """\
# Certificate: import survives being killed

`sojourn import` was killed with SIGKILL at random instants, what was left was opened and its index
built, the import was repeated, and the lake compared with that of an undisturbed run: counts,
event ids, and every column of every row but the time of receipt.

- Commit: `{commit}`{changed}
- Date: {date:%Y-%m-%d}
- Machine: {machine}
- Run again: `python -m benchmarks.certify_import --kills {kills} --seed {seed}` ({minutes:.0f} min,
  {jobs} trials at once)

| file | rows | accepted | commits | undisturbed run | trials | kills | died half way |
|---|---|---|---|---|---|---|---|
{table}

In all {kills} kills in {trials} trials: {anywhere} trials aimed anywhere in the run, {commits} at
the beginning or the end of a commit; in every third the repeated import was killed as well. Those
that died half way left a part of the events in the lake.

Workspaces that did not open: 0. Events lost: 0. Events doubled: 0. Rows that differ: 0. Files of
unfinished commits left behind after completing: 0.
"""


def report(
    bases: Sequence[Baseline], trials: Sequence[Trial], given: argparse.Namespace, seconds: float
) -> str:
    """The certificate as Markdown."""
    aims = Counter(t.aim for t in trials)
    return CERTIFICATE.format(
        commit=_git("rev-parse", "HEAD"),
        changed=" with uncommitted changes" if _git("status", "--porcelain", "src") else "",
        date=to_datetime(now_us()),
        machine=machine(),
        kills=sum(t.killed for t in trials),
        seed=given.seed,
        jobs=given.jobs,
        minutes=seconds / 60,
        table="\n".join(row(base, trials) for base in bases),
        trials=len(trials),
        anywhere=aims["anywhere"],
        commits=aims["commit"],
    )


def row(base: Baseline, trials: Sequence[Trial]) -> str:
    """One file's line of the table."""
    own = [t for t in trials if t.file == base.subject.path.name]
    accepted = base.counts["accepted"]
    cells = (
        base.subject.path.name,
        f"{base.counts['read']:,}",
        f"{accepted:,}",
        base.commits,
        f"{base.seconds:.1f} s",
        len(own),
        sum(t.killed for t in own),
        sum(0 < t.kept < accepted for t in own),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(REPO), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="trials at once")
    parser.add_argument("--report", type=Path, help=f"default with 200 kills or more: {REPORT}")
    given = parser.parse_args()
    missing = [subject.path for subject in subjects() if not subject.path.exists()]
    if missing:
        print(f"missing: {missing[0]}; set SOJOURN_SHARED to the folder of the data sets")
        return 2
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sojourn-certify-") as folder:
        try:
            bases, trials = certify(given.kills, given.seed, given.jobs, Path(folder))
        except CertificateError as error:
            print(f"FAILED: {error}")
            return 1
    text = report(bases, trials, given, time.monotonic() - began)
    target = given.report or (REPORT if given.kills >= 200 else None)
    print(text)
    if target:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
