"""The Delta table: what a commit leaves behind, who may commit, what Delta readers see."""

from __future__ import annotations

import errno
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from event_tables import DAY, lake_table
from sojourn.adapters.disk.errors import DiskFullError, UnwritableError
from sojourn.adapters.lake import datafiles, table
from sojourn.adapters.lake.errors import FencedOutError, LakeDamagedError
from sojourn.adapters.lake.handle import LakeHandle
from sojourn.adapters.lake.table import WRITER, DeltaLake
from sojourn.events.schema import EVENT_SCHEMA

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def lake(tmp_path: Path) -> DeltaLake:
    return DeltaLake(tmp_path / "lake")


def ids_in(lake: DeltaLake) -> list[int]:
    return sorted(
        int.from_bytes(value.as_py()[8:], "big")
        for batch in lake.scan(["event_id"])
        for value in batch.column(0)
    )


def test_a_lake_that_was_never_written(lake: DeltaLake) -> None:
    assert lake.version() == -1
    assert lake.files() == ()
    assert lake.newest() == ()
    assert list(lake.scan(["event"])) == []
    assert lake.transaction_version(WRITER) == -1


def test_a_commit_by_month(lake: DeltaLake, tmp_path: Path) -> None:
    events = pa.concat_tables(
        [
            lake_table([1, 2], time=0),
            lake_table([3], time=40 * DAY),
            lake_table([4], time=None),
            lake_table([5], time=-1),
        ]
    )
    paths = lake.append(events, fence=3)
    assert lake.version() == 1
    assert {file.month: file.rows for file in lake.files()} == {
        "1970-01": 2, "1970-02": 1, "untimed": 1, "1969-12": 1,
    }  # fmt: skip
    assert sorted(paths) == [file.path for file in lake.files()]
    assert all((tmp_path / "lake" / path).is_file() for path in paths)
    assert lake.transaction_version(WRITER) == 3
    assert ids_in(lake) == [1, 2, 3, 4, 5]


def test_what_the_newest_version_added(lake: DeltaLake, tmp_path: Path) -> None:
    first = lake.append(lake_table([1], time=0), fence=3)
    assert lake.newest() == first
    second = lake.append(lake_table([2], time=40 * DAY), fence=3)
    assert LakeHandle(tmp_path / "lake").newest() == second


def test_scanning_some_columns_of_some_files(lake: DeltaLake) -> None:
    lake.append(lake_table([1]), fence=1)
    lake.append(lake_table([2], time=40 * DAY), fence=1)
    february = [file for file in lake.files() if file.month == "1970-02"]
    batches = list(lake.scan(["month", "user_id"], february))
    assert [batch.to_pylist() for batch in batches if len(batch)] == [
        [{"month": "1970-02", "user_id": "u2"}]
    ]
    whole = pa.Table.from_batches(lake.scan(EVENT_SCHEMA.names))
    assert whole.schema.equals(EVENT_SCHEMA)


def test_delta_readers_see_the_same_rows(lake: DeltaLake, tmp_path: Path) -> None:
    lake.append(lake_table([1, 2]), fence=1)
    outside = DeltaTable(tmp_path / "lake").to_pyarrow_table()
    assert sorted(outside["user_id"].to_pylist()) == ["u1", "u2"]
    assert outside["month"].to_pylist() == ["1970-01"] * 2


def test_statistics_tell_of_time_and_event_only(lake: DeltaLake, tmp_path: Path) -> None:
    [path] = lake.append(lake_table([7], time=1_500_000, event="buy"), fence=1)
    log = (tmp_path / "lake" / "_delta_log" / f"{1:020d}.json").read_text("utf-8")
    [added] = [json.loads(line)["add"] for line in log.splitlines() if '"add"' in line]
    assert json.loads(added["stats"]) == {
        "numRecords": 1,
        "minValues": {"time": "1970-01-01T00:00:01.500000Z", "event": "buy"},
        "maxValues": {"time": "1970-01-01T00:00:01.500000Z", "event": "buy"},
        "nullCount": {"time": 0, "event": 0},
    }
    assert "u7" not in log
    columns = pq.read_metadata(tmp_path / "lake" / path).row_group(0)
    with_statistics = {
        columns.column(i).path_in_schema
        for i in range(columns.num_columns)
        if columns.column(i).is_stats_set
    }
    assert with_statistics == {"time", "event"}


def test_long_event_names_have_no_statistics(lake: DeltaLake, tmp_path: Path) -> None:
    lake.append(lake_table([1], event="x" * 65), fence=1)
    log = (tmp_path / "lake" / "_delta_log" / f"{1:020d}.json").read_text("utf-8")
    assert "x" * 65 not in log


def test_a_writer_that_was_overtaken_is_refused(lake: DeltaLake) -> None:
    lake.append(lake_table([1]), fence=5)
    with pytest.raises(FencedOutError, match="writer 5 took over"):
        lake.append(lake_table([2]), fence=4)
    assert ids_in(lake) == [1]


def test_a_commit_in_between_is_not_built_upon(
    lake: DeltaLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.append(lake_table([1]), fence=1)
    original = table.write_part

    def overtaken(folder, part):
        monkeypatch.setattr(table, "write_part", original)
        DeltaLake(folder).append(lake_table([9]), fence=2)
        return original(folder, part)

    monkeypatch.setattr(table, "write_part", overtaken)
    with pytest.raises(FencedOutError, match="another writer"):
        lake.append(lake_table([2]), fence=1)
    assert ids_in(lake) == [1, 9]


def data_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}


@pytest.mark.parametrize("full", ["data", "log", "stage"])
def test_a_full_disk_leaves_the_lake_as_it_was(
    lake: DeltaLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    lake.append(lake_table([1]), fence=1)
    before = data_files(tmp_path / "lake")

    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if full == "data":
            patch.setattr(datafiles.pq, "write_table", no_room)
        elif full == "log":
            patch.setattr(DeltaTable, "create_write_transaction", no_room)
        else:
            patch.setattr(table, "write_whole", no_room)
        with pytest.raises(DiskFullError, match="goes on where it stopped"):
            lake.append(lake_table([2]), fence=1)
    assert ids_in(lake) == [1]
    assert data_files(tmp_path / "lake") == before
    lake.append(lake_table([2]), fence=1)
    assert ids_in(lake) == [1, 2]


def test_other_trouble_with_the_disk_is_named(
    lake: DeltaLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(table, "write_part", refused)
    with pytest.raises(UnwritableError, match="no right to write there"):
        lake.append(lake_table([2]), fence=1)


def test_a_damaged_log_is_named(lake: DeltaLake, tmp_path: Path) -> None:
    lake.append(lake_table([1]), fence=1)
    lake.append(lake_table([2]), fence=1)
    (tmp_path / "lake" / "_delta_log" / f"{0:020d}.json").write_text("{", "utf-8")
    with pytest.raises(LakeDamagedError, match="cannot be read"):
        lake.files()


def test_the_handle_knows_the_version_and_passes_the_rest_on(
    lake: DeltaLake, tmp_path: Path
) -> None:
    handle = LakeHandle(tmp_path / "lake")
    assert handle.version() == -1
    lake.append(lake_table([1]), fence=1)
    assert handle.version() == lake.version() == 1
    assert handle.files() == lake.files()
    assert [batch.to_pylist() for batch in handle.scan(["event"])] == [[{"event": "visit"}]]


def test_a_data_file_that_is_gone_or_damaged_is_named(lake: DeltaLake, tmp_path: Path) -> None:
    (path,) = lake.append(lake_table([1, 2], time=0), fence=1)
    file = tmp_path / "lake" / path
    file.write_bytes(file.read_bytes()[:50])
    with pytest.raises(LakeDamagedError, match=file.name):
        list(lake.scan(["event"]))
    file.unlink()
    with pytest.raises(LakeDamagedError, match="the file is missing"):
        list(lake.scan(["event"]))


def test_the_calls_behind_a_message_are_left_out() -> None:
    told = LakeDamagedError("lake", "Json error\n   0: <unknown>\n   1: start_thread").message
    assert "Json error" in told
    assert "unknown" not in told
