"""Days, weeks and months against zoneinfo, over changes of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.calendar import (
    MAX_INTERVALS,
    TooManyIntervalsError,
    Unit,
    day_start,
    first_day,
    intervals,
    local_day,
    next_day,
    unit_named,
    zone,
)
from sojourn.base.errors import UnknownNameError
from sojourn.base.timespan import DAY_US, HOUR_US

ZONES = [
    "America/New_York",
    "Asia/Seoul",
    "Europe/London",
    "UTC",
    "Pacific/Apia",
    "America/Sao_Paulo",
]
INSTANTS = st.integers(
    int(datetime(2005, 1, 1, tzinfo=UTC).timestamp()) * 10**6,
    int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 10**6,
)


def slow_first_day(instant, unit, timezone):
    day = datetime.fromtimestamp(instant // 10**6, tz=UTC).astimezone(ZoneInfo(timezone)).date()
    match unit:
        case Unit.WEEK:
            while day.strftime("%a") != "Mon":
                day -= timedelta(days=1)
        case Unit.MONTH:
            while day.day > 1:
                day -= timedelta(days=1)
    return day


@given(st.sampled_from(ZONES), st.sampled_from(list(Unit)), INSTANTS, st.integers(0, 400 * DAY_US))
def test_every_instant_lies_in_the_interval_of_its_local_day(timezone, unit, first, span) -> None:
    found = intervals(unit, timezone, first, first + span)
    assert found.edges[0] <= first
    assert first + span < found.edges[-1]
    assert np.all(np.diff(found.edges) > 0)
    some = np.linspace(first, first + span, 40).astype(np.int64)
    numbers = found.number(some)
    assert [found.days[n] for n in numbers] == [
        slow_first_day(int(t), unit, timezone) for t in some
    ]
    assert [found.number_of(int(t)) for t in some] == list(numbers)
    cells = found.cells()
    by_cell = cells[(some - found.edges[0]) >> 36].astype(np.int64)
    assert list(by_cell + (some >= found.edges[by_cell + 1])) == list(numbers)


@pytest.mark.parametrize(
    ("timezone", "day", "hours"),
    [
        ("America/New_York", date(2024, 3, 10), 23),
        ("America/New_York", date(2024, 11, 3), 25),
        ("Europe/London", date(2024, 3, 31), 23),
        ("Europe/London", date(2024, 10, 27), 25),
        ("Asia/Seoul", date(2024, 3, 10), 24),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # midnight itself does not exist
        ("America/Sao_Paulo", date(2018, 2, 17), 25),  # the hour before midnight happens twice
    ],
)
def test_days_have_their_true_length(timezone, day, hours) -> None:
    start = day_start(day, timezone)
    found = intervals(Unit.DAY, timezone, start, start)
    assert found.days == (day,)
    assert int(found.edges[1] - found.edges[0]) == hours * HOUR_US


def test_weeks_begin_on_monday_and_keep_their_hours() -> None:
    start = day_start(date(2024, 3, 5), "America/New_York")
    found = intervals(Unit.WEEK, "America/New_York", start, start + 14 * DAY_US)
    assert found.days == (date(2024, 3, 4), date(2024, 3, 11), date(2024, 3, 18))
    assert [int(n) // HOUR_US for n in np.diff(found.edges)] == [167, 168, 168]


def test_a_day_that_a_zone_left_out_is_no_interval() -> None:
    start = day_start(date(2011, 12, 29), "Pacific/Apia")
    found = intervals(Unit.DAY, "Pacific/Apia", start, start + 2 * DAY_US)
    assert found.days == (date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 1))


@given(
    st.dates(date(1999, 1, 1), date(2030, 1, 1)), st.sampled_from(list(Unit)), st.integers(-30, 30)
)
def test_steps_forth_and_back_cancel(day, unit, steps) -> None:
    first = first_day(day, unit)
    there = next_day(first, unit, steps)
    assert first_day(there, unit) == there
    assert next_day(there, unit, -steps) == first


def test_instants_beyond_the_calendar_are_beyond_the_last_interval() -> None:
    late = int(datetime(9990, 1, 1, tzinfo=UTC).timestamp()) * 10**6
    found = intervals(Unit.MONTH, "America/New_York", late, 10**18)
    assert found.days[-1] == date(9999, 10, 1)
    assert found.number_of(10**18) == len(found)
    early = intervals(Unit.MONTH, "America/New_York", -(10**18), -62 * 10**15)
    assert early.days[0].year == 1
    assert early.number_of(-(10**18)) == -1


def test_too_many_intervals_are_refused_with_a_remedy() -> None:
    with pytest.raises(TooManyIntervalsError, match="--from") as caught:
        intervals(Unit.DAY, "UTC", 0, (MAX_INTERVALS + 2) * DAY_US)
    assert "40,000" in str(caught.value)


def test_an_unknown_zone_has_a_nearest_match() -> None:
    with pytest.raises(UnknownNameError, match="Asia/Seoul"):
        zone("Asia/Soul")
    with pytest.raises(UnknownNameError):
        zone("../etc/passwd")


def test_local_days_follow_the_zone() -> None:
    late = int(datetime(2024, 1, 1, 20, tzinfo=UTC).timestamp()) * 10**6
    assert local_day(late, "Asia/Seoul") == date(2024, 1, 2)
    assert local_day(late, "America/New_York") == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("days", "unit"), [(42, Unit.DAY), (43, Unit.WEEK), (400, Unit.WEEK), (401, Unit.MONTH)]
)
def test_auto_takes_a_readable_unit(days, unit) -> None:
    assert unit_named("auto", 0, days * DAY_US) is unit
    assert unit_named("month", 0, days * DAY_US) is Unit.MONTH
