"""One bucket's part of all chunks, sorted into the arrays that are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from sojourn.events.schema import BOT
from sojourn.index.building.chunk import Piece
from sojourn.index.building.texts import plain_text
from sojourn.index.catalog import MISSING_MONEY, ColumnKind
from sojourn.kernels.building.order import Places, grouped, sort_people
from sojourn.kernels.building.texts import gather_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.index.building.chunk import Array, Chunk
    from sojourn.index.building.plan import ColumnPlan, IndexPlan

ScalarT = TypeVar("ScalarT", np.uint8, np.uint32, np.uint64, np.int64, np.float64)


@dataclass(frozen=True, slots=True)
class Assembled:
    """The arrays of some people of a bucket, as they are stored.

    Attributes
    ----------
    people, rows, untimed : int
    arrays : dict of str to ndarray
        ``offsets time event ident position keys id_offsets id_data``, perhaps ``owner``,
        ``merge`` and ``untimed``, and
        ``codes:NAME``, ``number:NAME``, ``money:NAME``, ``offsets:NAME`` ``data:NAME``
        ``present:NAME`` where any value is there.
    event_counts : ndarray of shape (event names,), int64
    first_us, last_us : int
        Of rows with a time; 0 where there are none.
    """

    people: int
    rows: int
    untimed: int
    arrays: dict[str, Array]
    event_counts: NDArray[np.int64]
    first_us: int
    last_us: int


def assemble(chunks: Sequence[Chunk], bucket: int, plan: IndexPlan) -> tuple[Assembled, Assembled]:
    """Return the people of a bucket, and apart the bots among them.

    Parameters
    ----------
    chunks : sequence of Chunk
    bucket : int
    plan : IndexPlan
    """
    pieces = pieces_of(chunks, bucket)
    keys, rank, first = _distinct_people(pieces)
    ordinal = _row_people(pieces, rank)
    bots = _bots(pieces, ordinal, len(keys), plan)
    humans = len(keys) - int(np.count_nonzero(bots))
    people_order = np.argsort(bots, kind="stable")
    place = np.empty(len(keys), np.int32)
    place[people_order] = np.arange(len(keys), dtype=np.int32)
    time = joined(pieces, "time", np.int64, 0)
    position = joined(pieces, "position", np.int64, 0)
    ident = joined(pieces, "ident", np.uint64, 0)
    offsets, order = grouped(place[ordinal], len(keys))
    sort_people(offsets, order, Places(time, position, ident))
    arrays: dict[str, Array] = {"time": time[order], "ident": ident[order]}
    arrays["position"] = _small(position[order])
    arrays["event"] = _events(pieces, plan)[order]
    for name in ("owner", "merge"):
        if _any(pieces, name):
            arrays[name] = joined(pieces, name, np.uint32, 0)[order]
    for column in plan.columns:
        add_column(column, pieces, order, arrays)
    if _any(pieces, "untimed"):
        arrays["untimed"] = joined(pieces, "untimed", np.uint8, 0)[order]
    ids = _ids(pieces, first[people_order])
    whole = _Whole(offsets, arrays, keys[people_order], ids, len(plan.events))
    return _part(whole, 0, humans), _part(whole, humans, len(keys))


@dataclass(frozen=True, slots=True)
class _Whole:
    offsets: NDArray[np.int64]
    arrays: dict[str, Array]
    keys: NDArray[np.uint64]
    ids: tuple[NDArray[np.int64], NDArray[np.uint8]]
    events: int


def pieces_of(chunks: Sequence[Chunk], bucket: int) -> list[Piece]:
    """Return what each chunk has of a bucket."""
    return [piece for piece in (_piece(chunk, bucket) for chunk in chunks) if piece]


def joined(
    pieces: Sequence[Piece], name: str, kind: type[ScalarT], missing: float
) -> NDArray[ScalarT]:
    """Return one array of all pieces, one behind the other."""
    parts: list[NDArray[ScalarT]] = [np.empty(0, kind)]
    for piece in pieces:
        array = piece.row_array(name)
        if array is None:
            parts.append(np.full(piece.rows, missing, kind))
        else:
            parts.append(array.astype(kind, copy=False))
    return np.concatenate(parts)


def _piece(chunk: Chunk, bucket: int) -> Piece | None:
    rows, people = chunk.edges[bucket : bucket + 2], chunk.people_edges[bucket : bucket + 2]
    if rows[0] == rows[1]:
        return None
    return Piece(chunk, int(rows[0]), int(rows[1]), int(people[0]), int(people[1]))


def _distinct_people(
    pieces: Sequence[Piece],
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64]]:
    """Return distinct keys ascending, the rank of each piece's people, and one of each."""
    if not pieces:
        return np.empty((0, 2), np.uint64), np.empty(0, np.int32), np.empty(0, np.int64)
    keys = np.concatenate([piece.people_array("keys") for piece in pieces])
    order = np.lexsort((keys[:, 1], keys[:, 0]))
    ordered = keys[order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    rank = np.empty(len(keys), np.int32)
    rank[order] = np.cumsum(new) - 1
    return ordered[new].astype(np.uint64), rank, order[new]


def _row_people(pieces: Sequence[Piece], rank: NDArray[np.int32]) -> NDArray[np.int32]:
    found = [np.empty(0, np.int32)]
    base = 0
    for piece in pieces:
        own = piece.chunk.arrays["person"][piece.first_row : piece.end_row].astype(np.int64)
        found.append(rank[own - piece.first_person + base])
        base += piece.end_person - piece.first_person
    return np.concatenate(found)


def _bots(
    pieces: Sequence[Piece], ordinal: NDArray[np.int32], people: int, plan: IndexPlan
) -> NDArray[np.bool_]:
    bots = np.zeros(people, np.bool_)
    at = 0
    for piece in pieces:
        codes = piece.row_array(f"codes:{BOT}")
        code = plan.bot_codes[piece.chunk.worker]
        if codes is not None and code > 0:
            bots[ordinal[at : at + piece.rows][codes == code]] = True
        at += piece.rows
    return bots


def _events(pieces: Sequence[Piece], plan: IndexPlan) -> Codes:
    parts: list[Codes] = [plan.event_recode[0][:0]]
    for piece in pieces:
        recode = plan.event_recode[piece.chunk.worker]
        parts.append(recode[piece.chunk.arrays["event"][piece.first_row : piece.end_row]])
    return cast("Codes", np.concatenate(parts))


def add_column(
    column: ColumnPlan, pieces: Sequence[Piece], order: NDArray[np.int64], arrays: dict[str, Array]
) -> None:
    """Add one property's values, recoded, on the rows of some pieces in a given order.

    The order, shape (rows,), names rows of the pieces, one behind the other, as they are stored.
    """
    name = column.name
    if column.money and _any(pieces, f"money:{name}"):
        arrays[f"money:{name}"] = joined(pieces, f"money:{name}", np.int64, MISSING_MONEY)[order]
    if column.number and _any(pieces, f"number:{name}"):
        arrays[f"number:{name}"] = joined(pieces, f"number:{name}", np.float64, np.nan)[order]
    if column.text is ColumnKind.CODES and _any(pieces, f"codes:{name}"):
        parts: list[Codes] = []
        for piece in pieces:
            codes = piece.row_array(f"codes:{name}")
            recode = column.recode[piece.chunk.worker]
            none = np.zeros(piece.rows, np.uint8)
            parts.append(cast("Codes", recode[none if codes is None else codes]))
        arrays[f"codes:{name}"] = cast("Codes", np.concatenate(parts)[order])
    if column.text is ColumnKind.TEXT:
        offsets, data, present = plain_text(column, pieces, order)
        if present.any():
            arrays[f"offsets:{name}"] = offsets
            arrays[f"data:{name}"] = data
            arrays[f"present:{name}"] = present


def _any(pieces: Sequence[Piece], name: str) -> bool:
    return any(name in piece.chunk.arrays for piece in pieces)


def _small(position: NDArray[np.int64]) -> Array:
    if len(position) and int(position.min()) >= 0 and int(position.max()) < 2**32:
        return position.astype(np.uint32)
    return position


def _ids(
    pieces: Sequence[Piece], chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    starts, lengths, data = (
        [np.empty(0, np.int64)],
        [np.empty(0, np.int64)],
        [np.empty(0, np.uint8)],
    )
    size = 0
    for piece in pieces:
        offsets = piece.chunk.arrays["id_offsets"]
        mine = offsets[piece.first_person : piece.end_person + 1].astype(np.int64)
        starts.append(mine[:-1] - mine[0] + size)
        lengths.append(np.diff(mine))
        data.append(piece.chunk.arrays["id_data"][mine[0] : mine[-1]].astype(np.uint8))
        size += int(mine[-1] - mine[0])
    return gather_texts(
        np.concatenate(starts)[chosen], np.concatenate(lengths)[chosen], np.concatenate(data)
    )


def _part(whole: _Whole, begin: int, end: int) -> Assembled:
    low, high = int(whole.offsets[begin]), int(whole.offsets[end])
    arrays: dict[str, Array] = {}
    for name, array in whole.arrays.items():
        if name.startswith("data:"):
            continue
        if name.startswith("offsets:"):
            data = whole.arrays["data:" + name.removeprefix("offsets:")]
            arrays["data:" + name.removeprefix("offsets:")] = data[array[low] : array[high]]
            arrays[name] = array[low : high + 1] - array[low]
        else:
            arrays[name] = array[low:high]
    ids, data = whole.ids
    arrays["offsets"] = whole.offsets[begin : end + 1] - whole.offsets[begin]
    arrays["keys"] = whole.keys[begin:end]
    arrays["id_offsets"] = ids[begin : end + 1] - ids[begin]
    arrays["id_data"] = data[ids[begin] : ids[end]]
    timed = arrays["time"]
    if "untimed" in arrays:
        timed = timed[arrays["untimed"] == 0]
    return Assembled(
        people=end - begin,
        rows=high - low,
        untimed=high - low - len(timed),
        arrays=arrays,
        event_counts=np.bincount(arrays["event"], minlength=whole.events),
        first_us=int(timed.min()) if len(timed) else 0,
        last_us=int(timed.max()) if len(timed) else 0,
    )
