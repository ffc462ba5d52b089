"""People of a stored bucket taken out whole, with who they are asked anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa

from sojourn.identity.ownership import ANONYMOUS
from sojourn.index.building.arrow import text_list, text_rows
from sojourn.index.building.chunk import Chunk
from sojourn.index.building.people import owner_column, with_owners
from sojourn.index.building.worker import bucket_of
from sojourn.kernels.building.order import grouped
from sojourn.kernels.building.people import Moments, distinct_keys, resolve, starts_with
from sojourn.kernels.building.texts import TextRows, gather_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.index.building.chunk import Array
    from sojourn.index.building.people import Ownership, Union


class Stored(Protocol):
    """A bucket as it was written."""

    def stored(self, name: str) -> Array:
        """Return an array by the name :class:`sojourn.index.building.assemble.Assembled` gives."""

    def array_names(self) -> Sequence[str]:
        """Return the names of all arrays that are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """How people are taken out.

    Attributes
    ----------
    worker : int
        The number under which the plan knows the stored dictionaries.
    buckets : int
        Of the overlay; a power of two.
    base, now : Ownership
        When the bucket was written, and now.
    """

    worker: int
    buckets: int
    base: Ownership
    now: Ownership


def pull(bucket: Stored, people: NDArray[np.int64], how: Pull) -> Chunk:
    """Return the rows of some people of a bucket as a chunk of an overlay.

    Parameters
    ----------
    bucket : Stored
    people : ndarray of shape (some,), int64
        Ordinals, ascending.
    how : Pull
    """
    offsets = bucket.stored("offsets").astype(np.int64)
    counts = offsets[people + 1] - offsets[people]
    rows = np.repeat(offsets[people] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    moments = Moments(
        time=bucket.stored("time")[rows].astype(np.int64),
        ident=bucket.stored("ident")[rows].astype(np.uint64),
    )
    owner = (
        bucket.stored("owner")[rows].astype(np.int64)
        if "owner" in bucket.array_names()
        else 0 * rows
    )
    keys, ids = _origins(bucket, people, how.base.union)
    # Whose each row was before any merge, among those people.
    origin = np.repeat(np.arange(len(people)), counts)
    if "merge" in bucket.array_names():
        merge = bucket.stored("merge")[rows].astype(np.int64)
        origin = np.where(merge > 0, len(people) - 1 + merge, origin)
    marked = starts_with(text_rows(ids), np.frombuffer(ANONYMOUS.encode(), np.uint8)) == 1
    anonymous, through = marked[origin], owner > 0
    by_user = np.where((through | anonymous)[:, None], np.uint64(0), keys[origin])
    by_anonymous = np.where((anonymous & ~through)[:, None], keys[origin], np.uint64(0))
    by_anonymous[through] = how.base.owners.anonymous[owner[through] - 1]
    person, found = resolve(by_user, by_anonymous, moments, how.now.owners)
    taken = how.now.union.apply(person)
    number, first = distinct_keys(person, np.ones(len(rows), np.uint8))
    texts = with_owners(ids.take(pa.array(origin[first])), found[first], how.now)
    texts = how.now.union.renamed(texts, taken[first])
    arrays: dict[str, Array] = {
        "time": moments.time,
        "ident": moments.ident,
        "position": bucket.stored("position")[rows].astype(np.int64),
        "event": bucket.stored("event")[rows],
    }
    if (found >= 0).any():
        arrays["owner"] = owner_column(found)
    if taken.any():
        arrays["merge"] = taken
    _add_columns(bucket, rows, arrays)
    return _partitioned(arrays, person[first], number, texts, how)


def _origins(
    bucket: Stored, people: NDArray[np.int64], union: Union
) -> tuple[NDArray[np.uint64], pa.Array]:
    """Return keys and ids of some people, and behind them of everybody merged in the base."""
    keys = bucket.stored("keys")[people].astype(np.uint64)
    ids = pa.concat_arrays([_ids(bucket, people), union.gone])
    return np.concatenate([keys, union.takeovers.gone]), ids


def _ids(bucket: Stored, people: NDArray[np.int64]) -> pa.Array:
    edges = bucket.stored("id_offsets").astype(np.int64)
    data = bucket.stored("id_data").astype(np.uint8)
    return text_list(*gather_texts(edges[people], edges[people + 1] - edges[people], data))


def _add_columns(bucket: Stored, rows: NDArray[np.int64], arrays: dict[str, Array]) -> None:
    for name in bucket.array_names():
        kind, _, column = name.partition(":")
        if kind in ("codes", "number", "money", "untimed"):
            arrays[name] = bucket.stored(name)[rows]
        elif kind == "present":
            edges = bucket.stored(f"offsets:{column}").astype(np.int64)
            sizes = edges[rows + 1] - edges[rows]
            present = bucket.stored(name)[rows]
            arrays[f"length:{column}"] = np.where(present, -sizes - 2, -1)
            arrays[f"start:{column}"], arrays[f"data:{column}"] = gather_texts(
                edges[rows], sizes, bucket.stored(f"data:{column}").astype(np.uint8)
            )


def _partitioned(
    arrays: dict[str, Array],
    keys: NDArray[np.uint64],
    number: NDArray[np.int32],
    texts: pa.Array,
    how: Pull,
) -> Chunk:
    home = bucket_of(keys, how.buckets)
    people_edges, people_order = grouped(home, how.buckets)
    place = np.empty(len(people_order), np.int32)
    place[people_order] = np.arange(len(people_order), dtype=np.int32)
    edges, order = grouped(home[number], how.buckets)
    sorted_arrays: dict[str, Array] = {"person": place[number[order]]}
    for name, array in arrays.items():
        kind, _, column = name.partition(":")
        if kind == "start":
            starts, lengths = array.astype(np.int64), np.diff(array.astype(np.int64))
            data = arrays[f"data:{column}"].astype(np.uint8)
            offsets, copied = gather_texts(starts[order], lengths[order], data)
            sorted_arrays[name], sorted_arrays[f"data:{column}"] = offsets, copied
        elif kind != "data":
            sorted_arrays[name] = array[order]
    ids: TextRows = text_rows(texts.take(people_order))
    sorted_arrays["keys"] = keys[people_order]
    sorted_arrays["id_offsets"] = ids.offsets - ids.offsets[0]
    sorted_arrays["id_data"] = ids.data[ids.offsets[0] : ids.offsets[-1]]
    return Chunk(how.worker, edges, people_edges, sorted_arrays)
