"""The crash certificate of live events: kill a server under load, compare lake and clients.

Run ``python -m benchmarks.certify --kills 500``. Clients send batches to ``sojourn serve`` and try
again whatever they got no answer to, under the same ids. At seeded random instants, half of them
anywhere and half within milliseconds of the beginning or the end of a commit to the lake, SIGKILL
goes to the collector, the worker, the supervisor, or all of them at once. At the end the server is
stopped as a user would, and every row of the lake is counted against the clients' own logs.

With ``--postgres`` state and inbox are in a PostgreSQL server that is killed as well, and half of
the clients send to a second collector on it.

Everything is kept in a folder (``--folder``): a run that was interrupted goes on with ``--resume``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tests.serving import Served, eventually

from benchmarks.beside import Beside, on_postgres
from benchmarks.certify_import import REPO, CertificateError, _git
from benchmarks.clients import Client, Log, message_id, person_of
from benchmarks.measure import machine
from sojourn.adapters.lake.table import DeltaLake
from sojourn.app.clock import now_us
from sojourn.base.timespan import to_datetime
from sojourn.compose import open_workspace
from sojourn.events.schema import OWN_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

REPORT = REPO / "docs" / "certificates" / "ingest.md"
POSTGRES_REPORT = REPORT.with_name("ingest-postgres.md")
FOLDER = Path("certificate-data") / "ingest"
SEED = 20_251_128
CLIENTS = 4
TARGETS = ("collector", "worker", "web", "supervisor", "all")
LONGEST_WAIT_S = 3.0
"""Between two kills aimed anywhere: longer than a process takes to start, so starts are hit too."""
NEAR_S = 0.03
"""How long after the beginning or the end of a commit a kill aimed there comes at the latest."""
POLL_S = 0.0005
GIVE_UP_S = 30.0
"""A commit must come within so long under load."""
FULL = 500


@dataclass
class State:
    """What was done so far; written to the folder after every kill."""

    seed: int
    port: int = 0
    key: str = ""
    seconds: float = 0.0
    commits: list[str] = field(default_factory=list)
    kills: list[tuple[str, str]] = field(default_factory=list)
    """Target and aim of each."""

    def save(self, folder: Path) -> None:
        """Write it whole."""
        path = folder / "state.json"
        path.with_suffix(".new").write_text(json.dumps(asdict(self)), "utf-8")
        path.with_suffix(".new").replace(path)


@dataclass(frozen=True)
class Verdict:
    """The lake against the clients' logs."""

    sent: int
    acknowledged: int
    rows: int
    lost: int
    doubled: int
    strange: int
    """Rows that nobody sent, or that say something else than what was sent."""
    waiting: int
    """Items left in the inbox."""
    indexed: int

    @property
    def good(self) -> bool:
        """Whether every acknowledged event is there once and nothing else is."""
        faults = self.lost + self.doubled + self.strange + self.waiting
        return not faults and self.rows == self.acknowledged == self.indexed


def start(server: Served) -> None:
    """Start a server; one whose supervisor was killed may hold the port until it has drained."""
    ends = time.monotonic() + GIVE_UP_S
    while True:
        try:
            server.start()
        except AssertionError as error:
            if time.monotonic() > ends or "cannot be listened on" not in str(error):
                raise CertificateError(str(error)) from error
            time.sleep(0.2)
        else:
            return


def wait_for_commit(lake: Path, rng: np.random.Generator) -> None:
    """Return within milliseconds of the beginning or the end of a commit to the lake."""
    log, staged = lake / "_delta_log", lake / "_staged.json"
    before, at_start = _entries(log), bool(rng.integers(2))
    ends = time.monotonic() + GIVE_UP_S
    while not (staged.exists() if at_start else _entries(log) > before):
        if time.monotonic() > ends:
            raise CertificateError(f"no commit came within {GIVE_UP_S:.0f} s")
        time.sleep(POLL_S)
    time.sleep(rng.uniform(0, NEAR_S))


def _entries(log: Path) -> int:
    """Return a number that grows with each commit, though old entries go."""
    return max((int(p.stem) for p in log.glob("0*.json")), default=-1)


def kill(server: Served, target: str) -> bool:
    """Kill what is aimed at; return False where it was just not running."""
    assert server.process is not None
    if target == "all":
        server.kill()
        start(server)
    elif target == "supervisor":
        server.process.kill()
        server.process.wait()
        start(server)
    else:
        pid = server.children().get(target)
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
    return True


def targets(beside: Beside | None) -> tuple[str, ...]:
    """Return what is killed."""
    return TARGETS + (beside.TARGETS if beside else ())


def attack(run_: Run, kills: int, clients: list[Client]) -> None:
    """Kill until it was done so many times; which is done when depends on seed and number only."""
    server, state, folder, beside = run_.server, run_.state, run_.folder, run_.beside
    began, earlier = time.monotonic(), state.seconds
    number = len(state.kills)
    while len(state.kills) < kills:
        rng = np.random.default_rng([state.seed, number])
        number += 1
        aimed_at = targets(beside)
        target = aimed_at[int(rng.integers(len(aimed_at)))]
        aim = ("anywhere", "commit")[int(rng.integers(2))]
        if aim == "commit":
            wait_for_commit(server.workspace / "lake", rng)
        else:
            time.sleep(rng.uniform(0, LONGEST_WAIT_S))
        if beside and target in beside.TARGETS:
            beside.kill(target, server.workspace)
        elif not kill(server, target):
            continue
        if beside:
            beside.attend(server.workspace)
        state.kills.append((target, aim))
        state.seconds = earlier + time.monotonic() - began
        state.save(folder)
        failed = [client.failure for client in clients if client.failure]
        if failed:
            raise CertificateError(f"a client was told {failed[0]}")
        told = sum((client.log.outcomes for client in clients), Counter())
        print(f"{len(state.kills)}/{kills} {target}, {aim}; batches {dict(told)}", flush=True)


@dataclass(frozen=True)
class Run:
    """One run and what it stands on."""

    server: Served
    state: State
    folder: Path
    beside: Beside | None


def run(state: State, folder: Path, kills: int, beside: Beside | None) -> None:
    """Serve, send, kill; stop in peace when every client knows what became of its events."""
    server = Served(folder / "workspace", port=state.port, key=state.key)
    start(server)
    if beside:
        beside.attend(server.workspace)
    state.port, state.key = server.port, server.key
    state.save(folder)
    clients = [
        Client(
            number,
            beside.port if beside and number % 2 else server.port,
            server.key,
            log_path(folder, number),
            state.seed,
        )
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    try:
        attack(Run(server, state, folder, beside), kills, clients)
        for client in clients:
            client.stop()
        for client in clients:
            client.join(GIVE_UP_S * 2)
            if client.is_alive() or client.failure:
                raise CertificateError(f"{client.name} did not end well: {client.failure}")
        if not eventually(lambda: set(TARGETS[:2]) <= server.children().keys(), GIVE_UP_S * 2):
            raise CertificateError("a process was not started again")
        if beside:
            beside.stop()
        if status := server.stop():
            raise CertificateError(f"the server ended with {status}")
    finally:
        for client in clients:
            client.stop()
        server.kill()


def log_path(folder: Path, client: int) -> Path:
    """Return where a client's log is."""
    return folder / f"client{client}.log"


def judge(workspace: Path, logs: Sequence[Log]) -> Verdict:
    """Count every row of the lake against what the clients sent and were told."""
    counts = [np.zeros(log.next_id(), np.int64) for log in logs]
    rows = strange = 0
    for batch in DeltaLake(workspace / "lake").scan(["properties", "user_id"]):
        rows += len(batch)
        for text, person in zip(batch[0].to_pylist(), batch[1].to_pylist(), strict=True):
            said = json.loads(text)
            client, _, number = said[OWN_ID].removeprefix("c").partition("-")
            own = counts[int(client)]
            place = said["number"]
            right = message_id(int(client), place) == said[OWN_ID] and person == person_of(place)
            if right and int(number) < len(own):
                own[place] += 1
            else:
                strange += 1
    lost = acknowledged = 0
    for log, count in zip(logs, counts, strict=True):
        known = np.zeros(len(count), np.bool_)
        for first, many in log.acknowledged:
            known[first : first + many] = True
        acknowledged += int(known.sum())
        lost += int((known & (count == 0)).sum())
    opened = open_workspace(workspace)
    return Verdict(
        sent=sum(len(count) for count in counts),
        acknowledged=acknowledged,
        rows=rows,
        lost=lost,
        doubled=sum(int((count[count > 1] - 1).sum()) for count in counts),
        strange=strange,
        waiting=opened.inbox.waiting().items,
        indexed=opened.catalog.rows,
    )


CERTIFICATE = """\
# Certificate: what the collector acknowledged is in the lake, once

`sojourn serve` was killed with SIGKILL under load, {kills} times. {clients} clients sent batches of
1 to 50 calls, tried again whatever they got no answer to under the same ids, and sent one batch in
twenty again that had been acknowledged before. At the end the server was stopped as a user would,
and every row of the lake was counted against the clients' own logs.

{database}- Commit: `{commits}`{changed}
- Date: {date:%Y-%m-%d}
- Machine: {machine}
- Run again: `python -m benchmarks.certify --kills {kills} --seed {seed}{option}`
- It took {minutes:.0f} minutes

| killed | anywhere | at the beginning or the end of a commit | together |
|---|---|---|---|
{table}

| batches | |
|---|---|
| sent for the first time | {batches:,} |
| acknowledged, those sent again included | {acks:,} |
| refused (429 or 503), sent again | {refused:,} |
| not taken, for nobody listened, sent again | {unreachable:,} |
| unknown (connection broken, no answer), sent again | {unknown:,} |

| events | |
|---|---|
| sent | {verdict.sent:,} |
| acknowledged | {verdict.acknowledged:,} |
| rows of the lake | {verdict.rows:,} |
| in the index | {verdict.indexed:,} |
| lost | {verdict.lost:,} |
| doubled | {verdict.doubled:,} |
| never sent, or not as sent | {verdict.strange:,} |
| left in the inbox | {verdict.waiting:,} |
"""

ON_POSTGRES = """\
State and inbox were in one PostgreSQL server, which was killed too; half of the clients sent to a
second collector on it that nothing but the test started again.

"""


def report(state: State, logs: Sequence[Log], verdict: Verdict, beside: Beside | None) -> str:
    """The certificate as Markdown."""
    by = Counter(map(tuple, state.kills))
    lines = [(name, by[name, "anywhere"], by[name, "commit"]) for name in targets(beside)]
    lines.append(("together", sum(x[1] for x in lines), sum(x[2] for x in lines)))
    told = sum((log.outcomes for log in logs), Counter())
    return CERTIFICATE.format(
        kills=len(state.kills),
        clients=CLIENTS,
        commits="`, then `".join(state.commits),
        changed=" with uncommitted changes" if _git("status", "--porcelain", "src") else "",
        date=to_datetime(now_us()),
        machine=machine(),
        seed=state.seed,
        option=" --postgres" if beside else "",
        database=ON_POSTGRES if beside else "",
        minutes=state.seconds / 60,
        table="\n".join(f"| {name} | {a} | {c} | {a + c} |" for name, a, c in lines),
        batches=sum(len(log.sent) for log in logs),
        acks=told["acknowledged"],
        refused=told["refused"],
        unreachable=told["unreachable"],
        unknown=told["unknown"],
        verdict=verdict,
    )


def begin(folder: Path, seed: int, *, resume: bool) -> State:
    """Return where to go on, or a new beginning in an empty folder."""
    path = folder / "state.json"
    if resume and path.exists():
        state = State(**json.loads(path.read_text("utf-8")))
    else:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        state = State(seed)
    commit = _git("rev-parse", "HEAD")
    if commit not in state.commits:
        state.commits.append(commit)
    return state


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=FULL)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="emptied unless --resume")
    parser.add_argument("--resume", action="store_true", help="go on where a run was interrupted")
    parser.add_argument("--report", type=Path, help=f"default with {FULL} kills or more: {REPORT}")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, killed as well")
    given = parser.parse_args()
    state = begin(given.folder, given.seed, resume=given.resume)
    try:
        with on_postgres(given.folder) if given.postgres else nullcontext() as beside:
            run(state, given.folder, given.kills, beside)
            status = conclude(state, given, beside)
    except CertificateError as error:
        print(f"FAILED: {error}")
        return 1
    if status == 0:
        shutil.rmtree(given.folder, ignore_errors=True)
    return status


def conclude(state: State, given: argparse.Namespace, beside: Beside | None) -> int:
    """Judge what is left, print the certificate, and return the status to end with."""
    logs = [Log.read(log_path(given.folder, number)) for number in range(CLIENTS)]
    verdict = judge(given.folder / "workspace", logs)
    text = report(state, logs, verdict, beside)
    print(text)
    if not verdict.good:
        print(f"FAILED: {verdict}; everything is left in {given.folder}")
        return 1
    whole = POSTGRES_REPORT if beside else REPORT
    target = given.report or (whole if len(state.kills) >= FULL else None)
    if target:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
