"""Kernels of retention with an entry in every calendar interval that has a start."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.kernels.calendar import interval_of, place_of
from sojourn.kernels.cohorts.frame import (
    ALLOWED,
    RETURN,
    START,
    Ages,
    Columns,
    RoleRows,
    Tally,
    new_tally,
    settle_calendar,
)
from sojourn.kernels.jit import kernel, trailing_zeros

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]


MOST_INTERVALS = 64
"""Intervals that fit the bits of one number."""
ACTIVE, LAST_ROW, COHORT, ENTRY_ROW = 0, 1, 2, 3
"""Rows of the scratch table of one journey: intervals with a return and their last return's row;
intervals entered and the entry's row."""


@kernel
def mark_entry(active: Ints, first: int, cohort: int, of_period: Ints, returned: Ints) -> None:
    """Count the columns in which an entry returned.

    Parameters
    ----------
    active : ndarray of shape (any,), int64
        Intervals with a return, ascending; those before ``first`` do not count.
    first : int
    cohort : int
    of_period : ndarray of shape (periods,), int64
    returned : ndarray of shape (columns + 1,), int64
        Of the cohort.
    """
    marked = np.int64(-1)
    for place in range(first, len(active)):
        period = active[place] - cohort
        if period >= len(of_period):
            break
        column = of_period[period]
        returned[column] += np.int64(column != marked)
        marked = column


@kernel
def mark_entries(
    scratch: Ints, found: tuple[int, int], low: Ints, of_period: Ints, tally: tuple[Ints, Ints]
) -> None:
    """Count the entries of one journey and their returns.

    Parameters
    ----------
    scratch : ndarray of shape (4, intervals), int64
    found : tuple of int
        How many intervals have a return, and how many are entered.
    low : ndarray of shape (columns,), int64
        Of endless columns; else empty.
    of_period : ndarray of shape (periods,), int64
    tally : tuple of ndarray
        Size and returns by cohort.
    """
    size, returned = tally
    active = scratch[ACTIVE, : found[0]]
    first = 0
    for entry in range(found[1]):
        cohort = scratch[COHORT, entry]
        size[cohort] += 1
        while first < len(active) and scratch[LAST_ROW, first] < scratch[ENTRY_ROW, entry]:
            first += 1
        if first == len(active):
            continue
        if len(low) == 0:
            mark_entry(active, first, cohort, of_period, returned[cohort])
        for column in range(len(low)):
            if low[column] > active[-1] - cohort:
                break
            returned[cohort, column] += 1


@kernel
def recurring_few_returns(rows: RoleRows, columns: Columns, ages: Ages) -> Tally:
    """Return what :func:`recurring_calendar_returns` does, with few intervals, sooner.

    Parameters
    ----------
    rows : RoleRows
    columns : Columns
        With ``step`` 0.
    ages : Ages
        At most ``MOST_INTERVALS``.

    Returns
    -------
    Tally
    """
    offsets, time, codes, roles, skip = rows
    edges, cells, start, end, as_of = ages
    base, one, none = edges[0], np.uint64(1), np.uint64(0)
    tally = new_tally(len(edges) - 1, len(columns.low))
    size, returned = tally.size, tally.returned[0]
    bits = _column_bits(columns)
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey]:
            continue
        seen, entered, active, own = none, none, none, none
        for row in range(np.uint64(offsets[journey]), np.uint64(offsets[journey + 1])):
            role, instant = roles[codes[row]], time[row]
            if not role & (START | RETURN) or instant < base or instant > as_of:
                continue
            now = one << place_of(instant - base, instant, edges, cells)
            if role & START:
                enters = role & ALLOWED != 0 and start <= instant < end and seen & now == none
                entered |= now if enters else none
                seen |= now
            if role & RETURN:
                active |= now
                own |= now & entered
        while entered != none:
            cohort = trailing_zeros(entered)
            mine = entered & (~entered + one)
            entered ^= mine
            size[cohort] += 1
            came = ((active & ~mine) | (own & mine)) >> np.uint64(cohort)
            counts = returned[cohort]
            for column in range(len(bits)):
                counts[column] += np.int64((came & bits[column]) != none)
    settle_calendar(tally, columns, ages)
    return tally


@kernel
def _column_bits(columns: Columns) -> NDArray[np.uint64]:
    """Return the periods in which a return counts for each column, as bits."""
    bits = np.zeros(len(columns.low), np.uint64)
    for column in range(len(columns.low)):
        last = MOST_INTERVALS - 1 if columns.endless else columns.high[column]
        for period in range(columns.low[column], min(last + 1, MOST_INTERVALS)):
            bits[column] |= np.uint64(1) << np.uint64(period)
    return bits


@kernel
def recurring_calendar_returns(rows: RoleRows, columns: Columns, ages: Ages) -> Tally:
    """Return the returns, by calendar period, of an entry in every interval with a start.

    Parameters
    ----------
    rows : RoleRows
    columns : Columns
        With ``step`` 0.
    ages : Ages

    Returns
    -------
    Tally
    """
    offsets, time, codes, roles, skip = rows
    edges, cells, start, end, as_of = ages
    of_period = columns.of_period
    low = columns.low if columns.endless else columns.low[:0]
    tally = new_tally(len(edges) - 1, len(columns.low))
    counted = (tally.size, tally.returned[0])
    scratch = np.empty((4, len(edges) - 1), np.int64)
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey]:
            continue
        back, entries, seen = 0, 0, -1
        for row in range(offsets[journey], offsets[journey + 1]):
            role, instant = roles[codes[row]], time[row]
            if not role & (START | RETURN) or instant < edges[0] or instant > as_of:
                continue
            now = interval_of(instant, edges, cells)
            if role & RETURN:
                back += int(back == 0 or scratch[ACTIVE, back - 1] != now)
                scratch[ACTIVE, back - 1] = now
                scratch[LAST_ROW, back - 1] = row
            if role & START and now != seen:
                seen = now
                if role & ALLOWED and start <= instant < end:
                    scratch[COHORT, entries] = now
                    scratch[ENTRY_ROW, entries] = row
                    entries += 1
        mark_entries(scratch, (back, entries), low, of_period, counted)
    settle_calendar(tally, columns, ages)
    return tally
