"""Runs a browser without a window, once, on one local file."""

from __future__ import annotations

import os
import subprocess
import tempfile
from typing import TYPE_CHECKING

from sojourn.adapters.browser.errors import BrowserFailedError

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 120
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--run-all-compositor-stages-before-draw",
    "--virtual-time-budget=10000",
)


def _as_root() -> bool:
    # TRICKY: Chromium refuses to start its sandbox for root, as in most containers. The page is
    # our own, has no network by its policy, and is the only one opened.
    return hasattr(os, "geteuid") and os.geteuid() == 0


def run(program: Path, page: Path, *flags: str) -> str:
    """Open a local page and return what the browser wrote to its output.

    Raises
    ------
    BrowserFailedError
        If it does not start, does not end, or ends with an error.
    """
    sandbox = ("--no-sandbox",) if _as_root() else ()
    with tempfile.TemporaryDirectory(prefix="sojourn-browser-", ignore_cleanup_errors=True) as own:
        arguments = [
            str(program), *_FLAGS, *sandbox, f"--user-data-dir={own}", *flags, page.as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - a browser the user installed, our own file
                arguments, capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise BrowserFailedError(str(program), f"no answer in {_SECONDS} s") from error
        except OSError as error:
            raise BrowserFailedError(str(program), error.strerror or "did not start") from error
    if done.returncode != 0:
        raise BrowserFailedError(str(program), _last_words(done.stderr))
    return done.stdout.decode("utf-8", "replace")


def _last_words(stderr: bytes) -> str:
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it ended with an error and said nothing"
