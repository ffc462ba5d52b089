"""A server's system calls: nothing is promised before it is on disk, and a power cut breaks nothing.

A real server runs under strace while clients send. From the trace it is read what was synced when,
and the workspace is rebuilt as a power cut at many instants may have left it (see `shadow_disk`).
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tracing
from serving import Served, eventually
from sojourn.adapters.lake.errors import LakeDamagedError
from sojourn.adapters.workspace.errors import NoWorkspaceError
from sojourn.compose import open_workspace
from sojourn.compose.keeping import restore
from tracing import Call, Replay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENTS, BATCHES, CALLS = 2, 25, 4
POINTS, POINTS_SLOW = 40, 200
PAUSE_S = 0.3
"""Between two batches: the worker moves some meanwhile."""
STALE = ("index/", "state.db-shm", "inbox.db-shm")
"""Not compared: derived, or shared memory that SQLite makes anew."""


class Traced(Served):
    """A server under strace."""

    @property
    def trace(self) -> Path:
        return self.workspace.parent.with_name("trace")

    def command(self) -> list[str]:
        return tracing.traced(super().command(), self.trace)


@dataclass(frozen=True)
class Recorded:
    root: Path
    calls: list[Call]
    asked: tracing.Asked
    told: Path | None = None

    def replay(self) -> Replay:
        return Replay(self.root, self.asked, self.told)

    @property
    def sent(self) -> set[str]:
        return {each for batches in self.asked.values() for ids in batches for each in ids}


def send(server: Served, client: int, asked: dict[int, list[list[str]]]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.connect()
    mine = asked.setdefault(connection.sock.getsockname()[1], [])
    for number in range(BATCHES):
        ids = [f"c{client}-{number}-{each}" for each in range(CALLS)]
        calls = [{"type": "track", "event": "Seen", "userId": f"u{number}", "messageId": each,
                  "properties": {"text": "x" * 900}} for each in ids]  # fmt: skip
        body = json.dumps({"writeKey": server.key, "batch": calls})
        connection.request("POST", "/v1/batch", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["accepted"]) == (200, CALLS)
        mine.append(ids)
        if number:
            threading.Event().wait(PAUSE_S)
        else:
            assert eventually(lambda: open_workspace(server.workspace).lake.version() > 0, 120)
    connection.close()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    if why := tracing.why_not():
        pytest.skip(why)
    root = tmp_path_factory.mktemp("traced")
    (root / "disk").mkdir()
    server = Traced(root / "disk" / "shop")
    asked: dict[int, list[list[str]]] = {}
    try:
        server.start()
        clients = [
            threading.Thread(target=send, args=(server, number, asked)) for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join(300)
        assert sum(map(len, asked.values())) == CLIENTS * BATCHES
        shop = open_workspace(root / "disk" / "shop")
        assert eventually(lambda: shop.lake.version() > 3, within=60)
        shop.inbox.close()
        assert server.stop() == 0
        assert eventually(lambda: tracing.is_whole(server.trace), within=60)
    finally:
        server.kill()
    yield Recorded(root / "disk", list(tracing.calls_of(server.trace)), asked)
    shutil.rmtree(root, ignore_errors=True)


@pytest.mark.parametrize("run", ["recorded", "upkept"])
def test_the_trace_tells_everything_that_became_of_the_disk(run, request) -> None:
    """What follows is worth nothing unless the calls add up to what lies there in the end."""
    recorded = request.getfixturevalue(run)
    replay = recorded.replay()
    for call in recorded.calls:
        replay.take(call)
    assert set(replay.acknowledged) - {"backup"} == recorded.sent
    seen = _compared(dict(replay.disk.files()))
    there = {
        path.relative_to(recorded.root).as_posix(): path.read_bytes()
        for path in recorded.root.rglob("*")
        if path.is_file()
    }
    assert seen.keys() == _compared(there).keys()
    assert seen == _compared(there)


def _compared(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of workspace and backup, by name, without those that are derived or shared."""
    own = {name: content for name, content in files.items() if "/" in name}
    return {n: c for n, c in own.items() if not n.partition("/")[2].startswith(STALE)}


def test_no_answer_is_sent_before_its_events_are_on_disk(recorded) -> None:
    replay = recorded.replay()
    shop = f"{recorded.root}/shop"
    answered = 0
    for call in recorded.calls:
        known = len(replay.acknowledged)
        if replay.take(call) != "answer":
            continue
        answered += 1
        kept = b"".join(
            bytes(node.kept)
            for name in ("inbox.db", "inbox.db-wal")
            if (node := replay.disk.find(f"{shop}/{name}")) is not None
        )
        for each in replay.acknowledged[known:]:
            assert f'"{each}"'.encode() in kept
        for name in ("inbox.db", "inbox.db-wal", "sojourn.toml"):
            folder, last = replay.disk.place(f"{shop}/{name}")
            assert folder.kept.get(last) is folder.seen[last], name
    assert answered == CLIENTS * BATCHES


def test_the_inbox_forgets_nothing_before_the_lake_has_it_on_disk(recorded) -> None:
    replay = recorded.replay()
    shop = f"{recorded.root}/shop"
    committed, checked = "", 0
    for call in recorded.calls:
        is_wal = call.handle == f"{shop}/inbox.db-wal" and call.name == "pwrite64"
        if is_wal and committed and call.process == committed.partition(" ")[0]:
            # The first the worker writes to the inbox after a commit to the lake: it forgets.
            entry = committed.partition(" ")[2]
            assert replay.disk.is_kept(entry), entry
            node = replay.disk.find(entry)
            added = [
                json.loads(line)["add"]["path"]
                for line in bytes(node.kept).decode().splitlines()
                if '"add"' in line
            ]
            assert added
            for path in added:
                assert replay.disk.is_kept(f"{shop}/lake/{path.replace('%3D', '=')}"), path
            committed = ""
            checked += 1
        replay.take(call)
        if call.name in {"link", "linkat", "rename", "renameat", "renameat2"}:
            path = call.path(1)
            if path.startswith(f"{shop}/lake/_delta_log/0") and not path.endswith(f"{0:020d}.json"):
                committed = f"{_worker(recorded.calls, shop)} {path}"
    assert checked > 3


def _worker(calls: list[Call], shop: str) -> str:
    """The thread that holds the writer's lock and moves batches."""
    return next(
        c.process for c in calls if c.name == "openat" and c.texts and c.path() == f"{shop}/lock"
    )


def found_after(workspace: Path) -> Counter[str]:
    """What a workspace holds once it is opened and its inbox moved to the lake."""
    opened = open_workspace(workspace)
    opened.hand_over.run(keep_up=True)
    opened.write_keys.all()
    opened.inbox.close()
    ids: Counter[str] = Counter()
    for batch in opened.lake.scan(["properties"]):
        ids.update(json.loads(text)["$event_id"] for text in batch["properties"].to_pylist())
    return ids


def cut(recorded: Recorded, folder: Path, points: int, seeds: int) -> int:
    """Cut the power at some points and look at what is left; return at how many."""
    total = sum(bool(tracing.is_promise(call)) for call in recorded.calls)
    chosen = set(np.random.default_rng(7).permutation(total)[:points].tolist())
    replay, number = recorded.replay(), -1
    for call in recorded.calls:
        number += tracing.is_promise(call)
        at_point = tracing.is_promise(call) and number in chosen
        if at_point:  # just before: what this call was to promise is still open
            _look(recorded, replay, folder, [None, np.random.default_rng(number)])
        replay.take(call)
        if at_point:
            _look(
                recorded,
                replay,
                folder,
                [None, *(np.random.default_rng([number, s]) for s in range(seeds))],
            )
    return len(chosen)


def _look(
    recorded: Recorded, replay: Replay, folder: Path, chances: list[np.random.Generator | None]
) -> None:
    acknowledged = set(replay.acknowledged) - {"backup"}
    for chance in chances:
        disk = folder / "disk"
        shutil.rmtree(disk, ignore_errors=True)
        replay.disk.write(disk, chance)
        try:
            found = found_after(disk / "shop")
        except NoWorkspaceError:
            assert not acknowledged
            continue
        assert set(found.values()) <= {1}
        assert acknowledged <= set(found)
        assert set(found) <= recorded.sent


def test_a_power_cut_at_many_instants_loses_and_doubles_nothing(recorded, tmp_path) -> None:
    assert cut(recorded, tmp_path, POINTS, seeds=1) == POINTS


@pytest.mark.slow
def test_a_power_cut_at_hundreds_of_instants_loses_and_doubles_nothing(recorded, tmp_path) -> None:
    assert cut(recorded, tmp_path, POINTS_SLOW, seeds=2) > POINTS


@pytest.mark.parametrize(
    "unsynced", [r"inbox\.db-wal$", r"\.parquet$", r"/0{19}[1-9]\.json$", r"/month=[^/]*$", r"_delta_log$"]
)  # fmt: skip
def test_without_any_one_of_the_syncs_something_would_be_lost(recorded, tmp_path, unsynced) -> None:
    """The same run with some syncs left out is found out: the tests above can fail."""
    blind = [
        call for call in recorded.calls
        if not (call.name in {"fsync", "fdatasync"} and re.search(unsynced, call.handle))
    ]  # fmt: skip
    with pytest.raises((AssertionError, LakeDamagedError)):
        cut(replace(recorded, calls=blind), tmp_path, POINTS, seeds=0)


PROGRAM = """
import sys, os, pathlib
from sojourn.adapters.lake import compacting, upkeep
from sojourn.adapters.lake.errors import LakeDamagedError
from sojourn.compose import open_workspace
from sojourn.compose.keeping import restore
from sojourn.compose.keeping import back_up
from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.events.calls.intake import SEGMENT

compacting.MANY, compacting.KEPT_US = 3, 0
upkeep.CHECKPOINT_EVERY, upkeep.ENTRIES_KEPT_US = 3, -10**12
disk = pathlib.Path(sys.argv[1])
told = open(sys.argv[2], "wb", buffering=0)
shop = open_workspace(disk / "shop", create=True)
for turn in range(14):
    ids = [f"t{turn}-{each}" for each in range(3)]
    calls = [{"type": "track", "event": "Seen", "userId": "ann", "messageId": each} for each in ids]
    request = Request(calls=calls, dialect=SEGMENT, source="web", sent=None,
                      received_us=1_772_366_400_000_000)
    shop.inbox.put(take_in(request, Limits(), str).items)
    told.write(" ".join(ids).encode() + b" ")
    if turn != 13:
        shop.hand_over.run(keep_up=True)
back_up(disk / "shop", disk / "backup", lambda *_: None)
told.write(b"backup ")
"""


@pytest.fixture(scope="module")
def upkept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """A run in which small files are merged, checkpoints written, and a backup made."""
    if why := tracing.why_not():
        pytest.skip(why)
    root = tmp_path_factory.mktemp("upkept")
    (root / "disk").mkdir()
    trace, told = root / "trace", root / "told"
    program = [sys.executable, "-c", PROGRAM, str(root / "disk"), str(told)]
    subprocess.run(tracing.traced(program, trace), check=True, timeout=300)
    assert eventually(lambda: tracing.is_whole(trace), within=60)
    calls = list(tracing.calls_of(trace))
    gone = [c.path() for c in calls if c.name == "unlink"]
    assert any("checkpoint.parquet" in path for path in gone)
    assert any(path.endswith(".parquet") and "month=" in path for path in gone)
    asked = {0: [[f"t{turn}-{each}" for turn in range(14) for each in range(3)]]}
    yield Recorded(root / "disk", calls, asked, told)
    shutil.rmtree(root, ignore_errors=True)


def test_a_power_cut_amid_upkeep_and_backup_loses_and_doubles_nothing(upkept, tmp_path) -> None:
    assert cut(upkept, tmp_path, POINTS, seeds=1) == POINTS


def test_a_backup_that_was_told_is_on_disk(upkept, tmp_path) -> None:
    replay = upkept.replay()
    for call in upkept.calls:
        replay.take(call)
        if "backup" in replay.acknowledged:
            break
    for chance in (None, np.random.default_rng(1), np.random.default_rng(2)):
        shutil.rmtree(tmp_path / "disk", ignore_errors=True)
        replay.disk.write(tmp_path / "disk", chance)
        restore(tmp_path / "disk" / "backup", tmp_path / "disk" / "again", lambda *_: None)
        assert set(found_after(tmp_path / "disk" / "again")) == upkept.sent
