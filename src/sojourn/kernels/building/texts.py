"""Rows of text as kernels see them, and the search and hash they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

Whole: TypeAlias = int | np.int64
"""A number inside a kernel, as either of the two names it goes by."""

QUOTE, BACKSLASH, COMMA, COLON = 34, 92, 44, 58
_ONES = np.uint64(0x0101010101010101)
_HIGHS = np.uint64(0x8080808080808080)
_QUOTES = np.uint64(0x2222222222222222)
_BACKSLASHES = np.uint64(0x5C5C5C5C5C5C5C5C)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_R32 = np.uint64(32)
_R29 = np.uint64(29)


class TextRows(NamedTuple):
    """A text column: row i is ``data[offsets[i]:offsets[i + 1]]``, if present at all.

    Attributes
    ----------
    offsets : ndarray of shape (rows + 1,), int64
    data : ndarray of shape (bytes,), uint8
    present : ndarray of shape (rows,), uint8
    """

    offsets: NDArray[np.int64]
    data: NDArray[np.uint8]
    present: NDArray[np.uint8]


@kernel
def word_at(data: NDArray[np.uint8], at: np.uint64) -> np.uint64:
    """Return eight of the bytes, shape (bytes,), as a little-endian number; all must be there."""
    # TRICKY: written byte by byte so that the compiler may use one unaligned load.
    return (
        np.uint64(data[at])
        | np.uint64(data[at + np.uint64(1)]) << np.uint64(8)
        | np.uint64(data[at + np.uint64(2)]) << np.uint64(16)
        | np.uint64(data[at + np.uint64(3)]) << np.uint64(24)
        | np.uint64(data[at + np.uint64(4)]) << np.uint64(32)
        | np.uint64(data[at + np.uint64(5)]) << np.uint64(40)
        | np.uint64(data[at + np.uint64(6)]) << np.uint64(48)
        | np.uint64(data[at + np.uint64(7)]) << np.uint64(56)
    )


@kernel
def closing_quote(data: NDArray[np.uint8], at: Whole, end: Whole) -> Whole:
    """Return where a JSON string ends: the first quote at or after ``at`` that is not escaped.

    ``data``, shape (bytes,), is looked at as far as ``end - 1``.

    Returns
    -------
    int
        ``end`` when there is none before it.
    """
    while at < end:
        while at + 8 <= end:
            word = word_at(data, np.uint64(at))
            quotes = word ^ _QUOTES
            slashes = word ^ _BACKSLASHES
            found = ((quotes - _ONES) & ~quotes) | ((slashes - _ONES) & ~slashes)
            if found & _HIGHS:
                break
            at += 8
        if at >= end:
            break
        byte = data[np.uint64(at)]
        if byte == QUOTE:
            return at
        at += 2 if byte == BACKSLASH else 1
    return end


@kernel
def text_hash(data: NDArray[np.uint8], start: Whole, length: Whole, seed: Whole) -> np.uint64:
    """Return a quick 64-bit hash of some of the bytes, shape (bytes,); never stored, may change."""
    mixed = (np.uint64(seed) + np.uint64(length)) * _MIX
    at = start
    end = start + length
    while at + 8 <= end:
        mixed = (mixed ^ word_at(data, np.uint64(at))) * _MIX
        mixed ^= mixed >> _R32
        at += 8
    tail = np.uint64(0)
    while at < end:
        tail = (tail << np.uint64(8)) | np.uint64(data[np.uint64(at)])
        at += 1
    mixed = (mixed ^ tail) * _MIX
    return mixed ^ (mixed >> _R29)


@kernel
def same_bytes(
    one: NDArray[np.uint8], at: Whole, other: NDArray[np.uint8], start: Whole, length: Whole
) -> bool:
    """Return whether ``length`` bytes of two buffers, each of shape (bytes,), are the same."""
    done = 0
    while done + 8 <= length:
        if word_at(one, np.uint64(at + done)) != word_at(other, np.uint64(start + done)):
            return False
        done += 8
    while done < length:
        if one[np.uint64(at + done)] != other[np.uint64(start + done)]:
            return False
        done += 1
    return True


@kernel
def gather_texts(
    starts: NDArray[np.int64], lengths: NDArray[np.int64], data: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the offsets and bytes of texts copied one behind the other.

    Parameters
    ----------
    starts, lengths : ndarray of shape (rows,), int64
        Where each text lies in ``data``.
    data : ndarray of shape (bytes,), uint8

    Returns
    -------
    offsets : ndarray of shape (rows + 1,), int64
    data : ndarray of shape (bytes,), uint8
    """
    offsets = np.zeros(len(starts) + 1, np.int64)
    for row in range(len(starts)):
        offsets[row + 1] = offsets[row] + lengths[row]
    copied = np.empty(offsets[-1], np.uint8)
    for row in range(len(starts)):
        at = np.uint64(offsets[row])
        start = np.uint64(starts[row])
        for index in range(np.uint64(lengths[row])):
            copied[at + index] = data[start + index]
    return offsets, copied


@kernel
def put_utf8(point: int, out: NDArray[np.uint8], at: int) -> int:
    """Write one character as UTF-8 to ``out``, shape (bytes,), and return where the next goes."""
    if point < 0x80:
        out[at] = point
        return at + 1
    if point < 0x800:
        out[at] = 0xC0 | (point >> 6)
        out[at + 1] = 0x80 | (point & 0x3F)
        return at + 2
    if point < 0x10000:
        out[at] = 0xE0 | (point >> 12)
        out[at + 1] = 0x80 | ((point >> 6) & 0x3F)
        out[at + 2] = 0x80 | (point & 0x3F)
        return at + 3
    out[at] = 0xF0 | (point >> 18)
    out[at + 1] = 0x80 | ((point >> 12) & 0x3F)
    out[at + 2] = 0x80 | ((point >> 6) & 0x3F)
    out[at + 3] = 0x80 | (point & 0x3F)
    return at + 4


@kernel
def hex4(data: NDArray[np.uint8], at: int) -> int:
    """Return the number that four hexadecimal digits of ``data``, shape (bytes,), spell."""
    number = 0
    for index in range(4):
        digit = int(data[at + index])
        digit = digit - 48 if digit < 58 else (digit | 32) - 87
        number = number * 16 + digit
    return number


@kernel
def plain_escape(letter: int) -> int:
    r"""Return the character that ``\b \f \n \r \t`` stand for; others stand for themselves."""
    if letter == 98:
        return 8
    if letter == 102:
        return 12
    if letter == 110:
        return 10
    if letter == 114:
        return 13
    return 9 if letter == 116 else letter


@kernel
def unescape(data: NDArray[np.uint8], start: int, end: int, out: NDArray[np.uint8], at: int) -> int:
    r"""Write the text that the inside of a JSON string spells and return where it ends.

    A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD.

    Parameters
    ----------
    data : ndarray of shape (bytes,), uint8
    start, end : int
        The inside of the string.
    out : ndarray of shape (bytes,), uint8
        Receives at most ``end - start`` bytes from ``at`` on.
    at : int
    """
    while start < end:
        byte = data[start]
        if byte != BACKSLASH:
            out[at] = byte
            at += 1
            start += 1
            continue
        letter = data[start + 1]
        if letter != 117:
            out[at] = plain_escape(letter)
            at += 1
            start += 2
            continue
        point = hex4(data, start + 2)
        start += 6
        if 0xD800 <= point < 0xDC00 and start + 6 <= end and data[start] == BACKSLASH:
            low = hex4(data, start + 2)
            if data[start + 1] == 117 and 0xDC00 <= low < 0xE000:
                point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00)
                start += 6
        if 0xD800 <= point < 0xE000:
            point = 0xFFFD
        at = put_utf8(point, out, at)
    return at


@kernel
def unescaped_rows(
    texts: TextRows, raw: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return offsets and bytes of the texts that JSON strings spell.

    Parameters
    ----------
    texts : TextRows
    raw : ndarray of shape (rows,), uint8
        1 where the text is taken as it stands.

    Returns
    -------
    offsets : ndarray of shape (rows + 1,), int64
    data : ndarray of shape (bytes,), uint8
    """
    offsets = np.zeros(len(texts.offsets), np.int64)
    out = np.empty(texts.offsets[-1] - texts.offsets[0], np.uint8)
    at = 0
    for row in range(len(texts.offsets) - 1):
        start, end = texts.offsets[row], texts.offsets[row + 1]
        if raw[row]:
            for index in range(start, end):
                out[at + index - start] = texts.data[index]
            at += end - start
        else:
            at = unescape(texts.data, start, end, out, at)
        offsets[row + 1] = at
    return offsets, out[:at].copy()
