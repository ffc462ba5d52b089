from __future__ import annotations

import bz2
import gzip
import io
import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
import zstandard

from sojourn.adapters.readers import open_reader
from sojourn.adapters.readers.errors import (
    EmptyInputError,
    HeaderError,
    MissingColumnError,
    TruncatedInputError,
    UnknownEncodingError,
)
from sojourn.base.errors import UnknownNameError
from sojourn.base.timespan import from_datetime
from sojourn.ports.reader import READ_SCHEMA, ReadOptions

NOW_US = from_datetime(datetime(2026, 1, 1, tzinfo=UTC))
SIMPLE = "user_id,event,time,plan\n007,open,2025-01-02 03:04:05,free\n8,buy,2025-01-03,\n"


def read(data, **options):
    raw = data.encode() if isinstance(data, str) else data
    reader = open_reader(io.BytesIO(raw), ReadOptions(now_us=NOW_US, **options))
    batches = list(reader.batches())
    events = pa.concat_tables([batch.events for batch in batches])
    rejected = [row for batch in batches for row in batch.rejected]
    assert events.schema == READ_SCHEMA
    per_row = batches[0].positions_per_row
    taken = {(position - 1) // per_row for position in events["position"].to_pylist()}
    assert sum(batch.rows for batch in batches) == len(taken) + len(rejected)
    return events, rejected, reader


def rows(data, **options):
    events, rejected, _ = read(data, **options)
    assert not rejected
    return events.to_pylist()


def test_a_simple_table() -> None:
    first, second = rows(SIMPLE)
    assert first == {
        "own_id": None,
        "anonymous_id": None,
        "user_id": "007",
        "time": datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
        "position": 1,
        "event": "open",
        "properties": '{"plan":"free"}',
    }
    assert second["properties"] is None
    assert second["position"] == 2


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, bz2.compress, zstandard.ZstdCompressor().compress]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-be"])
def test_packing_and_encoding_change_nothing(pack, encoding) -> None:
    text = "고객번호,이벤트,일시,기기\r\n01,상품 보기,2026. 11. 22. 오후 3:04,모바일\r\n"
    (event,) = rows(pack(text.encode(encoding)), allow_times_us=(0, 2**60))
    assert event["user_id"] == "01"
    assert event["event"] == "상품 보기"
    assert event["time"] == datetime(2026, 11, 22, 15, 4, tzinfo=UTC)
    assert event["properties"] == '{"device":"모바일"}'


@pytest.mark.parametrize("delimiter", ["\t", ";", "|", "  "])
def test_delimiters_are_found(delimiter) -> None:
    text = "user_id,event,time,n\nu1,open,2025-01-02,5\nu2,buy,2025-01-03,6\n"
    events = rows(text.replace(",", delimiter))
    assert [e["properties"] for e in events] == ['{"n":5}', '{"n":6}']


def test_lines_are_those_of_the_file() -> None:
    text = (
        "user_id,event,time,note\r\n"
        '1,open,2025-01-02,"two\r\nlines"\r\n'
        "\r\n"
        "2,open\r\n"
        'null,open,2025-01-02,"a\n\nb"\r\n'
        "3,,2025-01-02,x\r\n"
        "4,open,yesterday,x\r\n"
        "5,open,1970-01-01,x\r\n"
        "6,open,9999-01-01,x\r\n"
        "7,open,,x"
    )
    _, rejected, _ = read(text)
    assert [(r.line, r.code) for r in rejected] == [
        (5, "ragged"),
        (6, "no-person"),
        (9, "no-event"),
        (10, "bad-time"),
        (11, "time-range"),
        (12, "time-range"),
        (13, "no-time"),
    ]
    assert rejected[1].raw == 'null,open,2025-01-02,"a\n\nb"'
    assert "'yesterday'" in rejected[3].reason


def test_a_quote_inside_a_field_is_text() -> None:
    text = 'user_id,event,time,note\n1,open,2025-01-02,5" disk\n2,open,2025-01-02,"a ""b"" c"\n'
    events = rows(text)
    assert [json.loads(e["properties"])["note"] for e in events] == ['5" disk', 'a "b" c']


def test_a_quote_that_never_closes_costs_its_line_only() -> None:
    text = 'user_id,event,time,note\n1,open,2025-01-02,a\n2,open,2025-01-02,"b\n3,open,2025-01-02,c'
    events, rejected, _ = read(text)
    assert events["user_id"].to_pylist() == ["1", "3"]
    assert [(r.line, r.code, r.raw) for r in rejected] == [(3, "no-end", '2,open,2025-01-02,"b')]


def test_empty_is_missing_and_a_quoted_nothing_is_empty() -> None:
    text = 'user_id,event,time,a,b\n1,open,2025-01-02,,""\n2,open,2025-01-02,x,y\n'
    assert rows(text)[0]["properties"] == '{"b":""}'


def test_numbers_only_where_nothing_is_lost() -> None:
    text = (
        "user_id,event,time,n,zip,flag,mixed\n"
        "1,open,2025-01-02,1.50,35182,TRUE,1\n"
        "2,open,2025-01-02,-3,01012,false,x\n"
    )
    assert [e["properties"] for e in rows(text)] == [
        '{"flag":true,"mixed":"1","n":1.50,"zip":"35182"}',
        '{"flag":false,"mixed":"x","n":-3,"zip":"01012"}',
    ]


def test_the_zone_of_times_without_one() -> None:
    text = "user_id,event,time\n1,a,2025-01-02 00:00\n1,b,2025-01-02T00:00Z\n"
    events = rows(text, timezone="Asia/Seoul")
    assert [e["time"].hour for e in events] == [15, 0]


def test_date_and_time_in_two_columns() -> None:
    (event, _) = rows("user_id,event,date,time\n1,a,2025-01-02,15:04\n2,a,2025-01-02,15:05\n")
    assert event["time"] == datetime(2025, 1, 2, 15, 4, tzinfo=UTC)


def test_day_and_month_are_told_apart_late_in_the_file() -> None:
    early = "1,a,05/01/2025\n" * 100_000
    events, rejected, reader = read(f"user_id,event,date\n{early}1,a,25/01/2025\n")
    assert not rejected
    assert events["time"][0].as_py() == datetime(2025, 1, 5, tzinfo=UTC)
    assert "day first, as 25 is no month" in next(r.why for r in reader.roles if r.role == "time")


def test_undecodable_bytes_are_set_apart() -> None:
    raw = "user_id,event,time\n1,가,2025-01-02\n".encode() + b"2,\xff\xfe,2025-01-02\n"
    events, rejected, _ = read(raw)
    assert events.num_rows == 1
    assert [(r.line, r.code, r.raw) for r in rejected] == [
        (3, "undecodable", "2,\\xff\\xfe,2025-01-02")
    ]


def test_korean_bytes_after_a_long_ascii_head() -> None:
    raw = b"user_id,event,time\n" + b"1,open,2025-01-02\n" * 80_000
    events, rejected, _ = read(raw + "1,구매,2025-01-02\n".encode("cp949"))
    assert not rejected
    assert events["event"][-1].as_py() == "구매"


def test_headers_may_repeat_or_be_empty() -> None:
    text = ",user_id,event,time,a,a\n0,1,open,2025-01-02,x,y\n1,2,open,2025-01-02,x,y\n"
    assert rows(text)[0]["properties"] == '{"a":"x","a (2)":"y"}'
    with pytest.raises(MissingColumnError, match="more than one"):
        read(text, roles={"event": "a"})


def test_rejected_rows_can_be_mended_and_read_again(tmp_path) -> None:
    _, rejected, reader = read(f"{SIMPLE}9,open\n,open,2025-01-02,x\n")
    path = tmp_path / "rejected.csv"
    reader.write_rejected(tuple(rejected[:1]), str(path))
    reader.write_rejected(tuple(rejected[1:]), str(path))
    written = path.read_text("utf-8-sig").splitlines()
    assert written[0] == "sojourn_line,sojourn_reason,user_id,event,time,plan"
    assert written[1].startswith("4,")
    mended = "\n".join([written[0], written[1] + ",2025-01-02,", written[2].replace(",,", ",9,")])
    again = rows(mended)
    assert [(e["user_id"], e["properties"]) for e in again] == [("9", None), ("9", '{"plan":"x"}')]


@pytest.mark.parametrize("text", ["", "\n\n", "user_id,event,time\n"])
def test_nothing_to_read(text) -> None:
    with pytest.raises(EmptyInputError):
        read(text)


def test_a_missing_column_names_those_there_are() -> None:
    with pytest.raises(MissingColumnError, match="who did it"):
        read("a,event,time\nx,open,2025-01-02\n")
    with pytest.raises(UnknownNameError, match="Did you mean 'user_id'"):
        read(SIMPLE, roles={"person": "userid"})


def test_values_in_place_of_a_header() -> None:
    with pytest.raises(HeaderError, match="columns"):
        read("u1,open,2025-01-02\nu1,open,2025-01-02\n")


def test_a_cut_off_gzip() -> None:
    packed = gzip.compress(("user_id,event,time\n" + "1,a,2025-01-02\n" * 200_000).encode())
    with pytest.raises(TruncatedInputError):
        read(packed[:-100])


def test_one_event_for_each_time_of_a_row() -> None:
    text = (
        "customer_id,ordered,paid,sent,city\n"
        "1,2025-01-02 03:04,2025-01-02 03:04,,Seoul\n"
        "2,2025-01-02,soon,,x\n"
        "3,,,,x\n"
        "null,2025-01-02,,,x\n"
        "4,2025-01-03,,2025-01-02,\n"
    )
    events, rejected, reader = read(text, event_times=("ordered", "paid", "sent"))
    assert [(e["user_id"], e["event"], e["position"]) for e in events.to_pylist()] == [
        ("1", "ordered", 1),
        ("1", "paid", 2),
        ("4", "ordered", 13),
        ("4", "sent", 15),
    ]
    assert events["properties"].to_pylist() == ['{"city":"Seoul"}'] * 2 + [None] * 2
    assert [(r.line, r.code) for r in rejected] == [
        (3, "bad-time"),
        (4, "no-time"),
        (5, "no-person"),
    ]
    assert rejected[0].reason.startswith("paid: 'soon'")
    assert [c.column for c in reader.roles if c.role == "time"] == ["ordered", "paid", "sent"]


def test_a_header_in_an_unknown_encoding_asks_for_its_name() -> None:
    header = "ユーザー,時刻,イベント\n"
    rows = "".join(f"p{i},2025-01-01T00:00:{i % 60:02d}Z,view\n" for i in range(200))
    raw = (header + rows).encode("shift_jis")
    with pytest.raises(UnknownEncodingError, match="--encoding NAME"):
        read(raw)
