"""Who owns an anonymous id, whatever the order in which events arrive.

The first user id identified with an anonymous id owns it, for events before and after, until an
event identifies it with another user id: from that instant its anonymous events belong to a fresh
person, for good. First means by event time, then event id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

ANONYMOUS = "anon:"
USER = "user:"
AFTER = "#1"
NEVER_TAKEN = 2**63 - 1

LINK_SCHEMA = pa.schema(
    [
        pa.field("anonymous_id", pa.string(), nullable=False),
        pa.field("user_id", pa.string(), nullable=False),
        pa.field("time", pa.int64(), nullable=False),
        pa.field("ident", pa.uint64(), nullable=False),
    ]
)
"""Events with both ids: microseconds UTC, and the first eight bytes of the event id, big-endian."""

OWNER_SCHEMA = pa.schema(
    [
        pa.field("anonymous_id", pa.string(), nullable=False),
        pa.field("user_id", pa.string(), nullable=False),
        pa.field("taken_time", pa.int64(), nullable=False),
        pa.field("taken_ident", pa.uint64(), nullable=False),
    ]
)
"""One row an anonymous id; ``NEVER_TAKEN`` and 0 where no other user identified with it."""


def earliest_links(links: Iterable[pa.Table]) -> pa.Table:
    """Return the earliest link of each pair of ids, sorted by anonymous id, time and event.

    Parameters
    ----------
    links : iterable of pyarrow.Table
        ``LINK_SCHEMA``, in any order, with any repetition.
    """
    table = pa.concat_tables([LINK_SCHEMA.empty_table(), *links]).combine_chunks()
    if not len(table):
        return table
    anonymous, user = _codes(table["anonymous_id"]), _codes(table["user_id"])
    time, ident = table["time"].to_numpy(), table["ident"].to_numpy()
    order = np.lexsort((ident, time, user, anonymous))
    first = _changes(anonymous[order]) | _changes(user[order])
    kept = order[first]
    ids = anonymous[kept]
    return table.take(pa.array(kept[np.lexsort((user[kept], ident[kept], time[kept], ids))]))


def owners(links: pa.Table) -> pa.Table:
    """Return who owns each anonymous id, and from when on nobody known does.

    Parameters
    ----------
    links : pyarrow.Table
        From :func:`earliest_links`.

    Returns
    -------
    pyarrow.Table
        ``OWNER_SCHEMA``, sorted by anonymous id.
    """
    if not len(links):
        return OWNER_SCHEMA.empty_table()
    anonymous = _codes(links["anonymous_id"])
    first = np.flatnonzero(_changes(anonymous))
    size = np.diff(np.append(first, len(anonymous)))
    second = np.minimum(first + 1, len(anonymous) - 1)
    taken = size > 1
    time = np.where(taken, links["time"].to_numpy()[second], NEVER_TAKEN)
    ident = np.where(taken, links["ident"].to_numpy()[second], np.uint64(0))
    chosen = links.take(pa.array(first))
    return pa.table(
        [chosen["anonymous_id"], chosen["user_id"], pa.array(time), pa.array(ident)],
        schema=OWNER_SCHEMA,
    )


def user_person(user_id: str) -> str:
    """Return the person that a user id names: the id itself, unless it looks like another kind.

    Examples
    --------
    >>> user_person("ann"), user_person("anon:7")
    ('ann', 'user:anon:7')
    """
    return USER + user_id if user_id.startswith((ANONYMOUS, USER)) else user_id


def user_of(person: str) -> str:
    """Return the user id that names a person; empty for somebody never identified.

    Examples
    --------
    >>> user_of("ann"), user_of("user:anon:7"), user_of("anon:7")
    ('ann', 'anon:7', '')
    """
    return "" if person.startswith(ANONYMOUS) else person.removeprefix(USER)


def ids_meant(given: str) -> tuple[str, ...]:
    """Return the people somebody may mean by an id, the likeliest first.

    Examples
    --------
    >>> ids_meant("7")
    ('7', 'anon:7', 'user:7')
    """
    return given, ANONYMOUS + given, USER + given


def _codes(texts: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return the rank of each text among the distinct ones."""
    array = texts.combine_chunks().dictionary_encode()
    ranks = np.empty(len(array.dictionary), np.int64)
    ranks[pc.sort_indices(array.dictionary).to_numpy()] = np.arange(len(ranks))
    return np.asarray(ranks[np.asarray(array.indices.to_numpy())])


def _changes(codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    changed = np.ones(len(codes), np.bool_)
    changed[1:] = codes[1:] != codes[:-1]
    return changed
