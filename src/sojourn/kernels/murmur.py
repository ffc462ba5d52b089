"""MurmurHash3 x64 128 of rows of text columns, as event ids need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

NULL_LENGTH = np.uint32(0xFFFFFFFF)
"""Written in place of a length where a value is missing, so that null differs from empty."""

_C1 = np.uint64(0x87C37B91114253D5)
_C2 = np.uint64(0x4CF5AD432745937F)
_M1 = np.uint64(0xFF51AFD7ED558CCD)
_M2 = np.uint64(0xC4CEB9FE1A85EC53)
_FIVE = np.uint64(5)
_N1 = np.uint64(0x52DCE729)
_N2 = np.uint64(0x38495AB5)
_R27, _R31, _R33 = np.uint64(27), np.uint64(31), np.uint64(33)
_R37 = np.uint64(37)


@kernel
def _finish(value: np.uint64) -> np.uint64:
    value ^= value >> _R33
    value *= _M1
    value ^= value >> _R33
    value *= _M2
    value ^= value >> _R33
    return value


@kernel
def _mix_low(word: np.uint64) -> np.uint64:
    word *= _C1
    word = (word << _R31) | (word >> _R33)
    word *= _C2
    return word


@kernel
def _mix_high(word: np.uint64) -> np.uint64:
    word *= _C2
    word = (word << _R33) | (word >> _R31)
    word *= _C1
    return word


@kernel
def murmur_words(words: NDArray[np.uint64], length: int) -> tuple[np.uint64, np.uint64]:
    """Return MurmurHash3 x64 128 with seed 0 of the first bytes of a buffer.

    Parameters
    ----------
    words : ndarray of shape (blocks,), uint64
        The bytes, little-endian, zero from ``length`` to the end of their 16-byte block.
    length : int
        Number of bytes that count.

    Returns
    -------
    tuple of uint64
        The two halves; the digest is both in little-endian order.

    References
    ----------
    A. Appleby, MurmurHash3.cpp, ``MurmurHash3_x64_128`` (public domain).
    """
    first = np.uint64(0)
    second = np.uint64(0)
    blocks = length // 16
    for block in range(blocks):
        first ^= _mix_low(words[2 * block])
        first = (first << _R27) | (first >> _R37)
        first += second
        first = first * _FIVE + _N1
        second ^= _mix_high(words[2 * block + 1])
        second = (second << _R31) | (second >> _R33)
        second += first
        second = second * _FIVE + _N2
    if length % 16:
        second ^= _mix_high(words[2 * blocks + 1])
        first ^= _mix_low(words[2 * blocks])
    first ^= np.uint64(length)
    second ^= np.uint64(length)
    first += second
    second += first
    first = _finish(first)
    second = _finish(second)
    first += second
    second += first
    return first, second


@kernel
def put_texts(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    present: NDArray[np.uint8],
    at: NDArray[np.int64],
    scratch: NDArray[np.uint8],
) -> None:
    """Write one field of every record: four bytes of little-endian length, then its bytes.

    A missing value is written as ``0xFFFFFFFF`` and no bytes, so that null differs from empty.

    Parameters
    ----------
    offsets : ndarray of shape (rows + 1,), int64
    data : ndarray of shape (bytes,), uint8
    present : ndarray of shape (rows,), uint8
    at : ndarray of shape (rows,), int64
        Where each record goes on; moved past the field in place.
    scratch : ndarray of shape (bytes,), uint8
        Receives the records.
    """
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    byte = np.uint32(0xFF)
    for row in range(len(at)):
        place = np.uint64(at[row])  # TRICKY: unsigned places need no wrap-around check
        start = np.uint64(offsets[row])
        size = np.uint64(offsets[row + 1]) - start
        length = np.uint32(size) if present[row] else NULL_LENGTH
        scratch[place] = length & byte
        scratch[place + one] = (length >> np.uint32(8)) & byte
        scratch[place + two] = (length >> np.uint32(16)) & byte
        scratch[place + three] = (length >> np.uint32(24)) & byte
        place += four
        if present[row]:
            for index in range(size):
                scratch[place + index] = data[start + index]
            place += size
        at[row] = place


@kernel
def hash_records(
    words: NDArray[np.uint64],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    digests: NDArray[np.uint64],
) -> None:
    """Fill in the digest of every record of a buffer.

    Parameters
    ----------
    words : ndarray of shape (words,), uint64
        The records, each zero-padded to whole 16-byte blocks.
    starts : ndarray of shape (records,), int64
        Byte at which each record starts, a multiple of 16.
    lengths : ndarray of shape (records,), int64
        Bytes of each record without its padding.
    digests : ndarray of shape (records, 2), uint64
        Receives the two halves.
    """
    for record in range(len(starts)):
        first, second = murmur_words(words[starts[record] // 8 :], lengths[record])
        digests[record, 0] = first
        digests[record, 1] = second


@kernel
def number_digests(tag: int, occurrence: NDArray[np.int64], digests: NDArray[np.uint64]) -> None:
    """Replace digests by those of ``tag``, the digest and its occurrence number (8 bytes).

    Parameters
    ----------
    tag : int
        0 to 255; keeps hashes of different kinds of content apart.
    occurrence : ndarray of shape (rows,), int64
        0 for the first of identical rows; negative leaves the digest as it is.
    digests : ndarray of shape (rows, 2), uint64
        Replaced in place.
    """
    words = np.zeros(4, np.uint64)
    scratch = words.view(np.uint8)
    record = np.zeros(3, np.uint64)
    record_bytes = record.view(np.uint8)
    scratch[0] = tag
    for row in range(len(occurrence)):
        if occurrence[row] < 0:
            continue
        record[0] = digests[row, 0]
        record[1] = digests[row, 1]
        record[2] = np.uint64(occurrence[row])
        for index in range(24):
            scratch[1 + index] = record_bytes[index]
        first, second = murmur_words(words, 25)
        digests[row, 0] = first
        digests[row, 1] = second
