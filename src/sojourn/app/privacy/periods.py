"""How long events are kept, as people say it: 25 months, 90 days."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from sojourn.app.privacy.errors import PeriodError
from sojourn.base.counted import counted
from sojourn.base.timespan import from_datetime, to_datetime

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_FORM: Final = re.compile(r"(\d{1,5})\s*(d|days?|w|weeks?|months?|y|years?)")
_LONGEST_MONTHS: Final = 1_200
_LONGEST_DAYS: Final = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period of calendar months or of days; one of them is 0.

    Attributes
    ----------
    months, days : int
    """

    months: int = 0
    days: int = 0

    @property
    def words(self) -> str:
        """As a sentence says it: 25 months, 1 day."""
        if self.months:
            return counted(self.months, "month")
        return counted(self.days, "day")

    @override
    def __str__(self) -> str:
        """Return it as :func:`parse_period` reads it."""
        return f"{self.months}months" if self.months else f"{self.days}days"

    def before(self, now_us: int, zone: ZoneInfo) -> int:
        """Return the instant from which on events are kept: the beginning of a day.

        Parameters
        ----------
        now_us : int
            Microseconds since 1970.
        zone : ZoneInfo
            Whose days count.
        """
        today = to_datetime(now_us).astimezone(zone).date()
        day = today - timedelta(days=self.days)
        month = day.year * 12 + day.month - 1 - self.months
        year, number = month // 12, month % 12 + 1
        last = monthrange(year, number)[1]
        start = date(year, number, min(day.day, last))
        return from_datetime(datetime.combine(start, time(), zone))


def parse_period(text: str) -> Period:
    """Return a period.

    Parameters
    ----------
    text : str
        A number and days, weeks, months or years.

    Raises
    ------
    PeriodError
        If the text is no period, or longer than 100 years.

    Examples
    --------
    >>> str(parse_period("25 months")), str(parse_period("2y")), str(parse_period("6w"))
    ('25months', '24months', '42days')
    """
    found = _FORM.fullmatch(text.strip().lower())
    if found is None or not int(found[1]):
        raise PeriodError(text)
    number = int(found[1])
    match found[2][0]:
        case "m":
            period = Period(months=number)
        case "y":
            period = Period(months=12 * number)
        case "w":
            period = Period(days=7 * number)
        case _:
            period = Period(days=number)
    if period.months > _LONGEST_MONTHS or period.days > _LONGEST_DAYS:
        raise PeriodError(text)
    return period
