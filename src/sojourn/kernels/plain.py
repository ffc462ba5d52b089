"""Objects of JSON as event ids see them: a value counts the same, however its column was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

_QUOTE, _BACKSLASH, _COLON, _COMMA, _CLOSE = ord('"'), ord("\\"), ord(":"), ord(","), ord("}")
_OPEN, _LIST = ord("{"), ord("[")
_MINUS, _PLUS, _POINT, _ZERO, _NINE = ord("-"), ord("+"), ord("."), ord("0"), ord("9")
_SMALL, _E = 0x20, ord("e")
_ONE, _TWO = np.uint64(1), np.uint64(2)
_TRUE = np.frombuffer(b"true", np.uint8)
_FALSE = np.frombuffer(b"false", np.uint8)


@kernel
def _past_digits(data: NDArray[np.uint8], at: int, end: int) -> int:
    while at < end and _ZERO <= data[at] <= _NINE:
        at += 1
    return at


@kernel
def _number_stop(data: NDArray[np.uint8], start: int, end: int) -> int:
    """Return where a number of JSON stops counting; -1 if the bytes are not all of one.

    Zeros at the end of its decimals, and a point with nothing but zeros behind it, do not count.
    """
    at = start + 1 if start < end and data[start] == _MINUS else start
    whole = _past_digits(data, at, end)
    if whole == at or (data[at] == _ZERO and whole > at + 1):
        return -1
    if whole == end:
        return end
    at = whole
    if data[at] == _POINT:
        at = _past_digits(data, whole + 1, end)
        if at == whole + 1:
            return -1
        if at == end:
            while data[at - 1] == _ZERO:
                at -= 1
            return at - 1 if data[at - 1] == _POINT else at
    if data[at] | _SMALL != _E:
        return -1
    at += 1
    if at < end and (data[at] == _MINUS or data[at] == _PLUS):
        at += 1
    return end if at < end and _past_digits(data, at, end) == end else -1


@kernel
def _is_word(data: NDArray[np.uint8], start: int, end: int, word: NDArray[np.uint8]) -> bool:
    """Return whether some bytes are a word of small letters, however they are capitalised."""
    if end - start != len(word):
        return False
    same = True
    for place in range(len(word)):
        same &= data[start + place] | _SMALL == word[place]
    return same


@kernel
def _closing(data: NDArray[np.uint8], start: int, end: int) -> int:
    """Return where the quote is that closes the text opened before ``start``."""
    at, last = np.uint64(start), np.uint64(end)  # TRICKY: unsigned places are not wrapped around
    while at < last and data[at] != _QUOTE:
        at += _TWO if data[at] == _BACKSLASH else _ONE
    return end if at > last else np.int64(at)  # type: ignore[return-value]  # Numba counts so


@kernel
def _copy(data: NDArray[np.uint8], start: int, end: int, out: NDArray[np.uint8], into: int) -> int:
    """Copy some bytes; return where the next ones go."""
    first, place = np.uint64(start), np.uint64(into)
    for at in range(np.uint64(end - start)):
        out[place + at] = data[first + at]
    return into + (end - start)


@kernel
def _value_end(data: NDArray[np.uint8], start: int, end: int) -> int:
    """Return where a value that is no text ends; ``start`` if it is a list or an object."""
    at = start
    while at < end and data[at] != _COMMA and data[at] != _CLOSE:
        if data[at] == _QUOTE or data[at] == _LIST or data[at] == _OPEN:
            return start
        at += 1
    return at


@kernel
def _plain_text(data: NDArray[np.uint8], start: int, end: int) -> tuple[int, int, int]:
    """Return which bytes of a quoted text stand for it: from, to, and which truth if not -1."""
    inside, close = start + 1, end - 1
    stop = _number_stop(data, inside, close)
    if stop >= 0:
        return inside, stop, -1
    if _is_word(data, inside, close, _TRUE):
        return start, start, 1
    if _is_word(data, inside, close, _FALSE):
        return start, start, 0
    return start, end, -1


@kernel
def plain_objects(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    out: NDArray[np.uint8],
    out_offsets: NDArray[np.int64],
) -> None:
    """Write each object with its values in the form that does not tell how they were typed.

    A text that reads as a number of JSON or as true or false, in whatever letters, loses its
    quotes, and a number the zeros at the end of its decimals: ``{"a":"12.50","b":"True"}`` becomes
    ``{"a":12.5,"b":true}``. Lists are left alone.

    Parameters
    ----------
    offsets : ndarray of shape (rows + 1,), int64
    data : ndarray of shape (bytes,), uint8
        Objects without blanks between keys and values, as they stand in the lake.
    out : ndarray of shape (offsets[-1] - offsets[0],), uint8
        Receives the objects.
    out_offsets : ndarray of shape (rows + 1,), int64
        Receives where each starts.
    """
    into = 0
    for row in range(len(offsets) - 1):
        out_offsets[row] = into
        start, end = offsets[row], offsets[row + 1]
        kept = at = start  # what lies between them is still to be copied
        while at < end:
            is_value = at > start and data[at - 1] == _COLON
            if data[at] == _QUOTE:
                stop = min(_closing(data, at + 1, end) + 1, end)
                first, last, truth = at, stop, -1
                if is_value:
                    first, last, truth = _plain_text(data, at, stop)
            elif is_value:
                stop = _value_end(data, at, end)
                counts = _number_stop(data, at, stop)
                first, last, truth = at, (counts if counts >= 0 else stop), -1
                stop = max(stop, at + 1)
                last = max(last, at + 1)
            else:
                at += 1
                continue
            if last - first != stop - at:
                into = _copy(data, kept, at, out, into)
                into = _copy(data, first, last, out, into)
                if truth >= 0:
                    word = _TRUE if truth == 1 else _FALSE
                    into = _copy(word, 0, len(word), out, into)
                kept = stop
            at = stop
        into = _copy(data, kept, end, out, into)
    out_offsets[len(offsets) - 1] = into
