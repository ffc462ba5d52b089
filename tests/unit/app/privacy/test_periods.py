"""Periods for which events are kept, by the calendar of the workspace."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sojourn.app.privacy.errors import PeriodError
from sojourn.app.privacy.periods import parse_period
from sojourn.base.timespan import from_datetime, to_datetime

SEOUL = ZoneInfo("Asia/Seoul")


def before(period: str, now: str, zone: ZoneInfo = SEOUL) -> str:
    at = from_datetime(datetime.fromisoformat(now))
    return to_datetime(parse_period(period).before(at, zone)).astimezone(zone).isoformat()


@pytest.mark.parametrize(
    ("period", "now", "kept_from"),
    [
        ("1month", "2026-03-31T12:00:00+09:00", "2026-02-28T00:00:00+09:00"),
        ("25months", "2026-03-15T00:00:01+09:00", "2024-02-15T00:00:00+09:00"),
        ("1year", "2024-02-29T12:00:00+09:00", "2023-02-28T00:00:00+09:00"),
        ("90 days", "2026-03-31T01:00:00+09:00", "2025-12-31T00:00:00+09:00"),
        ("1d", "2026-03-30T16:00:00+00:00", "2026-03-30T00:00:00+09:00"),
        ("2w", "2026-01-05T00:00:00+09:00", "2025-12-22T00:00:00+09:00"),
    ],
)
def test_events_are_kept_from_the_beginning_of_a_day(period, now, kept_from) -> None:
    assert before(period, now) == kept_from


def test_a_day_begins_when_it_does_where_clocks_are_changed() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert before("1month", "2026-04-28T12:00:00+02:00", berlin) == "2026-03-28T00:00:00+01:00"


@pytest.mark.parametrize(
    "text", ["", "soon", "0d", "25", "-3 months", "1.5y", "101years", "40000d"]
)
def test_what_is_no_period_is_refused(text) -> None:
    with pytest.raises(PeriodError):
        parse_period(text)
