"""Kernels of retention with one entry a person: who came back in which period."""

from __future__ import annotations

import numpy as np

from sojourn.kernels.calendar import interval_of, place_of
from sojourn.kernels.cohorts.frame import (
    ALLOWED,
    RETURN,
    Ages,
    Columns,
    RoleRows,
    Tally,
    column_bits,
    columns_over,
    first_start,
    new_tally,
    settle_calendar,
)
from sojourn.kernels.jit import kernel

MOST_PERIODS = 64
"""Periods of a journey are collected as the bits of one number."""


@kernel
def calendar_returns(rows: RoleRows, columns: Columns, ages: Ages) -> Tally:
    """Return the returns, by calendar period, of journeys that enter at their first start.

    Parameters
    ----------
    rows : RoleRows
    columns : Columns
        With ``step`` 0, not endless, at most ``MOST_PERIODS`` periods.
    ages : Ages

    Returns
    -------
    Tally
    """
    offsets, time, codes, roles, skip = rows
    edges, cells, start, end, as_of = ages
    base, intervals, periods = edges[0], len(edges) - 1, len(columns.of_period)
    bits = column_bits(columns.low, columns.high)
    tally = new_tally(intervals, len(bits))
    size, returned = tally.size, tally.returned[0]
    for journey in range(len(offsets) - 1):
        last = np.uint64(offsets[journey + 1])
        first = first_start(codes, roles, np.uint64(offsets[journey]), last)
        if first == last or (len(skip) > 0 and skip[journey]):
            continue
        entry = time[first]
        if not (roles[codes[first]] & ALLOWED and start <= entry < end and entry <= as_of):
            continue
        cohort = place_of(entry - base, entry, edges, cells)
        size[cohort] += 1
        limit = min(as_of + 1, edges[min(int(cohort) + periods, intervals)])
        seen = np.uint64(0)
        for row in range(first, last):
            instant = time[row]
            if instant >= limit:
                break
            back = np.uint64((roles[codes[row]] & RETURN) >> 1)
            seen |= back << (place_of(instant - base, instant, edges, cells) - cohort)
        counts = returned[cohort]
        for column in range(len(bits)):
            counts[column] += np.int64((seen & bits[column]) != 0)
    settle_calendar(tally, columns, ages)
    return tally


@kernel
def rolling_returns(rows: RoleRows, columns: Columns, ages: Ages) -> Tally:
    """Return the returns, by periods counted from the entry, of journeys that enter once.

    Parameters
    ----------
    rows : RoleRows
    columns : Columns
        With a ``step``, not endless, at most ``MOST_PERIODS`` periods.
    ages : Ages

    Returns
    -------
    Tally
    """
    offsets, time, codes, roles, skip = rows
    edges, cells, start, end, as_of = ages
    high, step = columns.high, columns.step
    length, per_step = len(columns.of_period) * step, 1.0 / step
    bits = column_bits(columns.low, high)
    tally = new_tally(len(edges) - 1, len(bits))
    size, ripe, returned = tally.size, tally.ripe, tally.returned
    for journey in range(len(offsets) - 1):
        last = np.uint64(offsets[journey + 1])
        first = first_start(codes, roles, np.uint64(offsets[journey]), last)
        if first == last or (len(skip) > 0 and skip[journey]):
            continue
        entry = time[first]
        if not (roles[codes[first]] & ALLOWED and start <= entry < end and entry <= as_of):
            continue
        cohort = place_of(entry - edges[0], entry, edges, cells)
        over = columns_over((as_of - entry) // step, high)
        size[cohort] += 1
        ripe[cohort, over] += 1
        limit = min(as_of + 1, entry + length)
        seen = np.uint64(0)
        for row in range(first, last):
            instant = time[row]
            if instant >= limit:
                break
            back = np.uint64((roles[codes[row]] & RETURN) >> 1)
            # Half a microsecond keeps the product, exact to 1e-14 of a period, off whole numbers.
            seen |= back << np.uint64((instant - entry + 0.5) * per_step)
        for column in range(len(bits)):
            side = np.int64(column >= over)
            returned[side, cohort, column] += np.int64((seen & bits[column]) != 0)
    return tally


@kernel
def endless_returns(rows: RoleRows, columns: Columns, ages: Ages) -> Tally:
    """Return how many of the journeys that enter once returned in a column or later.

    Parameters
    ----------
    rows : RoleRows
    columns : Columns
        Endless.
    ages : Ages

    Returns
    -------
    Tally
    """
    offsets, time, codes, roles, skip = rows
    edges, cells, start, end, as_of = ages
    low, high, step = columns.low, columns.high, columns.step
    whole = int(np.searchsorted(edges, as_of, side="right")) - 1
    tally = new_tally(len(edges) - 1, len(low))
    for journey in range(len(offsets) - 1):
        last = np.uint64(offsets[journey + 1])
        first = first_start(codes, roles, np.uint64(offsets[journey]), last)
        if first == last or (len(skip) > 0 and skip[journey]):
            continue
        entry = time[first]
        if not (roles[codes[first]] & ALLOWED and start <= entry < end and entry <= as_of):
            continue
        cohort = interval_of(entry, edges, cells)
        age = (as_of - entry) // step if step > 0 else max(0, whole - cohort)
        over = columns_over(age, high)
        tally.size[cohort] += 1
        tally.ripe[cohort, over] += 1
        row = last - np.uint64(1)
        while row > first and not (roles[codes[row]] & RETURN and time[row] <= as_of):
            row -= np.uint64(1)
        if not roles[codes[row]] & RETURN:
            continue
        gone = time[row] - entry
        period = gone // step if step > 0 else interval_of(time[row], edges, cells) - cohort
        reached = np.searchsorted(low, period, side="right")
        for column in range(reached):
            tally.returned[np.int64(column >= over), cohort, column] += 1
    return tally
