"""Kernels of retention with any number of entries a person, and with money."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from sojourn.kernels.calendar import interval_of
from sojourn.kernels.cohorts.frame import (
    ALLOWED,
    RETURN,
    SQUARES,
    START,
    Ages,
    Columns,
    RoleRows,
    Tally,
    add_square,
    columns_over,
    new_tally,
)
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]


FIRST_INSTANT = np.int64(-(2**63))


class Entries(NamedTuple):
    """Entries into cohorts, by journey.

    Attributes
    ----------
    journey, row : ndarray of shape (entries,), int64, both ascending
    """

    journey: Ints
    row: Ints


class Returns(NamedTuple):
    """Rows that count as a return, by journey.

    Attributes
    ----------
    starts : ndarray of shape (journeys + 1,), int64
    row, time, interval : ndarray of shape (returns,), int64
        ``interval`` is -1 before the calendar's first edge.
    sums : ndarray of shape (returns + 1,), int64
        Running sum of the amounts, in minor units.
    """

    starts: Ints
    row: Ints
    time: Ints
    interval: Ints
    sums: Ints


@kernel
def entries_of(rows: RoleRows, ages: Ages, once: bool) -> Entries:
    """Return the first start of every journey, ever or in every calendar interval.

    Parameters
    ----------
    rows : RoleRows
    ages : Ages
    once : bool
        Only the first ever.

    Returns
    -------
    Entries
        Without those outside the range or not allowed.
    """
    offsets, time, codes, roles, skip = rows
    edges, cells, start, end, as_of = ages
    journey_of = np.empty(len(time), np.int64)
    row_of = np.empty(len(time), np.int64)
    found = 0
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey]:
            continue
        until = FIRST_INSTANT
        for row in range(offsets[journey], offsets[journey + 1]):
            role, instant = roles[codes[row]], time[row]
            if not role & START or instant < until:
                continue
            if instant >= end or instant > as_of:
                break
            if role & ALLOWED and instant >= start:
                journey_of[found] = journey
                row_of[found] = row
                found += 1
            if once:
                break
            before = instant < edges[0]
            until = edges[0] if before else edges[interval_of(instant, edges, cells) + 1]
    return Entries(journey_of[:found].copy(), row_of[:found].copy())


@kernel
def first_at_or_after(time: Ints, begin: int, end: int, instant: int) -> int:
    """Return the first place in ``[begin, end)`` whose time is at or after an instant."""
    step = 1
    while begin + step < end and time[begin + step - 1] < instant:
        begin += step
        step *= 2
    low, high = begin, min(begin + step, end)
    while low < high:
        middle = (low + high) // 2
        if time[middle] < instant:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def returns_of(rows: RoleRows, amounts: Ints, ages: Ages) -> Returns:
    """Return the rows that count as a return, with what windows need of them."""
    offsets, time, codes, roles, _ = rows
    edges, cells, as_of = ages.edges, ages.cells, ages.as_of
    starts = np.zeros(len(offsets), np.int64)
    found = np.empty(len(time), np.int64)
    interval = np.empty(len(time), np.int64)
    count = 0
    for journey in range(len(offsets) - 1):
        for row in range(offsets[journey], offsets[journey + 1]):
            if roles[codes[row]] & RETURN and time[row] <= as_of:
                found[count] = row
                before = time[row] < edges[0]
                interval[count] = -1 if before else interval_of(time[row], edges, cells)
                count += 1
        starts[journey + 1] = count
    sums = np.zeros(count + 1, np.int64)
    if len(amounts) > 0:
        for at in range(count):
            sums[at + 1] = sums[at] + amounts[found[at]]
    found = found[:count].copy()
    return Returns(starts, found, time[found], interval[:count].copy(), sums)


@kernel
def window_returns(
    rows: RoleRows, entries: Entries, amounts: Ints, columns: Columns, ages: Ages
) -> Tally:
    """Return the returns, and what they were worth, of any list of entries.

    Parameters
    ----------
    rows : RoleRows
    entries : Entries
    amounts : ndarray of shape (rows,), int64, or (0,)
        Minor units of one currency that each row brings if it is a return.
    columns : Columns
        Not endless.
    ages : Ages

    Returns
    -------
    Tally
    """
    edges, cells, as_of, time = ages.edges, ages.cells, ages.as_of, rows.time
    high, of_period, step = columns.high, columns.of_period, columns.step
    whole, width = int(np.searchsorted(edges, as_of, side="right")) - 1, len(high)
    tally = new_tally(len(edges) - 1, width, SQUARES if len(amounts) > 0 else 0)
    size, ripe, returned, money, squares = tally
    starts, found, times, interval, sums = returns_of(rows, amounts, ages)
    for number in range(len(entries.row)):
        journey, row = entries.journey[number], entries.row[number]
        instant = time[row]
        cohort = interval_of(instant, edges, cells)
        over = columns_over((as_of - instant) // step if step > 0 else max(0, whole - cohort), high)
        size[cohort] += 1
        ripe[cohort, over] += 1
        last = starts[journey + 1]
        at = first_at_or_after(found, starts[journey], last, row)
        marked, brought = np.int64(-1), np.int64(0)
        while at < last:
            period = (times[at] - instant) // step if step > 0 else interval[at] - cohort
            if period >= len(of_period):
                break
            # All returns of a period at once: one person may have millions.
            end = instant + (period + 1) * step if step > 0 else edges[cohort + period + 1]
            until = first_at_or_after(times, at, last, end)
            column = of_period[period]
            side = np.int64(column >= over)
            returned[side, cohort, column] += np.int64(column != marked)
            if column != marked:
                if 0 <= marked < over and len(amounts) > 0:
                    add_square(squares[cohort, marked], int(brought))
                brought = np.int64(0)
            if column < width:
                money[side, cohort, column] += sums[until] - sums[at]
                brought += sums[until] - sums[at]
            marked = column
            at = until
        if 0 <= marked < over and len(amounts) > 0:
            add_square(squares[cohort, marked], int(brought))
    return tally


@kernel
def endless_window_returns(
    rows: RoleRows, entries: Entries, amounts: Ints, columns: Columns, ages: Ages
) -> Tally:
    """Return the returns in a column or later, and what they were worth.

    Parameters and result are those of :func:`window_returns`, for endless columns.
    """
    edges, cells, as_of, time = ages.edges, ages.cells, ages.as_of, rows.time
    low, high, step = columns.low, columns.high, columns.step
    whole = int(np.searchsorted(edges, as_of, side="right")) - 1
    tally = new_tally(len(edges) - 1, len(high), SQUARES if len(amounts) > 0 else 0)
    size, ripe, returned, money, squares = tally
    starts, found, times, interval, sums = returns_of(rows, amounts, ages)
    for number in range(len(entries.row)):
        journey, row = entries.journey[number], entries.row[number]
        instant = time[row]
        cohort = interval_of(instant, edges, cells)
        over = columns_over((as_of - instant) // step if step > 0 else max(0, whole - cohort), high)
        size[cohort] += 1
        ripe[cohort, over] += 1
        last = starts[journey + 1]
        at = first_at_or_after(found, starts[journey], last, row)
        if at == last:
            continue
        gone = times[last - 1] - instant
        period = gone // step if step > 0 else interval[last - 1] - cohort
        for column in range(np.searchsorted(low, period, side="right")):
            side = np.int64(column >= over)
            returned[side, cohort, column] += 1
            if len(amounts) > 0:
                begin = instant + low[column] * step if step > 0 else edges[cohort + low[column]]
                at = first_at_or_after(times, at, last, begin)
                money[side, cohort, column] += sums[last] - sums[at]
                if column < over:
                    add_square(squares[cohort, column], sums[last] - sums[at])
    return tally
