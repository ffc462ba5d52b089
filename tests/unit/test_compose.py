"""Opening a workspace: what it offers, what it loads, and whom it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from event_tables import tree
from sojourn.adapters.workspace.errors import NewerWorkspaceError, NoWorkspaceError
from sojourn.app.import_file import Source
from sojourn.app.settings import SizeError
from sojourn.base.errors import UnknownNameError
from sojourn.compose import open_workspace
from sojourn.insight.answer import Answer
from sojourn.ports.reader import ReadOptions

if TYPE_CHECKING:
    from pathlib import Path

    from sojourn.app.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    path = tmp_path / "a.csv"
    names = [f"p{i:02d}" for i in range(40)]
    header = ",".join(["user_id", "timestamp", "event", *names])
    row = ",".join(["u1", "2025-01-01", "visit", *names])
    path.write_text(f"{header}\n{row}\n", "utf-8")
    opened = open_workspace(tmp_path / "ws", create=True)
    opened.import_files([Source(name="a.csv", content=str(path))], ReadOptions())
    return opened


@dataclass(frozen=True)
class Total:
    rows: int

    def __add__(self, other: Total) -> Total:
        return Total(self.rows + other.rows)


@dataclass(frozen=True)
class CountPlan:
    def over(self, bucket) -> Total:
        return Total(len(bucket.time))

    def answer(self, total: Total) -> Answer[object]:
        return Answer(
            question="count", spec=None, as_of=datetime(2025, 1, 1, tzinfo=UTC),
            rows=(total.rows,), definition="rows",
        )  # fmt: skip


@dataclass(frozen=True)
class CountSpec:
    """Counts rows, once some properties are in the index."""

    columns: tuple[str, ...] = ()

    def plan(self, catalog) -> CountPlan:
        for name in self.columns:
            catalog.column(name)
        return CountPlan()


def test_a_question_is_asked_of_every_event(workspace: Workspace) -> None:
    assert workspace.ask(CountSpec()).rows == (1,)
    assert workspace.catalog.events == ("visit",)


def test_properties_that_are_asked_for_come_into_the_index(workspace: Workspace) -> None:
    held = {column.name for column in workspace.catalog.columns}
    absent = [name for name in (f"p{i:02d}" for i in range(40)) if name not in held]
    assert len(absent) >= 2
    assert workspace.ask(CountSpec(columns=tuple(absent[:2]))).rows == (1,)
    with pytest.raises(UnknownNameError, match="no property 'p99'"):
        workspace.ask(CountSpec(columns=("p99",)))


def test_what_is_imported_later_is_seen(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.catalog.rows == 1
    (tmp_path / "b.csv").write_text("user_id,timestamp,event\nu2,2025-01-02,buy\n", "utf-8")
    source = Source(name="b.csv", content=str(tmp_path / "b.csv"))
    workspace.import_files([source], ReadOptions())
    assert workspace.catalog.rows == 2
    assert [entry.name for entry in workspace.ledger.entries()] == ["a.csv", "b.csv"]
    assert workspace.sql("SELECT count(*) AS n FROM events").read_all().to_pylist() == [{"n": 2}]


def test_a_new_workspace_has_its_state_from_the_start(tmp_path: Path) -> None:
    opened = open_workspace(tmp_path / "ws", create=True)
    names = {path.name for path in (tmp_path / "ws").iterdir()}
    assert names == {"sojourn.toml", "secret", "state.db"}
    assert opened.ledger.entries() == ()
    assert opened.documents.newest("map") == ()
    assert opened.lake.version() == -1


def test_no_workspace_is_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(NoWorkspaceError):
        open_workspace(tmp_path / "ws")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("workspace")
def test_a_workspace_of_a_newer_version_is_refused_unchanged(tmp_path: Path) -> None:
    settings = tmp_path / "ws" / "sojourn.toml"
    settings.write_text(settings.read_text("utf-8").replace("format = 1", "format = 7"), "utf-8")
    before = tree(tmp_path)
    for create in (False, True):
        with pytest.raises(NewerWorkspaceError, match="format 7"):
            open_workspace(tmp_path / "ws", create=create)
    assert tree(tmp_path) == before


def test_settings_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOJOURN_MEMORY", "a lot")
    with pytest.raises(SizeError):
        open_workspace(tmp_path / "ws", create=True)


def test_opening_and_reading_the_version_loads_nothing_slow(workspace: Workspace) -> None:
    code = (
        "import json, sys; from sojourn.compose import open_workspace; "
        f"version = open_workspace({workspace.path!r}).lake.version(); "
        "slow = {'deltalake', 'duckdb', 'sqlalchemy', 'numba', 'pyarrow.dataset'} & set(sys.modules); "
        "print(json.dumps([version, sorted(slow)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [1, []]


@pytest.mark.parametrize("name", ["내 작업 공간", "a b#1", "100% ?&+;", "[x]'y"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows forbids some of these")
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.csv").write_text("user_id,timestamp,event\nu2,2025-01-02,buy\n", "utf-8")
    opened = open_workspace(tmp_path / name, create=True)
    source = Source(name="a.csv", content=str(tmp_path / "a.csv"))
    assert opened.import_files([source], ReadOptions()).counts.accepted == 1
    assert opened.import_files([source], ReadOptions()).counts.duplicate == 1
    assert opened.catalog.rows == 1
    assert opened.sql("SELECT month FROM events").read_all().to_pylist() == [{"month": "2025-01"}]
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", name}
