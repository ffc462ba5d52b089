"""Arrow text columns as arrays for kernels, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sojourn.kernels.building.texts import TextRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EMPTY: NDArray[np.uint8] = np.frombuffer(b"", np.uint8)


def text_rows(array: pa.Array) -> TextRows:
    """Return the rows of a text array; the bytes are shared where Arrow's layout allows it."""
    array = plain_texts(array)
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        array = array.cast(pa.large_string())
    _, offsets, data = array.buffers()
    wide = pa.types.is_large_string(array.type)
    raw = np.frombuffer(offsets, np.int64 if wide else np.int32) if offsets else np.zeros(1)
    edges = raw[array.offset : array.offset + len(array) + 1].astype(np.int64)
    if not len(array):
        edges = np.zeros(1, np.int64)
    raw_data = np.frombuffer(data, np.uint8) if data else _EMPTY
    raw_data.flags.writeable = False  # whatever Arrow says: kernels are compiled for one kind
    return TextRows(
        offsets=edges,
        data=raw_data,
        present=present(array),
    )


def plain_texts(array: pa.Array) -> pa.Array:
    """Return a text array without its dictionary, if it has one."""
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def present(array: pa.Array) -> NDArray[np.uint8]:
    """Return 1 where an array is not null, shape (rows,)."""
    if not array.null_count:
        return np.ones(len(array), np.uint8)
    return np.asarray(array.is_valid().to_numpy(zero_copy_only=False)).view(np.uint8)


def text_list(offsets: NDArray[np.int64], data: NDArray[np.uint8]) -> pa.Array:
    """Return texts without nulls as an Arrow array that shares their memory.

    Text i is ``data[offsets[i]:offsets[i + 1]]``: shapes (texts + 1,) and (bytes,).
    """
    return pa.LargeStringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(np.ascontiguousarray(offsets)),
        pa.py_buffer(np.ascontiguousarray(data)),
    )  # fmt: skip


def idents(array: pa.Array) -> NDArray[np.uint64]:
    """Return the first eight bytes of 16-byte ids, big-endian, shape (rows,)."""
    if not len(array):
        return np.empty(0, np.uint64)
    raw = np.frombuffer(array.buffers()[1], ">u8")[2 * array.offset :]
    return raw[: 2 * len(array) : 2].astype(np.uint64)


def instants(array: pa.Array) -> NDArray[np.int64]:
    """Return the microseconds of timestamps, 0 where null, shape (rows,)."""
    return np.asarray(array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False))
