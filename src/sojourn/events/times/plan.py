"""What has to be decided about a time column as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from sojourn.base.timespan import to_datetime
from sojourn.events.times.groups import groups, tidy
from sojourn.events.times.numeric import NumberUnit, guess_unit
from sojourn.events.times.shapes import DateKind, DateOrder, read_shape

if TYPE_CHECKING:
    import pyarrow as pa

_SEPARATORS: Final = b"./-"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePlan:
    """How the values of one column are read."""

    long_order: DateOrder = DateOrder.DMY
    """Of ``01/02/2024``."""
    short_order: DateOrder = DateOrder.YMD
    """Of ``01.02.24``."""
    unit: NumberUnit | None = None
    """Of plain numbers; None when the column showed none."""
    settled: bool = True
    """False when no value seen so far tells the day from the month."""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateEvidence:
    """The largest numbers seen at each place of dates whose order is open to doubt."""

    long_first: int = 0
    long_second: int = 0
    first: int = 0
    second: int = 0
    third: int = 0
    separator: str = ""
    firsts_over_12: int = 0
    seconds_over_12: int = 0

    def __add__(self, other: DateEvidence) -> DateEvidence:
        """Return what both have seen."""
        return DateEvidence(
            long_first=max(self.long_first, other.long_first),
            long_second=max(self.long_second, other.long_second),
            first=max(self.first, other.first),
            second=max(self.second, other.second),
            third=max(self.third, other.third),
            separator=self.separator or other.separator,
            firsts_over_12=self.firsts_over_12 + other.firsts_over_12,
            seconds_over_12=self.seconds_over_12 + other.seconds_over_12,
        )


def observe(values: pa.StringArray) -> DateEvidence:
    """Return what some values of a column tell about the order of its dates."""
    seen = DateEvidence()
    for group in groups(tidy(values)):
        shape = read_shape(group.shape)
        if shape is None or shape.kind is DateKind.CLEAR:
            continue
        numbers = [group.number(part) for part in shape.parts]
        largest = [int(column.max(initial=0)) for column in numbers]
        separator = chr(next(b for b in group.shape if b in _SEPARATORS))
        if shape.kind is DateKind.LONG:
            seen += DateEvidence(
                long_first=largest[0],
                long_second=largest[1],
                separator=separator,
                firsts_over_12=int(np.count_nonzero(numbers[0] > 12)),
                seconds_over_12=int(np.count_nonzero(numbers[1] > 12)),
            )
        else:
            seen += DateEvidence(
                first=largest[0], second=largest[1], third=largest[2], separator=separator
            )
    return seen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    order: DateOrder
    why: str
    settled: bool = True


_CLEAR_LONG: Final = _Decision(order=DateOrder.DMY, why="")
_CLEAR_SHORT: Final = _Decision(order=DateOrder.YMD, why="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLook:
    """What a look at (a part of) a time column showed."""

    evidence: DateEvidence = field(default_factory=DateEvidence)
    unit: NumberUnit | None = None
    unit_is_plausible: bool = False


def look_at(values: pa.StringArray) -> ColumnLook:
    """Return what a sample of a column shows."""
    unit, plausible = guess_unit(tidy(values))
    return ColumnLook(evidence=observe(values), unit=unit, unit_is_plausible=plausible)


def decide(look: ColumnLook, now_us: int) -> TimePlan:
    """Return how a column is read.

    Parameters
    ----------
    look : ColumnLook
        What its values show; more may be added until ``settled``.
    now_us : int
        The present; dates of two-digit years are not read as years to come. 0 when unknown.
    """
    long = _decide_long(look.evidence)
    short = _decide_short(look.evidence, now_us)
    said = [long.why, short.why]
    if look.unit is not None:
        said.append(f"numbers are {look.unit}")
    return TimePlan(
        long_order=long.order,
        short_order=short.order,
        unit=look.unit,
        settled=long.settled and short.settled,
        why="; ".join(part for part in said if part),
    )


def _decide_long(seen: DateEvidence) -> _Decision:
    if not seen.long_first:
        return _CLEAR_LONG
    if seen.firsts_over_12 or seen.seconds_over_12:
        day_first = seen.firsts_over_12 >= seen.seconds_over_12
        order = DateOrder.DMY if day_first else DateOrder.MDY
        proof = seen.long_first if day_first else seen.long_second
        mixed = seen.firsts_over_12 and seen.seconds_over_12
        also = " (some dates have it the other way round and are rejected)" if mixed else ""
        return _Decision(order=order, why=f"{order}, as {proof} is no month{also}")
    order = DateOrder.MDY if seen.separator == "/" else DateOrder.DMY
    why = f"{order} by custom for {seen.separator!r}: no date tells day from month"
    return _Decision(order=order, why=why, settled=False)


def _decide_short(seen: DateEvidence, now_us: int) -> _Decision:
    if not seen.first:
        return _CLEAR_SHORT
    this_year = to_datetime(now_us).year - 2000 if now_us else 99
    last_is_year = seen.third > 31
    first_is_year = seen.first > 31 or (not last_is_year and seen.third > this_year)
    if first_is_year or (seen.separator != "/" and not last_is_year and seen.second <= 12):
        settled = first_is_year
        why = f"{DateOrder.YMD}" + ("" if settled else " by custom")
        return _Decision(order=DateOrder.YMD, why=why, settled=settled)
    order = _day_or_month(seen)
    settled = max(seen.first, seen.second) > 12
    return _Decision(
        order=order, why=f"{order}" + ("" if settled else " by custom"), settled=settled
    )


def _day_or_month(seen: DateEvidence) -> DateOrder:
    if max(seen.first, seen.second) > 12:
        return DateOrder.DMY if seen.first > 12 else DateOrder.MDY
    return DateOrder.MDY if seen.separator == "/" else DateOrder.DMY
