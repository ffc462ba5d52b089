"""Days, weeks and months of a time zone, as arrays of the instants at which they begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np

from sojourn.base.errors import InputError, UnknownNameError
from sojourn.base.timespan import DAY_US, from_datetime, to_datetime

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_INTERVALS = 40_000
_CELL_BITS = 36
"""Cells of 2**36 µs (19.1 h): shorter than any day, so a cell holds one boundary at most."""
_EARLIEST_US = from_datetime(datetime(2, 1, 1, tzinfo=UTC))
_LATEST_US = from_datetime(datetime(9999, 11, 1, tzinfo=UTC))


class TooManyIntervalsError(InputError):
    """A range holds more days, weeks or months than can be told apart. Remedy: narrow it."""

    code = "too-many-intervals"


class Unit(StrEnum):
    """Into which intervals time is cut."""

    DAY = "day"
    WEEK = "week"
    """Monday to Sunday."""
    MONTH = "month"


ROLLING_US: dict[Unit, int] = {Unit.DAY: DAY_US, Unit.WEEK: 7 * DAY_US, Unit.MONTH: 30 * DAY_US}
"""Length of an interval counted from an event instead of by the calendar: multiples of 24 h."""


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Consecutive days, weeks or months of one zone; 23- and 25-hour days have their true length.

    Attributes
    ----------
    unit : Unit
    edges : ndarray of shape (intervals + 1,), int64, strictly ascending
        Interval i lasts from ``edges[i]`` (included) to ``edges[i + 1]`` (excluded), µs UTC.
    days : tuple of date, length intervals
        First local day of each interval.
    """

    unit: Unit
    edges: NDArray[np.int64]
    days: tuple[date, ...]

    def __len__(self) -> int:
        return len(self.days)

    def number(self, instants: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of the interval each instant lies in.

        Parameters
        ----------
        instants : ndarray of shape (n,), int64

        Returns
        -------
        ndarray of shape (n,), int64
            -1 before the first interval, ``len(self)`` after the last.
        """
        return np.searchsorted(self.edges, instants, side="right").astype(np.int64) - 1

    def number_of(self, instant_us: int) -> int:
        """Return the number of the interval one instant lies in."""
        return int(np.searchsorted(self.edges, instant_us, side="right")) - 1

    def cells(self) -> NDArray[np.int32]:
        """Return a look-up table for kernels.

        Returns
        -------
        ndarray of shape (cells,), int32
            Entry ``(t - edges[0]) >> 36`` is the interval in which that cell of time begins; t is
            in it or, past the next edge, in the following one.
        """
        span = int(self.edges[-1] - self.edges[0])
        starts = self.edges[0] + (np.arange((span >> _CELL_BITS) + 1, dtype=np.int64) << _CELL_BITS)
        return np.minimum(self.number(starts), len(self) - 1).astype(np.int32)


def unit_named(name: str, first_us: int, last_us: int) -> Unit:
    """Return a unit by its name; ``"auto"`` is one that cuts a span into readable many intervals.

    Days up to six weeks, weeks up to thirteen months, then months.

    Examples
    --------
    >>> unit_named("auto", 0, 30 * DAY_US), unit_named("month", 0, 0)
    (<Unit.DAY: 'day'>, <Unit.MONTH: 'month'>)
    """
    if name != "auto":
        return Unit(name)
    days = (last_us - first_us) // DAY_US
    if days <= 42:
        return Unit.DAY
    return Unit.WEEK if days <= 400 else Unit.MONTH


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name.

    Raises
    ------
    UnknownNameError
        If there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownNameError("time zone", name, available_timezones()) from None


def local_day(instant_us: int, timezone: str) -> date:
    """Return the local date of an instant."""
    return to_datetime(instant_us).astimezone(zone(timezone)).date()


def day_start(day: date, timezone: str) -> int:
    """Return the first instant of a local day.

    Where the clock jumps over midnight this is the jump; where midnight happens twice, the first.
    """
    return from_datetime(datetime(day.year, day.month, day.day, tzinfo=zone(timezone)))


def first_day(day: date, unit: Unit) -> date:
    """Return the first day of the day, week (Monday) or month that holds a day."""
    match unit:
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return day - timedelta(days=day.weekday())
        case Unit.MONTH:
            return day.replace(day=1)


def next_day(first: date, unit: Unit, steps: int = 1) -> date:
    """Return the first day of the interval some steps after (or, negative, before) another's.

    Parameters
    ----------
    first : date
        First day of an interval.
    unit : Unit
    steps : int
    """
    match unit:
        case Unit.DAY:
            return first + timedelta(days=steps)
        case Unit.WEEK:
            return first + timedelta(days=7 * steps)
        case Unit.MONTH:
            months = first.year * 12 + first.month - 1 + steps
            return date(months // 12, months % 12 + 1, 1)


@lru_cache(maxsize=32)
def intervals(unit: Unit, timezone: str, first_us: int, last_us: int) -> Intervals:
    """Return the intervals that cover a range of instants.

    Parameters
    ----------
    unit : Unit
    timezone : str
        IANA name.
    first_us, last_us : int
        Both instants are covered, within the years 2 to 9999.

    Raises
    ------
    UnknownNameError
        If there is no such zone.
    TooManyIntervalsError
        If more than ``MAX_INTERVALS`` would be needed.

    Examples
    --------
    >>> from sojourn.base.timespan import HOUR_US
    >>> spring = day_start(date(2024, 3, 31), "Europe/London")
    >>> lengths = intervals(Unit.DAY, "Europe/London", spring, spring).edges
    >>> int(lengths[1] - lengths[0]) // HOUR_US
    23
    """
    day = first_day(local_day(max(first_us, _EARLIEST_US), timezone), unit)
    last = local_day(min(last_us, _LATEST_US), timezone)
    if (last - day).days > MAX_INTERVALS * {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 28}[unit]:
        raise TooManyIntervalsError(
            f"From {day} to {last} there are too many {unit}s.",
            allowed=f"at most {MAX_INTERVALS:,} of them",
            remedy="Narrow the range with --from and --to, or take a longer interval.",
        )
    days = [day]
    while days[-1] <= last:
        days.append(next_day(days[-1], unit))
    starts = [day_start(each, timezone) for each in days]
    # A day the zone left out altogether (Samoa, 2011-12-30) has no length and is no interval.
    kept = [i for i in range(len(days) - 1) if starts[i] < starts[i + 1]]
    edges = np.array([*(starts[i] for i in kept), starts[-1]], np.int64)
    edges.flags.writeable = False
    return Intervals(unit, edges, tuple(days[i] for i in kept))
