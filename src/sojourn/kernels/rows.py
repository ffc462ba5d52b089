"""Kernels over the rows of a bucket, person by person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes


@kernel
def carried_marks(
    offsets: NDArray[np.int64],
    present: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    missing: int,
) -> NDArray[np.uint8]:
    """Return each row's mark as of the last row, at or before it, that has a value.

    Parameters
    ----------
    offsets : ndarray of shape (people + 1,), int64
    present : ndarray of shape (rows,), uint8
        1 where the row has a value.
    mask : ndarray of shape (rows,), uint8
        What the condition says of the row's own value.
    missing : int
        What the condition says while a person has no value yet.

    Returns
    -------
    ndarray of shape (rows,), uint8
    """
    result = np.empty(len(mask), np.uint8)
    for person in range(len(offsets) - 1):
        current = np.uint8(missing)
        for row in range(offsets[person], offsets[person + 1]):
            if present[row]:
                current = mask[row]
            result[row] = current
    return result


@kernel
def marks_of_codes(table: NDArray[np.uint8], codes: Codes) -> NDArray[np.uint8]:
    """Return the mark of each row's code.

    Parameters
    ----------
    table : ndarray of shape (distinct,), uint8
    codes : ndarray of shape (rows,), unsigned

    Returns
    -------
    ndarray of shape (rows,), uint8
    """
    marks = np.empty(len(codes), np.uint8)
    for row in range(len(codes)):
        marks[row] = table[codes[row]]
    return marks


@kernel
def rows_of_codes(codes: Codes, distinct: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return the ascending rows of each code.

    Parameters
    ----------
    codes : ndarray of shape (rows,), unsigned
    distinct : int
        Codes are below it.

    Returns
    -------
    starts : ndarray of shape (distinct + 1,), int64
    rows : ndarray of shape (rows,), uint32
        ``rows[starts[c]:starts[c + 1]]`` are the rows of code c.
    """
    starts = np.zeros(distinct + 1, np.int64)
    for row in range(len(codes)):
        starts[np.int64(codes[row]) + 1] += 1
    for code in range(distinct):
        starts[code + 1] += starts[code]
    at = starts[:-1].copy()
    rows = np.empty(len(codes), np.uint32)
    for row in range(len(codes)):
        slot = np.int64(codes[row])
        rows[at[slot]] = row
        at[slot] += 1
    return starts, rows


@kernel
def rows_of_people(
    offsets: NDArray[np.int64], people: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of some people, one person after the other.

    Parameters
    ----------
    offsets : ndarray of shape (everybody + 1,), int64
    people : ndarray of shape (people,), int64
        Ordinals.

    Returns
    -------
    bounds : ndarray of shape (people + 1,), int64
        Person p has ``rows[bounds[p]:bounds[p + 1]]``.
    rows : ndarray of shape (rows,), int64
    """
    bounds = np.zeros(len(people) + 1, np.int64)
    for at in range(len(people)):
        one = people[at]
        bounds[at + 1] = bounds[at] + offsets[one + 1] - offsets[one]
    rows = np.empty(bounds[-1], np.int64)
    for at in range(len(people)):
        first = offsets[people[at]]
        for row in range(bounds[at], bounds[at + 1]):
            rows[row] = first + row - bounds[at]
    return bounds, rows
