"""Upkeep of a lake that grows by the second: nothing in it changes, whatever breaks it off."""

from __future__ import annotations

import json
import os

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable

from event_tables import lake_table
from sojourn.adapters.lake import compacting, upkeep
from sojourn.adapters.lake.checkpoints import last_checkpoint
from sojourn.adapters.lake.errors import FencedOutError
from sojourn.adapters.lake.ids import LakeIds
from sojourn.adapters.lake.recovery import LOG
from sojourn.adapters.lake.table import DeltaLake
from sojourn.adapters.lake.upkeep import keep_up
from sojourn.events.identity_keys import ids_from_arrow, sort_order, take_ids

HOUR_US = 3_600_000_000
NOW_US = 1_900_000_000_000_000


@pytest.fixture
def lake(tmp_path, monkeypatch) -> DeltaLake:
    monkeypatch.setattr(compacting, "MANY", 4)
    return DeltaLake(tmp_path / "lake")


@pytest.fixture
def ids(tmp_path) -> LakeIds:
    return LakeIds(tmp_path / "ids", 1_000_000)


def fill(lake: DeltaLake, ids: LakeIds, start: int, commits: int) -> None:
    ids.open(lake)
    for number in range(start, start + commits):
        files = lake.append(lake_table([number * 10, number * 10 + 1], time=0), fence=1)
        ids.open(lake)
        assert files


def rows(lake: DeltaLake) -> list[bytes]:
    return sorted(value.as_py() for batch in lake.scan(["event_id"]) for value in batch.column(0))


def known(lake: DeltaLake, ids: LakeIds) -> bool:
    """Whether every id of the lake is counted once, without reading the lake again."""
    batches = list(lake.scan(["event_id"]))
    keys = ids_from_arrow(pa.concat_arrays([batch.column(0) for batch in batches]))
    counts = ids.count(take_ids(keys, sort_order(keys)))
    return counts.tolist() == [1] * len(keys)


def test_small_files_become_one_and_every_reader_sees_the_same(lake, ids) -> None:
    fill(lake, ids, 0, 5)
    before, small = rows(lake), lake.files()
    done = keep_up(lake, ids, fence=1, now_us=NOW_US)
    assert (done.merged, done.removed) == (5, 0)
    (file,) = lake.files()
    assert rows(lake) == before
    assert (file.rows, file.month) == (10, small[0].month)
    assert file.size == (lake.folder / file.path).stat().st_size
    table = DeltaTable(lake.folder)
    assert table.to_pyarrow_table().num_rows == 10
    assert table.history(1)[0]["operation"] == "OPTIMIZE"
    parquet = [str(lake.folder / path) for path in table.file_uris()]
    assert duckdb.sql(f"SELECT count(*) FROM read_parquet({parquet})").fetchall() == [(10,)]
    assert known(lake, ids)
    assert lake.merges() == [(file.path, tuple(each.path for each in small))]
    assert all((lake.folder / each.path).is_file() for each in small)  # for whoever reads them


def test_it_goes_on_and_on(lake, ids) -> None:
    for round_ in range(6):
        fill(lake, ids, round_ * 5, 5)
        keep_up(lake, ids, fence=1, now_us=NOW_US + round_ * HOUR_US)
    assert len(lake.files()) == 1
    assert len(rows(lake)) == 60
    again = LakeIds(ids._folder, 1_000_000)
    again.open(lake)
    assert known(lake, again)
    assert keep_up(lake, ids, fence=1, now_us=NOW_US).merged == 0


def test_small_files_go_a_day_later(lake, ids) -> None:
    fill(lake, ids, 0, 5)
    small = lake.files()
    keep_up(lake, ids, fence=1, now_us=NOW_US)
    assert keep_up(lake, ids, fence=1, now_us=NOW_US + 23 * HOUR_US).removed == 0
    assert keep_up(lake, ids, fence=1, now_us=NOW_US + 25 * HOUR_US).removed == 5
    assert not any((lake.folder / each.path).exists() for each in small)
    assert len(rows(lake)) == 10


class KilledError(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    "where", ["merged", "sync_folders", "note", "write_entry", "rename", "checkpoint"]
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_anywhere_nothing_is_lost_or_doubled(lake, ids, monkeypatch, where, after) -> None:
    fill(lake, ids, 0, 5)
    before = rows(lake)
    owner, name = {
        "rename": (LakeIds, "rename"),
        "checkpoint": (DeltaLake, "write_checkpoint"),
    }.get(where, (upkeep, where))
    inner = getattr(owner, name)

    def dying(*args, **kwargs):
        if after:
            inner(*args, **kwargs)
        raise KilledError

    monkeypatch.setattr(upkeep, "CHECKPOINT_EVERY", 1)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dying)
        with pytest.raises(KilledError):
            keep_up(lake, ids, fence=1, now_us=NOW_US)
    lake.recover()
    assert rows(lake) == before
    again = LakeIds(ids._folder, 1_000_000)
    again.open(lake)
    assert known(lake, again)
    keep_up(lake, again, fence=2, now_us=NOW_US)
    assert rows(lake) == before
    assert len(lake.files()) == 1
    assert known(lake, again)
    left = {
        path.relative_to(lake.folder).as_posix() for path in lake.folder.glob("month=*/*.parquet")
    }
    owned = {file.path for file in lake.files()} | {p for _, old in lake.merges() for p in old}
    assert left - owned == set()
    assert not list((lake.folder / LOG).glob("_commit*"))


def test_a_writer_that_was_overtaken_merges_nothing(lake, ids) -> None:
    fill(lake, ids, 0, 5)
    lake.append(lake_table([999], time=0), fence=7)
    with pytest.raises(FencedOutError):
        keep_up(lake, ids, fence=6, now_us=NOW_US)
    assert len(lake.files()) == 6


def test_a_version_is_written_once(lake, ids) -> None:
    fill(lake, ids, 0, 1)
    with pytest.raises(FencedOutError):
        upkeep.write_entry(lake.folder / LOG, lake.version(), [{"commitInfo": {}}])
    assert len(rows(lake)) == 2


def test_the_log_stays_short(lake, ids, monkeypatch) -> None:
    monkeypatch.setattr(upkeep, "CHECKPOINT_EVERY", 10)
    fill(lake, ids, 0, 12)
    log = lake.folder / LOG
    assert keep_up(lake, ids, fence=1, now_us=NOW_US).checkpoint
    version = lake.version()
    assert last_checkpoint(log) == version
    assert [int(path.stem) for path in sorted(log.glob("*.json"))] == [version]
    assert len(rows(lake)) == 24
    fill(lake, ids, 12, 12)
    assert keep_up(lake, ids, fence=1, now_us=NOW_US).checkpoint
    assert len(list(log.glob("*.checkpoint.parquet"))) == 1
    assert len(rows(lake)) == 48
    assert DeltaTable(lake.folder).to_pyarrow_table().num_rows == 48
    assert lake.transaction_version("sojourn-writer") == 1


def test_entries_stay_a_while_for_whoever_reads_them(lake, ids, monkeypatch) -> None:
    monkeypatch.setattr(upkeep, "CHECKPOINT_EVERY", 1)
    fill(lake, ids, 0, 3)
    log = lake.folder / LOG
    for number, entry in enumerate(sorted(log.glob("*.json"))):
        os.utime(entry, ns=(0, (NOW_US - (number < 2) * HOUR_US) * 1000))
    keep_up(lake, ids, fence=1, now_us=NOW_US)
    assert [int(path.stem) for path in sorted(log.glob("*.json"))] == [2, 3]


@pytest.mark.parametrize("torn", [b"", b"PAR1 torn"])
def test_a_torn_checkpoint_is_as_if_never_written(lake, ids, monkeypatch, torn) -> None:
    monkeypatch.setattr(upkeep, "CHECKPOINT_EVERY", 1)
    monkeypatch.setattr(upkeep, "_forget_entries", lambda *_: None)  # killed before it
    fill(lake, ids, 0, 3)
    keep_up(lake, ids, fence=1, now_us=NOW_US)
    (checkpoint,) = (lake.folder / LOG).glob("*.checkpoint.parquet")
    checkpoint.write_bytes(torn)
    lake.recover()
    assert len(rows(lake)) == 6
    fill(lake, ids, 3, 1)
    assert len(rows(lake)) == 8


def test_what_cannot_be_read_of_the_record_is_left_out(lake, ids) -> None:
    fill(lake, ids, 0, 5)
    keep_up(lake, ids, fence=1, now_us=NOW_US)
    record = lake.folder / compacting.RECORD
    record.write_text("nonsense\n[]\n" + record.read_text("utf-8") + json.dumps({"new": "x"}))
    assert len(lake.merges()) == 1
    record.unlink()
    assert lake.merges() == []
    assert len(rows(lake)) == 10
