"""The events of some people in the lake, found as questions find them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.adapters.lake.datafiles import FILE_SCHEMA
from sojourn.events.ids import known_ids
from sojourn.identity.ownership import earliest_links, owners
from sojourn.index.building.people import (
    find_people,
    links_of,
    ownership,
    people_of,
    sorted_keys,
)
from sojourn.index.building.worker import LINK_COLUMNS, moments_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from sojourn.adapters.lake.table import DeltaLake
    from sojourn.identity.erasing import Held, Moment, PersonIds
    from sojourn.index.building.people import Ownership
    from sojourn.kernels.building.people import Moments
    from sojourn.ports.lake import Lake, LakeFile

_TABLES = 64


def lake_links(lake: Lake) -> pa.Table:
    """Return the earliest link of each pair of ids in the lake, kept ones included."""
    found = [lake.kept_links()]
    for batch in lake.scan(LINK_COLUMNS):
        moments, _ = moments_of(batch)
        found.append(links_of(batch.column("user_id"), batch.column("anonymous_id"), moments))
        if len(found) > _TABLES:
            found = [earliest_links(found)]
    return earliest_links(found)


def has_id(lake: Lake, column: str, value: str) -> bool:
    """Return whether any event of the lake has an id.

    Parameters
    ----------
    lake : Lake
    column : {"user_id", "anonymous_id"}
    value : str
    """
    return any(pc.any(pc.equal(batch.column(0), value)).as_py() for batch in lake.scan([column]))


def ids_in(lake: Lake, column: str, wanted: Callable[[str], bool]) -> set[str]:
    """Return the ids of a column that are wanted, without blanks around them.

    Parameters
    ----------
    lake : Lake
    column : {"user_id", "anonymous_id"}
    wanted : callable of str
    """
    found: set[str] = set()
    for batch in lake.scan([column]):
        ids = pc.unique(known_ids(batch.column(0))).drop_null().to_pylist()
        found.update(one for one in ids if wanted(one))
    return found


class Theirs:
    """Tells the events of some people from those of others.

    Parameters
    ----------
    ids : sequence of PersonIds
    links : pyarrow.Table
        From :func:`lake_links`.
    """

    def __init__(self, ids: Sequence[PersonIds], links: pa.Table) -> None:
        users = [user for each in ids for user in each.users]
        anonymous = [held.anonymous_id for each in ids for held in each.anonymous]
        self._users = pa.array(users, pa.string())
        self._anonymous = pa.array(anonymous, pa.string())
        self._owned: Ownership = ownership(owners(links))
        self._keys = sorted_keys(person for each in ids for person in each.people)
        self._windows = [
            held
            for each in ids
            for held in each.anonymous
            if held.since is not None or held.until is not None
        ]

    def rows(self, batch: pa.RecordBatch) -> NDArray[np.int64]:
        """Return which rows of a batch, with ``LINK_COLUMNS``, are theirs, ascending."""
        user, anonymous = batch.column("user_id"), batch.column("anonymous_id")
        maybe = pc.or_(
            pc.is_in(user, self._users), pc.is_in(anonymous, self._anonymous)
        )  # who else there is need not be hashed
        places = np.flatnonzero(np.asarray(maybe))
        if not len(places):
            return places
        some = batch.take(pa.array(places))
        moments, _ = moments_of(some)
        people = people_of(
            some.column("user_id"), some.column("anonymous_id"), moments, self._owned
        )
        theirs = np.isin(people.number, find_people(people.keys, self._keys))
        if self._windows:
            # A list of erased people may know more of a device than an older lake does.
            nobody = known_ids(some.column("user_id")).is_null()
            for held in self._windows:
                mine = pc.and_(nobody, pc.equal(some.column("anonymous_id"), held.anonymous_id))
                rows = np.flatnonzero(np.asarray(mine.fill_null(False)))
                theirs[rows] = _inside(held, moments)[rows]
        return np.asarray(places[theirs])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """What stays of a row that goes.

    Attributes
    ----------
    row : int
        Its place in the file.
    user : str
        The user id that takes the place of both ids; empty where they stay as they are.
    properties : str
    """

    row: int
    user: str
    properties: str


@dataclass(frozen=True, slots=True)
class Found:
    """A file with events that go, which rows they are, and what stays of some of them."""

    file: LakeFile
    rows: NDArray[np.int64]
    reduced: tuple[Reduced, ...] = ()


def _inside(held: Held, moments: Moments) -> NDArray[np.bool_]:
    """Return which moments lie within the time in which an anonymous id is somebody's."""
    inside = np.ones(len(moments.time), np.bool_)
    if held.since is not None:
        inside &= ~_before(moments, held.since)
    if held.until is not None:
        inside &= _before(moments, held.until)
    return inside


def _before(moments: Moments, bound: Moment) -> NDArray[np.bool_]:
    time, ident = bound
    same = (moments.time == time) & (moments.ident < np.uint64(ident))
    return np.asarray((moments.time < time) | same)


def find_events(lake: Lake, theirs: Theirs) -> Iterator[Found]:
    """Return the files that hold events of some people."""
    for file in lake.files():
        places, start = [], 0
        for batch in lake.scan(LINK_COLUMNS, [file]):
            places.append(theirs.rows(batch) + start)
            start += len(batch)
        rows = np.concatenate(places) if places else np.zeros(0, np.int64)
        if len(rows):
            yield Found(file, rows)


def read_file(lake: DeltaLake, file: LakeFile) -> pa.Table:
    """Return every row of a data file."""
    return pq.read_table(lake.folder / file.path, schema=FILE_SCHEMA, partitioning=None)
