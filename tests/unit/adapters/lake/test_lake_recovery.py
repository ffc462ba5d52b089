"""What a kill or a power cut may leave in the lake, and that it is put right."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from event_tables import DAY, lake_table, tree
from sojourn.adapters.disk import sync
from sojourn.adapters.lake import table
from sojourn.adapters.lake.handle import LakeHandle
from sojourn.adapters.lake.recovery import STAGED, newest_entry
from sojourn.adapters.lake.table import DeltaLake


class Killed(BaseException):
    """Stands for a process that is no more."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    DeltaLake(tmp_path).append(lake_table([1]), fence=1)
    return tmp_path


def rows(folder: Path) -> int:
    return sum(file.rows for file in DeltaLake(folder).files())


def killed_append(folder: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        owner = DeltaTable if where == "create_write_transaction" else table
        patch.setattr(owner, where, die)
        with pytest.raises(Killed):
            DeltaLake(folder).append(lake_table([2, 3]), fence=1)


@pytest.mark.parametrize("where", ["sync_folders", "create_write_transaction"])
def test_files_of_a_killed_commit_are_removed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    before = tree(folder)
    killed_append(folder, monkeypatch, where)
    assert len(list(folder.rglob("*.parquet"))) == 2
    assert rows(folder) == 1
    DeltaLake(folder).recover()
    assert tree(folder) == before


def test_a_commit_killed_after_the_log_entry_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_append(folder, monkeypatch, "sync_file")
    assert rows(folder) == 3
    DeltaLake(folder).recover()
    assert rows(folder) == 3
    assert len(list(folder.rglob("*.parquet"))) == 2
    assert not (folder / STAGED).exists()


@pytest.mark.parametrize("torn", [b"", b"\0" * 4096, b'{"commitInfo":{}}\n{"add":{"pa', b"[]"])
def test_a_torn_newest_entry_is_as_if_never_written(folder: Path, torn: bytes) -> None:
    DeltaLake(folder).append(lake_table([2]), fence=1)
    (folder / "_delta_log" / f"{2:020d}.json").write_bytes(torn)
    assert newest_entry(folder) == (2, False)
    assert LakeHandle(folder).version() == DeltaLake(folder).version() == 1
    assert rows(folder) == 1
    DeltaLake(folder).recover()
    assert newest_entry(folder) == (1, True)
    DeltaLake(folder).append(lake_table([4]), fence=1)
    assert rows(folder) == 2
    assert DeltaTable(folder).version() == 2


def test_a_torn_first_entry_is_a_lake_never_written(tmp_path: Path) -> None:
    (tmp_path / "_delta_log").mkdir()
    (tmp_path / "_delta_log" / f"{0:020d}.json").write_bytes(b"")
    assert DeltaLake(tmp_path).version() == -1
    DeltaLake(tmp_path).recover()
    DeltaLake(tmp_path).append(lake_table([1]), fence=1)
    assert rows(tmp_path) == 1


def test_only_files_of_the_lake_are_ever_removed(folder: Path) -> None:
    outside = folder.parent / "precious"
    outside.write_text("keep", "utf-8")
    (folder / STAGED).write_text(json.dumps(["../precious", 7, "gone.parquet"]), "utf-8")
    DeltaLake(folder).recover()
    assert outside.read_text("utf-8") == "keep"
    assert rows(folder) == 1
    (folder / STAGED).write_text("no json", "utf-8")
    DeltaLake(folder).recover()
    assert not (folder / STAGED).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names of open files are read from /proc")
def test_everything_is_on_disk_before_what_relies_on_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data files and their folder, then the commit, then the log entry and its folder."""
    steps: list[str] = []
    real_sync, real_commit = os.fsync, DeltaTable.create_write_transaction

    def noted_sync(handle: int) -> None:
        steps.append(os.path.relpath(Path(f"/proc/self/fd/{handle}").readlink(), folder))
        real_sync(handle)

    def noted_commit(*args: object, **kwargs: object) -> None:
        steps.append("commit")
        real_commit(*args, **kwargs)

    monkeypatch.setattr(sync.os, "fsync", noted_sync)
    monkeypatch.setattr(DeltaTable, "create_write_transaction", noted_commit)
    events = pa.concat_tables([lake_table([2]), lake_table([3], time=40 * DAY)])
    january, february = sorted(DeltaLake(folder).append(events, fence=1))
    commit = steps.index("commit")
    for needed in (january, february, "month=1970-01", "month=1970-02", "."):
        assert needed in steps[:commit], needed
    assert steps.index(january) < steps.index("month=1970-01", steps.index(january))
    assert steps[commit + 1 :] == [f"_delta_log/{2:020d}.json", "_delta_log"]
