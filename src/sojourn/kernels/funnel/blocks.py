"""The rows that fill a step, block by block: from marks on every row, or from posting lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

    Rows: TypeAlias = NDArray[np.uint64]
    Marks: TypeAlias = NDArray[np.uint8]

BLOCK = 8192
"""Rows looked at together: what is known of them stays in the nearest cache."""
_LOW_SEVEN = np.uint64(0x7F7F7F7F7F7F7F7F)
_ONES = np.uint64(0x0101010101010101)
_GATHER = np.uint64(0x0102040810204080)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)


def _places() -> Marks:
    places = np.zeros(64, np.uint8)
    for bit in range(64):
        places[((1 << bit) * int(_DE_BRUIJN) & (2**64 - 1)) >> 58] = bit
    return places


_PLACES = _places()


@kernel
def fill_from_events(event: Codes, table: Marks, begin: int, rows: Rows, steps: Marks) -> int:
    """Write the rows of a block that fill a step, and which; return how many.

    Parameters
    ----------
    event : ndarray of shape (rows,), unsigned
    table : ndarray of shape (event names,), uint8
        The step an event fills, from 1 and below 128; 0 for none.
    begin : int
        First row of the block.
    rows : ndarray of shape (BLOCK,), uint64
    steps : ndarray of shape (BLOCK,), uint8

    References
    ----------
    Leiserson, C. E., Prokop, H. and Randall, K. H. (1998). Using de Bruijn sequences to index a 1
    in a computer word. MIT.
    """
    marks = np.zeros(BLOCK, np.uint8)
    for i in range(min(BLOCK, len(event) - begin)):
        marks[i] = table[event[begin + i]]
    packed = marks.view(np.uint64)
    count, one, none = np.uint64(0), np.uint64(1), np.uint64(0)
    for word in range(BLOCK // 64):
        bits = none
        for part in range(8):
            # TRICKY: a byte that is not 0 carries into its top bit; the product gathers the bits
            lone = ((packed[word * 8 + part] + _LOW_SEVEN) >> np.uint64(7)) & _ONES
            bits |= ((lone * _GATHER) >> np.uint64(56)) << np.uint64(8 * part)
        first = np.uint64(word * 64)
        while bits != none:
            lowest = bits & (~bits + one)
            place = first + np.uint64(_PLACES[(lowest * _DE_BRUIJN) >> np.uint64(58)])
            bits ^= lowest
            rows[count] = np.uint64(begin) + place
            steps[count] = marks[place]
            count += one
    return int(count)


class Runs(NamedTuple):
    """Posting lists of the events that fill a step.

    Attributes
    ----------
    rows : ndarray of shape (rows,), uint32
    begin, until : ndarray of shape (lists,), int64
        Where each list begins and ends.
    steps : ndarray of shape (lists,), uint8
        From 1.
    """

    rows: NDArray[np.uint32]
    begin: NDArray[np.int64]
    until: NDArray[np.int64]
    steps: Marks


@kernel
def fill_from_runs(runs: Runs, at: NDArray[np.int64], rows: Rows, steps: Marks) -> int:
    """Write the next rows of the merged posting lists, and their steps; return how many.

    Parameters
    ----------
    runs : Runs
    at : ndarray of shape (lists,), int64
        Where each list goes on; moved forward.
    rows : ndarray of shape (BLOCK,), uint64
    steps : ndarray of shape (BLOCK,), uint8
    """
    source, _, until, steps_of = runs
    lists, end = len(at), np.uint64(2**63)
    heads = np.full(lists, end)
    for i in range(lists):
        if at[i] < until[i]:
            heads[i] = np.uint64(source[at[i]])
    for count in range(BLOCK):
        lowest, which = heads[0], 0
        for i in range(1, lists):
            lower = heads[i] < lowest
            which = i if lower else which
            lowest = heads[i] if lower else lowest
        if lowest == end:
            return count
        rows[count] = lowest
        steps[count] = steps_of[which]
        at[which] += 1
        heads[which] = np.uint64(source[at[which]]) if at[which] < until[which] else end
    return BLOCK
