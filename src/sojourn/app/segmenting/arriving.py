"""Events of new files of the lake, each with its person and what it says to clues."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.events.schema import OWN_SOURCE
from sojourn.identity.ownership import (
    AFTER,
    ANONYMOUS,
    LINK_SCHEMA,
    NEVER_TAKEN,
    earliest_links,
    owners,
    user_person,
)
from sojourn.index.building.people import links_of, ownership, people_of
from sojourn.index.building.worker import moments_of
from sojourn.ports.segments import Link
from sojourn.segments.bulk import in_order
from sojourn.segments.holds import Arrived

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sojourn.index.building.people import Ownership
    from sojourn.ports.lake import Lake, LakeFile
    from sojourn.ports.segments import SegmentStep
    from sojourn.segments.chain import Key
    from sojourn.segments.facts import Hits
    from sojourn.segments.holds import Listener

READ = (
    "event_id", "anonymous_id", "user_id", "time", "source", "position", "event", "properties",
)  # fmt: skip
LINKED = ("event_id", "anonymous_id", "user_id", "time", "position")
SORTED_FROM = 100_000
"""Links that are put in order at once, at least."""
USERS_KEPT = 2
"""User ids kept of an anonymous id: who owns it, and who made it a shared one."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event, with what it says to clues, and whether it says that its person is a bot."""

    person: str
    key: Key
    hits: Hits
    bot: bool


@dataclass(slots=True)
class Rehomed:
    """Whose events belong to somebody else now.

    Attributes
    ----------
    joined : dict of str to str
        Somebody never identified, and who they turned out to be: all that is known of the one
        is known of the other.
    anew : set of str
        People whose events were parted in another way.
    """

    joined: dict[str, str] = field(default_factory=dict)
    anew: set[str] = field(default_factory=set)


def batches_of(lake: Lake, files: Sequence[LakeFile]) -> Iterator[pa.RecordBatch]:
    """Return the events of files that people made and that have a time."""
    for batch in lake.scan(READ, files):
        wanted = pc.and_(
            pc.not_equal(batch.column("source"), OWN_SOURCE), pc.is_valid(batch.column("time"))
        )
        yield batch.filter(wanted)


def arrivals(
    batch: pa.RecordBatch, owned: Ownership, merged: Mapping[str, str], currency: str,
    listener: Listener,
) -> Iterator[Arrival]:  # fmt: skip
    """Return the events of a batch that belong to somebody.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        With ``READ``.
    owned : Ownership
    merged : mapping of str to str
        Who counts as whom.
    currency : str
        Where an event names none.
    listener : Listener
    """
    if not len(batch):
        return
    moments, position = moments_of(batch)
    found = people_of(batch.column("user_id"), batch.column("anonymous_id"), moments, owned)
    persons = found.texts.to_pylist()
    rows = zip(
        found.number.tolist(), moments.time.tolist(), position.tolist(),
        in_order(moments.ident).tolist(), batch.column("event").to_pylist(),
        batch.column("properties").to_pylist(), strict=True,
    )  # fmt: skip
    for number, time, place, ident, name, text in rows:
        if number >= 0:
            person = persons[number]
            properties = json.loads(text, parse_float=Decimal) if text else {}
            event = Arrived(name, properties, currency)
            yield Arrival(
                merged.get(person, person), (time, place, ident), listener.hits(event),
                listener.is_bot(event),
            )  # fmt: skip


def learn_links(batches: Iterable[pa.RecordBatch], step: SegmentStep) -> tuple[Ownership, Rehomed]:
    """Return who owns the anonymous ids of some batches, and who thereby became somebody else.

    What is new is kept.
    """
    new: list[pa.Table] = [LINK_SCHEMA.empty_table()]
    ids: set[str] = set()
    for batch in batches:
        anonymous = batch.column("anonymous_id")
        ids.update(each for each in pc.unique(anonymous).to_pylist() if each is not None)
        moments, _ = moments_of(batch)
        new.append(links_of(batch.column("user_id"), anonymous, moments))
    before = _first_users(earliest_links([_table(step.links(sorted(ids)))]))
    now = _first_users(earliest_links([before, *new]))
    rehomed = Rehomed()
    if not now.equals(before):
        touched = sorted(set(pa.concat_tables(new)["anonymous_id"].to_pylist()))
        step.put_links(touched, [link for link in _rows(now) if link.anonymous_id in touched])
        rehomed = _rehomed(before, now)
    return ownership(owners(now)), rehomed


def all_links(lake: Lake, files: Sequence[LakeFile]) -> list[Link]:
    """Return the first two user ids of every anonymous id in files of the lake."""
    found = LINK_SCHEMA.empty_table()
    more: list[pa.Table] = []
    for batch in lake.scan(LINKED, files):
        moments, _ = moments_of(batch)
        more.append(links_of(batch.column("user_id"), batch.column("anonymous_id"), moments))
        if sum(map(len, more)) > max(len(found), SORTED_FROM):  # each link is sorted a few times
            found, more = _first_users(earliest_links([found, *more])), []
    return _rows(_first_users(earliest_links([found, *more])))


def _first_users(links: pa.Table) -> pa.Table:
    """Return the first two links of each anonymous id; they come sorted by id and time."""
    if not len(links):
        return links
    codes = links["anonymous_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    first = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    place = np.arange(len(codes)) - np.repeat(first, np.diff(np.r_[first, len(codes)]))
    return links.filter(pa.array(place < USERS_KEPT))


def _table(links: Sequence[Link]) -> pa.Table:
    idents = np.array([link.ident for link in links], np.int64).view(np.uint64)
    columns = [
        pa.array([link.anonymous_id for link in links], pa.string()),
        pa.array([link.user_id for link in links], pa.string()),
        pa.array([link.time_us for link in links], pa.int64()),
        pa.array(idents ^ np.uint64(1 << 63), pa.uint64()),
    ]
    return pa.table(columns, schema=LINK_SCHEMA)


def _rows(links: pa.Table) -> list[Link]:
    ident = in_order(links["ident"].to_numpy()).tolist() if len(links) else []
    columns = (links[name].to_pylist() for name in ("anonymous_id", "user_id", "time"))
    return [Link(*row) for row in zip(*columns, ident, strict=True)]


def _rehomed(before: pa.Table, now: pa.Table) -> Rehomed:
    """Return whose events a change of owners moves."""
    found = Rehomed()
    old = {row["anonymous_id"]: row for row in owners(before).to_pylist()}
    for row in owners(now).to_pylist():
        anonymous = row["anonymous_id"]
        was = old.get(anonymous)
        if was == row:
            continue
        nobody, owner = ANONYMOUS + anonymous, user_person(row["user_id"])
        taken = row["taken_time"] != NEVER_TAKEN
        if was is None and not taken:
            found.joined[nobody] = owner
            continue
        found.anew |= {nobody, owner, nobody + AFTER}
        if was is not None:
            found.anew.add(user_person(was["user_id"]))
    return found
