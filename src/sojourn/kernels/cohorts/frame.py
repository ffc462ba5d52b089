"""What the kernels of cohorts share: rows with roles, columns of periods, the calendar.

TRICKY: the tuples are taken apart before any loop over rows. Reading an array out of a tuple
counts a reference each time, which costs more than the loop itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

    Ints: TypeAlias = NDArray[np.int64]
    Marks: TypeAlias = NDArray[np.uint8]

START, RETURN, ALLOWED = 1, 2, 4
"""Bits of a row's role: may start, counts as a return, belongs to people asked about."""


class RoleRows(NamedTuple):
    """Journeys whose rows have roles.

    Attributes
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    time : ndarray of shape (rows,), int64
        Ascending within a journey.
    codes : ndarray of shape (rows,), unsigned
    roles : ndarray of shape (distinct codes,), uint8
        Row i has the roles ``roles[codes[i]]``.
    skip : ndarray of shape (journeys,), uint8, or (0,)
    """

    offsets: Ints
    time: Ints
    codes: Codes
    roles: Marks
    skip: Marks


class Columns(NamedTuple):
    """The periods asked for; period 0 is that of the entry.

    Attributes
    ----------
    low, high : ndarray of shape (columns,), int64, ascending
        Column b holds periods ``low[b]`` to ``high[b]``; columns do not overlap.
    of_period : ndarray of shape (high[-1] + 1,), int64
        The column of each period, or the number of columns for none.
    step : int
        Length of a period counted from the entry, µs; 0 for calendar periods.
    endless : bool
        A return counts for every column that began before it; ``high`` then only says when a
        column is over.
    """

    low: Ints
    high: Ints
    of_period: Ints
    step: int
    endless: bool


class Ages(NamedTuple):
    """Calendar and limits of entries.

    Attributes
    ----------
    edges : ndarray of shape (intervals + 1,), int64
        Cover every entry and as-of; the last lies after as-of.
    cells : ndarray of shape (cells,), int32
        See ``Intervals.cells``.
    start, end : int
        Entries lie in this half-open range, µs, which ``edges`` cover.
    as_of : int
        Later events do not count, µs.
    """

    edges: Ints
    cells: NDArray[np.int32]
    start: int
    end: int
    as_of: int


class Tally(NamedTuple):
    """What is counted, by cohort.

    Attributes
    ----------
    size : ndarray of shape (intervals,), int64
        Entries.
    ripe : ndarray of shape (intervals, columns + 1), int64
        Entries by how many columns are over for them.
    returned : ndarray of shape (2, intervals, columns + 1), int64
        Entries that returned: first in columns that are over for them, then in the others. The
        last column means nothing.
    money : ndarray of shape (2, intervals, columns), int64
        Minor units that those returns brought, where amounts were given.
    squares : ndarray of shape (intervals, columns, SQUARES), int64, or (intervals, columns, 0)
        Where amounts were given: the squares of what each entry brought in a column that is over,
        summed as of :func:`add_square`.
    """

    size: Ints
    ripe: Ints
    returned: Ints
    money: Ints
    squares: Ints


SQUARES, BELOW = 5, 4
"""Places of a sum of squares: four limbs of 32 bits, lowest first, and how many were below zero."""


@kernel
def add_square(limbs: Ints, value: int) -> None:
    """Add the square of a number to a sum that cannot overflow before 2**29 numbers.

    Parameters
    ----------
    limbs : ndarray of shape (SQUARES,), int64
        Limb k counts 2**(32 k), and may hold more than 32 bits: sums merge with ``+``.
    value : int
        Above -2**63.
    """
    low = np.int64(0xFFFFFFFF)
    size = abs(value)
    ones, tops = size & low, size >> 32
    both, mixed, high = np.uint64(ones) * np.uint64(ones), ones * tops, tops * tops
    limbs[0] += np.int64(both & np.uint64(low))
    limbs[1] += np.int64(both >> np.uint64(32)) + 2 * (mixed & low)
    limbs[2] += 2 * (mixed >> 32) + (high & low)
    limbs[3] += high >> 32
    limbs[BELOW] += np.int64(value < 0)


@kernel
def new_tally(intervals: int, columns: int, squares: int = 0) -> Tally:
    """Return a tally of nothing."""
    return Tally(
        np.zeros(intervals, np.int64),
        np.zeros((intervals, columns + 1), np.int64),
        np.zeros((2, intervals, columns + 1), np.int64),
        np.zeros((2, intervals, columns), np.int64),
        np.zeros((intervals, columns, squares), np.int64),
    )


@kernel
def column_bits(low: Ints, high: Ints) -> NDArray[np.uint64]:
    """Return the periods of each column as bits; periods are below 64.

    Parameters
    ----------
    low, high : ndarray of shape (columns,), int64

    Returns
    -------
    ndarray of shape (columns,), uint64
    """
    bits = np.zeros(len(low), np.uint64)
    for column in range(len(low)):
        for period in range(low[column], high[column] + 1):
            bits[column] |= np.uint64(1) << np.uint64(period)
    return bits


@kernel
def columns_over(age: int, high: Ints) -> int:
    """Return how many columns are over after a number of whole periods."""
    return int(np.searchsorted(high, age))


@kernel
def settle_calendar(tally: Tally, columns: Columns, ages: Ages) -> None:
    """Tell apart, by cohort, what is over at as-of and what is not, where periods are calendar's.

    Parameters
    ----------
    tally : Tally
        Complete but for ``ripe``, with everything in the first half of ``returned``.
    columns : Columns
    ages : Ages
    """
    whole = int(np.searchsorted(ages.edges, ages.as_of, side="right")) - 1
    for cohort in range(len(tally.size)):
        over = columns_over(max(0, whole - cohort), columns.high)
        tally.ripe[cohort, over] = tally.size[cohort]
        for column in range(over, len(columns.high)):
            tally.returned[1, cohort, column] = tally.returned[0, cohort, column]
            tally.returned[0, cohort, column] = 0


@kernel
def first_start(codes: Codes, roles: Marks, begin: np.uint64, end: np.uint64) -> np.uint64:
    """Return the first row in ``[begin, end)`` of shape (rows,) that may start, or ``end``."""
    row = begin
    while row < end and not roles[codes[row]] & START:
        row += np.uint64(1)
    return row
