"""What a worker makes of a batch: its rows as columns, bucket by bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

    Array = (
        NDArray[np.uint8]
        | NDArray[np.uint16]
        | NDArray[np.uint32]
        | NDArray[np.uint64]
        | NDArray[np.int32]
        | NDArray[np.int64]
        | NDArray[np.float64]
    )


@dataclass(frozen=True, slots=True)
class Chunk:
    """The rows of one batch.

    Attributes
    ----------
    worker : int
        Whose dictionaries the codes belong to.
    edges : ndarray of shape (buckets + 1,), int64
        Rows of bucket b are those from ``edges[b]`` to ``edges[b + 1] - 1``.
    people_edges : ndarray of shape (buckets + 1,), int64
        The same for people.
    arrays : mapping of str to ndarray
        Rows: ``person`` (number within the chunk's people), ``time``, ``position``, ``ident``,
        ``event``, ``owner``, ``merge``, ``codes:NAME``, ``number:NAME``, ``money:NAME``, and of a
        plain text ``length:NAME`` (-1 missing; a raw token negated, minus two). People: ``keys``,
        ``id_offsets``, ``id_data``. Bytes of plain texts: ``start:NAME`` (rows + 1 offsets) and
        ``data:NAME``. What is all missing is left out.
    """

    worker: int
    edges: NDArray[np.int64]
    people_edges: NDArray[np.int64]
    arrays: Mapping[str, Array]

    @property
    def size(self) -> int:
        """Bytes held."""
        return sum(array.nbytes for array in self.arrays.values())


@dataclass(frozen=True, slots=True)
class Piece:
    """One chunk's rows and people of one bucket."""

    chunk: Chunk
    first_row: int
    end_row: int
    first_person: int
    end_person: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.end_row - self.first_row

    def row_array(self, name: str) -> Array | None:
        """Return one array on this bucket's rows, or None where all is missing."""
        array = self.chunk.arrays.get(name)
        return None if array is None else array[self.first_row : self.end_row]

    def people_array(self, name: str) -> Array:
        """Return one array on this bucket's people."""
        return self.chunk.arrays[name][self.first_person : self.end_person]


def narrow(codes: NDArray[np.uint32]) -> Codes:
    """Return codes, of any shape, in the smallest unsigned type that holds them."""
    return fitted(codes, int(codes.max()) if len(codes) else 0)


def fitted(codes: NDArray[np.uint32], largest: int) -> Codes:
    """Return codes, of any shape, in the smallest unsigned type that holds ``largest``."""
    if largest < 2**8:
        return codes.astype(np.uint8)
    return codes.astype(np.uint16) if largest < 2**16 else codes
