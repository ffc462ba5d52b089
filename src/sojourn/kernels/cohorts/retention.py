"""Kernels of retention with one entry a person: who came back in which period."""

from __future__ import annotations

import numpy as np

from sojourn.kernels.cohorts.frame import (
    ALLOWED,
    RETURN,
    Ages,
    Columns,
    RoleRows,
    Tally,
    columns_over,
    first_start,
    interval_of,
    new_tally,
    settle_calendar,
)
from sojourn.kernels.jit import kernel


@kernel
def calendar_returns(rows: RoleRows, columns: Columns, ages: Ages) -> Tally:
    """Return the returns, by calendar period, of journeys that enter at their first start.

    Parameters
    ----------
    rows : RoleRows
    columns : Columns
        With ``step`` 0 and not endless.
    ages : Ages

    Returns
    -------
    Tally
    """
    offsets, time, codes, roles, skip = rows
    edges, cells, start, end, as_of = ages
    of_period, width = columns.of_period, len(columns.low)
    intervals = len(edges) - 1
    tally = new_tally(intervals, width)
    size, returned = tally.size, tally.returned[0]
    for journey in range(len(offsets) - 1):
        last = offsets[journey + 1]
        first = first_start(codes, roles, offsets[journey], last)
        if first < 0 or (len(skip) > 0 and skip[journey]):
            continue
        entry = time[first]
        if not (roles[codes[first]] & ALLOWED and start <= entry < end and entry <= as_of):
            continue
        cohort = interval_of(entry, edges, cells)
        size[cohort] += 1
        limit = min(as_of + 1, edges[min(cohort + len(of_period), intervals)])
        marked = np.int64(-1)
        for row in range(first, last):
            instant = time[row]
            if instant >= limit:
                break
            if roles[codes[row]] & RETURN:
                column = of_period[interval_of(instant, edges, cells) - cohort]
                returned[cohort, column] += np.int64(column != marked)
                marked = column
    settle_calendar(tally, columns, ages)
    return tally


@kernel
def rolling_returns(rows: RoleRows, columns: Columns, ages: Ages) -> Tally:
    """Return the returns, by periods counted from the entry, of journeys that enter once.

    Parameters
    ----------
    rows : RoleRows
    columns : Columns
        With a ``step`` and not endless.
    ages : Ages

    Returns
    -------
    Tally
    """
    offsets, time, codes, roles, skip = rows
    edges, cells, start, end, as_of = ages
    of_period, step, width = columns.of_period, columns.step, len(columns.low)
    tally = new_tally(len(edges) - 1, width)
    returned = tally.returned
    for journey in range(len(offsets) - 1):
        last = offsets[journey + 1]
        first = first_start(codes, roles, offsets[journey], last)
        if first < 0 or (len(skip) > 0 and skip[journey]):
            continue
        entry = time[first]
        if not (roles[codes[first]] & ALLOWED and start <= entry < end and entry <= as_of):
            continue
        cohort = interval_of(entry, edges, cells)
        over = columns_over((as_of - entry) // step, columns.high)
        tally.size[cohort] += 1
        tally.ripe[cohort, over] += 1
        limit = min(as_of + 1, entry + len(of_period) * step)
        marked = np.int64(-1)
        for row in range(first, last):
            instant = time[row]
            if instant >= limit:
                break
            if roles[codes[row]] & RETURN:
                column = of_period[(instant - entry) // step]
                side = np.int64(column >= over)
                returned[side, cohort, column] += np.int64(column != marked)
                marked = column
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
        last = offsets[journey + 1]
        first = first_start(codes, roles, offsets[journey], last)
        if first < 0 or (len(skip) > 0 and skip[journey]):
            continue
        entry = time[first]
        if not (roles[codes[first]] & ALLOWED and start <= entry < end and entry <= as_of):
            continue
        cohort = interval_of(entry, edges, cells)
        age = (as_of - entry) // step if step > 0 else max(0, whole - cohort)
        over = columns_over(age, high)
        tally.size[cohort] += 1
        tally.ripe[cohort, over] += 1
        row = last - 1
        while row >= first and not (roles[codes[row]] & RETURN and time[row] <= as_of):
            row -= 1
        if row < first:
            continue
        gone = time[row] - entry
        period = gone // step if step > 0 else interval_of(time[row], edges, cells) - cohort
        reached = np.searchsorted(low, period, side="right")
        for column in range(reached):
            tally.returned[np.int64(column >= over), cohort, column] += 1
    return tally
