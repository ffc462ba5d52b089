"""Who is meant by an id, and everything the events say of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from sojourn.app.privacy.errors import OwnedIdError, UnknownPersonError
from sojourn.identity.erasing import ids_after, ids_of_nobody, ids_of_users, united
from sojourn.identity.mentions import emails_in
from sojourn.identity.merging import NOBODY_MERGED
from sojourn.identity.ownership import AFTER, ANONYMOUS, USER

if TYPE_CHECKING:
    from sojourn.identity.erasing import PersonIds
    from sojourn.identity.merging import Merged
    from sojourn.ports.erasure import LakePeople


def who_is(
    person: str, people: LakePeople, links: pa.Table, merged: Merged = NOBODY_MERGED
) -> PersonIds:
    """Return the ids of a person, with those of everybody merged into one with them.

    Parameters
    ----------
    person : str
        As questions name people: a user id, or the anonymous id of somebody never identified,
        with or without ``anon:`` before it.
    people : LakePeople
    links : pyarrow.Table
        Of the whole lake.
    merged : Merged
        Who counts as whom.

    Raises
    ------
    UnknownPersonError
        If no event has the id.
    OwnedIdError
        If it is an anonymous id of people with user ids.
    """
    found = _alone(person, people, links)
    kept = merged.person(found.person)
    parts = [part for part in (kept, *merged.parts(kept)) if part != found.person]
    if not parts:
        return found
    every = [found, *(_alone(part, people, links) for part in parts)]
    users = [user for each in every for user in each.users]
    return united(kept, [ids_of_users(users, links) if users else found, *every])


def _alone(person: str, people: LakePeople, links: pa.Table) -> PersonIds:
    user = person.removeprefix(USER)
    if people.has_user(user) or pc.any(pc.equal(links["user_id"], user)).as_py():
        return ids_of_users([user], links)
    anonymous = person.removeprefix(ANONYMOUS)
    later = anonymous.removesuffix(AFTER)
    if later != anonymous:
        found = ids_after(later, links)
        if found is not None:
            return found
    if not people.has_anonymous(anonymous):
        raise UnknownPersonError(person)
    found = ids_of_nobody(anonymous, links)
    if found is None:
        mine = links.filter(pc.equal(links["anonymous_id"], anonymous))
        raise OwnedIdError(anonymous, mine["user_id"].to_pylist())
    return found


def with_emails(ids: PersonIds, people: LakePeople, links: pa.Table) -> PersonIds:
    """Return ids with the e-mail addresses that the person's events hold."""
    found: set[str] = set()
    for events in people.events([ids], links):
        for text in events["properties"].drop_null().to_pylist():
            found |= emails_in(text)
    return replace(ids, also=tuple(sorted(found - set(ids.own))))
