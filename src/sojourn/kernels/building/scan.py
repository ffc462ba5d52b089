"""One pass over the JSON text of properties: where each value of each property lies.

The text is canonical: one object, no blanks between tokens, so a key is followed by a colon and
a value, and a value by a comma or the closing brace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.kernels.building.tables import FREE, Words
from sojourn.kernels.building.texts import (
    COLON,
    COMMA,
    QUOTE,
    TextRows,
    Whole,
    closing_quote,
    same_bytes,
    text_hash,
)
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPENED, CLOSED = 123, 125
DONE, NEW_KEY, NO_ROOM, MALFORMED = range(4)
ROW, PAIRS, STATUS, START, LENGTH = range(5)
"""Places of the cursor: the row to go on from, pairs so far, why it stopped and at which key."""


class Pairs(NamedTuple):
    """Keys and values of a batch, row by row.

    Attributes
    ----------
    key : ndarray of shape (room,), int32
        Number of the property's name.
    row : ndarray of shape (room,), int32
    start : ndarray of shape (room,), int64
        First byte of the value's token.
    length : ndarray of shape (room,), int32
    """

    key: NDArray[np.int32]
    row: NDArray[np.int32]
    start: NDArray[np.int64]
    length: NDArray[np.int32]


@kernel
def scan(
    texts: TextRows,
    keys: Words,
    following: NDArray[np.int32],
    pairs: Pairs,
    cursor: NDArray[np.int64],
) -> None:
    """Find the keys and values of every row, until done or something must be mended.

    Parameters
    ----------
    texts : TextRows
        The properties of the rows.
    keys : Words
        The names known so far; read only.
    following : ndarray of shape (names + 1,), int32
        The name that last came after each one (at the end: the first of a row): a good guess.
    pairs : Pairs
        Filled in.
    cursor : ndarray of shape (5,), int64
        Moved to the row where it stopped. ``NEW_KEY`` gives the key's bytes, ``NO_ROOM`` means
        the pairs are full.
    """
    # TRICKY: fields are taken out of their tuples once, since each access in the loop would
    # count references to the array.
    offsets, data, present = texts.offsets, texts.data, texts.present
    starts, lengths, key_data = keys.starts, keys.lengths, keys.data
    pair_key, pair_row, pair_start, pair_length = pairs.key, pairs.row, pairs.start, pairs.length
    for row in range(cursor[ROW], len(offsets) - 1):
        cursor[ROW] = row
        if not present[row]:
            continue
        at: Whole = offsets[row] + 1
        end: Whole = offsets[row + 1] - 1
        if end < at or data[at - 1] != OPENED or data[end] != CLOSED:
            cursor[STATUS] = MALFORMED
            return
        count: Whole = cursor[PAIRS]
        previous: Whole = len(following) - 1
        while at < end:
            key: Whole = np.int64(following[previous])
            key_end: Whole = FREE
            if key != FREE:
                key_end = end_of_known(data, at, end, key_data, starts[key], lengths[key])
            if key_end == FREE:
                key, key_end = other_key(data, at, end, keys, cursor)
                if cursor[STATUS] != DONE:
                    return
                following[previous] = key
            if count == len(pair_key):
                cursor[STATUS] = NO_ROOM
                return
            at = token_end(data, key_end + 2, end)
            pair_key[count], pair_row[count] = key, row
            pair_start[count], pair_length[count] = key_end + 2, at - key_end - 2
            count += 1
            previous = key
            at += 1  # past the comma, or past the brace, which ends the loop
        if at != end + 1 and count != cursor[PAIRS]:
            cursor[STATUS] = MALFORMED
            return
        cursor[PAIRS] = count
    cursor[ROW] = len(offsets) - 1


@kernel
def end_of_known(
    data: NDArray[np.uint8],
    at: Whole,
    end: Whole,
    name: NDArray[np.uint8],
    start: Whole,
    length: Whole,
) -> Whole:
    """Return where a key's closing quote is, if it is ``name``, else ``FREE``; shapes (bytes,)."""
    key_end = at + 1 + length
    if key_end + 2 >= end or data[np.uint64(at)] != QUOTE or data[np.uint64(key_end)] != QUOTE:
        return FREE
    return key_end if same_bytes(data, at + 1, name, start, length) else FREE


@kernel
def other_key(
    data: NDArray[np.uint8], at: Whole, end: Whole, keys: Words, cursor: NDArray[np.int64]
) -> tuple[Whole, Whole]:
    """Return the number of the key at ``at`` of shape (bytes,) and where its closing quote is."""
    key_end = closing_quote(data, at + 1, end)
    if data[at] != QUOTE or key_end + 2 >= end or data[key_end + 1] != COLON:
        cursor[STATUS] = MALFORMED
        return FREE, FREE
    key = find_key(data, at + 1, key_end - at - 1, keys)
    if key == FREE:
        cursor[STATUS], cursor[START], cursor[LENGTH] = NEW_KEY, at + 1, key_end - at - 1
    return key, key_end


@kernel
def find_key(data: NDArray[np.uint8], at: Whole, length: Whole, keys: Words) -> Whole:
    """Return the number of a name within ``data``, shape (bytes,), or ``FREE``."""
    mixed = text_hash(data, at, length, length)
    mask = np.uint64(len(keys.slots) - 1)
    slot = mixed & mask
    while keys.slots[slot] != FREE:
        key = np.int64(keys.slots[slot])
        if (
            keys.hashes[key] == mixed
            and keys.lengths[key] == length
            and same_bytes(data, at, keys.data, keys.starts[key], length)
        ):
            return key
        slot = (slot + np.uint64(1)) & mask
    return FREE


@kernel
def token_end(data: NDArray[np.uint8], at: Whole, end: Whole) -> Whole:
    """Return the byte after the value at ``at`` of ``data``, shape (bytes,), at most ``end``."""
    first = data[at]
    if first == QUOTE:
        return min(end, closing_quote(data, at + 1, end) + 1)
    if first not in (91, 123):
        while at < end and data[np.uint64(at)] != COMMA:
            at += 1
        return at
    depth = 0
    while at < end:
        byte = data[at]
        if byte == QUOTE:
            at = closing_quote(data, at + 1, end)
        elif byte in (91, 123):
            depth += 1
        elif byte in (93, 125):
            depth -= 1
        at += 1
        if depth == 0:
            break
    return min(at, end)


@kernel
def by_key(pairs: Pairs, count: int, keys: int) -> tuple[NDArray[np.int64], Pairs]:
    """Return the first ``count`` pairs grouped by name, in the order of rows.

    Returns
    -------
    starts : ndarray of shape (keys + 1,), int64
        Pairs of name k are those from ``starts[k]`` to ``starts[k + 1] - 1``.
    pairs : Pairs
    """
    key, row, start, length = pairs.key, pairs.row, pairs.start, pairs.length
    starts = np.zeros(keys + 1, np.int64)
    for pair in range(count):
        starts[key[pair] + 1] += 1
    for index in range(keys):
        starts[index + 1] += starts[index]
    next_place = starts.copy()
    new_key, new_row = np.empty(count, np.int32), np.empty(count, np.int32)
    new_start, new_length = np.empty(count, np.int64), np.empty(count, np.int32)
    for pair in range(count):
        place = next_place[key[pair]]
        next_place[key[pair]] = place + 1
        new_key[place], new_row[place] = key[pair], row[pair]
        new_start[place], new_length[place] = start[pair], length[pair]
    return starts, Pairs(new_key, new_row, new_start, new_length)
