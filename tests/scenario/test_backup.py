"""A backup of a running server under load, restored elsewhere: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from benchmarks.clients import Client, Log, message_id

import sojourn
from serving import eventually, served
from sojourn.compose import open_workspace
from sojourn.compose.keeping import restore

if TYPE_CHECKING:
    from pathlib import Path

    from serving import Served

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals and ps")
CLIENTS, SEED = 3, 7


def quiet(_what: str, _done: int, _total: int) -> None:
    return


def back_up(server: Served, target: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "sojourn", "backup", str(target), "-w", str(server.workspace), "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def answers(folder: Path) -> dict[str, object]:
    """The answer to every question."""
    shop = sojourn.open(str(folder))
    order = "Order Completed"
    asked = {
        "events": shop.events(),
        "properties": shop.properties(),
        "funnel": shop.funnel(order, order),
        "graph": shop.graph(),
        "variants": shop.variants(),
        "paths": shop.paths(order),
        "retention": shop.retention(),
        "lifecycle": shop.lifecycle(),
        "between": shop.between(order, order),
        "sources": shop.sources(order),
        "sessions": shop.sessions(),
        "stages": shop.stages(taxonomy="purchase").measure(),
        "person": shop.person("u5"),
    }
    found: dict[str, object] = {name: answer.to_json()["rows"] for name, answer in asked.items()}
    rows = shop.sql("SELECT * FROM events ORDER BY event_id")
    found["every column of every event"] = rows.to_pylist()
    found["keys"] = [(key.name, key.made) for key in open_workspace(folder).write_keys.all()]
    return found


def drained(folder: Path) -> Counter[str]:
    """What the lake of a workspace holds once its inbox is moved there."""
    workspace = open_workspace(folder)
    workspace.hand_over.run()
    workspace.inbox.close()
    ids: Counter[str] = Counter()
    for batch in workspace.lake.scan(["properties"]):
        ids.update(json.loads(text)["$event_id"] for text in batch["properties"].to_pylist())
    return ids


def acknowledged(clients: list[Client]) -> set[str]:
    return {
        message_id(number, each)
        for number, client in enumerate(clients)
        for first, count in list(client.log.acknowledged)
        for each in range(first, first + count)
    }


def sent(clients: list[Client]) -> set[str]:
    return {
        message_id(number, each)
        for number, client in enumerate(clients)
        for each in range(client.log.next_id())
    }


def started(server: Served, folder: Path) -> list[Client]:
    clients = [
        Client(number, server.port, server.key, folder / f"client{number}.log", SEED)
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    return clients


def stopped(clients: list[Client]) -> None:
    for client in clients:
        client.stop()
    for client in clients:
        client.join(60)
        assert not client.is_alive()
        assert client.failure == ""


def test_a_backup_under_load_holds_what_was_acknowledged_and_answers_alike(tmp_path) -> None:
    shop = tmp_path / "shop"
    with served(shop) as server:
        clients = started(server, tmp_path)
        assert eventually(lambda: all(c.log.acknowledged for c in clients), within=30)
        taken = []
        for number in range(3):  # while events are accepted, handed over, and merged
            time.sleep(0.7)
            before = acknowledged(clients)
            back_up(server, tmp_path / f"backup{number}")
            taken.append((before, sent(clients)))
        stopped(clients)

        # What waits while the worker stands still must come back too.
        assert eventually(lambda: open_workspace(shop).inbox.waiting().items == 0, within=60)
        time.sleep(0.2)  # it has let go of the inbox, or the collector would wait for it
        os.kill(server.children()["worker"], signal.SIGSTOP)
        clients = started(server, tmp_path)
        many = sum(len(client.log.acknowledged) for client in clients)
        assert eventually(
            lambda: sum(len(client.log.acknowledged) for client in clients) > many + 20, within=30
        )
        stopped(clients)
        said = back_up(server, tmp_path / "quiet")
        assert said["facts"]["calls that wait in the inbox"] > 20
        os.kill(server.children()["worker"], signal.SIGCONT)
        assert server.stop() == 0

    for number, (before, after) in enumerate(taken):
        restore(tmp_path / f"backup{number}", tmp_path / f"again{number}", quiet)
        found = drained(tmp_path / f"again{number}")
        assert set(found.values()) == {1}
        assert before <= set(found) <= after

    restore(tmp_path / "quiet", tmp_path / "again", quiet)
    logs = [Log.read(tmp_path / f"client{number}.log") for number in range(CLIENTS)]
    everything = Counter(
        message_id(number, each)
        for number, log in enumerate(logs)
        for first, count in log.sent
        for each in range(first, first + count)
    )
    assert drained(tmp_path / "again") == everything
    assert answers(tmp_path / "again") == answers(shop)


def test_a_restored_workspace_goes_on(tmp_path) -> None:
    """New events, numbered as those were that the original moved after the backup, come through."""
    with served(tmp_path / "shop") as server:
        clients = started(server, tmp_path)
        assert eventually(lambda: all(c.log.acknowledged for c in clients), within=30)
        back_up(server, tmp_path / "backup")
        stopped(clients)
        assert server.stop() == 0
        key = server.key
    restore(tmp_path / "backup", tmp_path / "again", quiet)
    with served(tmp_path / "again") as server:
        server.key = key
        clients = started(server, tmp_path)  # they go on under new ids
        first = [client.log.next_id() for client in clients]
        assert eventually(
            lambda: all(c.log.next_id() > n for c, n in zip(clients, first, strict=True))
        )
        stopped(clients)
        assert server.stop() == 0
    found = drained(tmp_path / "again")
    new = {
        message_id(number, each)
        for number, client in enumerate(clients)
        for each in range(first[number], client.log.next_id())
    }
    assert new
    assert new <= set(found)
    assert set(found.values()) == {1}
