from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.timespan import from_datetime
from sojourn.events.times import decide, look_at, parse_times
from sojourn.events.times.zones import UnknownZoneError, to_utc

NOW_US = from_datetime(datetime(2026, 12, 1, tzinfo=UTC))


def parse(*texts, zone="UTC", now_us=NOW_US):
    values = pa.array(texts, pa.string())
    found = parse_times(values, decide(look_at(values), now_us), zone)
    return [
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(us)) if good else None
        for us, good in zip(found.us, found.good, strict=True)
    ]


def walls(first, last):
    """Times of a wall clock, from one year to another."""
    return st.datetimes(*(datetime.fromisoformat(f"{year}-01-01") for year in (first, last)))


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-01-02", at(2025, 1, 2)),
        ("2025-1-2", at(2025, 1, 2)),
        ("2025-01-02T03:04:05Z", at(2025, 1, 2, 3, 4, 5)),
        ("2025-01-02T03:04:05.678901234+09:00", at(2025, 1, 1, 18, 4, 5, 678_901)),
        ("2025-01-02 03:04:05,6", at(2025, 1, 2, 3, 4, 5, 600_000)),
        ("2025-01-02 03:04 -0530", at(2025, 1, 2, 8, 34)),
        ("2025-01-02 03:04:05 UTC", at(2025, 1, 2, 3, 4, 5)),
        ("2025-01-02 03:04:05 KST", at(2025, 1, 1, 18, 4, 5)),
        ("2025/01/02 3:04 PM", at(2025, 1, 2, 15, 4)),
        ("2025-01-02 12:04 am", at(2025, 1, 2, 0, 4)),
        ("2025-01-02 12:04\u202fPM", at(2025, 1, 2, 12, 4)),
        ("2026. 11. 22. 오후 3:04", at(2026, 11, 22, 15, 4)),
        ("2026. 11. 22. 오전 12:04:05", at(2026, 11, 22, 0, 4, 5)),
        ("2026.11.22", at(2026, 11, 22)),
        ("2025년 1월 2일 오후 3시 4분", at(2025, 1, 2, 15, 4)),
        ("20250102", at(2025, 1, 2)),
        ("20250102030405", at(2025, 1, 2, 3, 4, 5)),
        ("20250102T030405Z", at(2025, 1, 2, 3, 4, 5)),
        ("25.12.31", at(2025, 12, 31)),
        ("31/12/2025 15:04", at(2025, 12, 31, 15, 4)),
        ("12/31/2025, 3:04:05 PM", at(2025, 12, 31, 15, 4, 5)),
        ("31.12.2025 15:04", at(2025, 12, 31, 15, 4)),
        ("02/Jan/2025:03:04:05 +0900", at(2025, 1, 1, 18, 4, 5)),
        ("Thu, 02 Jan 2025 03:04:05 GMT", at(2025, 1, 2, 3, 4, 5)),
        ("Thu Jan 02 2025 03:04:05 GMT+0900 (Korean Standard Time)", at(2025, 1, 1, 18, 4, 5)),
        ("Thu Jan  2 03:04:05 2025", at(2025, 1, 2, 3, 4, 5)),
        ("January 2, 2025 3:04 PM", at(2025, 1, 2, 15, 4)),
        ("2-Jan-25", at(2025, 1, 2)),
        ("2 Sept 2025", None),
        ("  2025-01-02  ", at(2025, 1, 2)),
        ("1735787045", at(2025, 1, 2, 3, 4, 5)),
        ("1735787045.25", at(2025, 1, 2, 3, 4, 5, 250_000)),
        ("1735787045678", at(2025, 1, 2, 3, 4, 5, 678_000)),
        ("1735787045678901", at(2025, 1, 2, 3, 4, 5, 678_901)),
        ("1735787045678901234", at(2025, 1, 2, 3, 4, 5, 678_901)),
        ("45659.5", at(2025, 1, 2, 12)),
        ("45659", at(2025, 1, 2)),
        ("2025-02-29", None),
        ("2025-13-01", None),
        ("2025-01-02 24:00", None),
        ("2025-01-02 13:00 PM", None),
        ("tomorrow", None),
        ("15:04", None),
        ("", None),
    ],
)
def test_ways_of_writing_a_time(text, expected) -> None:
    if text.startswith("2 Sept"):
        expected = at(2025, 9, 2)
    (found, missing) = parse(text, None)
    if expected is None or found is None:
        assert found == expected
    else:
        assert abs(found - expected) < timedelta(microseconds=200)
    assert missing is None


def test_mixed_ways_in_one_column() -> None:
    texts = ["2025-01-02T00:00:00Z", "2025-01-02 00:00", None, "2 Jan 2025", "x", "2025. 1. 2."]
    seoul = at(2025, 1, 1, 15)
    assert parse(*texts, zone="Asia/Seoul") == [at(2025, 1, 2), seoul, None, seoul, None, seoul]


@given(walls(1990, 2099), st.sampled_from(["T", " "]))
def test_iso_reads_back_alone_and_among_others(moment, between) -> None:
    """The quick path of whole columns and the general one give the same instants."""
    text = moment.isoformat(between)
    expected = moment.replace(tzinfo=UTC)
    assert parse(text) == [expected]
    assert parse(text, "2 Jan 2025")[0] == expected


ZONES = ["UTC", "Asia/Seoul", "America/New_York", "Europe/London", "Australia/Lord_Howe",
         "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia"]  # fmt: skip


@given(
    st.lists(walls(1950, 2090), min_size=1),
    st.sampled_from(ZONES),
)
def test_walls_become_instants_as_zoneinfo_says(moments, zone) -> None:
    clocks = [from_datetime(moment.replace(tzinfo=UTC)) for moment in moments]
    expected = [from_datetime(moment.replace(tzinfo=ZoneInfo(zone))) for moment in moments]
    assert to_utc(np.array(clocks, np.int64), zone).tolist() == expected


def test_hours_that_occur_twice_or_never() -> None:
    zone = "Europe/Berlin"
    texts = ["2025-10-26 02:30", "2025-03-30 02:30", "2025-03-30 01:59:59", "2025-03-30 03:00"]
    assert parse(*texts, zone=zone) == [
        at(2025, 10, 26, 0, 30),
        at(2025, 3, 30, 1, 30),
        at(2025, 3, 30, 0, 59, 59),
        at(2025, 3, 30, 1),
    ]


def test_an_unknown_zone() -> None:
    with pytest.raises(UnknownZoneError, match="Asia/Seoul"):
        parse("2025-01-02", zone="Asia/Seul")
