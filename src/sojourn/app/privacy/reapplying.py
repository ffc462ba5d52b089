"""Erasing again whoever an older state of a workspace brings back.

A list of erased people holds keyed hashes, so the ids are looked for where they may be: every id
of the lake and every word of the other places is hashed and compared. From there on it is as if
the person had been asked for: hidden at once, gone with the next batch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sojourn.app.privacy.certificate import write_certificate
from sojourn.app.privacy.errors import OtherSecretError
from sojourn.app.privacy.suppression import words_of
from sojourn.app.privacy.who import with_emails
from sojourn.identity.erasing import Held, PersonIds, ids_of_users
from sojourn.identity.ownership import AFTER, ANONYMOUS, USER
from sojourn.ports.erasure import Erasure, IdKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from sojourn.app.privacy.erasing import Erasing
    from sojourn.app.privacy.listing import ErasureList, Listed
    from sojourn.ports.erasure import Suppressed

WHY = "erased before; found again in an older state of the workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reapplied:
    """What became of a list.

    Attributes
    ----------
    list_made_us : int
    known : int
        Erasures that the workspace knew.
    found : int
        People who are there again: hidden from now on, gone with the next batch.
    absent : int
        Erasures of which there is nothing.
    lifted : int
        Erasures known here that were lifted since.
    """

    list_made_us: int
    known: int
    found: int
    absent: int
    lifted: int


def reapply(listed: ErasureList, erasing: Erasing) -> Reapplied:
    """Erase whoever of a list is there again, and take nothing of them any more.

    Parameters
    ----------
    listed : ErasureList
        Of a later state of the same workspace.
    erasing : Erasing
        Of the workspace as it is now.

    Raises
    ------
    OtherSecretError
        If the hashes of the list have another key.
    """
    check_key(listed, erasing)
    erasing.hand_over(lambda _: None)  # every device of theirs is known then
    known = {one.id for one in erasing.erasures.all()}
    new = [one for one in listed.erasures if one.id not in known]
    theirs = {one.digest: one for one in listed.suppressed if one.erasure not in known}
    found = _found(theirs, erasing)
    links = erasing.people.links()
    pending = [_begin(one, theirs, found, erasing, links) for one in new]
    lifted = {one.erasure for one in listed.suppressed if one.lifted_us is not None} & known
    lifts = [erasing.erasures.lift(one, erasing.now_us()) for one in sorted(lifted)]
    erasing.hide_pending()
    return Reapplied(
        list_made_us=listed.made_us,
        known=len(listed.erasures) - len(new),
        found=sum(pending),
        absent=len(new) - sum(pending),
        lifted=sum(count > 0 for count in lifts),
    )


def check_key(listed: ErasureList, erasing: Erasing) -> None:
    """Check that the hashes of a list have the workspace's key.

    Raises
    ------
    OtherSecretError
        If they have another.
    """
    if listed.key != erasing.door.hashed.fingerprint:
        raise OtherSecretError


def _begin(
    one: Listed, theirs: Mapping[str, Suppressed], found: Mapping[str, str], erasing: Erasing,
    links: pa.Table,
) -> bool:  # fmt: skip
    """Begin an erasure again; return whether there is anything of the person."""
    mine = [each for each in theirs.values() if each.erasure == one.id]
    again = Erasure(id=one.id, asked_us=one.asked_us, who="", why=WHY, ids=None, found={})
    here = [(each, found[each.digest]) for each in mine if each.digest in found]
    if here:
        ids = with_emails(_ids(here, links), erasing.people, links)
        erasing.erasures.add(replace(again, ids=ids), mine)
        return True
    now = erasing.now_us()
    certificate = write_certificate(again, now, 0)
    erasing.erasures.add(replace(again, done_us=now, certificate=certificate), mine)
    return False


def _found(theirs: Mapping[str, Suppressed], erasing: Erasing) -> dict[str, str]:
    """Return the ids that are there, by their hashes."""
    found: dict[str, str] = {}
    if not theirs:
        return found
    hashed = erasing.door.hashed

    def wanted(kind: IdKind, value: str) -> bool:
        digest = hashed(kind, value)
        if digest in theirs:
            found[digest] = value
        return digest in theirs

    erasing.people.ids(wanted)
    seen: set[str] = set()
    for purge in erasing.purges:
        for text in purge.texts():
            for word in _candidates(text) - seen:
                for kind in IdKind:
                    wanted(kind, word)
                seen.add(word)
    return found


def _candidates(text: str) -> set[str]:
    """Return what of a text may be an id, as people are named too."""
    return {form for word in (text, *words_of(text)) for form in _forms(word)}


def _forms(word: str) -> Iterator[str]:
    yield word
    for begins in (ANONYMOUS, USER):
        if word.startswith(begins):
            yield word.removeprefix(begins).removesuffix(AFTER)


def _ids(here: Sequence[tuple[Suppressed, str]], links: pa.Table) -> PersonIds:
    """Return the ids of a person, as far as they are there."""
    users = [value for one, value in here if one.kind is IdKind.USER]
    known = ids_of_users(users, links) if users else PersonIds(person="", people=())
    mine = {held.anonymous_id for held in known.anonymous}
    devices = [
        (one, value) for one, value in here if one.kind is IdKind.ANONYMOUS and value not in mine
    ]
    held = tuple(_held(one, value) for one, value in devices)
    shared = (one.anonymous_id for one in held if one.since or one.until)
    people = (*known.people, *(ANONYMOUS + value for _, value in devices))
    return replace(
        known,
        person=people[0],
        people=tuple(dict.fromkeys(people)),
        anonymous=(*known.anonymous, *held),
        shared=tuple(dict.fromkeys((*known.shared, *shared))),
    )


def _held(one: Suppressed, value: str) -> Held:
    return Held(
        anonymous_id=value,
        since=None if one.since_us is None else (one.since_us, 0),
        until=None if one.until_us is None else (one.until_us, 0),
    )
