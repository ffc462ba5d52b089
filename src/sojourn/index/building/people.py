"""The people of a batch: keys, ownership, and each person once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.events.ids import PLACEHOLDERS
from sojourn.identity.merging import NOBODY_MERGED, Merged
from sojourn.identity.ownership import (
    AFTER,
    ANONYMOUS,
    LINK_SCHEMA,
    USER,
    user_person,
)
from sojourn.index.building.arrow import plain_texts, text_rows
from sojourn.kernels.building.people import (
    BY_ANONYMOUS,
    BY_USER,
    NOBODY,
    Moments,
    Owners,
    Takeovers,
    distinct_keys,
    earliest_rows,
    id_keys,
    place_keys,
    refuse,
    resolve,
    starts_with,
    take_over,
)
from sojourn.kernels.building.texts import TextRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

FORMS = (str, str.upper, str.title, str.capitalize)
_NOTHING: NDArray[np.uint8] = np.frombuffer(b"", np.uint8)


@dataclass(frozen=True, slots=True)
class Union:
    """Merges of people as arrays, in order of the ids that are gone."""

    takeovers: Takeovers
    gone: pa.Array
    kept: pa.Array

    def apply(self, person: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """Return by which merge each row changed, with who is kept in place of who is gone.

        Parameters
        ----------
        person : ndarray of shape (rows, 2), uint64
            Changed in place.

        Returns
        -------
        ndarray of shape (rows,), uint32
            One more than the number of the merge that changed the row, else 0.
        """
        if not len(self.gone):
            return np.zeros(len(person), np.uint32)
        return take_over(person, self.takeovers)

    def renamed(self, ids: pa.Array, merge: NDArray[np.uint32]) -> pa.Array:
        """Return ids with those of the people that are kept, where a merge changed the row.

        ``merge``, shape (rows,), is from :meth:`apply`.
        """
        if not merge.any():
            return ids
        number = pa.array(np.maximum(merge, 1).astype(np.int64) - 1)
        return pc.if_else(pa.array(merge > 0), self.kept.take(number), ids)


@dataclass(frozen=True, slots=True)
class Ownership:
    """Owners as a table, and the same as arrays for kernels."""

    table: pa.Table
    """``OWNER_SCHEMA``."""
    owners: Owners
    texts: pa.Array
    """The person of each owner."""
    anonymous: pa.Array
    """The anonymous id each owns."""
    union: Union
    """Who counts as whom."""


@dataclass(frozen=True, slots=True)
class People:
    """The people of a batch.

    Attributes
    ----------
    number : ndarray of shape (rows,), int32
        The row's person in this batch; -1 for rows without anybody.
    keys : ndarray of shape (people, 2), uint64
        MurmurHash3 x64 128 of each person's id.
    texts : pyarrow large_string array of length people
    owner : ndarray of shape (rows,), uint32
        One more than the number of the owner of the anonymous id through which the row came,
        before or after another user identified with it; else 0.
    merge : ndarray of shape (rows,), uint32
        One more than the number of the merge by which the row became the person's; else 0.
    """

    number: NDArray[np.int32]
    keys: NDArray[np.uint64]
    texts: pa.Array
    owner: NDArray[np.uint32]
    merge: NDArray[np.uint32]


def union(merged: Merged) -> Union:
    """Return merges ready for look-ups."""
    pairs = sorted(merged.kept.items(), key=lambda pair: pair[0].encode())
    gone = pa.array([pair[0] for pair in pairs], pa.large_string())
    kept = pa.array([pair[1] for pair in pairs], pa.large_string())
    size = 16
    while size < 2 * len(pairs):
        size *= 2
    keys = id_keys(text_rows(gone), _NOTHING, _NOTHING)
    takeovers = Takeovers(
        slots=np.full(size, -1, np.int32),
        gone=keys,
        kept=id_keys(text_rows(kept), _NOTHING, _NOTHING),
    )
    place_keys(takeovers.slots, keys)
    return Union(takeovers, gone, kept)


def person_keys(people: Sequence[str]) -> NDArray[np.uint64]:
    """Return the key of each person, shape (people, 2)."""
    return id_keys(text_rows(pa.array(people, pa.large_string())), _NOTHING, _NOTHING)


def ownership(table: pa.Table, merged: Merged = NOBODY_MERGED) -> Ownership:
    """Return owners ready for look-ups.

    Parameters
    ----------
    table : pyarrow.Table
        From :func:`sojourn.identity.ownership.owners`.
    merged : Merged
    """
    size = 16
    while size < 2 * len(table):
        size *= 2
    anonymous = _rows(table["anonymous_id"])
    texts = pa.array([user_person(user) for user in table["user_id"].to_pylist()], pa.string())
    owners = Owners(
        slots=np.full(size, -1, np.int32),
        anonymous=id_keys(anonymous, _bytes(ANONYMOUS), _NOTHING),
        owner=id_keys(text_rows(texts), _NOTHING, _NOTHING),
        after=id_keys(anonymous, _bytes(ANONYMOUS), _bytes(AFTER)),
        taken_time=np.asarray(table["taken_time"].to_numpy()),
        taken_id=np.asarray(table["taken_ident"].to_numpy()),
    )
    place_keys(owners.slots, owners.anonymous)
    ids = table["anonymous_id"].combine_chunks().cast(pa.large_string())
    return Ownership(
        table=table,
        owners=owners,
        texts=texts.cast(pa.large_string()),
        anonymous=ids,
        union=union(merged),
    )


def people_of(user: pa.Array, anonymous: pa.Array, moments: Moments, owned: Ownership) -> People:
    """Return the people of the rows of a batch.

    Parameters
    ----------
    user, anonymous : pyarrow string array of length rows
    moments : Moments
    owned : Ownership
    """
    by_user, by_anonymous = _user_keys(user), _anonymous_keys(anonymous)
    person, found = resolve(by_user, by_anonymous, moments, owned.owners)
    merge = owned.union.apply(person)
    number, first = distinct_keys(person, (found > NOBODY).astype(np.uint8))
    texts = _texts(found[first], pa.array(first), user, anonymous, owned)
    return People(
        number=number,
        keys=person[first],
        texts=owned.union.renamed(texts, merge[first]),
        owner=owner_column(found),
        merge=merge,
    )


def sorted_keys(people: Iterable[str]) -> NDArray[np.uint64]:
    """Return the keys of people by their ids, shape (people, 2), ascending, each once."""
    named = sorted(set(people))
    if not named:
        return np.empty((0, 2), np.uint64)
    keys = person_keys(named)
    return np.asarray(keys[np.lexsort((keys[:, 1], keys[:, 0]))])


def find_people(keys: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the ordinals of wanted people, ascending.

    Parameters
    ----------
    keys : ndarray of shape (people, 2), uint64
    wanted : ndarray of shape (some, 2), uint64
        Ascending by the first half, then the second, each once.
    """
    if not len(wanted) or not len(keys):
        return np.empty(0, np.int64)
    at = np.searchsorted(wanted[:, 0], keys[:, 0])
    found = np.zeros(len(keys), np.bool_)
    while True:  # once, unless the first halves of two keys are the same
        inside = at < len(wanted)
        same = np.zeros(len(keys), np.bool_)
        same[inside] = wanted[at[inside], 0] == keys[inside, 0]
        if not same.any():
            return np.flatnonzero(found)
        found[same] |= (wanted[at[same]] == keys[same]).all(axis=1)
        at = np.where(same, at + 1, len(wanted))


def links_of(user: pa.Array, anonymous: pa.Array, moments: Moments) -> pa.Table:
    """Return the earliest link of each pair of ids in a batch.

    Returns
    -------
    pyarrow.Table
        ``LINK_SCHEMA``.
    """
    if user.null_count == len(user) or anonymous.null_count == len(anonymous):
        return LINK_SCHEMA.empty_table()
    by_user, by_anonymous = _user_keys(user), _anonymous_keys(anonymous)
    both = np.asarray(by_user.any(axis=1) & by_anonymous.any(axis=1)).astype(np.uint8)
    pair = by_user ^ (by_anonymous * np.uint64(0x9E3779B97F4A7C15))
    number, first = distinct_keys(pair, both)
    best = earliest_rows(number, len(first), moments)
    chosen = pa.array(best)
    when = pa.array(moments.time[best]), pa.array(moments.ident[best])
    texts = (plain_texts(ids).take(chosen).cast(pa.string()) for ids in (anonymous, user))
    return pa.table([*texts, *when], schema=LINK_SCHEMA)


def _user_keys(user: pa.Array) -> NDArray[np.uint64]:
    """Return the key of the person each user id names, zero where it stands for nobody."""
    if user.null_count == len(user):
        return np.zeros((len(user), 2), np.uint64)
    rows = text_rows(user)
    keys = id_keys(rows, _NOTHING, _NOTHING)
    refuse(keys, *_refused(""))
    clash = starts_with(rows, _bytes(ANONYMOUS)) | starts_with(rows, _bytes(USER))
    if clash.any():
        marked = TextRows(rows.offsets, rows.data, clash)
        keys[clash == 1] = id_keys(marked, _bytes(USER), _NOTHING)[clash == 1]
    return keys


def _anonymous_keys(anonymous: pa.Array) -> NDArray[np.uint64]:
    """Return the key of the anonymous person each id names, zero where it stands for nobody."""
    if anonymous.null_count == len(anonymous):
        return np.zeros((len(anonymous), 2), np.uint64)
    keys = id_keys(text_rows(anonymous), _bytes(ANONYMOUS), _NOTHING)
    refuse(keys, *_refused(ANONYMOUS))
    return keys


@cache
def _refused(before: str) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """Return a look-up table of the keys of ids that stand for nobody."""
    words = {form(word) for word in PLACEHOLDERS for form in FORMS} | {"NaN", "[object Object]"}
    keys = id_keys(text_rows(pa.array(sorted(words))), _bytes(before), _NOTHING)
    slots = np.full(1024, -1, np.int32)
    place_keys(slots, keys)
    return slots, keys


def _texts(
    found: NDArray[np.int32],
    rows: pa.Array,
    user: pa.Array,
    anonymous: pa.Array,
    owned: Ownership,
) -> pa.Array:
    """Return the id of each person, given how its first row found it."""
    ids = plain_texts(user).take(rows).cast(pa.large_string())
    if (found == BY_USER).all():
        return _prefixed(ids)
    named = plain_texts(anonymous).take(rows).cast(pa.large_string())
    nobody = pa.scalar(None, pa.large_string())
    ids = pc.if_else(pa.array(found == BY_USER), _prefixed(ids), nobody)
    ids = pc.if_else(pa.array(found == BY_ANONYMOUS), _around(ANONYMOUS, named, ""), ids)
    return with_owners(ids, found, owned)


def with_owners(ids: pa.Array, found: NDArray[np.int32], owned: Ownership) -> pa.Array:
    """Return ids with those of people found through an owned anonymous id filled in.

    ``found``, shape (rows,): twice the owned id's number, one more for what came after; -1: none.
    """
    if not (found >= 0).any():
        return ids
    number = pa.array(np.maximum(found, 0) // 2)
    taken = _around(ANONYMOUS, owned.anonymous.take(number), AFTER)
    ids = pc.if_else(pa.array((found >= 0) & (found % 2 == 1)), taken, ids)
    return pc.if_else(pa.array((found >= 0) & (found % 2 == 0)), owned.texts.take(number), ids)


def owner_column(found: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Return one more than each row's owner, 0 where it came through no owned id.

    ``found``, shape (rows,), is as for :func:`with_owners`.
    """
    return np.where(found >= 0, found // 2 + 1, 0).astype(np.uint32)


def _prefixed(ids: pa.Array) -> pa.Array:
    clash = pc.or_(pc.starts_with(ids, ANONYMOUS), pc.starts_with(ids, USER))
    if not pc.any(clash).as_py():
        return ids
    return pc.if_else(clash, _around(USER, ids, ""), ids)


def _around(before: str, ids: pa.Array, after: str) -> pa.Array:
    parts = (pa.scalar(part, pa.large_string()) for part in (before, after, ""))
    first, last, between = parts
    return pc.binary_join_element_wise(first, ids, last, between)


def _rows(column: pa.ChunkedArray) -> TextRows:
    return text_rows(column.combine_chunks())


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)
