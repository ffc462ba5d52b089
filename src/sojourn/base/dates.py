"""Dates as people give them, as instants in a time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sojourn.base.errors import InputError
from sojourn.base.timespan import from_datetime, to_datetime


class DateError(InputError):
    """A date cannot be read. Remedy: write it as 2025-11-30 or 2025-11-30T14:00."""

    code = "date"


def instant_of(given: str | date | datetime, timezone: str, *, last: bool) -> int:
    """Return the instant a day begins or, where it is the last, ends; a moment is itself.

    Parameters
    ----------
    given : str, date or datetime
        ``2025-11-30`` is a day, ``2025-11-30T14:00`` a moment; one without a zone is local.
    timezone : str
        IANA name.
    last : bool
        Whether a day is the last one, included.

    Raises
    ------
    DateError
        If a text is neither.

    Examples
    --------
    >>> instant_of("1970-01-01", "UTC", last=True)
    86400000000
    """
    moment = _read(given) if isinstance(given, str) else given
    try:
        return _instant(moment, ZoneInfo(timezone), days=int(last))
    except OverflowError:  # the first and the last day there are, moved by their zone or ended
        raise _no_date(given) from None


def _instant(moment: date | datetime, zone: ZoneInfo, *, days: int) -> int:
    if not isinstance(moment, datetime):
        day = moment + timedelta(days=days)
        moment = datetime(day.year, day.month, day.day, tzinfo=zone)
    instant_us = from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    to_datetime(instant_us)  # answers tell it as one, in UTC
    return instant_us


def _no_date(given: object) -> DateError:
    return DateError(f"{given!r} is not a date.", allowed="2025-11-30 or 2025-11-30T14:00")


def _read(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        raise _no_date(text) from None
