"""Files written whole, folders made durably, and the many faces of a full disk."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from event_tables import tree
from sojourn.adapters.disk import sync
from sojourn.adapters.disk.errors import (
    DiskFullError,
    UnwritableError,
    as_write_error,
    is_disk_full,
    may_not_write,
)
from sojourn.adapters.disk.sync import make_folder, sync_file, sync_folder, write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"old")
    write_whole(tmp_path / "a", b"new")
    assert tree(tmp_path) == {"a": b"new"}


def test_what_fails_half_way_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(tmp_path / "a", b"old")

    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(sync.os, "fsync", no_room)
        with pytest.raises(OSError, match="No space"):
            write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    write_whole(tmp_path / "a", b"newer")
    assert tree(tmp_path) == {"a": b"newer"}


def test_folders_are_made_with_those_above_and_each_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(sync, "sync_folder", synced.append)
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert synced == [tmp_path, tmp_path / "a"]
    make_folder(tmp_path / "a" / "b")
    assert len(synced) == 2


def test_windows_syncs_no_folders_and_opens_files_for_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    real = sync.os.open
    monkeypatch.setattr(sync, "WINDOWS", True)
    monkeypatch.setattr(
        sync.os, "open", lambda path, flags: opened.append(flags) or real(path, flags)
    )
    (tmp_path / "a").write_bytes(b"x")
    sync_folder(tmp_path)
    assert opened == []
    sync_file(tmp_path / "a")
    assert opened == [sync.os.O_RDWR]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "x"),
        OSError(errno.EFBIG, "File too large"),
        ValueError("Generic LocalFileSystem error: No space left on device (os error 28)"),
        RuntimeError("database or disk is full"),
    ],
)
def test_a_full_disk_is_known_by_number_or_words(error: Exception) -> None:
    assert is_disk_full(error)
    wrapped = RuntimeError("commit failed")
    wrapped.__cause__ = error
    assert is_disk_full(wrapped)
    assert isinstance(as_write_error("here", wrapped), DiskFullError)


def test_other_errors_are_named_for_what_they_are() -> None:
    error = PermissionError(errno.EACCES, "Permission denied")
    assert not is_disk_full(error)
    told = as_write_error("/ws", error)
    assert isinstance(told, UnwritableError)
    assert "/ws" in told.message
    assert "you have no right to write there." in told.message


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EROFS, "the disk may only be read."),
        (errno.EISDIR, "a folder stands where a file should be."),
        (errno.ETXTBSY, "text file busy."),
    ],
)
def test_what_cannot_be_written_is_said_in_words(number: int, words: str) -> None:
    told = as_write_error("/ws", OSError(number, os.strerror(number), "/ws/lock"))
    assert told.message == f"Could not write to /ws: {words}"


def test_a_place_that_cannot_be_written_is_told_from_other_trouble() -> None:
    assert may_not_write(OSError(errno.EROFS, "Read-only file system"))
    assert may_not_write(OSError(errno.EISDIR, "Is a directory"))
    assert not may_not_write(OSError(errno.ENOENT, "No such file or directory"))
