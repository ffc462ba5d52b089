"""Segments are followed beside the moving of events, which never waits for them."""

from __future__ import annotations

import threading
import time

import pytest

from segment_streams import Stream
from sojourn.app.segmenting.follow import Following
from sojourn.server import worker
from sojourn.server.follower import Follower
from sojourn.server.worker import run_worker

LONG_S = 60


@pytest.fixture
def stream(tmp_path):
    made = Stream(tmp_path / "shop")
    made.now = time.time_ns() // 1000
    return made


def wait_for(holds):
    ends = time.monotonic() + LONG_S
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_events_are_moved_while_segments_are_worked_out(stream, monkeypatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def long(*_: object) -> None:
        begun.set()
        assert go_on.wait(LONG_S)
        raise OSError

    monkeypatch.setattr(Following, "run", long)
    monkeypatch.setattr(worker, "_give_way", lambda: None)
    stopping = threading.Event()
    running = threading.Thread(target=run_worker, args=(stream.workspace, stopping))
    running.start()
    assert begun.wait(LONG_S)
    for _ in range(2):
        stream.send("order", user="ann")
        wait_for(lambda: not stream.workspace.inbox.waiting().items)
    go_on.set()
    stopping.set()
    running.join(LONG_S)
    assert not running.is_alive()


def test_what_was_moved_last_is_taken_in_before_the_end(stream) -> None:
    stream.keep(keen="{events: order}")
    stream.send("visit", user="ann")
    stream.hand_over.run()
    follower = Follower(stream.workspace)
    wait_for(lambda: stream.following.store.person("ann") is not None)
    stream.send("order", user="ann")
    stream.hand_over.run()
    follower.look()
    follower.end()
    assert [change[:2] for change in stream.changes("ann")] == [("keen", True)]
    stream.close()
