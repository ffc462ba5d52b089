"""Two collectors and one worker on one PostgreSQL, all of it killed under load: each event once."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

import postgres
from serving import eventually
from sojourn.compose import open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals")


@dataclass
class Part:
    """``sojourn serve --only`` under nobody's supervision but the test's."""

    workspace: Path
    only: str
    port: int = field(default_factory=postgres.free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = self.workspace.with_name(f"{self.only}-{self.port}.log")
        with log.open("ab") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sojourn", "serve", "-w", str(self.workspace),
                 "--only", self.only, "--collect-port", str(self.port)],
                stdin=subprocess.DEVNULL, stdout=err, stderr=err,
            )  # fmt: skip

    def ask(self, path: str, body: object | None = None, key: str = "") -> int:
        """The status of the answer; 0 where there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            if body is None:
                connection.request("GET", path)
            else:
                connection.request("POST", path, json.dumps({"writeKey": key} | body),
                                   {"Content-Type": "application/json"})  # fmt: skip
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def is_ready(self) -> bool:
        return self.ask("/readyz") == 200

    def end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None


@contextmanager
def started(*parts: Part) -> Iterator[None]:
    with ExitStack() as ending:
        for part in parts:
            part.start()
            ending.callback(lambda part=part: part.end(signal.SIGKILL))
        yield


class Client(threading.Thread):
    """Sends batches until told to stop; what no answer came for goes again, to either collector."""

    def __init__(self, name: str, collectors: tuple[Part, ...], key: str) -> None:
        super().__init__(daemon=True)
        self.label, self.collectors, self.key = name, collectors, key
        self.acknowledged: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.stopping = threading.Event()

    def run(self) -> None:
        turn = itertools.cycle(self.collectors)
        for number in itertools.count():
            if self.stopping.is_set():
                return
            ids = [f"{self.label}-{number}-{each}" for each in range(10)]
            calls = [
                {"type": "track", "event": "Seen", "userId": "ann", "messageId": i} for i in ids
            ]
            while (status := next(turn).ask("/v1/batch", {"batch": calls}, self.key)) != 200:
                self.statuses[status] += 1
                time.sleep(0.05)
            self.statuses[status] += 1
            self.acknowledged += ids


def ids_in_lake(workspace: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for batch in open_workspace(workspace).lake.scan(["properties"]):
        found.update(json.loads(text)["$event_id"] for text in batch["properties"].to_pylist())
    return found


def test_each_acknowledged_event_is_in_the_lake_once_whatever_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if why := postgres.why_not():
        pytest.skip(why)
    with postgres.running() as server:
        monkeypatch.setenv("SOJOURN_DATABASE", server.url)
        monkeypatch.setenv("PGPASSWORD", server.password)
        shop = tmp_path / "shop"
        made = open_workspace(shop, create=True)
        from sojourn.app.collecting.keys import make_write_key

        key = make_write_key(made.write_keys, "web")
        # A collector needs no more of the workspace than its settings: it may be on another machine.
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "sojourn.toml").write_bytes((shop / "sojourn.toml").read_bytes())
        one, two = Part(shop, "collector"), Part(elsewhere, "collector")
        worker = Part(shop, "worker")
        with started(one, two, worker):
            assert eventually(lambda: one.is_ready() and two.is_ready(), within=60)
            clients = [Client(f"c{n}", (one, two), key) for n in range(4)]
            for client in clients:
                client.start()
            _harm(server, one, two)
            time.sleep(1)
            for client in clients:
                client.stopping.set()
            for client in clients:
                client.join(60)
                assert not client.is_alive()
            for part in (one, two, worker):  # the worker moves what waits before it ends
                part.end(signal.SIGTERM)
        acknowledged = [each for client in clients for each in client.acknowledged]
        found = ids_in_lake(shop)
        assert len(acknowledged) > 200
        assert Counter(acknowledged) == found
        assert any(client.statuses[503] for client in clients)  # the outage was felt, and told
        assert {p.name for p in elsewhere.iterdir()} == {"sojourn.toml"}
        logs = "".join(path.read_text("utf-8") for path in tmp_path.glob("*.log"))
        assert server.password not in logs


def _harm(server: postgres.Server, one: Part, two: Part) -> None:
    """Kill a collector, restart PostgreSQL at once, twice over, while events come in."""
    for how in (signal.SIGQUIT, signal.SIGKILL):
        time.sleep(1)
        one.end(signal.SIGKILL)
        time.sleep(0.3)
        one.start()
        assert eventually(one.is_ready, within=60)
        time.sleep(0.5)
        server.stop(how)
        assert not two.is_ready()
        time.sleep(0.5)
        server.start()
        assert eventually(two.is_ready, within=60)
        assert two.process.poll() is None  # it went on by itself
