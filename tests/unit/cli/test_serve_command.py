"""``sojourn serve``: what it opens, what it refuses, what it says before anything runs."""

from __future__ import annotations

import os
import shutil

import pytest
from click.testing import CliRunner

from sojourn.base.errors import InputError
from sojourn.cli.serving import running
from sojourn.cli.serving.addresses import AddressError, Asked
from sojourn.cli.serving.opening import SameNameError, SameWorkspaceError, open_all
from sojourn.cli.serving.running import Started
from sojourn.cli.serving.serve import command
from sojourn.compose import open_workspace


@pytest.fixture
def serve(monkeypatch):
    """Runs the command up to where processes would be started."""
    seen = []

    def supervise(workspaces, asked, greet):
        seen.append((workspaces, asked))
        greet(Started("http://127.0.0.1:8400", "http://127.0.0.1:8401"))

    monkeypatch.setattr(running, "supervise", supervise)

    def run(*arguments: str, **environment: str):
        found = CliRunner().invoke(command, arguments, env=environment)
        return found, seen[-1][0] if seen else ()

    return run


def test_workspaces_are_made_and_told_of(serve, tmp_path) -> None:
    found, opened = serve("-w", str(tmp_path / "a"), "-w", str(tmp_path / "b"))
    assert [workspace.path for workspace in opened] == [str(tmp_path / name) for name in "ab"]
    head, first, second = found.output.split("\nWorkspace")
    assert "http://127.0.0.1:8401" in head
    for name, part in (("a", first), ("b", second)):
        assert f"http://127.0.0.1:8400/w/{name}/#setup=" in part
        assert f"Pages      http://127.0.0.1:8400/w/{name}/" in part
        assert part.count("wk_") == 2  # shown, and in what to try
    again, _ = serve("-w", str(tmp_path / "a"), "-w", str(tmp_path / "b"))
    assert "wk_" not in again.output


def test_the_environment_may_name_several(serve, tmp_path) -> None:
    both = os.pathsep.join(str(tmp_path / name) for name in ("a b", "c"))
    _, opened = serve(SOJOURN_WORKSPACE=both)
    assert [workspace.path for workspace in opened] == [
        str(tmp_path / name) for name in ("a b", "c")
    ]


def test_one_alone_is_told_of_as_ever(serve, tmp_path) -> None:
    found, _ = serve("-w", str(tmp_path / "a"))
    lines = found.output.splitlines()
    assert lines[0] == f"Workspace  {tmp_path / 'a'}"
    assert lines[1].startswith("Pages      http://127.0.0.1:8400/ ")
    assert lines[2].startswith("Set-up     http://127.0.0.1:8400/w/a/#setup=")
    assert lines[4].startswith("Collector  http://127.0.0.1:8401 ")


def test_one_that_cannot_be_read_is_told_of_and_the_other_served(serve, tmp_path) -> None:
    for name in "ab":
        open_workspace(tmp_path / name, create=True)
    (tmp_path / "a" / "state.db").write_bytes(b"this is no database" * 100)
    found, opened = serve("-w", str(tmp_path / "a"), "-w", str(tmp_path / "b"))
    assert len(opened) == 2
    assert "Away " in found.output.split("\nWorkspace")[1]
    assert "wk_" in found.output.split("\nWorkspace")[2]
    alone, _ = serve("-w", str(tmp_path / "a"))
    assert isinstance(alone.exception, InputError)


@pytest.mark.parametrize("other", ["y/shop", "x/shop", "y/shop ", "x/../x/shop"])
def test_two_of_one_name_are_refused_before_anything_is_made(tmp_path, other) -> None:
    with pytest.raises(SameNameError, match="shop"):
        open_all([str(tmp_path / "x" / "shop"), str(tmp_path / other)])
    assert list(tmp_path.iterdir()) == []


def test_copies_of_one_workspace_are_refused(tmp_path) -> None:
    open_workspace(tmp_path / "a", create=True)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with pytest.raises(SameWorkspaceError, match="copy"):
        open_all([str(tmp_path / "a"), str(tmp_path / "b")])


def test_a_worker_has_one_workspace(serve, tmp_path) -> None:
    places = [part for name in "ab" for part in ("-w", str(tmp_path / name))]
    found, _ = serve(*places, "--only", "worker")
    assert found.exit_code == 2
    assert "run one for each" in found.output


def test_every_workers_figures_have_a_port() -> None:
    asked = Asked(host="127.0.0.1", port=0, collect_port=0, metrics_port=65530)
    assert asked.figures("worker", 1)[-1] == "65533"
    asked.check_figures(4)
    with pytest.raises(AddressError, match="65536"):
        asked.check_figures(5)
