"""Spans of time. An instant is int64 microseconds since 1970-01-01 UTC everywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sojourn.base.errors import InputError

MILLISECOND_US = 1_000
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
LONGEST_US = 365_000 * DAY_US
"""So long a duration can be added to any date without leaving int64."""

_UNITS = {"s": SECOND_US, "m": MINUTE_US, "h": HOUR_US, "d": DAY_US, "w": 7 * DAY_US}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """A half-open range of instants; None leaves that side open."""

    start_us: int | None = None
    end_us: int | None = None


def parse_duration(text: str) -> int:
    """Return a duration in microseconds.

    Parameters
    ----------
    text : str
        Numbers with units s, m, h, d, w: ``"30m"``, ``"14d"``, ``"1h30m"``.

    Raises
    ------
    InputError
        If the text is not a duration.

    Examples
    --------
    >>> parse_duration("1h30m") // MINUTE_US
    90
    """
    compact = text.strip().lower()
    parts = _PART.findall(compact)
    if not parts or _PART.sub("", compact).strip():
        raise InputError(
            f"{text!r} is not a duration.", allowed="a number and a unit: 45s, 30m, 12h, 14d, 2w"
        )
    total_us = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if total_us > LONGEST_US:
        raise InputError(f"{text!r} is too long a duration.", allowed="up to 365000d")
    return round(total_us)


def to_datetime(instant_us: int) -> datetime:
    """Return an aware UTC datetime of an instant in microseconds."""
    return _EPOCH + timedelta(microseconds=int(instant_us))


def from_datetime(moment: datetime) -> int:
    """Return the instant in microseconds of an aware datetime."""
    return (moment - _EPOCH) // timedelta(microseconds=1)
