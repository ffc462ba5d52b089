"""Open-addressing tables of byte texts: property names, and the words of one column."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.kernels.building.texts import QUOTE, same_bytes, text_hash
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

FREE = -1


class Words(NamedTuple):
    """Distinct texts in the order they were met.

    Attributes
    ----------
    slots : ndarray of shape (2^k,), int32
        Numbers of words, ``FREE`` where there is none; at most half are taken.
    hashes : ndarray of shape (room,), uint64
    starts, lengths : ndarray of shape (room,), int64
        Where the bytes of each word lie; the length is negative minus one for a word that is no
        JSON string but a token (a boolean, an array), taken as it stands.
    data : ndarray of shape (bytes,), uint8
    used : ndarray of shape (2,), int64
        Words and bytes in use.
    """

    slots: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    data: NDArray[np.uint8]
    used: NDArray[np.int64]


class Spans(NamedTuple):
    """Values of one property in one batch.

    Attributes
    ----------
    rows : ndarray of shape (values,), int32
    starts : ndarray of shape (values,), int64
        First byte of the JSON token, a string's quote included.
    lengths : ndarray of shape (values,), int32
    """

    rows: NDArray[np.int32]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]


@kernel
def code_words(
    spans: Spans, data: NDArray[np.uint8], words: Words, first: int, codes: NDArray[np.uint32]
) -> int:
    """Write the code of each text value, adding new words; return where it stopped.

    Parameters
    ----------
    spans : Spans
    data : ndarray of shape (bytes,), uint8
        The bytes the spans point into.
    words : Words
    first : int
        The span to begin with.
    codes : ndarray of shape (rows,), uint32
        Receives word number + 1 on the rows of text values; others are left alone.

    Returns
    -------
    int
        ``len(spans.rows)`` when done, else the first span for whose word there was no room.
    """
    rows, starts, lengths = spans.rows, spans.starts, spans.lengths
    slots, hashes, used = words.slots, words.hashes, words.used
    word_starts, word_lengths, word_data = words.starts, words.lengths, words.data
    mask = np.uint64(len(slots) - 1)
    for at in range(first, len(rows)):
        start, length = starts[at], np.int64(lengths[at])
        byte = data[np.uint64(start)]
        if byte == QUOTE:
            start, length, marked = start + 1, length - 2, length - 2
        elif byte in (116, 102, 91, 123):
            marked = -length - 1
        else:
            continue
        mixed = text_hash(data, start, length, marked)
        slot = mixed & mask
        word = np.int64(slots[slot])
        while word != FREE:
            if (
                hashes[word] == mixed
                and word_lengths[word] == marked
                and same_bytes(data, start, word_data, word_starts[word], length)
            ):
                break
            slot = (slot + np.uint64(1)) & mask
            word = np.int64(slots[slot])
        if word == FREE:
            word, free = used[0], used[1]
            if 2 * word >= len(slots) or word >= len(hashes) or free + length > len(word_data):
                return at
            for index in range(length):
                word_data[free + index] = data[start + index]
            slots[slot] = word
            hashes[word], word_starts[word], word_lengths[word] = mixed, free, marked
            used[0], used[1] = word + 1, free + length
        codes[rows[at]] = word + 1
    return len(rows)


@kernel
def place_words(words: Words) -> None:
    """Hash every word and enter it into empty slots, after the table has grown."""
    mask = np.uint64(len(words.slots) - 1)
    for word in range(words.used[0]):
        length = words.lengths[word]
        size = length if length >= 0 else -length - 1
        words.hashes[word] = text_hash(words.data, words.starts[word], size, length)
        slot = words.hashes[word] & mask
        while words.slots[slot] != FREE:
            slot = (slot + np.uint64(1)) & mask
        words.slots[slot] = word
