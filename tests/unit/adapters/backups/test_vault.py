"""Backups as folders: whole or not there, and never taken for good when they are not."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from sojourn.adapters.backups.errors import (
    BackupDamagedError,
    NewerBackupError,
    NoBackupError,
    TargetTakenError,
)
from sojourn.adapters.backups.manifest import MANIFEST
from sojourn.adapters.backups.vault import FolderVault
from sojourn.adapters.disk.errors import UnwritableError
from sojourn.ports.backup import Fact


def quiet(_what: str, _done: int, _total: int) -> None:
    return


def make(target: Path) -> Path:
    with FolderVault().begin(str(target)) as filling:
        folder = Path(filling.folder)
        (folder / "deep" / "er").mkdir(parents=True)
        (folder / "deep" / "er" / "a.bin").write_bytes(bytes(range(256)) * 50)
        (folder / "secret").write_text("hush")
        (folder / "secret").chmod(0o600)
        assert not target.exists()
        filling.seal("the-id", 1_900_000_000_000_000, [Fact("rows", 3)], quiet)
    return target


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def unpack(backup: Path, target: Path) -> None:
    with FolderVault().unpack(str(backup), str(target), quiet):
        assert not target.exists() or not any(target.iterdir())


def test_what_was_saved_comes_back_with_its_modes(tmp_path) -> None:
    backup = make(tmp_path / "backup")
    contents = FolderVault().check(str(backup), quiet)
    assert (contents.workspace, contents.facts) == ("the-id", (Fact("rows", 3),))
    assert contents.has("deep/er/a.bin")
    assert not contents.has(MANIFEST)
    unpack(backup, tmp_path / "there")
    saved = tree(backup)
    del saved[MANIFEST]
    assert tree(tmp_path / "there") == saved
    assert stat.S_IMODE((tmp_path / "there" / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700  # it holds what people did
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "there"]


def test_progress_is_told_to_the_end(tmp_path) -> None:
    backup = make(tmp_path / "backup")
    told = []
    FolderVault().check(str(backup), lambda *step: told.append(step))
    assert told[-1] == ("checking", 12_804, 12_804)
    assert len(told) == 2


@pytest.mark.parametrize("harm", ["change", "cut", "grow", "remove"])
def test_a_file_that_is_not_as_it_was_is_named_and_nothing_restored(tmp_path, harm) -> None:
    backup = make(tmp_path / "backup")
    path = backup / "deep" / "er" / "a.bin"
    content = path.read_bytes()
    path.unlink()
    harmed = {"change": content[:-1] + b"!", "cut": content[:-1], "grow": content + b"!"}
    if harm in harmed:
        path.write_bytes(harmed[harm])
    for use in (
        lambda: FolderVault().check(str(backup), quiet),
        lambda: unpack(backup, tmp_path / "there"),
    ):
        with pytest.raises(BackupDamagedError, match=r"deep/er/a\.bin"):
            use()
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def test_nothing_is_overwritten(tmp_path) -> None:
    backup = make(tmp_path / "backup")
    before = tree(backup)
    (tmp_path / "file").write_text("mine")
    full, empty = tmp_path / "full", tmp_path / "empty"
    full.mkdir()
    (full / "mine").write_text("mine")
    empty.mkdir()
    for taken in (backup, tmp_path / "file", full):
        with pytest.raises(TargetTakenError):
            make(taken)
        with pytest.raises(TargetTakenError):
            unpack(backup, taken)
    assert tree(backup) == before
    assert tree(full) == {"mine": b"mine"}
    unpack(backup, empty)
    assert "secret" in tree(empty)


def test_one_that_is_broken_off_leaves_nothing(tmp_path) -> None:
    begun = FolderVault().begin(str(tmp_path / "backup"))
    (Path(begun.__enter__().folder) / "a").write_text("a")
    assert not begun.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert list(tmp_path.iterdir()) == []
    backup = make(tmp_path / "backup")
    with (
        pytest.raises(ZeroDivisionError),
        FolderVault().unpack(str(backup), str(tmp_path / "there"), quiet),
    ):
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def test_what_a_kill_left_is_no_backup_and_in_nobodys_way(tmp_path) -> None:
    left = tmp_path / "backup.partial"
    left.mkdir()
    (left / "half").write_text("x")
    with pytest.raises(NoBackupError, match="cut off"):
        FolderVault().check(str(left), quiet)
    make(tmp_path / "backup")
    assert not left.exists()
    assert "half" not in tree(tmp_path / "backup")


def test_a_list_that_cannot_be_used_is_told(tmp_path) -> None:
    with pytest.raises(NoBackupError, match="does not exist"):
        FolderVault().check(str(tmp_path / "none"), quiet)
    backup = make(tmp_path / "backup")
    good = json.loads((backup / MANIFEST).read_text("utf-8"))
    away = {"path": "../away", "size": 4, "sha256": "0"}
    for bad in ("{", "[]", "{}", json.dumps(good | {"files": [away]})):
        (backup / MANIFEST).write_text(bad)
        with pytest.raises(BackupDamagedError):
            unpack(backup, tmp_path / "there")
    (backup / MANIFEST).write_text(json.dumps(good | {"format": 2}))
    with pytest.raises(NewerBackupError):
        FolderVault().check(str(backup), quiet)


def test_a_place_that_cannot_be_written_is_told(tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnwritableError):
        make(tmp_path / "file" / "backup")
