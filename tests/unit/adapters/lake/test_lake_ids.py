"""Id files: they follow the lake, and can be deleted, torn or out of date at any time."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from event_tables import lake_table
from sojourn.adapters.lake.ids import MANIFEST, LakeIds
from sojourn.adapters.lake.runs import MemoryRun
from sojourn.adapters.lake.table import DeltaLake
from sojourn.events.identity_keys import ids_from_arrow, sort_order, take_ids

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np


def keys(numbers: list[int]) -> np.ndarray:
    ids = ids_from_arrow(lake_table(numbers)["event_id"].combine_chunks())
    return take_ids(ids, sort_order(ids))


def opened(tmp_path: Path) -> LakeIds:
    ids = LakeIds(tmp_path / "ids", 1000)
    ids.open(DeltaLake(tmp_path / "lake"))
    return ids


def commit(tmp_path: Path, ids: LakeIds, numbers: list[int]) -> None:
    files = DeltaLake(tmp_path / "lake").append(lake_table(numbers), fence=1)
    ids.add(MemoryRun(keys(numbers)), files)


def held(ids: LakeIds, numbers: list[int]) -> dict[int, int]:
    found = ids.count(keys(numbers)).tolist()
    order = [int.from_bytes(key.astype("<u8").tobytes()[8:], "big") for key in keys(numbers)]
    return dict(zip(order, found, strict=True))


@pytest.fixture
def three_commits(tmp_path: Path) -> Path:
    ids = opened(tmp_path)
    for numbers in (list(range(100)), [200, 201], [300]):
        commit(tmp_path, ids, numbers)
    return tmp_path


EXPECTED = {5: 1, 99: 1, 150: 0, 201: 1, 300: 1}


def test_ids_of_every_commit_are_found(three_commits: Path) -> None:
    assert held(opened(three_commits), list(EXPECTED)) == EXPECTED


def test_small_runs_are_merged_into_one_another(three_commits: Path) -> None:
    manifest = json.loads((three_commits / "ids" / MANIFEST).read_text("utf-8"))
    assert [len(run["files"]) for run in manifest["runs"]] == [1, 2]
    assert len(list((three_commits / "ids").glob("*.ids"))) == 2


@pytest.mark.parametrize("damage", ["folder", "manifest", "manifest-text", "run", "torn"])
def test_whatever_is_lost_is_made_again(three_commits: Path, damage: str) -> None:
    folder = three_commits / "ids"
    first = min(folder.glob("*.ids"))
    if damage == "folder":
        shutil.rmtree(folder)
    elif damage == "manifest":
        (folder / MANIFEST).unlink()
    elif damage == "manifest-text":
        (folder / MANIFEST).write_text('{"runs": [{}]}', "utf-8")
    elif damage == "run":
        first.unlink()
    else:
        first.write_bytes(first.read_bytes()[:-5])
    assert held(opened(three_commits), list(EXPECTED)) == EXPECTED
    assert held(opened(three_commits), list(EXPECTED)) == EXPECTED


def test_commits_made_without_the_ids_are_caught_up_with(three_commits: Path) -> None:
    DeltaLake(three_commits / "lake").append(lake_table([400]), fence=1)
    assert held(opened(three_commits), [*EXPECTED, 400]) == EXPECTED | {400: 1}


def test_ids_of_data_files_no_longer_in_the_lake_are_dropped(three_commits: Path) -> None:
    shutil.rmtree(three_commits / "lake")
    ids = opened(three_commits)
    assert held(ids, list(EXPECTED)) == dict.fromkeys(EXPECTED, 0)
    assert list((three_commits / "ids").glob("*.ids")) == []
