"""The fuzz certificate: whatever is sent, no server error, no hang, no memory kept.

Run ``python -m benchmarks.fuzz``. A running collector gets requests of every kind in
``tests/fuzz_collector.py`` over plain sockets, in rounds, its memory read after each; the web
process's application gets requests that schemathesis makes from the OpenAPI document, fitting and
not fitting, as nobody and as each role. Totals are printed and written with commit and date.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tests.serving import served

from benchmarks.certify_import import REPO, _git
from benchmarks.measure import machine
from sojourn.app.access.roles import Role
from sojourn.app.clock import now_us
from sojourn.base.timespan import to_datetime

if TYPE_CHECKING:
    from collections.abc import Sequence

sys.path.insert(0, str(REPO / "tests"))

from fuzz_collector import KINDS, Fuzzer, left_open, rss_bytes, slow_ones
from fuzz_web import Told, fuzz
from webs import web_over

REPORT = REPO / "docs" / "certificates" / "fuzz.md"
SEED = 20_251_128
ROUNDS = 4
MOST_GROWTH_MB = 16.0
"""What memory may grow by from the first round, which fills caches, to the last."""
LONGEST_S = 90.0


@dataclass(frozen=True)
class Collected:
    """What the collector did."""

    fuzzer: Fuzzer
    memory_mb: list[float]
    held_s: dict[str, float]
    restarted: bool

    @property
    def bad(self) -> list[str]:
        """Whatever must not be."""
        grown = self.memory_mb[-1] - self.memory_mb[0]
        return [
            *self.fuzzer.bad,
            *(["the collector was started anew"] if self.restarted else []),
            *([f"memory grew by {grown:.1f} MB"] if grown > MOST_GROWTH_MB else []),
        ]


def collect(folder: Path, each: int) -> Collected:
    """Fuzz a collector: ``each`` requests of every kind in each round."""
    with served(folder / "shop") as server:
        pid = server.children()["collector"]
        fuzzer = Fuzzer(server.port, server.key, np.random.default_rng(SEED))
        memory = []
        for _ in range(ROUNDS):
            for kind in KINDS:
                for _ in range(each):
                    fuzzer.run(kind)
            memory.append(rss_bytes(pid) / 1e6)
        slow = list(slow_ones())
        with ThreadPoolExecutor(len(slow)) as pool:
            held = pool.map(lambda one: left_open(server.port, one[1], LONGEST_S), slow)
            found = {name: seconds for (name, _), seconds in zip(slow, held, strict=True)}
        return Collected(fuzzer, memory, found, server.children()["collector"] != pid)


def ask(folder: Path, each: int) -> Told:
    """Fuzz the web process as nobody and as each role."""
    with web_over(folder / "web") as web:
        tokens = {"": ""} | {str(role): web.token("shop", role) for role in Role}
        return fuzz(web, tokens, each, first=SEED)


_REPORT = """# Fuzz certificate

`python -m benchmarks.fuzz`, commit {commit}{changed}, {date:%Y-%m-%d}, {minutes:.0f} min,
{machine}.

**{verdict}**: no status from 500 on (503 when overloaded excepted), no hang, no answer against the
OpenAPI document, no growth of memory.
{bad}
## Collector

{requests:,} requests over plain sockets to a running process, seed {seed}. Its memory after each of
{rounds} rounds: {memory} MB. "closed": the request never ended and its client gave up.

| kind | answers |
|---|---|
{kinds}

Begun and never ended, until the server closes: {held}.

## Web process

{asked:,} requests by schemathesis to {operations} operations, fitting the document and not, as
nobody, viewer, analyst, editor and admin; status, content type and body of each answer held against
the document: {statuses}.
"""


def report(collected: Collected, told: Told, minutes: float) -> str:
    """Return the certificate."""
    kinds = {kind: Counter[str]() for kind in KINDS}
    for what, count in collected.fuzzer.told.items():
        kind, _, status = what.partition(" ")
        kinds[kind][status] += count
    bad = [*collected.bad, *told.bad]
    return _REPORT.format(
        commit=_git("rev-parse", "HEAD")[:12],
        changed=" with uncommitted changes" if _git("status", "--porcelain", "src") else "",
        date=to_datetime(now_us()), minutes=minutes, machine=machine(),
        verdict="Nothing found" if not bad else f"{len(bad)} findings",
        bad="".join(f"- {each[:300]}\n" for each in bad[:20]),
        requests=sum(collected.fuzzer.told.values()), seed=SEED, rounds=ROUNDS,
        memory=", ".join(f"{mb:.1f}" for mb in collected.memory_mb),
        kinds="\n".join(f"| {k.replace('_', ' ')} | {_counts(of)} |" for k, of in kinds.items()),
        held=", ".join(f"{name} {seconds:.0f} s" for name, seconds in collected.held_s.items()),
        asked=sum(told.statuses.values()), operations=told.operations,
        statuses=_counts(told.statuses),
    )  # fmt: skip


def _counts(of: Counter[str]) -> str:
    return ", ".join(f"{status} × {count:,}" for status, count in sorted(of.items()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the certificate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collector", type=int, default=100, help="requests a kind and round")
    parser.add_argument("--web", type=int, default=10, help="requests an operation, role and mode")
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        collected = collect(Path(folder), given.collector)
        told = ask(Path(folder), given.web)
    text = report(collected, told, (time.monotonic() - began) / 60)
    print(text)
    if not _git("status", "--porcelain", "src"):
        REPORT.write_text(text, "utf-8")
    return int(bool(collected.bad or told.bad))


if __name__ == "__main__":
    sys.exit(main())
