from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from readouts import read
from sojourn.adapters.readers.errors import EmptyInputError, TruncatedInputError

NAIVE = datetime.fromisoformat("2025-01-02 03:04:05.678901")


def write(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


def test_types_are_kept(tmp_path) -> None:
    path = write(
        tmp_path / "a",
        user_id=pa.array(["007", None]),
        event=pa.array(["buy", "buy"]).dictionary_encode(),
        timestamp=pa.array([NAIVE, NAIVE], pa.timestamp("us")),
        n=pa.array([3, None], pa.int32()),
        x=pa.array([0.1, float("nan")]),
        d=pa.array([Decimal("12.10"), None]),
        flag=pa.array([True, None]),
        day=pa.array([date(2025, 1, 2), None]),
        tags=pa.array([["a", "b"], None]),
        info=pa.array([{"k": 1}, None]),
        raw=pa.array([b"\xff\x00", b"text"]),
        zip_code=pa.array([1012, 35182]),
        other=pa.array(
            [NAIVE.replace(hour=0, minute=0, second=0, microsecond=0), None],
            pa.timestamp("ms", tz="Asia/Seoul"),
        ),
        nothing=pa.nulls(2),
    )
    found = read(path, timezone="Asia/Seoul")
    assert found.reader.format == "Parquet"
    assert found.faults == [(2, "no-person")]
    assert found.events[0]["time"] == datetime(2025, 1, 1, 18, 4, 5, 678_901, tzinfo=UTC)
    assert found.events[0]["properties"] == (
        '{"d":12.10,"day":"2025-01-02","flag":true,"info":{"k":1},"n":3,'
        '"other":"2025-01-02 00:00:00Z","raw":"/wA=","tags":["a","b"],"x":0.1,"zip_code":"1012"}'
    )


def test_a_time_with_a_zone_and_one_in_nanoseconds(tmp_path) -> None:
    path = write(
        tmp_path / "a",
        user_id=["1"],
        event=["buy"],
        ts=pa.array([1735787045678901234], pa.timestamp("ns", tz="UTC")),
    )
    assert read(path).events[0]["time"] == datetime(2025, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)


def test_wide(tmp_path) -> None:
    times = pa.array([NAIVE, None], pa.timestamp("us"))
    path = write(tmp_path / "a", customer_id=["1", "2"], ordered=times, paid=times[::-1])
    found = read(path, event_times=("ordered", "paid"))
    assert found.column("event") == ["ordered", "paid"]
    assert found.column("position") == [1, 4]


def test_rejected_rows_become_lines_of_json(tmp_path) -> None:
    path = write(tmp_path / "a", user_id=["null", "2"], event=["x", "y"], ts=["2025-01-02"] * 2)
    found = read(path)
    assert [(r.line, json.loads(r.raw)["user_id"]) for r in found.rejected] == [(1, "null")]
    target = tmp_path / "rejected.jsonl"
    found.reader.write_rejected(tuple(found.rejected), str(target))
    again = read(target.read_text("utf-8").replace('"null"', '"3"'))
    assert again.column("user_id") == ["3"]


def test_truncated_and_empty(tmp_path) -> None:
    path = write(tmp_path / "a", user_id=["1"] * 1000, event=["x"] * 1000, ts=["2025-01-02"] * 1000)
    raw = path.read_bytes()
    with pytest.raises(TruncatedInputError, match="Parquet"):
        read(raw[: len(raw) // 2])
    with pytest.raises(EmptyInputError):
        read(write(tmp_path / "b", user_id=pa.array([], pa.string())))


def test_texts_that_are_no_utf8_are_set_apart(tmp_path) -> None:
    broken = pa.array([b"caf\xe9", b"ok"]).view(pa.string())
    path = write(tmp_path / "a", user_id=["1", "2"], event=broken, ts=["2025-01-02"] * 2)
    found = read(path)
    assert found.faults == [(1, "undecodable")]
    assert "caf\\\\xe9" in found.rejected[0].raw
    assert found.column("user_id") == ["2"]
