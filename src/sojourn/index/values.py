"""Dictionaries that are read when first looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

import pyarrow as pa
from typing_extensions import override

from sojourn.index.compare import text_marks

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from sojourn.base.predicate import Compare
    from sojourn.index.catalog import Column

MARKS_KEPT = 64
"""Conditions whose result a dictionary remembers."""


class TextValues(Sequence[str]):
    """A dictionary whose texts are loaded when first looked at.

    Parameters
    ----------
    length : int
    load : callable
        Returns the texts as a pyarrow string array; called once at most.
    """

    def __init__(self, length: int, load: Callable[[], pa.Array]) -> None:
        self._length = length
        self._load = load
        self._array: pa.Array | None = None
        self._texts: list[str] | None = None
        self._marks: dict[Compare, NDArray[np.uint8]] = {}

    @property
    def array(self) -> pa.Array:
        """The texts as a pyarrow array."""
        if self._array is None:
            self._array = self._load()
        return self._array

    def marks(self, compare: Compare) -> NDArray[np.uint8]:
        """Return 1 for each text a condition holds for, found once for all buckets.

        Returns
        -------
        ndarray of shape (texts,), uint8
        """
        found = self._marks.get(compare)
        if found is None:
            if len(self._marks) >= MARKS_KEPT:
                self._marks.clear()
            found = self._marks[compare] = text_marks(self.array, compare)
        return found

    @override
    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice[int | None]) -> Sequence[str]: ...
    @override
    def __getitem__(self, index: int | slice[int | None]) -> str | Sequence[str]:
        if self._texts is None:
            self._texts = self.array.to_pylist()
        return self._texts[index]

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    @override
    def __hash__(self) -> int:
        return hash(self._length)

    @override
    def __reduce__(self) -> tuple[type[TextValues], tuple[int, Callable[[], pa.Array]]]:
        return TextValues, (self._length, self._load)


def dictionary_marks(column: Column, compare: Compare) -> NDArray[np.uint8]:
    """Return 1 for each text of a column's dictionary that a condition holds for.

    Parameters
    ----------
    column : Column
    compare : Compare
        Not one of the negated operators.

    Returns
    -------
    ndarray of shape (distinct,), uint8
    """
    if isinstance(column.values, TextValues):
        return column.values.marks(compare)
    return text_marks(dictionary(column), compare)


def dictionary(column: Column) -> pa.Array:
    """Return the dictionary of a column as a pyarrow string array."""
    if isinstance(column.values, TextValues):
        return column.values.array
    return pa.array(column.values, pa.large_string())
