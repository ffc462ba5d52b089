"""The identity of events: a hash of the source's own id, or of content and occurrence."""

from __future__ import annotations

from dataclasses import dataclass
from json import JSONDecoder
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.events.identity_keys import Ids, no_ids, sort_order, starts_of_equal, take_ids
from sojourn.events.schema import TRAITS
from sojourn.kernels.murmur import hash_records, number_digests, put_texts
from sojourn.kernels.plain import plain_objects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.ports.workspace import KeyCounter

OWN_TAG, CONTENT_TAG, NUMBERED_TAG = 1, 2, 3
PROPERTIES = "properties"
CONTENT_COLUMNS = ("anonymous_id", "user_id", "time", "event", PROPERTIES)
_TOLD = f'"{TRAITS}":{{'
_JSON = JSONDecoder()
_CHUNK_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The ids of one batch of an input."""

    ids: Ids
    occurrence: NDArray[np.int64]
    """Shape (rows,): how many identical rows of the input came before this one."""
    own: NDArray[np.bool_]
    """Shape (rows,): the id is the source's own, so that a later occurrence is a duplicate."""


def identify(events: pa.Table, seen: KeyCounter) -> Identified:
    """Return the ids of a batch of events and remember it for the input's next batches.

    Parameters
    ----------
    events : pyarrow.Table
        With :data:`sojourn.ports.reader.READ_SCHEMA`.
    seen : KeyCounter
        What the input's batches so far held; added to.

    Returns
    -------
    Identified

    Notes
    -----
    With ``H`` = MurmurHash3 x64 128, seed 0: an own id gives ``H(01 ‖ field(own_id))``; other rows
    give the digest ``d = H(02 ‖ field(anonymous_id) ‖ field(user_id) ‖ field(time) ‖ field(event)
    ‖ field(properties))`` and the id ``H(03 ‖ d ‖ occurrence)``, where a field is its length (4
    bytes) and its bytes, a missing one ``FFFFFFFF``, the time 8 bytes of microseconds, and the
    occurrence 8 bytes, all little-endian. Properties are hashed in their plain form (see
    :func:`sojourn.kernels.plain.plain_objects`): whether a column was taken for numbers is decided
    by the head of a file, and two exports with different heads may share rows. What a row tells of
    its person (``$traits``) is left out: rows had their ids before it was kept.
    """
    if not len(events):
        return Identified(ids=no_ids(), occurrence=np.zeros(0, np.int64), own=np.zeros(0, np.bool_))
    own = np.asarray(pc.fill_null(pc.greater(pc.binary_length(events["own_id"]), 0), False))
    digests = np.zeros((len(events), 2), np.uint64)
    for tag, names, rows in (
        (OWN_TAG, ("own_id",), np.flatnonzero(own)),
        (CONTENT_TAG, CONTENT_COLUMNS, np.flatnonzero(~own)),
    ):
        if len(rows):
            part = events.select(names)
            part = part if len(rows) == len(events) else part.take(rows)
            part = _without_traits(part) if tag == CONTENT_TAG else part
            digests[rows] = _digests(tag, part)
    occurrence = _occurrence(digests, seen)
    number_digests(NUMBERED_TAG, np.where(own, -1, occurrence), digests)
    return Identified(ids=digests, occurrence=occurrence, own=own)


def _without_traits(events: pa.Table) -> pa.Table:
    """Return rows whose properties do not hold what they tell of their person."""
    texts = events[PROPERTIES]
    telling = pc.fill_null(pc.match_substring(texts, _TOLD), False)
    if not pc.any(telling).as_py():
        return events
    bare = pa.array(map(_bare, texts.filter(telling).to_pylist()), texts.type)
    kept = pc.replace_with_mask(texts.combine_chunks(), telling.combine_chunks(), bare)
    return events.set_column(events.column_names.index(PROPERTIES), PROPERTIES, kept)


def _bare(text: str) -> str | None:
    start = text.index(_TOLD)
    _, end = _JSON.raw_decode(text, start + len(_TOLD) - 1)
    before, after = text[:start].removesuffix(","), text[end:]
    found = before + (after.removeprefix(",") if before == "{" else after)
    return None if found == "{}" else found


def _occurrence(digests: Ids, seen: KeyCounter) -> NDArray[np.int64]:
    order = sort_order(digests)
    keys = take_ids(digests, order)
    starts = starts_of_equal(keys)
    sizes = np.diff(np.append(starts, len(keys)))
    earlier = seen.count(take_ids(keys, starts))
    seen.add(keys)
    occurrence = np.empty(len(keys), np.int64)
    occurrence[order] = np.arange(len(keys)) + np.repeat(earlier - starts, sizes)
    return occurrence


@dataclass(frozen=True, slots=True)
class _Field:
    offsets: NDArray[np.int64]
    data: NDArray[np.uint8]
    present: NDArray[np.uint8]

    def rows(self, start: int, stop: int) -> _Field:
        return _Field(self.offsets[start : stop + 1], self.data, self.present[start:stop])


def _digests(tag: int, table: pa.Table) -> Ids:
    fields = [
        _plain(_field(table.column(name))) if name == PROPERTIES else _field(table.column(name))
        for name in table.column_names
    ]
    lengths = np.full(len(table), 1 + 4 * len(fields), np.int64)
    for field in fields:
        lengths += np.diff(field.offsets) * field.present
    digests = np.empty((len(table), 2), np.uint64)
    for start, stop in _chunks(lengths):
        part = [field.rows(start, stop) for field in fields]
        digests[start:stop] = _hash(tag, part, lengths[start:stop])
    return digests


def _hash(tag: int, fields: Sequence[_Field], lengths: NDArray[np.int64]) -> Ids:
    ends = np.cumsum((lengths + 15) // 16 * 16)
    words = np.zeros(int(ends[-1]) // 8, np.uint64)
    scratch = words.view(np.uint8)
    starts = np.append(0, ends[:-1])
    scratch[starts] = tag
    at = starts + 1
    for field in fields:
        put_texts(field.offsets, field.data, field.present, at, scratch)
    digests = np.empty((len(lengths), 2), np.uint64)
    hash_records(words, starts, lengths, digests)
    return digests


def _chunks(lengths: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return row ranges whose records take about ``_CHUNK_BYTES`` together."""
    total = np.cumsum(lengths)
    cuts = np.searchsorted(total, np.arange(_CHUNK_BYTES, total[-1], _CHUNK_BYTES)) + 1
    edges = np.unique(np.concatenate(([0], cuts, [len(lengths)])))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def _field(column: pa.ChunkedArray) -> _Field:
    array = pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0)
    present = np.ascontiguousarray(array.is_valid()).astype(np.uint8)
    if pa.types.is_timestamp(array.type):
        instants = array.cast(pa.int64()).fill_null(0).to_numpy()
        offsets = np.arange(len(array) + 1, dtype=np.int64) * 8
        return _Field(offsets, _unchanging(instants.astype("<i8").view(np.uint8)), present)
    if array.null_count:
        array = array.fill_null("")  # a null slot may span bytes
    offsets, data = _text_buffers(array)
    return _Field(offsets, data, present)


def _plain(field: _Field) -> _Field:
    """Return objects in the form that does not tell how their values were typed."""
    out = np.empty(int(field.offsets[-1] - field.offsets[0]), np.uint8)
    offsets = np.empty_like(field.offsets)
    plain_objects(field.offsets, field.data, out, offsets)
    return _Field(offsets, _unchanging(out), field.present)


def _text_buffers(array: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    width = np.dtype(np.int64 if pa.types.is_large_string(array.type) else np.int32)
    _, offsets, data = array.buffers()
    places = np.frombuffer(offsets, width, len(array) + 1, array.offset * width.itemsize)
    content = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
    return places.astype(np.int64), _unchanging(content)


def _unchanging(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the array read-only, so that the kernel is compiled for one kind of array."""
    data.flags.writeable = False
    return data
