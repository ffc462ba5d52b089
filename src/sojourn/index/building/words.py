"""A growing dictionary of the texts of one column, as byte tables that kernels fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sojourn.kernels.building.tables import FREE, Spans, Words, code_words, place_words
from sojourn.kernels.building.texts import TextRows, gather_texts, unescaped_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_ROOM = 1 << 10
FIRST_BYTES = 1 << 14


class WordTable:
    """The distinct texts of one column, numbered as they come.

    Parameters
    ----------
    room : int
        Words there is room for at first; it doubles as needed.
    """

    def __init__(self, room: int = FIRST_ROOM) -> None:
        self.words = _tables(room, FIRST_BYTES)

    def __len__(self) -> int:
        """Return the number of distinct texts."""
        return int(self.words.used[0])

    def code(
        self, spans: Spans, data: NDArray[np.uint8], codes: NDArray[np.uint32], limit: int
    ) -> int:
        """Write the codes of text values; return the span it stopped at for the limit's sake.

        Parameters
        ----------
        spans : Spans
        data : ndarray of shape (bytes,), uint8
        codes : ndarray of shape (rows,), uint32
            Receives word number + 1; 0 stays where there is no text.
        limit : int
            A table that is full and holds more words than this does not grow.

        Returns
        -------
        int
            ``len(spans.rows)`` when all were coded.
        """
        at = code_words(spans, data, self.words, 0, codes)
        while at < len(spans.rows):
            if len(self) > limit:
                return at
            self._grow(int(spans.lengths[at]))
            at = code_words(spans, data, self.words, at, codes)
        return at

    def texts(self, *, escaped: bool = True) -> pa.Array:
        """Return the distinct texts in the order of their numbers.

        Parameters
        ----------
        escaped : bool
            They came from inside JSON strings, whose escapes are undone.
        """
        count = len(self)
        lengths = self.words.lengths[:count]
        raw = (lengths < 0).astype(np.uint8)
        sizes = np.where(raw, -lengths - 1, lengths)
        offsets, data = gather_texts(self.words.starts[:count].copy(), sizes, self.words.data)
        rows = TextRows(offsets, data, np.ones(count, np.uint8))
        if escaped and (data == ord("\\")).any():
            offsets, data = unescaped_rows(rows, raw)
        return pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))

    def add(self, text: bytes) -> int:
        """Add a text and return its number."""
        data = np.frombuffer(b'"' + text + b'"', np.uint8)
        span = Spans(np.zeros(1, np.int32), np.zeros(1, np.int64), np.array([len(data)], np.int32))
        codes = np.zeros(1, np.uint32)
        self.code(span, data, codes, 2**31)
        return int(codes[0]) - 1

    def _grow(self, needed: int) -> None:
        old = self.words
        count, size = int(old.used[0]), int(old.used[1])
        room, space = len(old.hashes), len(old.data)
        if count >= room - 1:
            room *= 2
        if size + needed > space:
            space = max(2 * space, size + needed)
        new = _tables(room, space)
        new.starts[:count] = old.starts[:count]
        new.lengths[:count] = old.lengths[:count]
        new.data[:size] = old.data[:size]
        new.used[:] = old.used
        place_words(new)
        self.words = new


def _tables(room: int, space: int) -> Words:
    return Words(
        slots=np.full(2 * room, FREE, np.int32),
        hashes=np.zeros(room, np.uint64),
        starts=np.zeros(room, np.int64),
        lengths=np.zeros(room, np.int64),
        data=np.zeros(space, np.uint8),
        used=np.zeros(2, np.int64),
    )
