"""What a kill or a power cut may leave in the lake, and that it is put right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable
from event_tables import lake_table, tree

from sojourn.adapters.lake import table
from sojourn.adapters.lake.handle import LakeHandle
from sojourn.adapters.lake.recovery import STAGED, newest_entry
from sojourn.adapters.lake.table import DeltaLake

if TYPE_CHECKING:
    from pathlib import Path


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
