"""Which ids are a person's own, and what must stay known when their events are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from sojourn.identity.ownership import AFTER, ANONYMOUS, LINK_SCHEMA, user_person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sojourn.base.json import JsonObject, JsonValue

ERASED = "erased:"
"""Begins what stands in the links for a user id that is gone."""

Moment: TypeAlias = "tuple[int, int]"
"""Microseconds UTC and the first eight bytes of an event id: before and after in ownership."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An anonymous id whose events without a user id are the person's, all or some of them."""

    anonymous_id: str
    since: Moment | None = None
    until: Moment | None = None
    """The first moment that is not theirs any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonIds:
    """The ids under which a person's events lie.

    Attributes
    ----------
    person : str
        As a question names the person.
    people : tuple of str
        The person, and whoever their anonymous ids would be without them.
    users : tuple of str
    anonymous : tuple of Held
    shared : tuple of str
        Anonymous ids with which somebody else was identified too: they stay where that one's
        events have them.
    also : tuple of str
        What tells them from others as an id does: the e-mail addresses in their events.
    """

    person: str
    people: tuple[str, ...]
    users: tuple[str, ...] = ()
    anonymous: tuple[Held, ...] = ()
    shared: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """The ids that nobody else has."""
        alone = [held.anonymous_id for held in self.anonymous]
        return (*self.users, *(one for one in alone if one not in self.shared))


def ids_of_users(users: Sequence[str], links: pa.Table) -> PersonIds:
    """Return the ids of a person with a user id.

    Parameters
    ----------
    users : sequence of str
        One, or several that are one person.
    links : pyarrow.Table
        From :func:`sojourn.identity.ownership.earliest_links`, of the whole lake.
    """
    people = list(dict.fromkeys(map(user_person, users)))
    held: list[Held] = []
    shared: list[str] = []
    for anonymous, owners in _of_devices(users, links):
        if {user for user, _ in owners} <= set(users):
            held.append(Held(anonymous_id=anonymous))
            people += [ANONYMOUS + anonymous, ANONYMOUS + anonymous + AFTER]
            continue
        shared.append(anonymous)
        if owners[0][0] in users:
            held.append(Held(anonymous_id=anonymous, until=owners[1][1]))
    return PersonIds(
        person=people[0],
        people=tuple(people),
        users=tuple(users),
        anonymous=tuple(held),
        shared=tuple(shared),
    )


def ids_of_nobody(anonymous: str, links: pa.Table) -> PersonIds | None:
    """Return the ids of somebody never identified; None where the id is a user's.

    Parameters
    ----------
    anonymous : str
        With ``#1`` after it for who used the device after a second user.
    links : pyarrow.Table
        As for :func:`ids_of_users`.
    """
    found = _owners(anonymous, links)
    if not found:
        held = Held(anonymous_id=anonymous)
        return PersonIds(
            person=ANONYMOUS + anonymous, people=(ANONYMOUS + anonymous,), anonymous=(held,)
        )
    return None


def ids_after(anonymous: str, links: pa.Table) -> PersonIds | None:
    """Return the ids of who used a device after a second user; None where there is no such one.

    Parameters
    ----------
    anonymous : str
        Without ``#1``.
    links : pyarrow.Table
        As for :func:`ids_of_users`.
    """
    found = _owners(anonymous, links)
    if len(found) < 2:
        return None
    person = ANONYMOUS + anonymous + AFTER
    return PersonIds(
        person=person,
        people=(person,),
        anonymous=(Held(anonymous_id=anonymous, since=found[1][1]),),
        shared=(anonymous,),
    )


def links_that_stay(
    ids: Iterable[PersonIds], links: pa.Table, marker: Callable[[str], str]
) -> pa.Table:
    """Return the links by which others' anonymous events stay whose they are.

    Without them a shared device would pass to whoever was identified on it next.

    Parameters
    ----------
    ids : iterable of PersonIds
        Of people whose events go.
    links : pyarrow.Table
        As for :func:`ids_of_users`.
    marker : callable of str
        Returns what stands for a user id that is gone.

    Returns
    -------
    pyarrow.Table
        ``LINK_SCHEMA``.
    """
    kept = [LINK_SCHEMA.empty_table()]
    for each in ids:
        mine = links.filter(
            pc.and_(
                pc.is_in(links["user_id"], pa.array(each.users, pa.string())),
                pc.is_in(links["anonymous_id"], pa.array(each.shared, pa.string())),
            )
        )
        markers = [ERASED + marker(user) for user in mine["user_id"].to_pylist()]
        at = LINK_SCHEMA.get_field_index("user_id")
        kept.append(mine.set_column(at, LINK_SCHEMA.field(at), pa.array(markers, pa.string())))
    return pa.concat_tables(kept)


def united(person: str, every: Sequence[PersonIds]) -> PersonIds:
    """Return the ids of some people who are one.

    Parameters
    ----------
    person : str
        Whom they count as.
    every : sequence of PersonIds
        First all user ids together, which says what they share with others; then each alone.
    """
    whole = every[0]
    alone = {held.anonymous_id for held in whole.anonymous if held.anonymous_id not in whole.shared}
    parts: dict[str, set[Held]] = {}
    for held in (held for each in every for held in each.anonymous):
        parts.setdefault(held.anonymous_id, set()).add(held)
    anonymous = tuple(  # before and after another's: all that has no user id
        found.pop() if len(found) == 1 and one not in alone else Held(anonymous_id=one)
        for one, found in parts.items()
    )
    shared = {one for each in every for one in each.shared} - alone
    return PersonIds(
        person=person,
        people=tuple(dict.fromkeys(who for each in every for who in each.people)),
        users=whole.users,
        anonymous=anonymous,
        shared=tuple(sorted(shared)),
    )


def written_ids(ids: PersonIds) -> JsonObject:
    """Return ids as JSON; :func:`read_ids` reads them."""
    held = [
        {"id": one.anonymous_id, "since": one.since, "until": one.until} for one in ids.anonymous
    ]
    return {
        "person": ids.person,
        "people": ids.people,
        "users": ids.users,
        "anonymous": held,
        "shared": ids.shared,
        "also": ids.also,
    }


def read_ids(said: JsonObject) -> PersonIds:
    """Return ids from JSON.

    Raises
    ------
    KeyError, TypeError
        If it is not what :func:`written_ids` gives.
    """
    held = said["anonymous"]
    if not isinstance(held, Sequence):
        raise TypeError(held)
    return PersonIds(
        person=str(said["person"]),
        people=_texts(said["people"]),
        users=_texts(said["users"]),
        anonymous=tuple(_held(one) for one in held),
        shared=_texts(said["shared"]),
        also=_texts(said["also"]),
    )


def _held(said: JsonValue) -> Held:
    if not isinstance(said, Mapping):
        raise TypeError(said)
    return Held(
        anonymous_id=str(said["id"]), since=_moment(said["since"]), until=_moment(said["until"])
    )


def _moment(said: JsonValue) -> Moment | None:
    if said is None:
        return None
    if not isinstance(said, Sequence):
        raise TypeError(said)
    time, ident = said
    if not isinstance(time, int) or not isinstance(ident, int):
        raise TypeError(said)
    return time, ident


def _texts(said: JsonValue) -> tuple[str, ...]:
    if not isinstance(said, Sequence):
        raise TypeError(said)
    return tuple(map(str, said))


def _of_devices(
    users: Sequence[str], links: pa.Table
) -> list[tuple[str, list[tuple[str, Moment]]]]:
    """Return each anonymous id of some users with everybody identified on it, first first."""
    mine = links.filter(pc.is_in(links["user_id"], pa.array(users, pa.string())))
    devices = pc.unique(mine["anonymous_id"])
    found: dict[str, list[tuple[str, Moment]]] = {}
    all_of_them = links.filter(pc.is_in(links["anonymous_id"], devices))
    for anonymous, user, time, ident in zip(
        *(all_of_them[name].to_pylist() for name in LINK_SCHEMA.names), strict=True
    ):
        found.setdefault(anonymous, []).append((user, (time, ident)))
    return sorted(found.items())


def _owners(anonymous: str, links: pa.Table) -> list[tuple[str, Moment]]:
    mine = links.filter(pc.equal(links["anonymous_id"], anonymous))
    times = zip(mine["time"].to_pylist(), mine["ident"].to_pylist(), strict=True)
    return list(zip(mine["user_id"].to_pylist(), times, strict=True))
