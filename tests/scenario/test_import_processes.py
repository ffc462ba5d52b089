"""Imports as processes: two at once, a full disk, kills."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sojourn.adapters.lake.table import DeltaLake
from sojourn.adapters.workspace.folder import Layout
from sojourn.adapters.workspace.lock import writer_lock
from sojourn.compose import open_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROWS = 30_000
PRELUDE = "from sojourn.cli.main import main; main()"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    lines = (
        f"u{i % 997},2025-01-{i % 28 + 1:02d}T{i % 24:02d}:00:{i % 60:02d},e{i % 7},{i}\n"
        for i in range(ROWS)
    )
    path.write_text("user_id,timestamp,event,number\n" + "".join(lines), "utf-8")
    return path


def heed_ctrl_c() -> None:
    """A run in the background ignores it, and what it starts would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(csv: Path, *options: str, prelude: str = PRELUDE, **environment: str):
    return subprocess.Popen(
        [sys.executable, "-c", prelude, "import", str(csv), "-w", str(csv.parent / "ws"), *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | environment,
        preexec_fn=None if os.name == "nt" else heed_ctrl_c,  # noqa: PLW1509
    )  # fmt: skip


def ended(process, timeout: float = 120) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out, err


def counts(out: str) -> tuple[int, ...]:
    said = json.loads(out)
    return tuple(said[name] for name in ("read", "accepted", "duplicate", "quarantined"))


def lake_rows(csv: Path) -> int:
    return sum(file.rows for file in DeltaLake(csv.parent / "ws" / "lake").files())


def test_a_second_import_waits_and_then_adds_nothing(csv: Path) -> None:
    both = [start(csv, "--json"), start(csv, "--json")]
    codes, outs, _ = zip(*map(ended, both), strict=True)
    assert codes == (0, 0)
    assert sorted(map(counts, outs)) == [(ROWS, 0, ROWS, 0), (ROWS, ROWS, 0, 0)]
    assert lake_rows(csv) == ROWS


def test_waiting_is_said_and_not_waiting_ends_at_once(csv: Path) -> None:
    open_workspace(csv.parent / "ws", create=True)
    lock = Layout(csv.parent / "ws").lock
    with writer_lock(lock, wait=False, waiting=pytest.fail, last_fence=lambda: -1):
        code, out, err = ended(start(csv, "--no-wait", "--json"))
        assert (code, out) == (2, "")
        assert "Another process is writing" in err
        assert "leave out --no-wait" in err
        assert "Traceback" not in err
        waiting = start(csv, "--json")
        line = waiting.stderr.readline()
    assert "waiting for it" in line
    code, out, _ = ended(waiting)
    assert (code, counts(out)) == (0, (ROWS, ROWS, 0, 0))


@pytest.mark.skipif(os.name == "nt", reason="file size limits are POSIX")
def test_a_full_disk_is_said_and_repeating_completes(csv: Path) -> None:
    """A limit on file size stands for a full disk: writes fail just as they do there."""
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)); " + PRELUDE
    )
    code, out, err = ended(start(csv, "--json", prelude=limited))
    assert (code, out) == (2, "")
    assert "The disk is full" in err
    assert "Traceback" not in err
    assert list((csv.parent / "ws" / "lake").rglob("*.parquet")) == []
    assert open_workspace(csv.parent / "ws").lake.version() <= 0
    code, out, _ = ended(start(csv, "--json"))
    assert (code, counts(out)) == (0, (ROWS, ROWS, 0, 0))


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """A file system of so many kilobytes, to be made larger by asking again."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    if os.name == "nt" or shutil.which("mount") is None:
        pytest.skip("no small file system can be mounted here")

    def sized(kilobytes: int) -> Path:
        options = f"size={kilobytes}k" + (",remount" if folder.is_mount() else "")
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")
        return folder

    yield sized
    if folder.is_mount():
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [16, 40, 64, 120, 300, 500, 800])
def test_a_disk_that_fills_up_anywhere(
    csv: Path, tiny_disk: Callable[[int], Path], kilobytes: int
) -> None:
    """The disk is full while the state, the log, data files or ids are written."""
    small = tiny_disk(kilobytes)
    shutil.copy(csv, small.parent / "copy.csv")
    arguments = ["import", str(small.parent / "copy.csv"), "-w", str(small / "ws"), "--json"]

    def run() -> tuple[int, str, str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE, *arguments], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | {"SOJOURN_COMMIT_ROWS": "5000"},
        )  # fmt: skip
        return ended(process)

    code, out, err = run()
    assert (code, out) == (2, "")
    assert "The disk is full" in err
    assert "Traceback" not in err
    tiny_disk(50_000)
    code, out, _ = run()
    assert code == 0
    assert counts(out)[0] == ROWS
    rows = open_workspace(small / "ws").sql(
        "SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM events"
    )
    assert rows.read_all().to_pylist() == [{"n": ROWS, "ids": ROWS}]


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_ctrl_c_ends_politely_and_repeating_completes(csv: Path) -> None:
    process = start(csv, "--json", SOJOURN_COMMIT_ROWS="1000")
    log = csv.parent / "ws" / "lake" / "_delta_log"
    give_up = time.monotonic() + 60
    while len(list(log.glob("*.json"))) < 3 and time.monotonic() < give_up:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    code, _, err = ended(process)
    assert code == 130
    assert "repeat the command to complete it" in err
    assert "Traceback" not in err
    kept = lake_rows(csv)
    assert 0 < kept < ROWS
    code, out, _ = ended(start(csv, "--json"))
    assert (code, counts(out)) == (0, (ROWS, ROWS - kept, kept, 0))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
@pytest.mark.parametrize("commits", [0, 1, 5, 20])
def test_a_killed_import_is_completed_by_repeating_it(csv: Path, commits: int) -> None:
    process = start(csv, "--json", SOJOURN_COMMIT_ROWS="1000")
    log = csv.parent / "ws" / "lake" / "_delta_log"
    give_up = time.monotonic() + 60
    while len(list(log.glob("*.json"))) <= commits and time.monotonic() < give_up:
        time.sleep(0.001)
    process.kill()
    ended(process)
    workspace = open_workspace(csv.parent / "ws")
    kept = lake_rows(csv)
    assert commits == 0 or workspace.catalog.rows == kept > 0
    code, out, _ = ended(start(csv, "--json"))
    assert (code, counts(out)) == (0, (ROWS, ROWS - kept, kept, 0))
    assert workspace.catalog.rows == lake_rows(csv) == ROWS
