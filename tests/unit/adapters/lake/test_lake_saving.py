"""A copy of one version of a lake, whatever its writer does meanwhile."""

from __future__ import annotations

import shutil

import pytest
from deltalake import DeltaTable

from event_tables import lake_table
from sojourn.adapters.lake import compacting, saving, upkeep
from sojourn.adapters.lake.errors import LakeDamagedError
from sojourn.adapters.lake.ids import LakeIds
from sojourn.adapters.lake.recovery import LOG
from sojourn.adapters.lake.saving import LakePart
from sojourn.adapters.lake.table import DeltaLake
from sojourn.ports.backup import Fact

FAR_US = 4_000_000_000_000_000


def quiet(_what: str, _done: int, _total: int) -> None:
    return


def append(lake: DeltaLake, *numbers: int) -> None:
    lake.append(lake_table(list(numbers), time=0), fence=1, batch=("inbox", max(numbers)))


def ids(lake: DeltaLake) -> list[bytes]:
    return sorted(value.as_py() for batch in lake.scan(["event_id"]) for value in batch.column(0))


@pytest.fixture
def lake(tmp_path) -> DeltaLake:
    made = DeltaLake(tmp_path / "lake")
    for number in range(1, 7):
        append(made, number)
    return made


def test_the_copy_is_the_newest_version_and_reads_alike(lake, tmp_path) -> None:
    facts = LakePart(lake.folder).save(str(tmp_path / "copy"), quiet)
    assert facts == (Fact("lake version", 6), Fact("events in the lake", 6))
    copy = DeltaLake(tmp_path / "copy" / "lake")
    assert ids(copy) == ids(lake)
    assert copy.transaction_version("inbox") == 6
    assert DeltaTable(tmp_path / "copy" / "lake").to_pyarrow_table().num_rows == 6


def test_a_lake_that_was_never_written_to_is_nothing(tmp_path) -> None:
    assert LakePart(tmp_path / "lake").save(str(tmp_path / "copy"), quiet) == (
        Fact("events in the lake", 0),
    )
    assert not (tmp_path / "copy" / "lake").exists()


def test_a_torn_entry_that_a_power_cut_left_is_not_copied(lake, tmp_path) -> None:
    (lake.folder / LOG / f"{7:020d}.json").write_text('{"add": {"pa')
    LakePart(lake.folder).save(str(tmp_path / "copy"), quiet)
    copy = DeltaLake(tmp_path / "copy" / "lake")
    assert copy.version() == 6
    assert len(ids(copy)) == 6


class Meanwhile:
    """Does something to a lake just before a file of it is copied."""

    def __init__(self, monkeypatch, at: int, do) -> None:
        self.left, self.do, self.copy = at, do, shutil.copy
        monkeypatch.setattr(saving.shutil, "copy", self)

    def __call__(self, source, target):
        self.left -= 1
        if self.left == 0:
            self.do()
        return self.copy(source, target)


@pytest.mark.parametrize("at", range(1, 14))
def test_whatever_its_writer_does_meanwhile_the_copy_is_one_version(
    lake, tmp_path, monkeypatch, at
) -> None:
    """A commit, small files merged and removed at once, a checkpoint, old entries removed."""
    before = ids(lake)
    monkeypatch.setattr(compacting, "MANY", 4)
    monkeypatch.setattr(compacting, "KEPT_US", 0)
    monkeypatch.setattr(upkeep, "CHECKPOINT_EVERY", 2)
    monkeypatch.setattr(upkeep, "ENTRIES_KEPT_US", 0)
    known = LakeIds(tmp_path / "ids", 1_000)

    def go_on() -> None:
        append(lake, 7)
        known.open(lake)
        upkeep.keep_up(lake, known, fence=1, now_us=FAR_US)
        upkeep.keep_up(lake, known, fence=1, now_us=FAR_US + 1)

    meanwhile = Meanwhile(monkeypatch, at, go_on)
    LakePart(lake.folder).save(str(tmp_path / "copy"), quiet)
    assert meanwhile.left <= 0
    copy = DeltaLake(tmp_path / "copy" / "lake")
    assert ids(copy) in (before, ids(lake))
    wanted = {copy.folder / file.path for file in copy.files()}
    assert {p for p in copy.folder.glob("*/*.parquet") if p.parent.name != LOG} == wanted


def test_a_lake_that_has_lost_a_file_is_told(lake, tmp_path) -> None:
    (lost, *_) = lake.files()
    (lake.folder / lost.path).unlink()
    with pytest.raises(LakeDamagedError, match=f"{lost.path} .*the file is missing"):
        LakePart(lake.folder).save(str(tmp_path / "copy"), quiet)
