"""Each way to install the package gives a map that works; minutes long."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
KEPT = ("src", "web", "hatch_build.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
DIST = "src/sojourn/adapters/html/dist"
PARTS = (
    "map.js",
    "map.css",
    "PretendardVariable.ttf",
    "LICENSE-Pretendard.txt",
    "LICENSE-Preact.txt",
    "sojourn.js",
    "sojourn-vitals.js",
    "LICENSE-web-vitals.txt",
    "build.json",
)
DRAW = """
import sys
sys.path.insert(0, sys.argv[1])
from mealkit import mealkit
from sojourn.adapters.html import render_html
import sojourn
open(sys.argv[2], "w", encoding="utf-8").write(render_html(mealkit(), lang="ko"))
print(sojourn.__file__)
"""


def hook():
    """Return the build hook's module."""
    pytest.importorskip("hatchling", reason="the build hook needs hatchling")
    spec = spec_from_file_location("hatch_build", REPO / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*command: object, cwd: Path, **variables: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**inherited, **variables},  # what is installed counts, not what a path adds
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project as git has it: nothing built."""
    home = tmp_path / "checkout"
    home.mkdir()
    skipped = shutil.ignore_patterns("node_modules", "dist", "__pycache__", "*.egg-info")
    for name in KEPT:
        source = REPO / name
        if source.is_dir():
            shutil.copytree(source, home / name, ignore=skipped)
        elif source.is_file():
            shutil.copy(source, home / name)
    (home / "README.md").touch()
    assert not (home / DIST).exists()
    return home


def clean_python(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def draws_a_map(python: Path, folder: Path) -> str:
    page = folder / "map.html"
    fixtures = REPO / "tests" / "unit" / "adapters" / "html"
    where = run(python, "-c", DRAW, fixtures, page, cwd=folder)
    text = page.read_text(encoding="utf-8")
    assert "평일 저녁 밀키트 구독" in text
    assert len(text) > 200_000
    return where


@pytest.mark.slow
def test_pip_install_from_a_checkout(checkout: Path, tmp_path: Path) -> None:
    python = clean_python(tmp_path / "venv")
    run(python, "-m", "pip", "install", "-q", ".", cwd=checkout)
    assert "site-packages" in draws_a_map(python, tmp_path)


@pytest.mark.slow
def test_an_editable_install(checkout: Path, tmp_path: Path) -> None:
    python = clean_python(tmp_path / "venv")
    run(python, "-m", "pip", "install", "-q", "-e", ".", cwd=checkout)
    assert str(checkout) in draws_a_map(python, tmp_path)
    assert all((checkout / DIST / part).is_file() for part in PARTS)


@pytest.mark.slow
def test_the_source_distribution_builds_without_npm(checkout: Path, tmp_path: Path) -> None:
    pytest.importorskip("build", reason="the build front end is not installed")
    run(sys.executable, "-m", "build", "--sdist", "-o", tmp_path, cwd=checkout)
    archive = next(tmp_path.glob("*.tar.gz"))
    with tarfile.open(archive) as packed:
        names = [name.split("/", 1)[-1] for name in packed.getnames()]
        # What we packed ourselves; the first patch releases of Python 3.11 know no filter.
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        packed.extractall(tmp_path / "unpacked", **safely)
    assert {f"{DIST}/{part}" for part in PARTS} <= set(names)
    assert not [name for name in names if "node_modules" in name]
    source = next((tmp_path / "unpacked").iterdir())
    python = clean_python(tmp_path / "venv")
    nowhere = {"npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_retries": "0"}
    run(
        python,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "-w",
        tmp_path,
        source,
        cwd=tmp_path,
        **nowhere,
    )
    wheel = next(tmp_path.glob("*.whl"))
    inside = zipfile.ZipFile(wheel).namelist()
    assert {f"sojourn/adapters/html/dist/{part}" for part in PARTS} <= set(inside)
    assert wheel.stat().st_size < 8_000_000
    run(python, "-m", "pip", "install", "-q", wheel, cwd=tmp_path)
    assert "site-packages" in draws_a_map(python, tmp_path)


def test_nothing_is_rebuilt_when_the_sources_are_the_same(tmp_path: Path) -> None:
    built = hook()
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "snippet").mkdir()
    for name in ("package.json", "package-lock.json", "vite.config.ts", "tsconfig.json"):
        (web / name).write_text("{}\n", encoding="utf-8")
    (web / "src" / "main.ts").write_text("1\n", encoding="utf-8")
    (web / "node_modules").mkdir()
    before = built.source_hash(web)
    (web / "node_modules" / "other.js").write_text("2", encoding="utf-8")
    (web / "src" / "main.ts").write_bytes(b"1\r\n")
    assert built.source_hash(web) == before
    (web / "src" / "main.ts").write_text("3\n", encoding="utf-8")
    assert built.source_hash(web) != before
    (web / "src" / "main.ts").write_text("1\n", encoding="utf-8")
    (web / "snippet" / "main.ts").write_text("4\n", encoding="utf-8")
    assert built.source_hash(web) != before


def test_a_bundle_is_current_only_when_whole_and_of_these_sources(tmp_path: Path) -> None:
    built = hook()
    for name in built.OUTPUTS:
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / built.STAMP).write_text(json.dumps({"source": "abc"}), encoding="utf-8")
    assert built.is_current(tmp_path, "abc")
    assert not built.is_current(tmp_path, "abd")
    (tmp_path / "map.js").unlink()
    assert not built.is_current(tmp_path, "abc")


def test_the_lock_names_no_registry_and_every_package_is_sealed() -> None:
    lock = json.loads((REPO / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_what_is_built_in_has_a_permissive_licence() -> None:
    lock = json.loads((REPO / "web" / "package-lock.json").read_text(encoding="utf-8"))
    shipped = {name: entry["license"] for name, entry in lock["packages"].items()
               if name in ("node_modules/preact", "node_modules/pretendard",
                           "node_modules/web-vitals")}  # fmt: skip
    assert shipped == {"node_modules/preact": "MIT", "node_modules/pretendard": "OFL-1.1",
                       "node_modules/web-vitals": "Apache-2.0"}  # fmt: skip
