"""What is wrong with disk, clock or database ends in a clear answer, and goes on when it is mended."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

import sojourn
from sojourn.adapters.disk.errors import DiskFullError, UnwritableError
from sojourn.adapters.index_files.errors import DamagedIndexError
from sojourn.adapters.lake import compacting, upkeep
from sojourn.adapters.lake.errors import LakeDamagedError
from sojourn.adapters.sql.backends import sqlite
from sojourn.adapters.sql.errors import StateUnusableError
from sojourn.compose import open_workspace
from sojourn.server.collector.app import Collector
from sojourn.server.collector.tenants import Tenant, Tenants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sojourn.app.workspace import Workspace

KEY = "wk_secret"
NOW_US = 1_772_366_400_000_000
DAY_US = 86_400_000_000
SMALL_MB = 8


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with little room; only root can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if os.name == "nt" or mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={SMALL_MB}m", "tmpfs", str(place)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@dataclass
class Running:
    """A collector over a real workspace, with a clock that can be set."""

    workspace: Workspace
    now_us: int = NOW_US

    def __post_init__(self) -> None:
        self.collector = Collector(
            tenants=Tenants(
                [
                    Tenant(
                        name="shop",
                        inbox=self.workspace.inbox,
                        good_keys=lambda: {hashlib.sha256(KEY.encode()).hexdigest(): "web"},
                    )
                ]
            ),
            now_us=lambda: self.now_us,
        )
        self.collector.tenants.look_up()

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, str], dict]:
        sent = []
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive():
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "headers": []}
        asyncio.run(self.collector(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, json.loads(sent[1]["body"])

    def post(self, *ids: str, **more: object) -> tuple[int, dict[str, str], dict]:
        calls = [
            {"type": "track", "event": "Bought", "userId": "ann", "messageId": each, **more}
            for each in ids
        ]
        sent = {"writeKey": KEY, "batch": calls, "sentAt": "2026-03-01T12:00:00Z"}
        return self.ask("POST", "/v1/batch", json.dumps(sent).encode())

    def is_out(self, code: str) -> None:
        """It takes nothing, says why and when to come back, and is not ready."""
        for status, headers, said in (self.post("lost"), self.ask("GET", "/readyz")):
            assert (status, said["code"]) == (503, code)
            assert headers["content-type"] == "application/problem+json"
            assert int(headers["retry-after"]) > 0

    def is_well(self, *ids: str, **more: object) -> None:
        assert self.ask("GET", "/readyz")[0] == 200
        assert self.post(*ids, **more)[0] == 200

    def moved(self) -> None:
        replace(self.workspace.hand_over, now_us=lambda: self.now_us).run(keep_up=True)


@contextmanager
def running(path: Path) -> Iterator[Running]:
    found = Running(open_workspace(path, create=True))
    try:
        yield found
    finally:
        found.collector.tenants.close()
        found.workspace.inbox.close()


def ids_in_lake(workspace: Workspace) -> Counter[str]:
    found: Counter[str] = Counter()
    for batch in workspace.lake.scan(["properties"]):
        found.update(json.loads(text)["$event_id"] for text in batch["properties"].to_pylist())
    return found


def fill_up(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(disk).free == 0
    return ballast


def test_a_full_disk_asks_clients_to_come_back_and_goes_on_when_there_is_room(small_disk) -> None:
    with running(small_disk / "shop") as shop:
        shop.is_well("a", "b")
        shop.moved()
        shop.is_well("c", "d")
        ballast = fill_up(small_disk)
        for number in range(400):  # the log of the inbox may have some room left of its own
            tried = shop.post(f"more{number}"), shop.ask("GET", "/readyz")
            if {status for status, _, _ in tried} == {503}:
                break
        shop.is_out("disk-full")
        with pytest.raises(DiskFullError):
            shop.moved()
        ballast.unlink()
        shop.is_well("e")
        shop.moved()
        found = ids_in_lake(shop.workspace)
        assert set(found.values()) == {1}
        assert {"a", "b", "c", "d", "e"} <= set(found)
        assert "lost" not in found
        assert shop.workspace.inbox.waiting().items == 0


def test_a_disk_that_may_only_be_read_is_told_and_goes_on_when_it_may_be_written(
    small_disk,
) -> None:
    def remount(how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(small_disk)], check=True)

    with running(small_disk / "shop") as shop:
        shop.is_well("a")
        shop.moved()
        assert sojourn.open(str(small_disk / "shop")).catalog.rows == 1
        shop.is_well("b")
        shop.collector.tenants.close()
        shop.workspace.inbox.close()
        remount("ro")
    with running(small_disk / "shop") as shop:
        shop.is_out("state-unusable")
        with pytest.raises((StateUnusableError, UnwritableError)):
            shop.moved()
        assert [row.event for row in sojourn.open(str(small_disk / "shop")).person("ann").rows]
        shop.workspace.inbox.close()
        remount("rw")
        shop.is_well("c")
        shop.moved()
        assert ids_in_lake(shop.workspace) == {"a": 1, "b": 1, "c": 1}


def test_a_database_that_is_held_by_somebody_asks_clients_to_come_back(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.delenv("SOJOURN_DATABASE", raising=False)
    monkeypatch.setattr(sqlite, "_BUSY_S", 0.2)
    with running(tmp_path / "shop") as shop:
        shop.is_well("a")
        holder = sqlite3.connect(tmp_path / "shop" / "inbox.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        shop.is_out("state-unusable")
        with pytest.raises(StateUnusableError, match="locked"):
            shop.moved()
        holder.execute("ROLLBACK")
        holder.close()
        shop.is_well("b")
        shop.moved()
        assert ids_in_lake(shop.workspace) == {"a": 1, "b": 1}


@pytest.mark.parametrize("jumps", [(-3650, 0, 3650), (3650, -3650, 1), (0, -1, 0, 1, -400)])
def test_a_clock_that_jumps_loses_and_doubles_nothing(tmp_path, monkeypatch, jumps) -> None:
    """Upkeep goes by the clock too: what it removes must be of no use at any hour."""
    monkeypatch.delenv("SOJOURN_DATABASE", raising=False)
    monkeypatch.setattr(compacting, "MANY", 2)
    monkeypatch.setattr(upkeep, "CHECKPOINT_EVERY", 2)
    sent = []
    with running(tmp_path / "shop") as shop:
        for number, days in enumerate(jumps * 3):
            shop.now_us = NOW_US + days * DAY_US
            ids = [f"{number}-{each}" for each in range(3)]
            shop.is_well(*ids, ids[0], timestamp="2026-03-01T10:00:00Z")
            if sent:
                shop.is_well(sent[0])  # again, by another clock
            sent += ids
            shop.moved()
        assert ids_in_lake(shop.workspace) == dict.fromkeys(sent, 1)
        assert sojourn.open(str(tmp_path / "shop")).catalog.rows == len(sent)


def test_a_clock_two_days_behind_refuses_nothing_and_marks_what_it_cannot_believe(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.delenv("SOJOURN_DATABASE", raising=False)
    with running(tmp_path / "shop") as shop:
        shop.now_us = NOW_US - 2 * DAY_US
        # Of those who do not say when they sent, and of those who do.
        body = {"type": "track", "event": "Bought", "userId": "ann", "writeKey": KEY}
        for more in ({"messageId": "a"}, {"messageId": "b", "sentAt": "2026-03-01T12:00:00Z"}):
            sent = {**body, **more, "timestamp": "2026-03-01T11:00:00Z"}
            assert shop.ask("POST", "/v1/track", json.dumps(sent).encode())[0] == 200
        shop.now_us = NOW_US
        sent = {**body, "messageId": "a", "timestamp": "2026-03-01T11:00:00Z"}
        assert shop.ask("POST", "/v1/track", json.dumps(sent).encode())[0] == 200
        shop.moved()
        assert ids_in_lake(shop.workspace) == {"a": 1, "b": 1}
        rows = shop.workspace.sql("SELECT time, properties FROM events ORDER BY time").read_all()
        marks = [json.loads(row["properties"]).get("$given_time") for row in rows.to_pylist()]
        assert marks == [None, "2026-03-01T11:00:00Z"]
        days = [row["time"].day for row in rows.to_pylist()]
        assert days == [27, 27]


def test_a_torn_file_of_the_lake_is_named_and_what_is_accepted_waits_or_goes_on(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.delenv("SOJOURN_DATABASE", raising=False)
    with running(tmp_path / "shop") as shop:
        shop.is_well("a")
        shop.moved()
        (file,) = shop.workspace.lake.files()
        path = tmp_path / "shop" / "lake" / file.path
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        shutil.rmtree(tmp_path / "shop" / "index")
        with pytest.raises(LakeDamagedError, match=path.name):
            sojourn.open(str(tmp_path / "shop")).events()
        shop.is_well("b")  # whoever sends notices nothing
        with pytest.raises(LakeDamagedError, match=path.name):
            shop.moved()  # its ids are read anew, and cannot be
        assert shop.workspace.inbox.waiting().items == 1
        path.write_bytes(whole)  # from a backup
        shop.moved()
        assert ids_in_lake(shop.workspace) == {"a": 1, "b": 1}
        assert sojourn.open(str(tmp_path / "shop")).catalog.rows == 2


def test_a_torn_newest_entry_of_the_log_is_set_aside(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("SOJOURN_DATABASE", raising=False)
    with running(tmp_path / "shop") as shop:
        shop.is_well("a")
        shop.moved()
        log = tmp_path / "shop" / "lake" / "_delta_log"
        (log / f"{2:020d}.json").write_text('{"add": {"path": "mon')
        assert sojourn.open(str(tmp_path / "shop")).catalog.rows == 1
        shop.is_well("b")
        shop.moved()
        assert ids_in_lake(shop.workspace) == {"a": 1, "b": 1}
        assert [p.name for p in log.glob("*.torn")] == [f"{2:020d}.json.torn"]


def test_a_half_written_index_is_made_again(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("SOJOURN_DATABASE", raising=False)
    with running(tmp_path / "shop") as shop:
        shop.is_well("a", "b")
        shop.moved()
        path = tmp_path / "shop"
        rows = sojourn.open(str(path)).events().to_json()["rows"]
        parts = [p for p in (path / "index").rglob("*") if p.is_file() and p.stat().st_size > 8]
        assert len(parts) > 3
        for part in parts:
            if not part.is_file():
                continue  # it went when the index was made again
            part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
            try:
                found = sojourn.open(str(path)).events().to_json()["rows"]
            except DamagedIndexError:  # which says to repeat it
                found = sojourn.open(str(path)).events().to_json()["rows"]
            assert found == rows, part
        shop.is_well("c")
        shop.moved()
        assert sojourn.open(str(path)).catalog.rows == 3
