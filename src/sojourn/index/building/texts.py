"""Plain text columns of a bucket, from texts and from codes of earlier rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.index.building.arrow import text_rows
from sojourn.kernels.building.texts import TextRows, gather_texts, unescaped_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.index.building.chunk import Piece
    from sojourn.index.building.plan import ColumnPlan

    Texts = tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint8]]


def plain_text(column: ColumnPlan, pieces: Sequence[Piece], order: NDArray[np.int64]) -> Texts:
    """Return offsets, bytes and presence of a plain text column, row by row.

    Parameters
    ----------
    column : ColumnPlan
        Whose kind is ``TEXT``.
    pieces : sequence of Piece
    order : ndarray of shape (rows,), int64
        The rows of the pieces, one behind the other, in the order they are stored.
    """
    gathered = _Gathered(column)
    for piece in pieces:
        gathered.add(piece)
    return gathered.ordered(order)


class _Gathered:
    """Where each row's text lies, and whether its escapes must be undone."""

    def __init__(self, column: ColumnPlan) -> None:
        self._column = column
        self._starts = [np.empty(0, np.int64)]
        self._lengths = [np.empty(0, np.int64)]
        self._raw = [np.empty(0, np.uint8)]
        self._data: list[NDArray[np.uint8]] = [np.empty(0, np.uint8)]
        self._size = 0
        self._words: dict[int, tuple[int, NDArray[np.int64]]] = {}

    def add(self, piece: Piece) -> None:
        starts, lengths = np.zeros(piece.rows, np.int64), np.full(piece.rows, -1, np.int64)
        raw = np.ones(piece.rows, np.uint8)
        codes = piece.row_array(f"codes:{self._column.name}")
        if codes is not None:
            base, offsets = self._dictionary(piece.chunk.worker)
            known = np.flatnonzero(codes)
            word = codes[known].astype(np.int64) - 1
            starts[known] = base + offsets[word]
            lengths[known] = offsets[word + 1] - offsets[word]
        spans = piece.row_array(f"length:{self._column.name}")
        if spans is not None:
            begins = piece.chunk.arrays[f"start:{self._column.name}"]
            begins = begins[piece.first_row : piece.end_row + 1].astype(np.int64)
            data = piece.chunk.arrays[f"data:{self._column.name}"]
            known = np.flatnonzero(spans != -1)
            starts[known] = begins[known] - begins[0] + self._size
            lengths[known] = begins[known + 1] - begins[known]
            raw[known] = spans[known] < -1
            self._put(data[begins[0] : begins[-1]].astype(np.uint8))
        self._starts.append(starts)
        self._lengths.append(lengths)
        self._raw.append(raw)

    def ordered(self, order: NDArray[np.int64]) -> Texts:
        starts = np.concatenate(self._starts)[order]
        lengths = np.concatenate(self._lengths)[order]
        raw = np.concatenate(self._raw)[order]
        present = (lengths >= 0).astype(np.uint8)
        offsets, data = gather_texts(starts, np.maximum(lengths, 0), np.concatenate(self._data))
        if not raw.all() and (data == ord("\\")).any():
            offsets, data = unescaped_rows(TextRows(offsets, data, present), raw)
        return offsets, data, present

    def _dictionary(self, worker: int) -> tuple[int, NDArray[np.int64]]:
        if worker not in self._words:
            rows = text_rows(self._column.texts[worker])
            self._words[worker] = (self._size, rows.offsets - rows.offsets[0])
            self._put(rows.data[rows.offsets[0] : rows.offsets[-1]])
        return self._words[worker]

    def _put(self, data: NDArray[np.uint8]) -> None:
        self._data.append(data)
        self._size += len(data)
