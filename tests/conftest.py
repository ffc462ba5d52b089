"""Fixtures shared by every kind of test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("sojourn", deadline=None)  # the first call of a kernel compiles it
settings.load_profile("sojourn")

REPO = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data sets and outside results; tests skip without it."""
    folder = Path(os.environ.get("SOJOURN_SHARED", REPO.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no public data sets at {folder}; set SOJOURN_SHARED to their folder")
    return folder
