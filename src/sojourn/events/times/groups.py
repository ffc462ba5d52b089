"""Texts of one length and shape, as a matrix of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.events.times.shapes import Span

LONGEST: Final = 64
"""No way of writing a time is longer, in bytes."""
_ZERO: Final = ord("0")
_TO_SHAPE: Final = np.arange(256, dtype=np.uint8)
_TO_SHAPE[_ZERO : _ZERO + 10] = _ZERO
_WIDE_BLANKS: Final = ("\u00a0", "\u202f", "\u3000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Values of one shape."""

    rows: NDArray[np.int64]
    """Their places in the column, shape (k,)."""
    text: NDArray[np.uint8]
    """Their bytes, shape (k, length)."""
    shape: bytes

    def number(self, span: Span | None) -> NDArray[np.int64]:
        """Return the numbers written between two bytes; zeros where there is no span."""
        if span is None:
            return np.zeros(self.rows.shape[0], np.int64)
        value = np.zeros(self.rows.shape[0], np.int64)
        for place in range(*span):
            value = value * 10 + (self.text[:, place].astype(np.int64) - _ZERO)
        return value


def tidy(values: pa.StringArray) -> pa.StringArray:
    """Return the texts without blanks around them, wide blanks made plain."""
    data = values.buffers()[2]
    raw = memoryview(data) if data is not None else b""
    for blank in _WIDE_BLANKS:
        if blank.encode() in bytes(raw):
            values = pc.replace_substring(values, pattern=blank, replacement=" ")
    return pc.ascii_trim_whitespace(values)


def groups(values: pa.StringArray) -> Iterator[Group]:
    """Return the values that could be times, grouped by shape; nulls and long texts are left out.

    Parameters
    ----------
    values : pyarrow.StringArray of length n
        Tidy texts.
    """
    starts, lengths, data = _layout(values)
    for length in np.flatnonzero(np.bincount(np.minimum(lengths, LONGEST + 1))):
        if not 0 < length <= LONGEST:
            continue
        rows = np.flatnonzero(lengths == length)
        text = _matrix(data, starts, rows, int(length))
        yield from _by_shape(rows, text)


def _layout(
    values: pa.StringArray,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Return first bytes, lengths (0 for null) and the bytes of all values."""
    _, offsets_buffer, data_buffer = values.buffers()
    if offsets_buffer is None or len(values) == 0:
        empty = np.zeros(0, np.int64)
        return empty, empty, np.zeros(0, np.uint8)
    first = values.offset
    ends = np.frombuffer(offsets_buffer, np.int32)[first : first + len(values) + 1]
    offsets = ends.astype(np.int64)
    lengths = np.diff(offsets)
    if values.null_count:
        lengths = np.where(values.is_valid().to_numpy(zero_copy_only=False), lengths, 0)
    data = (
        np.frombuffer(data_buffer, np.uint8) if data_buffer is not None else np.zeros(0, np.uint8)
    )
    return offsets[:-1], lengths, data


def _matrix(
    data: NDArray[np.uint8], starts: NDArray[np.int64], rows: NDArray[np.int64], length: int
) -> NDArray[np.uint8]:
    if rows.shape[0] == starts.shape[0] and rows.shape[0] > 0:
        first = int(starts[0])
        matrix: NDArray[np.uint8] = data[first : first + rows.shape[0] * length].reshape(-1, length)
        return matrix
    picked: NDArray[np.uint8] = data[starts[rows][:, None] + np.arange(length)]
    return picked


def _by_shape(rows: NDArray[np.int64], text: NDArray[np.uint8]) -> Iterator[Group]:
    shapes = _TO_SHAPE[text]
    if bool((shapes == shapes[0]).all()):
        yield Group(rows=rows, text=text, shape=shapes[0].tobytes())
        return
    width = text.shape[1]
    packed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(width), text.shape[0], [None, pa.py_buffer(np.ascontiguousarray(shapes))]
    ).dictionary_encode()
    codes = packed.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    cuts = np.searchsorted(codes[order], np.arange(len(packed.dictionary) + 1))
    for code, shape in enumerate(packed.dictionary.to_pylist()):
        chosen = np.sort(order[cuts[code] : cuts[code + 1]])
        yield Group(rows=rows[chosen], text=text[chosen], shape=shape)
