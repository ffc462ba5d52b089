"""Finding a browser, and saying clearly when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sojourn.adapters.browser import BrowserFailedError, BrowserMissingError, find_browser
from sojourn.adapters.browser.drive import run
from sojourn.adapters.browser.find import usual_places

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, name: str, script: str = "exit 0") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_variable_wins(tmp_path: Path) -> None:
    program(tmp_path, "chromium")
    own = program(tmp_path, "my-browser")
    values = {"PATH": str(tmp_path), "SOJOURN_BROWSER": str(own)}
    assert find_browser("linux", values) == own


def test_a_wrong_variable_is_told_and_not_passed_over(tmp_path: Path) -> None:
    program(tmp_path, "chromium")
    values = {"PATH": str(tmp_path), "SOJOURN_BROWSER": "/nowhere/chrome"}
    with pytest.raises(BrowserMissingError, match="'/nowhere/chrome'"):
        find_browser("linux", values)


@pytest.mark.parametrize("name", ["chromium", "google-chrome", "microsoft-edge"])
def test_programs_on_the_path_are_found(tmp_path: Path, name: str) -> None:
    expected = program(tmp_path, name)
    assert find_browser("linux", {"PATH": str(tmp_path)}) == expected


def test_mac_and_windows_have_their_places() -> None:
    mac = usual_places("darwin", {"HOME": "/Users/a"})
    assert "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" in mac
    assert any(place.startswith("/Users/a/Applications") for place in mac)
    windows = usual_places("win32", {"PROGRAMFILES": r"C:\Program Files"})
    assert r"C:\Program Files\Google\Chrome\Application\chrome.exe" in windows
    assert usual_places("win32", {}) == ()


def test_none_found_names_what_was_looked_for_and_what_works_without(tmp_path: Path) -> None:
    with pytest.raises(BrowserMissingError) as caught:
        find_browser("win32", {"PATH": str(tmp_path)})
    message = caught.value.message
    for part in ("chromium", "google-chrome", "microsoft-edge", "SOJOURN_BROWSER", "--format html"):
        assert part in message


def test_a_browser_that_fails_is_quoted(tmp_path: Path) -> None:
    broken = program(tmp_path, "chromium", "echo 'no display' >&2; exit 21")
    with pytest.raises(BrowserFailedError, match="no display"):
        run(broken, tmp_path / "map.html")


def test_a_browser_that_does_not_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrowserFailedError, match="gave no picture"):
        run(tmp_path / "missing", tmp_path / "map.html")


def test_what_it_writes_is_returned(tmp_path: Path) -> None:
    quiet = program(tmp_path, "chromium", 'for a in "$@"; do last=$a; done; echo "$last"')
    assert run(quiet, tmp_path / "map.html").strip() == (tmp_path / "map.html").as_uri()
