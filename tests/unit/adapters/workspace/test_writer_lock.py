"""One writer at a time, with growing fencing numbers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from sojourn.adapters.workspace.errors import WorkspaceBusyError
from sojourn.adapters.workspace.lock import writer_lock

if TYPE_CHECKING:
    from pathlib import Path


def fence(path: Path, last: int = -1) -> int:
    with writer_lock(path, wait=False, waiting=pytest.fail, last_fence=lambda: last) as held:
        return held.fence


def test_numbers_grow(tmp_path: Path) -> None:
    assert [fence(tmp_path / "lock") for _ in range(3)] == [1, 2, 3]


def test_the_number_is_above_all_the_lake_has_seen(tmp_path: Path) -> None:
    """As after a restore, when the file beside the lock is older than the lake."""
    assert fence(tmp_path / "lock", last=40) == 41
    assert fence(tmp_path / "lock", last=7) == 42


@pytest.mark.parametrize("content", ["", "[]", '{"fence": "x"}'])
def test_a_damaged_holder_file_does_no_harm(tmp_path: Path, content: str) -> None:
    (tmp_path / "lock.holder").write_text(content, "utf-8")
    assert fence(tmp_path / "lock", last=3) == 4


def test_a_second_writer_is_told_or_waits(tmp_path: Path) -> None:
    heard: list[str] = []
    got: list[int] = []
    path = tmp_path / "lock"

    def second() -> None:
        with writer_lock(path, wait=True, waiting=heard.append, last_fence=lambda: -1) as held:
            got.append(held.fence)

    with writer_lock(path, wait=True, waiting=pytest.fail, last_fence=lambda: -1):
        with pytest.raises(WorkspaceBusyError, match=r"Another process is writing .*process \d+"):
            fence(path)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        assert got == []
    thread.join(20)
    assert got == [2]
    assert len(heard) == 1
    assert "process" in heard[0]
