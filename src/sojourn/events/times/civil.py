"""From the parts of written times to instants, for whole groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sojourn.base.timespan import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from sojourn.events.times.shapes import DateKind, DateOrder, Shape, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.events.times.groups import Group

PIVOT: Final = 69
"""Years of two digits from here on are 19xx, below they are 20xx (POSIX ``%y``)."""


def date_us(
    group: Group, shape: Shape, order: DateOrder
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the midnights of the written dates on the wall clock, in µs, and which exist.

    A shape with no date gives 1970-01-01.
    """
    count = group.rows.shape[0]
    if shape.clock_only:
        return np.zeros(count, np.int64), np.ones(count, np.bool_)
    year, month, day = _year_month_day(group, shape, order)
    good = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = ((year - 1970) * 12 + np.where(good, month - 1, 0)).astype("datetime64[M]")
    first = months.astype("datetime64[D]")
    days = first + np.where(good, day - 1, 0).astype("timedelta64[D]")
    good &= days.astype("datetime64[M]") == months
    return days.astype(np.int64) * DAY_US, good


def _year_month_day(
    group: Group, shape: Shape, order: DateOrder
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    year, month, day = _spans(shape, order)
    numbers = group.number(year)
    if year[1] - year[0] == 2:
        numbers = numbers + np.where(numbers < PIVOT, 2000, 1900)
    if month is None:
        return numbers, np.full(group.rows.shape[0], shape.month, np.int64), group.number(day)
    return numbers, group.number(month), group.number(day)


def _spans(shape: Shape, order: DateOrder) -> tuple[Span, Span | None, Span]:
    """Return where year, month and day are; no month where it is a name."""
    parts = shape.parts
    if len(parts) == 2:
        return parts[0], None, parts[1]
    a, b, c = parts
    if shape.kind is DateKind.CLEAR:
        return a, b, c
    if order is DateOrder.YMD and shape.kind is DateKind.SHORT:
        return a, b, c
    return (c, a, b) if order is DateOrder.MDY else (c, b, a)


def clock_us(group: Group, shape: Shape) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the time of day in µs and which are possible; midnight where none is written."""
    hour, minute, second = (group.number(s) for s in (shape.hour, shape.minute, shape.second))
    good = (minute < 60) & (second < 60)
    if shape.afternoon is None:
        good &= hour < 24
    else:
        good &= (hour >= 1) & (hour <= 12)
        hour = hour % 12 + (12 if shape.afternoon else 0)
    total = hour * HOUR_US + minute * MINUTE_US + second * SECOND_US
    return total + _fraction_us(group, shape.fraction), good


def _fraction_us(group: Group, span: Span | None) -> NDArray[np.int64]:
    """Return the written fraction of a second in µs, digits beyond the sixth dropped."""
    if span is None:
        return np.zeros(group.rows.shape[0], np.int64)
    start, end = span[0], min(span[1], span[0] + 6)
    fraction: NDArray[np.int64] = group.number((start, end)) * 10 ** (6 - (end - start))
    return fraction


def offset_us(group: Group, shape: Shape) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the written offset from UTC in µs and which are possible."""
    if shape.fixed_offset_s is not None:
        fixed = np.full(group.rows.shape[0], shape.fixed_offset_s * SECOND_US, np.int64)
        return fixed, np.ones(group.rows.shape[0], np.bool_)
    hour, minute = group.number(shape.zone_hour), group.number(shape.zone_minute)
    total = shape.zone_sign * (hour * HOUR_US + minute * MINUTE_US)
    return total, (hour < 24) & (minute < 60)
