"""Values of further properties, found again by the ids of their events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.index.building.arrow import idents, text_rows
from sojourn.index.building.assemble import add_column, joined, pieces_of
from sojourn.index.building.chunk import Chunk
from sojourn.index.building.worker import add_part
from sojourn.kernels.building.order import grouped

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from sojourn.index.building.chunk import Array
    from sojourn.index.building.plan import ColumnPlan
    from sojourn.index.building.properties import Part, PropertyScanner

ALIGN_COLUMNS = ("event_id", "properties")


@dataclass(frozen=True, slots=True)
class Values:
    """Values of some properties, ascending by the ids of their events.

    Attributes
    ----------
    ident : ndarray of shape (events,), uint64
        Each once.
    arrays : dict of str to ndarray
        As :class:`sojourn.index.building.assemble.Assembled` names them.
    """

    ident: NDArray[np.uint64]
    arrays: dict[str, Array]


def values_chunk(batch: pa.RecordBatch, scanner: PropertyScanner, worker: int, parts: int) -> Chunk:
    """Return the rows of a batch that have any of the scanner's properties.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        With ``ALIGN_COLUMNS``.
    scanner : PropertyScanner
    worker : int
    parts : int
        A power of two; rows are parted by the leading bits of their ids.
    """
    properties = batch.column("properties")
    texts = text_rows(properties)
    found = scanner.read(texts) if properties.null_count < len(properties) else {}
    ident = idents(batch.column("event_id"))
    home = np.full(len(batch), -1, np.int32)
    held = np.zeros(len(batch), np.bool_)
    for part in found.values():
        held |= _present(part, len(batch))
    shift = np.uint64(64 - (parts.bit_length() - 1))
    home[held] = (ident[held] >> shift).astype(np.int32) if parts > 1 else 0
    edges, rows = grouped(home, parts)
    arrays: dict[str, Array] = {"ident": ident[rows]}
    for name, part in found.items():
        add_part(name, part, rows, texts.data, arrays)
    return Chunk(worker, edges, np.zeros(parts + 1, np.int64), arrays)


def sorted_values(
    chunks: Sequence[Chunk], part: int, columns: Sequence[ColumnPlan]
) -> Values | None:
    """Return the values of one part; None if two events share the half of their id we keep."""
    pieces = pieces_of(chunks, part)
    ident = joined(pieces, "ident", np.uint64, 0)
    order = np.argsort(ident, kind="stable")
    ident = ident[order]
    if (ident[1:] == ident[:-1]).any():
        return None
    arrays: dict[str, Array] = {}
    for column in columns:
        add_column(column, pieces, order, arrays)
    return Values(ident, arrays)


def find_rows(
    values: Values, ident: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of a bucket that have values, and where in the values they are.

    Parameters
    ----------
    values : Values
    ident : ndarray of shape (rows,), uint64
        The ids of the bucket's events.
    """
    if not len(values.ident):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    at = np.minimum(np.searchsorted(values.ident, ident), len(values.ident) - 1)
    rows = np.flatnonzero(values.ident[at] == ident)
    return rows, at[rows]


def _present(part: Part, rows: int) -> NDArray[np.bool_]:
    found = np.zeros(rows, np.bool_)
    if part.codes is not None:
        found |= part.codes > 0
    if part.numbers is not None:
        found |= ~np.isnan(part.numbers)
    if part.money is not None:
        found |= np.asarray(part.money != np.iinfo(np.int64).min)
    if part.spans is not None:
        found |= part.spans[1] != -1
    return found
