"""Reading a column of written times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.events.times.civil import clock_us, date_us, offset_us
from sojourn.events.times.groups import Group, groups, tidy
from sojourn.events.times.numeric import NumberUnit, numbers_us
from sojourn.events.times.shapes import DateKind, Shape, read_shape
from sojourn.events.times.zones import to_utc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.events.times.plan import TimePlan

_NUMBER_SHAPE: Final = re.compile(rb"-?0+(\.0*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instants:
    """The instants of a column."""

    us: NDArray[np.int64]
    """Shape (n,), microseconds since 1970-01-01 UTC; 0 where unreadable."""
    good: NDArray[np.bool_]
    """Shape (n,), False where the text is null or no time."""


def parse_times(values: pa.StringArray, plan: TimePlan, zone: str) -> Instants:
    """Return the instants a column of texts means.

    Parameters
    ----------
    values : pyarrow.StringArray of length n
    plan : TimePlan
        What was decided for the whole column: the order of day and month, the unit of numbers.
    zone : str
        IANA name of the zone of times that do not say theirs.

    Returns
    -------
    Instants
        Each value's depends on nothing but its text, the plan and the zone.

    Raises
    ------
    UnknownZoneError
        If there is no such zone.
    """
    quick = _iso(values, zone)
    if quick is not None:
        return quick
    values = tidy(values)
    us = np.zeros(len(values), np.int64)
    good = np.zeros(len(values), np.bool_)
    wall = np.zeros(len(values), np.bool_)
    if plan.unit is not None:
        us, good = _numbers(values, plan.unit)
        wall = good & (plan.unit is NumberUnit.EXCEL)
    for group in groups(values):
        shape = read_shape(group.shape)
        if shape is None or shape.clock_only or _is_number(group, plan):
            continue
        us[group.rows], good[group.rows] = _read(group, shape, plan)
        wall[group.rows] = not shape.zoned
    us[wall] = to_utc(us[wall], zone)
    return Instants(us=np.where(good, us, 0), good=good)


def _iso(values: pa.StringArray, zone: str) -> Instants | None:
    """Return the instants when every text is ISO 8601, all with a zone or all without."""
    good = values.is_valid().to_numpy(zero_copy_only=False)
    try:
        moments = pc.cast(values, pa.timestamp("us"))
    except pa.ArrowInvalid:
        try:
            moments = pc.cast(values, pa.timestamp("us", tz="UTC"))
        except pa.ArrowInvalid:
            return None
        us = pc.fill_null(moments.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
        return Instants(us=us, good=good)
    walls = pc.fill_null(moments.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    return Instants(us=np.where(good, to_utc(walls, zone), 0), good=good)


def _is_number(group: Group, plan: TimePlan) -> bool:
    compact = plan.unit in {None, NumberUnit.COMPACT}
    return not compact and _NUMBER_SHAPE.fullmatch(group.shape) is not None


def _numbers(
    values: pa.StringArray, unit: NumberUnit
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    if unit is NumberUnit.COMPACT:
        return np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
    us, good = numbers_us(values, unit)
    return us.copy(), good


def _read(
    group: Group, shape: Shape, plan: TimePlan
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return wall-clock times of a group, or instants where the shape says its zone."""
    order = plan.short_order if shape.kind is DateKind.SHORT else plan.long_order
    date, date_good = date_us(group, shape, order)
    clock, clock_good = clock_us(group, shape)
    offset, offset_good = offset_us(group, shape)
    return date + clock - offset, date_good & clock_good & offset_good
