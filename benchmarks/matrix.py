"""The access certificate: every door of a running server, called by everybody.

Run ``python -m benchmarks.matrix``. One ``sojourn serve`` with two workspaces; every endpoint is
called over HTTP by nobody, by a session and by tokens of every role and scope, by write keys and by
who may nothing any more, on their own workspace, on the other, and on one that is not there; then
every path of the collector with every credential. Totals are printed and written with commit and
date. A short form runs with the tests (``tests/scenario/test_access_matrix.py``).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.certify_import import REPO, _git
from benchmarks.measure import machine
from sojourn.app.clock import now_us
from sojourn.base.timespan import to_datetime

if TYPE_CHECKING:
    from collections.abc import Sequence

sys.path.insert(0, str(REPO / "tests"))

from access_matrix import Found, whole_matrix

REPORT = REPO / "docs" / "certificates" / "access.md"
_REPORT = """# Access certificate

`python -m benchmarks.matrix`, commit {commit}{changed}, {date:%Y-%m-%d}, {minutes:.0f} min,
{machine}.

**{verdict}** in {calls:,} calls: each of {doors} endpoints by each of {callers} callers on their
own workspace, on another of the same server and on one that is not there, and each path of the
collector with each credential.

Both workspaces hold a person of the same id, and each a mark that is nowhere in the other. No
answer about one, whatever its status, held the other's mark ({shown:,} held their own), nor did any
file of its folder. Each lake held as many events as the write keys of its workspace had sent
({accepted}).
{bad}
"done" is 200, 201, 202 or 204, or 404 and 409 where what was asked for is not there, or there
already. `403 role`: the role is too small ([who may do what](../access.md)). `403 csrf`: a session
without its token against forged requests. `422 invalid`, `410 invitation` and others: signing in
and set-up links, which need no account, answer everybody as they answer nobody.

| who | whose door | calls, by what came |
|---|---|---|
{rows}
"""


def report(found: Found, minutes: float) -> str:
    """Return the certificate."""
    rows: dict[tuple[str, str], Counter[str]] = {}
    for (who, whose, what), count in found.counts.items():
        rows.setdefault((who, whose), Counter())[what] += count
    return _REPORT.format(
        commit=_git("rev-parse", "HEAD")[:12],
        changed=" with uncommitted changes" if _git("status", "--porcelain", "src") else "",
        date=to_datetime(now_us()), minutes=minutes, machine=machine(),
        verdict="Nothing found" if not found.bad else f"{len(found.bad)} findings",
        calls=sum(found.counts.values()), doors=found.doors, callers=found.callers,
        shown=found.shown,
        accepted=", ".join(f"{name}: {count}" for name, count in found.accepted.items()),
        bad="".join(f"\n- {each[:300]}" for each in found.bad[:20]),
        rows="\n".join(f"| {who} | {whose} | {_counts(of)} |" for (who, whose), of in rows.items()),
    )  # fmt: skip


def _counts(of: Counter[str]) -> str:
    return ", ".join(f"{what} × {count:,}" for what, count in sorted(of.items()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the certificate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer callers; writes no report")
    given = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = whole_matrix(Path(folder), whole=not given.short)
    text = report(found, (time.monotonic() - began) / 60)
    print(text)
    if not given.short and not _git("status", "--porcelain", "src"):
        REPORT.write_text(text, "utf-8")
    return int(bool(found.bad))


if __name__ == "__main__":
    sys.exit(main())
