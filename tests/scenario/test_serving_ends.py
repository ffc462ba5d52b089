"""``sojourn serve`` told to end: what it accepted is in the lake, whatever it was just doing."""

from __future__ import annotations

import json
import os
import signal
import urllib.request

import pytest

import sojourn
from serving import eventually, served

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals and ps")


def test_a_worker_told_to_end_while_it_starts_moves_what_waits_first(tmp_path) -> None:
    call = {"type": "track", "event": "Order Completed", "userId": "ann", "messageId": "m1"}
    with served(tmp_path / "shop") as server:
        dead = server.children()["worker"]
        os.kill(dead, signal.SIGKILL)
        body = json.dumps({"writeKey": server.key, "batch": [call]}).encode()
        with urllib.request.urlopen(f"{server.url}/v1/batch", body, timeout=30) as answer:
            assert answer.status == 200
        assert eventually(lambda: server.children().get("worker", dead) != dead, every=0.01)
        assert server.stop() == 0
        assert [row.event for row in sojourn.open(str(server.workspace)).person("ann").rows] == [
            "Order Completed"
        ]
