"""Processes are ended in order, those of one kind together."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

from sojourn.server import supervisor as module
from sojourn.server.supervisor import Child, Supervisor

if TYPE_CHECKING:
    from pathlib import Path

WAITS = """
import pathlib, sys, time
place = pathlib.Path(sys.argv[1])
place.write_text("up")
sys.stdin.read()
time.sleep(float(sys.argv[2]))
place.write_text(str(time.monotonic()))
"""


def child(folder: Path, name: str, seconds: float, *, ends_last: bool = False) -> Child:
    command = (sys.executable, "-c", WAITS, str(folder / name), str(seconds))
    return Child(name=name, command=command, ends_last=ends_last)


def run(folder: Path, *children: Child) -> float:
    """How long the end took."""
    supervisor = Supervisor(children)
    running = threading.Thread(target=supervisor.run)
    running.start()
    ends = time.monotonic() + 30
    while not all((folder / one.name).exists() for one in children):
        assert time.monotonic() < ends
        time.sleep(0.02)
    began = time.monotonic()
    supervisor.stopping.set()
    running.join(60)
    return time.monotonic() - began


def test_workers_end_after_the_others_and_together(tmp_path) -> None:
    run(tmp_path, child(tmp_path, "worker", 0.6, ends_last=True), child(tmp_path, "collector", 0.3),
        child(tmp_path, "worker2", 0.6, ends_last=True))  # fmt: skip
    ended = {path.name: float(path.read_text()) for path in tmp_path.iterdir()}
    assert ended["collector"] + 0.6 <= ended["worker"]
    assert abs(ended["worker"] - ended["worker2"]) < 0.6


def test_who_does_not_end_is_killed_and_the_others_waited_for(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "END_S", 1.0)
    took = run(tmp_path, child(tmp_path, "slow", 60), child(tmp_path, "quick", 0.0))
    assert 1.0 <= took < 30
    assert (tmp_path / "slow").read_text() == "up"
    assert float((tmp_path / "quick").read_text()) > 0
