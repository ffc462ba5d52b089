"""One array, one ``.npy`` file: written once, read through a memory map."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

MAPPED_FROM = 1 << 14
"""Smaller files are read outright: a map costs more than the copy."""


def write_array(path: Path, array: NDArray[Any]) -> None:
    """Write an array and force it to disk."""
    with path.open("wb") as file:
        np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())


def read_array(path: Path) -> NDArray[Any]:
    """Return an array; changes to it would stay in memory, but nobody makes any.

    The map is copy-on-write only so that the array counts as writable: kernels are compiled once
    for arrays of either origin.
    """
    if path.stat().st_size < MAPPED_FROM:
        return np.asarray(np.load(path, allow_pickle=False))
    return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))


def write_texts(folder: Path, name: str, texts: pa.Array) -> None:
    """Write texts without nulls as two arrays: offsets and UTF-8 bytes."""
    texts = texts.cast(pa.large_string())
    if texts.offset or not len(texts):
        texts = pa.concat_arrays([texts, pa.array([], pa.large_string())])
    _, offsets, data = texts.buffers()
    edges = (
        np.frombuffer(offsets, np.int64)[: len(texts) + 1] if len(texts) else np.zeros(1, np.int64)
    )
    raw = np.frombuffer(data, np.uint8)[: edges[-1]] if data else np.empty(0, np.uint8)
    write_array(folder / f"{name}.offsets.npy", edges)
    write_array(folder / f"{name}.data.npy", raw)


def read_texts(folder: Path, name: str) -> pa.Array:
    """Return texts written by :func:`write_texts`."""
    offsets = read_array(folder / f"{name}.offsets.npy")
    data = read_array(folder / f"{name}.data.npy")
    return pa.LargeStringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data)
    )
