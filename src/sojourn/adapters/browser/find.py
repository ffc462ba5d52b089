"""Finds a browser of the Chromium family on Linux, macOS and Windows."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from sojourn.adapters.browser.errors import BrowserMissingError

VARIABLE = "SOJOURN_BROWSER"
_ON_PATH = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chrome-headless-shell",
    "chrome",
    "msedge",
)
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS = (
    ("PROGRAMFILES", r"Google\Chrome\Application\chrome.exe"),
    ("PROGRAMFILES(X86)", r"Google\Chrome\Application\chrome.exe"),
    ("LOCALAPPDATA", r"Google\Chrome\Application\chrome.exe"),
    ("PROGRAMFILES(X86)", r"Microsoft\Edge\Application\msedge.exe"),
    ("PROGRAMFILES", r"Microsoft\Edge\Application\msedge.exe"),
    ("LOCALAPPDATA", r"Chromium\Application\chrome.exe"),
)


def usual_places(platform: str, environment: dict[str, str]) -> tuple[str, ...]:
    """Return the paths where a browser lies on this kind of system, most common first."""
    if platform == "darwin":
        home = environment.get("HOME", "")
        return (*_MAC, *(f"{home}{path}" for path in _MAC if home))
    if platform == "win32":
        known = ((environment.get(base), rest) for base, rest in _WINDOWS)
        return tuple(f"{base}\\{rest}" for base, rest in known if base)
    return ("/snap/bin/chromium",)


def find_browser(platform: str | None = None, environment: dict[str, str] | None = None) -> Path:
    """Return the program of an installed Chromium, Chrome or Edge.

    Parameters
    ----------
    platform : str, optional
        As ``sys.platform``; this system by default.
    environment : dict of str to str, optional
        Variables: ``SOJOURN_BROWSER`` names the program outright; ``PATH`` is searched.

    Raises
    ------
    BrowserMissingError
        If none is found, or ``SOJOURN_BROWSER`` is not a program.
    """
    values = dict(os.environ) if environment is None else environment
    wanted = values.get(VARIABLE, "")
    path = values.get("PATH", "")
    places = usual_places(platform or sys.platform, values)
    if wanted:
        chosen = shutil.which(wanted, path=path)
        if chosen is None:
            raise BrowserMissingError((*_ON_PATH, *places), wanted)
        return Path(chosen)
    for name in _ON_PATH:
        found = shutil.which(name, path=path)
        if found is not None:
            return Path(found)
    for place in places:
        if Path(place).is_file():
            return Path(place)
    raise BrowserMissingError((*_ON_PATH, *places))
