"""``sojourn serve``: accepted events are in the lake, once, whatever happens to the processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

import sojourn
from serving import Served, eventually, served
from sojourn.base.errors import InputError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals and ps")


@pytest.fixture
def server(tmp_path):
    with served(tmp_path / "shop") as running:
        yield running


def post(server: Served, path: str, body: object, key: str | None = None):
    request = urllib.request.Request(
        server.url + path,
        json.dumps({"writeKey": key or server.key, **body}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def batch(*ids: str, **more: object):
    calls = [
        {"type": "track", "event": "Order Completed", "userId": "ann", "messageId": each, **more}
        for each in ids
    ]
    return {"batch": calls}


def ids_in_lake(server: Served) -> list[str]:
    query = "SELECT properties, event_id FROM events ORDER BY position"
    done = subprocess.run(
        [sys.executable, "-m", "sojourn", "sql", "-w", str(server.workspace), "--json", query],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [row["event_id"] for row in json.loads(done.stdout)["rows"]]


def test_a_persons_timeline_shows_an_event_soon(server: Served) -> None:
    status, said = post(server, "/v1/batch", batch("m1", properties={"value": 12, "plan": "pro"}))
    assert (status, said["accepted"]) == (200, 1)

    def seen():
        try:
            return [row.event for row in sojourn.open(str(server.workspace)).person("ann").rows]
        except InputError:
            return []

    assert eventually(seen, within=30) == ["Order Completed"]


def test_what_was_answered_survives_a_kill_and_is_never_doubled(server: Served) -> None:
    for number in range(20):
        assert post(server, "/v1/batch", batch(f"a{number}", f"b{number}"))[0] == 200
    server.kill()
    server.start()
    assert post(server, "/v1/batch", batch("a0", "b7", "c"))[0] == 200  # a client that tries again
    assert eventually(lambda: len(ids_in_lake(server)) == 41, within=30)
    assert post(server, "/v1/batch", batch("a0", "c"))[0] == 200
    assert server.stop() == 0
    assert len(set(ids_in_lake(server))) == len(ids_in_lake(server)) == 41


def test_a_process_that_dies_is_replaced_and_no_client_is_refused(server: Served) -> None:
    before = server.children()
    for name, pid in before.items():
        os.kill(pid, signal.SIGKILL)
        assert post(server, "/v1/batch", batch(f"after-{name}"))[0] == 200
    assert eventually(lambda: len(server.children()) == 3)
    assert not set(before.values()) & set(server.children().values())
    assert eventually(lambda: len(ids_in_lake(server)) == 3, within=30)


def test_children_end_with_a_parent_that_was_killed(server: Served) -> None:
    children = list(server.children().values())
    assert len(children) == 3
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(10)

    def gone():
        return not any(Path(f"/proc/{pid}").exists() for pid in children)

    assert eventually(gone, within=30)


def test_stopping_moves_everything_to_the_lake(server: Served) -> None:
    assert post(server, "/v1/batch", batch(*(f"m{number}" for number in range(500))))[0] == 200
    assert server.stop() == 0
    assert len(ids_in_lake(server)) == 500


def test_a_key_that_is_revoked_is_refused_within_seconds(server: Served) -> None:
    def run(*args: str):
        return subprocess.run(
            [sys.executable, "-m", "sojourn", "keys", *args, "-w", str(server.workspace)],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    key = run("add", "website").strip()
    assert eventually(lambda: post(server, "/v1/batch", batch("k"), key)[0] == 200)
    run("revoke", "website")
    assert eventually(lambda: post(server, "/v1/batch", batch("k"), key)[0] == 401)
    assert "revoked" in run("list")
    assert key not in run("list", "--json")


def test_an_import_beside_a_running_server_ends_well(server: Served, tmp_path) -> None:
    events = tmp_path / "more.csv"
    events.write_text("user,event,time\n" + "".join(f"u{k},visit,2026-01-01\n" for k in range(50)))
    assert post(server, "/v1/batch", batch("m1"))[0] == 200
    done = subprocess.run(
        [sys.executable, "-m", "sojourn", "import", str(events), "-w", str(server.workspace)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert post(server, "/v1/batch", batch("m2"))[0] == 200
    assert eventually(lambda: len(ids_in_lake(server)) == 52, within=30)


def test_events_accepted_while_an_import_runs_come_after_it(server: Served) -> None:
    assert post(server, "/v1/batch", batch("before"))[0] == 200
    assert eventually(lambda: len(ids_in_lake(server)) == 1, within=30)
    running = subprocess.Popen(
        [sys.executable, "-m", "sojourn", "import", "-", "-w", str(server.workspace)],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    holder = server.workspace / "lock.holder"
    try:
        assert eventually(lambda: json.loads(holder.read_text())["process"] == running.pid, 60)
        assert post(server, "/v1/batch", batch("m1", "m2"))[0] == 200
        assert eventually(lambda: "waiting for another writer" in server.log.read_text(), 30)
        assert len(ids_in_lake(server)) == 1
        _, said = running.communicate(b"user,event,time\nbob,visit,2026-01-01\n", timeout=120)
    finally:
        running.kill()
    assert running.returncode == 0, said
    assert eventually(lambda: len(ids_in_lake(server)) == 4, within=30)


def test_an_import_has_its_turn_while_events_never_cease(server: Served, tmp_path) -> None:
    """It waits for the worker's commits, which leave the lake free in between, and says so."""
    events = tmp_path / "more.csv"
    events.write_text("user,event,time\n" + "".join(f"u{k},visit,2026-01-01\n" for k in range(50)))
    sent, over = [], threading.Event()

    def keep_sending() -> None:
        while not over.is_set():
            sent.append(f"s{len(sent)}")
            assert post(server, "/v1/batch", batch(sent[-1]))[0] == 200

    with ThreadPoolExecutor() as pool:
        sending = pool.submit(keep_sending)
        try:
            assert eventually(lambda: len(ids_in_lake(server)) > 2, within=60)
            for _ in range(3):
                done = subprocess.run(
                    [sys.executable, "-m", "sojourn", "import", str(events), "-w",
                     str(server.workspace)],
                    capture_output=True, text=True, check=False, timeout=120,
                )  # fmt: skip
                assert done.returncode == 0, done.stderr
        finally:
            over.set()
        sending.result(timeout=30)
    assert eventually(lambda: len(ids_in_lake(server)) == 50 + len(sent), within=60)


def test_an_import_that_meets_the_worker_waits_and_says_for_whom(server: Served, tmp_path) -> None:
    events = tmp_path / "more.csv"
    events.write_text("user,event,time\nbob,visit,2026-01-01\n")
    worker = server.children()["worker"]
    sent = []

    def is_held() -> bool:
        """Whether the worker was stopped within a commit."""
        sent.append(f"s{len(sent)}")
        assert post(server, "/v1/batch", batch(sent[-1]))[0] == 200
        os.kill(worker, signal.SIGSTOP)
        lock = FileLock(server.workspace / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        os.kill(worker, signal.SIGCONT)
        return False

    try:
        assert eventually(is_held, within=120, every=0.05)
        running = subprocess.Popen(
            [sys.executable, "-m", "sojourn", "import", str(events), "-w", str(server.workspace)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        said = running.stderr.readline()
        assert f"writing to this workspace (process {worker} on " in said
        assert said.rstrip().endswith("waiting for it.")
        assert running.poll() is None
    finally:
        os.kill(worker, signal.SIGCONT)
    _, rest = running.communicate(timeout=120)
    assert running.returncode == 0, rest
    assert eventually(lambda: len(ids_in_lake(server)) == len(sent) + 1, within=30)
