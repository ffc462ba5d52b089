"""Bad input ends in a clear error or in the quarantine; nothing is lost, nothing hangs."""

from __future__ import annotations

import gzip
import os

import pytest

from readouts import read
from sojourn.adapters.readers.errors import (
    BrokenInputError,
    EmptyInputError,
    HeaderError,
    MissingColumnError,
    TruncatedInputError,
    UnknownFormatError,
    UnreadableTimesError,
)
from sojourn.base.errors import InputError, UnknownNameError

HEADER = "user_id,event,time,note\n"
ROW = "2,b,2025-01-02,y\n"
OBJECT = '{"user_id":1,"event":"a","time":"2025-01-02"}'


@pytest.mark.parametrize("field", ['"' + "x" * 10_000_000 + '"', "x" * 10_000_000])
def test_a_field_of_ten_megabytes(field) -> None:
    text = f"{HEADER}1,a,2025-01-02,{field}\n{ROW}"
    found = read(text)
    assert len(found.properties[0]["note"]) == 10_000_000
    found = read(text, max_field_bytes=1_000_000)
    assert found.faults == [(2, "no-end")]
    assert found.column("user_id") == ["2"]
    found = read(text, max_field_bytes=9_999_999)
    assert found.rows == 2
    assert found.rejected[0].line == 2


def test_a_first_row_longer_than_the_head() -> None:
    note = "x\n" * 2_000_000
    found = read(f'{HEADER}1,a,2025-01-02,"{note}"\n{ROW}null,a,2025-01-02,z\n')
    assert found.properties[0]["note"] == note
    assert found.faults == [(2_000_004, "no-person")]


def test_a_quote_that_swallows_the_file() -> None:
    text = f'{HEADER}1,a,2025-01-02,"oops\n{ROW * 100_000}'
    found = read(text, max_field_bytes=100_000)
    assert found.faults == [(2, "no-end")]
    assert len(found.events) == 100_000
    found = read(text)
    assert found.faults == [(2, "no-end")]
    assert len(found.events) == 100_000


def test_many_distinct_events() -> None:
    found = read(HEADER + "".join(f"u{i},event {i},2025-01-02,x\n" for i in range(100_000)))
    assert len(set(found.column("event"))) == 100_000


def test_a_thousand_columns() -> None:
    names = ",".join(f"c{i}" for i in range(1000))
    found = read(f"user_id,event,time,{names}\n" + f"1,a,2025-01-02,{','.join('v' * 1000)}\n" * 20)
    assert len(found.properties[0]) == 1000


@pytest.mark.parametrize(
    "raw",
    [
        b"%PDF-1.4 ...",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"PK\x03\x04" + b"notes.txt" * 20,
        b"SQLite format 3\0" + bytes(100),
        bytes(range(256)) * 40,
        b"<!DOCTYPE html><html></html>",
    ],
)
def test_what_is_no_data_is_named(raw) -> None:
    with pytest.raises(UnknownFormatError):
        read(raw)


def test_noise_never_ends_in_a_traceback() -> None:
    for size in (1, 2, 10, 100, 1000, 100_000):
        for start in (
            b"",
            b"{",
            b"[",
            b"<log>",
            b"PAR1",
            b"PK\x03\x04xl/",
            b"user_id,event,time\n",
        ):
            with pytest.raises(InputError):
                read(start + os.urandom(size))


@pytest.mark.parametrize(
    "raw", [b"", gzip.compress(b"", mtime=0), b"\n \n", b"\xef\xbb\xbf", b"[]"]
)
def test_nothing_at_all(raw) -> None:
    with pytest.raises(EmptyInputError):
        read(raw)


def test_rows_that_all_differ_from_the_header() -> None:
    with pytest.raises(HeaderError, match="No row"):
        read("user_id,event,time\na,b,c,d\ne,f\n")


def test_times_out_of_range_are_set_apart_unless_allowed() -> None:
    text = (
        "user_id,event,time\n1,a,1970-01-01\n1,a,9999-12-31\n1,a,2025-01-01\n1,a,2026-01-01 23:00\n"
    )
    assert read(text).faults == [(2, "time-range"), (3, "time-range")]
    assert "1990-01-01 to 2026-01-02" in read(text).rejected[0].reason
    assert read(text, allow_times_us=(0, 10**9)).faults == [(3, "time-range")]
    assert read(text, now_us=0).faults == [(2, "time-range"), (3, "time-range")]


def test_columns_that_are_not_there() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'time'"):
        read(HEADER + ROW, roles={"time": "tiem"})
    with pytest.raises(MissingColumnError, match="'soon'"):
        read("user_id,event,time\n1,a,soon\n")
    with pytest.raises(UnreadableTimesError, match="'soon'"):
        read("user_id,event,time\n1,a,soon\n", roles={"time": "time"})
    with pytest.raises(MissingColumnError, match="--event-times ordered_at,paid_at"):
        read("customer,ordered_at,paid_at\n1,2025-01-02,2025-01-03\n")
    with pytest.raises(MissingColumnError, match=r"--event-times ordered_at,paid_at\)"):
        read("customer,ordered_at,paid_at,estimated_delivery\n1,2025-01-02,2025-01-03,2025-01-09\n")
    with pytest.raises(UnknownNameError, match="format"):
        read(HEADER + ROW, format="cvs")


def test_json_with_faults() -> None:
    found = read(f'{OBJECT}\nno json\n[1]\n\n{OBJECT}\n{{"a":')
    assert found.faults == [(2, "bad-json"), (3, "bad-json"), (6, "bad-json")]
    assert len(found.events) == 2
    with pytest.raises(TruncatedInputError):
        read(f'[{OBJECT},{{"user_id"')
    with pytest.raises(TruncatedInputError):
        read(f"[{OBJECT},")
    with pytest.raises(BrokenInputError, match="line 2"):
        read(f'[{OBJECT},\n{{"user_id" 1}}' + f",{OBJECT}" * 50 + "]")
    with pytest.raises(BrokenInputError, match="no objects"):
        read("[1, 2]", format="json")


def test_json_deep_large_and_not_a_number() -> None:
    deep = OBJECT[:-1] + ',"x":' + "[" * 100_000 + "]" * 100_000 + "}"
    assert read(f"{OBJECT}\n{deep}\n").faults == [(2, "bad-json")]
    huge = OBJECT[:-1] + f',"x":{"9" * 5000}}}'
    assert read(f"{OBJECT}\n{huge}\n").faults == [(2, "bad-json")]
    odd = OBJECT[:-1] + ',"x":NaN,"y":1e999,"s":"\\ud800"}'
    assert read(odd).events[0]["properties"] == '{"s":"\\ud800","y":null}'
    long = OBJECT[:-1] + f',"x":"{"x" * 2000}"}}'
    assert read(f"{OBJECT}\n{long}\n", max_field_bytes=1000).faults == [(2, "too-large")]


def test_lines_cannot_lend_each_other_brackets() -> None:
    """Joined by commas these three would be three objects; each by itself, none is."""
    lent = '{"a":[{}\n{}]}\n{},{}'
    found = read(f"{OBJECT}\n{lent}\n{OBJECT}\n")
    assert found.faults == [(2, "bad-json"), (3, "bad-json"), (4, "bad-json")]


def test_persons_of_no_use() -> None:
    people = [
        "null",
        "",
        "undefined",
        "NaN",
        "0",
        " ",
        "None",
        "00000000-0000-0000-0000-000000000000",
    ]
    found = read(HEADER + "".join(f"{who},a,2025-01-02,x\n" for who in people))
    assert [code for _, code in found.faults] == ["no-person"] * len(people)
    both = "anonymous_id,user_id,event,time\nx,null,a,2025-01-02\nnull,y,a,2025-01-02\n0,0,a,2025-01-02\n"
    found = read(both)
    assert found.column("anonymous_id") == ["x", None]
    assert found.column("user_id") == [None, "y"]
    assert found.faults == [(4, "no-person")]
