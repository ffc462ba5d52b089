"""Kernels that find people's entries and what was known of them then."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

    Ints: TypeAlias = NDArray[np.int64]
    Marks: TypeAlias = NDArray[np.uint8]


@kernel
def entry_rows(offsets: Ints, codes: Codes, roles: Marks, skip: Marks) -> Ints:
    """Return the rows at which journeys enter.

    Parameters
    ----------
    offsets : ndarray of shape (journeys + 1,), int64
    codes : ndarray of shape (rows,), unsigned
    roles : ndarray of shape (distinct codes,), uint8
        Bit 0: may be an entry, of which the first counts; bit 1: belongs to people asked about.
    skip : ndarray of shape (journeys,), uint8, or (0,)

    Returns
    -------
    ndarray of shape (entries,), int64, ascending
    """
    found = np.empty(len(offsets) - 1, np.int64)
    count = 0
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey]:
            continue
        for row in range(offsets[journey], offsets[journey + 1]):
            role = roles[codes[row]]
            if role & 1:
                if role & 2:
                    found[count] = row
                    count += 1
                break
    return found[:count].copy()


@kernel
def carried_rows(offsets: Ints, present: Marks, rows: Ints) -> Ints:
    """Return for each row the last one of its person, up to it, that is present.

    Parameters
    ----------
    offsets : ndarray of shape (people + 1,), int64
    present : ndarray of shape (rows of all people,), uint8
    rows : ndarray of shape (chosen,), int64

    Returns
    -------
    ndarray of shape (chosen,), int64
        The row itself where there is none.
    """
    found = rows.copy()
    for at in range(len(rows)):
        first = offsets[np.searchsorted(offsets, rows[at], side="right") - 1]
        row = rows[at]
        while row >= first and not present[row]:
            row -= 1
        if row >= first:
            found[at] = row
    return found
