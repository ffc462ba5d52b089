"""Events older than an instant, and what of them must stay known.

Who an anonymous event inside belongs to may have been said by an event that goes: such links are
kept, those alone whose anonymous id is still in the lake, and without the user id of somebody of
whom nothing else is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.adapters.lake.datafiles import UNTIMED
from sojourn.adapters.lake.people.finding import Found, lake_links
from sojourn.base.timespan import SECOND_US
from sojourn.identity.erasing import ERASED
from sojourn.identity.ownership import LINK_SCHEMA, earliest_links, owners, user_person
from sojourn.index.building.people import links_of, ownership, people_of
from sojourn.index.building.worker import LINK_COLUMNS, moments_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sojourn.adapters.lake.table import DeltaLake

_COLUMNS = ("time", "received")


def find_older(lake: DeltaLake, before_us: int) -> Iterator[Found]:
    """Return the files that hold events from before an instant, and which rows they are.

    Events without a time are as old as their arrival.

    Parameters
    ----------
    lake : DeltaLake
    before_us : int
        Microseconds since 1970.
    """
    month = datetime.fromtimestamp(before_us // SECOND_US, UTC).strftime("%Y-%m")
    for file in lake.files():
        if file.month != UNTIMED and file.month > month:
            continue
        rows = np.flatnonzero(
            np.concatenate([_older(batch, before_us) for batch in lake.scan(_COLUMNS, [file])])
        )
        if len(rows):
            yield Found(file, rows)


def _older(batch: pa.RecordBatch, before_us: int) -> NDArray[np.bool_]:
    known = pc.coalesce(batch.column("time"), batch.column("received"))
    return np.asarray(known.cast(pa.int64()).to_numpy() < before_us)


def links_left(lake: DeltaLake, older: Sequence[Found], marker: Callable[[str], str]) -> pa.Table:
    """Return the links that must stay when some rows go, kept ones included.

    Parameters
    ----------
    lake : DeltaLake
    older : sequence of Found
        What goes.
    marker : callable of str
        Returns what stands for a user id that is gone.

    Returns
    -------
    pyarrow.Table
        ``LINK_SCHEMA``.
    """
    gone = {found.file.path: _going(found) for found in older}
    tables = [lake.kept_links()]
    for batch, going in _batches(lake, gone):
        some = batch.filter(pa.array(going))
        if len(some):
            moments, _ = moments_of(some)
            tables.append(links_of(some.column("user_id"), some.column("anonymous_id"), moments))
    links = earliest_links(tables)
    if not len(links):
        return links
    devices, people = _left(lake, gone, links)
    links = links.filter(pc.is_in(links["anonymous_id"], devices))
    users = [
        user if user_person(user) in people or user.startswith(ERASED) else ERASED + marker(user)
        for user in links["user_id"].to_pylist()
    ]
    at = LINK_SCHEMA.get_field_index("user_id")
    return links.set_column(at, LINK_SCHEMA.field(at), pa.array(users, pa.string()))


def _going(found: Found) -> NDArray[np.int64]:
    """Return the rows whose ids go; those of somebody never identified stay with what is left."""
    stay = [one.row for one in found.reduced if not one.user]
    return found.rows[~np.isin(found.rows, stay)]


def _left(
    lake: DeltaLake, gone: Mapping[str, NDArray[np.int64]], links: pa.Table
) -> tuple[pa.Array, set[str]]:
    """Return the anonymous ids of some links that are in rows that stay, and whose these are."""
    owned = ownership(owners(lake_links(lake)))
    anonymous = pc.unique(links["anonymous_id"].combine_chunks())
    users = pc.unique(links["user_id"].combine_chunks())
    devices: list[pa.Array] = [pa.array([], pa.string())]
    people: set[str] = set()
    for batch, going in _batches(lake, gone):
        device, user = batch.column("anonymous_id"), batch.column("user_id")
        named = pc.or_(pc.is_in(device, anonymous), pc.is_in(user, users))
        some = batch.filter(pc.and_(named, pa.array(~going)))
        if len(some):
            moments, _ = moments_of(some)
            ids = some.column("user_id"), some.column("anonymous_id")
            people.update(people_of(*ids, moments, owned).texts.to_pylist())
            devices.append(pc.unique(some.column("anonymous_id")))
    return pc.unique(pa.concat_arrays(devices)), people


def _batches(
    lake: DeltaLake, gone: Mapping[str, NDArray[np.int64]]
) -> Iterator[tuple[pa.RecordBatch, NDArray[np.bool_]]]:
    """Yield every batch of the lake with ``LINK_COLUMNS``, and which of its rows go."""
    for file in lake.files():
        going = np.zeros(file.rows, np.bool_)
        going[gone.get(file.path, np.empty(0, np.int64))] = True
        start = 0
        for batch in lake.scan(LINK_COLUMNS, [file]):
            yield batch, going[start : start + len(batch)]
            start += len(batch)
