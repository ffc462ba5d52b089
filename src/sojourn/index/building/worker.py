"""One worker of a build: batches of the lake in, chunks out."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.events.schema import OWN_SOURCE
from sojourn.index.building.arrow import idents, instants, plain_texts, present, text_rows
from sojourn.index.building.chunk import Chunk, narrow
from sojourn.index.building.people import People, find_people, people_of
from sojourn.index.building.properties import Part, PropertyScanner
from sojourn.index.building.words import WordTable
from sojourn.kernels.building.order import grouped
from sojourn.kernels.building.people import Moments
from sojourn.kernels.building.tables import Spans
from sojourn.kernels.building.texts import gather_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.index.building.chunk import Array
    from sojourn.index.building.people import Ownership

COLUMNS = (
    "event_id", "anonymous_id", "user_id", "time", "position", "event", "properties", "source",
)  # fmt: skip
"""What a build reads of the lake."""
LINK_COLUMNS = ("event_id", "anonymous_id", "user_id", "time", "position")
"""What ownership is found from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What all workers of a build are told."""

    buckets: int
    """A power of two."""
    currency: str
    plain_above: int
    wanted: frozenset[str] | None = None
    """Properties to keep; None while it is not known which are the commonest."""
    hidden: NDArray[np.uint64] = field(default_factory=lambda: np.empty((0, 2), np.uint64))
    """Keys of people left out, ascending, shape (people, 2)."""


class Worker:
    """Turns batches into chunks, with dictionaries of its own.

    Parameters
    ----------
    number : int
    task : Task
    owned : Ownership
    """

    def __init__(self, number: int, task: Task, owned: Ownership) -> None:
        self.number = number
        self.events = WordTable()
        self.unowned_rows = 0
        self.scanner = PropertyScanner(
            currency=task.currency, plain_above=task.plain_above, wanted=task.wanted
        )
        self._task = task
        self._owned = owned

    def chunk(self, batch: pa.RecordBatch) -> Chunk:
        """Return the rows of a batch, bucket by bucket.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
            With ``COLUMNS``.
        """
        batch = people_did(batch)
        moments, position = moments_of(batch)
        people = people_of(
            batch.column("user_id"), batch.column("anonymous_id"), moments, self._owned
        )
        hidden = find_people(people.keys, self._task.hidden)
        if len(hidden):
            return self.chunk(batch.filter(pa.array(~np.isin(people.number, hidden))))
        self.unowned_rows += int(np.count_nonzero(people.number < 0))
        properties = batch.column("properties")
        texts = text_rows(properties)
        parts = self.scanner.read(texts) if properties.null_count < len(properties) else {}
        edges, order, arrays, people_edges = self._people(people)
        timed = present(batch.column("time"))
        if not timed.all():
            arrays["untimed"] = (timed ^ np.uint8(1))[order]
        arrays["time"] = moments.time[order]
        arrays["position"] = position[order]
        arrays["ident"] = moments.ident[order]
        arrays["event"] = narrow(self._events(batch.column("event"))[order])
        for name, part in parts.items():
            add_part(name, part, order, texts.data, arrays)
        return Chunk(self.number, edges, people_edges, arrays)

    def _people(
        self, people: People
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[str, Array], NDArray[np.int64]]:
        home = bucket_of(people.keys, self._task.buckets)
        people_edges, people_order = grouped(home, self._task.buckets)
        place = np.empty(len(people_order), np.int32)
        place[people_order] = np.arange(len(people_order), dtype=np.int32)
        known = people.number >= 0
        row_home = np.full(len(people.number), -1, np.int32)
        row_home[known] = home[people.number[known]]
        edges, order = grouped(row_home, self._task.buckets)
        ids = text_rows(people.texts.take(pa.array(people_order)))
        arrays: dict[str, Array] = {
            "person": place[people.number[order]],
            "keys": people.keys[people_order],
            "id_offsets": ids.offsets - ids.offsets[0],
            "id_data": ids.data[ids.offsets[0] : ids.offsets[-1]],
        }
        if people.owner.any():
            arrays["owner"] = people.owner[order]
        if people.merge.any():
            arrays["merge"] = people.merge[order]
        return edges, order, arrays, people_edges

    def _events(self, events: pa.Array) -> NDArray[np.uint32]:
        coded = plain_texts(events).dictionary_encode()
        names = text_rows(coded.dictionary)
        lengths = np.diff(names.offsets)
        quoted = _quoted(names.offsets, names.data)
        spans = Spans(
            np.arange(len(lengths), dtype=np.int32),
            names.offsets[:-1] - names.offsets[0] + 2 * np.arange(len(lengths)),
            (lengths + 2).astype(np.int32),
        )
        codes = np.zeros(len(lengths), np.uint32)
        self.events.code(spans, quoted, codes, 2**31)
        return np.asarray((codes - np.uint32(1))[np.asarray(coded.indices.to_numpy())])


def people_did(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows of a batch without those that tell what we made of people.

    They are in the lake like all events; among what people did they would count as activity.
    """
    ours = pc.equal(batch.column("source"), OWN_SOURCE)
    return batch.filter(pc.invert(ours)) if pc.any(ours).as_py() else batch


def moments_of(batch: pa.RecordBatch) -> tuple[Moments, NDArray[np.int64]]:
    """Return when rows happened (their position where they carry no time), and their position."""
    position = np.asarray(batch.column("position").to_numpy())
    column = batch.column("time")
    time = instants(column)
    if column.null_count:
        time = np.where(present(column), time, position)
    return Moments(time=time, ident=idents(batch.column("event_id"))), position


def bucket_of(keys: NDArray[np.uint64], buckets: int) -> NDArray[np.int32]:
    """Return the bucket of each person: the leading bits of its key's first half.

    Parameters
    ----------
    keys : ndarray of shape (people, 2), uint64
    buckets : int
        A power of two.
    """
    if buckets == 1:
        return np.zeros(len(keys), np.int32)
    bits = buckets.bit_length() - 1
    return (keys[:, 0] >> np.uint64(64 - bits)).astype(np.int32)


def add_part(
    name: str,
    part: Part,
    order: NDArray[np.int64],
    data: NDArray[np.uint8],
    arrays: dict[str, Array],
) -> None:
    """Add one property's values on some rows to the arrays of a chunk.

    Parameters
    ----------
    name : str
    part : Part
    order : ndarray of shape (some,), int64
        The rows, in the order of the chunk.
    data : ndarray of shape (bytes,), uint8
        What plain texts lie in.
    arrays : dict of str to ndarray
        See :class:`Chunk`.
    """
    if part.codes is not None:
        arrays[f"codes:{name}"] = narrow(part.codes[order])
    if part.numbers is not None:
        arrays[f"number:{name}"] = part.numbers[order]
    if part.money is not None:
        arrays[f"money:{name}"] = part.money[order]
    if part.spans is not None:
        starts, lengths = part.spans[0][order], part.spans[1][order]
        sizes = np.where(lengths >= 0, lengths, np.maximum(-lengths - 2, 0))
        offsets, copied = gather_texts(starts, sizes, data)
        arrays[f"length:{name}"] = lengths
        arrays[f"start:{name}"] = offsets
        arrays[f"data:{name}"] = copied


def _quoted(offsets: NDArray[np.int64], data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return texts one behind the other, each between quotes."""
    pieces = [data[start:end].tobytes() for start, end in pairwise(offsets)]
    return np.frombuffer(b'"' + b'""'.join(pieces) + b'"', np.uint8)
