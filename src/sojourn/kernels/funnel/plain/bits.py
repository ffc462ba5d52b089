"""Which rows fill which step, as bits of 64-bit words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

    Marks: TypeAlias = NDArray[np.uint8]
    Words: TypeAlias = NDArray[np.uint64]

_ONES = np.uint64(0x0101010101010101)
_GATHER = np.uint64(0x0102040810204080)
_BLOCK = 2048
_FEW = 8
"""So many event names are compared with every row, many rows at once, quicker than looked up."""


@kernel
def step_bits(event: Codes, table: Marks, steps: int) -> Words:
    """Return a bit for each row and step: whether the row's event fills the step.

    Parameters
    ----------
    event : ndarray of shape (rows,), unsigned
    table : ndarray of shape (event names,), uint8
        A bit for each step.
    steps : int

    Returns
    -------
    ndarray of shape (steps, words), uint64
        Row r is bit ``r % 64`` of word ``r // 64``; at least one word more than rows need.
    """
    octets = (len(event) + 63) // 64 * 8 + 16
    bits = np.zeros((steps, octets), np.uint8)
    marks = np.zeros(_BLOCK, np.uint8)
    packed = marks.view(np.uint64)
    names = np.flatnonzero(table)
    for begin in range(0, len(event), _BLOCK):
        some = event[begin : begin + _BLOCK]
        marks[:] = 0
        if len(names) > _FEW:
            for row in range(len(some)):
                marks[row] = table[some[row]]
        else:
            for name in names:
                _mark(some, int(name), table, marks)
        first = begin >> 3
        for step in range(steps):
            _pack(packed, np.uint64(step), bits[step, first : first + (_BLOCK >> 3)])
    return bits.view(np.uint64)


@kernel
def _mark(event: Codes, name: int, table: Marks, marks: Marks) -> None:
    """Mark the rows of one event."""
    same = np.full(1, name).astype(event.dtype)  # as wide as the rows: more of them at once
    wanted, bit = same[0], table[name]
    for row in range(len(event)):
        marks[row] |= bit if event[row] == wanted else np.uint8(0)


@kernel
def _pack(packed: Words, shift: np.uint64, line: Marks) -> None:
    for i in range(len(line)):
        # TRICKY: eight rows lie in the eight bytes of a word; the product gathers their bits
        line[i] = np.uint8((((packed[i] >> shift) & _ONES) * _GATHER) >> np.uint64(56))
