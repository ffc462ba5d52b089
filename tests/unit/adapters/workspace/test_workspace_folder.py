"""The workspace's folder: settings file, secret, and versions we do not know."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from sojourn.adapters.disk.errors import DiskFullError, UnwritableError
from sojourn.adapters.workspace import folder
from sojourn.adapters.workspace.errors import (
    NewerWorkspaceError,
    NoWorkspaceError,
    WorkspaceSettingsError,
)
from sojourn.adapters.workspace.folder import Layout

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_made_is_read_again(tmp_path: Path) -> None:
    layout, about = folder.create(tmp_path / "a" / "ws", timezone="Asia/Seoul", currency="krw")
    assert (about.timezone, about.currency) == ("Asia/Seoul", "KRW")
    assert folder.read(tmp_path / "a" / "ws") == (layout, about)
    assert folder.exists(layout.root)
    other = folder.create(tmp_path / "b", timezone="UTC", currency="XXX")[1]
    assert other.id != about.id


def test_everything_lies_inside(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    parts = [layout.lake, layout.index, layout.ids, layout.scratch, layout.state,
             layout.quarantine, layout.lock, layout.settings]  # fmt: skip
    assert len(set(parts)) == len(parts)
    assert all(tmp_path in path.parents for path in parts)


def test_the_secret_is_random_lasting_and_private(tmp_path: Path) -> None:
    layout, _ = folder.create(tmp_path / "a", timezone="UTC", currency="XXX")
    key = folder.read_secret(layout)
    assert len(key) == 32
    assert folder.read_secret(layout) == key
    other, _ = folder.create(tmp_path / "b", timezone="UTC", currency="XXX")
    assert folder.read_secret(other) != key
    if os.name != "nt":
        path = layout.root / "secret"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)
        folder.read_secret(layout)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_secret_is_told_not_replaced(tmp_path: Path) -> None:
    layout, _ = folder.create(tmp_path / "a", timezone="UTC", currency="XXX")
    (layout.root / "secret").write_text("?", "ascii")
    with pytest.raises(WorkspaceSettingsError, match="damaged"):
        folder.read_secret(layout)


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(NoWorkspaceError, match=r"it has no sojourn\.toml"):
        folder.read(tmp_path)
    with pytest.raises(NoWorkspaceError, match="it does not exist"):
        folder.read(tmp_path / "missing")
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(NoWorkspaceError, match="it is a file"):
        folder.create(tmp_path / "file", timezone="UTC", currency="XXX")
    with pytest.raises(NoWorkspaceError):
        folder.read(tmp_path / "file")
    with pytest.raises(NoWorkspaceError, match="it is a file"):
        folder.create(tmp_path / "file" / "ws", timezone="UTC", currency="XXX")


def test_a_newer_workspace_is_left_alone(tmp_path: Path) -> None:
    layout, _ = folder.create(tmp_path / "a", timezone="UTC", currency="XXX")
    text = layout.settings.read_text("utf-8").replace("format = 1", "format = 2")
    layout.settings.write_text(text, "utf-8")
    with pytest.raises(NewerWorkspaceError, match="has format 2; this version knows up to 1"):
        folder.read(layout.root)
    assert layout.settings.read_text("utf-8") == text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format = 1", 'format = "x"', "has format = 'x'"),
        ("format = 1", "format = 0", "has format = 0"),
        ("timezone =", "zone =", "lacks"),
        ('"UTC"', '"Asia/Seul"', "no time zone"),
        ("format = 1", "format = = 1", "is not TOML"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, old: str, new: str, told: str) -> None:
    layout, _ = folder.create(tmp_path / "a", timezone="UTC", currency="XXX")
    text = layout.settings.read_text("utf-8")
    assert old in text
    layout.settings.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(WorkspaceSettingsError, match=told):
        folder.read(layout.root)


def test_an_unknown_zone_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceSettingsError, match="IANA"):
        folder.create(tmp_path / "a", timezone="Moon/Crater", currency="XXX")
    assert not (tmp_path / "a").exists()


def test_a_path_that_looks_escaped_is_refused(tmp_path: Path) -> None:
    for refused in (folder.read, lambda root: folder.create(root, timezone="UTC", currency="XXX")):
        with pytest.raises(WorkspaceSettingsError, match="contains '%20'"):
            refused(tmp_path / "a%20b")
    assert not (tmp_path / "a%20b").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder nobody may write")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UnwritableError, match="Permission denied"):
        folder.create(tmp_path / "a", timezone="UTC", currency="XXX")


def test_a_disk_that_is_full_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder, "write_whole", no_room)
    with pytest.raises(DiskFullError):
        folder.create(tmp_path / "a", timezone="UTC", currency="XXX")


def test_settings_in_another_encoding_are_told(tmp_path: Path) -> None:
    layout, _ = folder.create(tmp_path / "a", timezone="UTC", currency="XXX")
    layout.settings.write_bytes("시간".encode("cp949"))
    with pytest.raises(WorkspaceSettingsError, match="cannot be read"):
        folder.read(layout.root)
