"""Erasing people: hidden at once, gone with the next batch, never taken again.

Each step of a batch finds nothing to do where it was done before, and what was counted is written
down before it goes; so a batch that is broken off anywhere is simply run again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from sojourn.app.privacy.certificate import write_certificate
from sojourn.app.privacy.suppression import suppressed_ids
from sojourn.app.privacy.who import who_is, with_emails
from sojourn.base.errors import UnknownNameError
from sojourn.base.timespan import DAY_US, MINUTE_US
from sojourn.identity.mentions import Mentions
from sojourn.ports.erasure import Erasure, IdKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from sojourn.app.privacy.suppression import Door
    from sojourn.identity.erasing import PersonIds
    from sojourn.identity.merging import Merged
    from sojourn.ports.erasure import Erased, Erasures, Hiding, LakePeople

BATCH_AFTER_US: Final = DAY_US
"""How long the first of a batch waits for others: the index is built anew for each batch."""
READERS_US: Final = 10 * MINUTE_US
"""How long an old version of the index stays for who reads it."""
_LAKE_DONE: Final = "lake-done"


class Purge(Protocol):
    """Removes what names a person from one place beside the lake."""

    def __call__(self, person: Mentions, *, remove: bool) -> Mapping[str, int]:
        """Return how much is there, by name, and remove it if told so."""

    def texts(self) -> Iterator[str]:
        """Return every text in which somebody may be named."""


class Compact(Protocol):
    """Overwrites what a place removed and still has lying about."""

    def __call__(self) -> None:
        """Return when nothing of what was removed can be read there any more."""


class IndexFiles(Protocol):
    """The journey index as files."""

    def refresh(self) -> bool:
        """Bring it up to date; return whether it was not."""

    def forget_old(self, before_us: int) -> int:
        """Remove old versions, those replaced before an instant whoever reads them.

        Return how many are left.
        """


@dataclass(frozen=True, kw_only=True)
class Erasing:
    """The use cases of erasing.

    Attributes
    ----------
    people : LakePeople
    erasures : Erasures
    hiding : Hiding
    hand_over : callable
        Moves what waits in the inbox to the lake.
    merged : callable
        Returns who counts as whom.
    index : IndexFiles
    purges : sequence of Purge
    compacts : sequence of Compact
    door : Door
    now_us : callable
        Reads the clock.
    unfollow : callable of sequence of str
        Takes people out of the segments at once.
    set_apart : callable
        Returns the rows of imports that were no events, as text.
    sift_refused : callable of (callable of str, int)
        Deletes refused calls beyond a number that may not be kept; returns the newest number.
    """

    people: LakePeople
    erasures: Erasures
    hiding: Hiding
    hand_over: Callable[[Callable[[str], None]], object]
    merged: Callable[[], Merged]
    index: IndexFiles
    purges: Sequence[Purge]
    compacts: Sequence[Compact]
    door: Door
    now_us: Callable[[], int]
    unfollow: Callable[[Sequence[str]], None]
    set_apart: Callable[[], Iterator[str]]
    sift_refused: Callable[[Callable[[str], bool], int], int]

    def ask(
        self,
        person: str,
        *,
        who: str = "",
        why: str = "",
        waiting: Callable[[str], None] = lambda _: None,
    ) -> Erasure:
        """Hide a person from every question at once, and note that they are to be erased.

        Parameters
        ----------
        person : str
            As questions name people.
        who : str
            Id of the account that asks.
        why : str
        waiting : callable of str
            Told whom we wait for, when another process writes.

        Raises
        ------
        UnknownPersonError, OwnedIdError
            If the id names nobody, or a device of people with user ids.
        """
        self.hand_over(waiting)
        links = self.people.links()
        ids = with_emails(self.who_is(person, links), self.people, links)
        erasure = Erasure(
            id=str(uuid.uuid4()), asked_us=self.now_us(), who=who, why=why, ids=ids, found={}
        )
        self.erasures.add(erasure, suppressed_ids(ids, erasure.id, self.door.hashed))
        self.hide_pending()
        return erasure

    def hide_pending(self) -> None:
        """Hide whoever waits to be erased, and nobody else; they are in no segment any more."""
        pending = self.pending()
        self._hide(pending)
        people = [person for one in pending if one.ids for person in one.ids.people]
        if people:
            self.unfollow(people)

    def sift(self, since: int = 0) -> int:
        """Delete refused calls of erased people that came after their batch.

        Parameters
        ----------
        since : int
            What this returned before: older ones were looked at.
        """
        guard = self.door.guard()
        newest = self.sift_refused(guard.may_keep, since)
        self.door.note(guard)
        return newest

    def pending(self) -> list[Erasure]:
        """Return the erasures that are not done, oldest first."""
        return [one for one in self.erasures.all() if one.done_us is None]

    def is_due(self) -> bool:
        """Return whether a batch is to be run: one is begun, or the first has waited a day."""
        pending = self.pending()
        return bool(pending) and (
            any(one.found for one in pending)
            or pending[0].asked_us <= self.now_us() - BATCH_AFTER_US
        )

    def run(self, waiting: Callable[[str], None] = lambda _: None) -> list[Erasure]:
        """Erase everybody who is to be erased; return them, done as far as they are.

        Where somebody still reads an old version of the index, or a database, nothing is done yet:
        to be run again.

        Parameters
        ----------
        waiting : callable of str
            Told whom we wait for, when another process writes.
        """
        pending = self.pending()
        if not pending:
            return []
        self._hide(pending)
        sealed = [one for one in pending if one.ids is None]
        if len(sealed) < len(pending):
            self.hand_over(waiting)
            named = self._erase_from_lake([one for one in pending if one.ids], waiting)
            self._hide(named)
            named = [self._purge(one) for one in named]  # merges too, which the index knows
            built = self.index.refresh()
            left = self.index.forget_old(self.now_us() - READERS_US)
            old = self.people.forget(waiting)
            counts = {"index": int(built), "old-files": old}
            named = [self._note(one, counts) for one in named]
            if left:
                return [*sealed, *named]
            sealed += [self._seal(one) for one in named]
        for compact in self.compacts:
            compact()
        return [self._finish(one) for one in sealed]

    def get(self, erasure_id: str) -> Erasure:
        """Return an erasure.

        Raises
        ------
        UnknownNameError
            If there is none of this id.
        """
        for one in self.erasures.all():
            if one.id == erasure_id:
                return one
        raise UnknownNameError("erasure", erasure_id, ())

    def lift(self, erasure_id: str) -> int:
        """Take events of an erased person's ids again; return of how many ids.

        Raises
        ------
        UnknownNameError
            If there is no erasure of this id that is done.
        """
        done = [one.id for one in self.erasures.all() if one.done_us is not None]
        if erasure_id not in done:
            raise UnknownNameError("finished erasure", erasure_id, done)
        return self.erasures.lift(erasure_id, self.now_us())

    def who_is(self, person: str, links: pa.Table) -> PersonIds:
        """Return the ids of a person, of everybody who was merged into one with them."""
        return who_is(person, self.people, links, self.merged())

    def _hide(self, erasures: Sequence[Erasure]) -> None:
        """Hide those who are still in the lake."""
        present = [one.ids for one in erasures if _LAKE_DONE not in one.found]
        self.hiding.set([ids for ids in present if ids is not None])

    def _erase_from_lake(
        self, pending: Sequence[Erasure], waiting: Callable[[str], None]
    ) -> list[Erasure]:
        counted = list(pending)

        def found(each: Sequence[Erased]) -> None:
            for at, (one, erased) in enumerate(zip(counted, each, strict=True)):
                if erased.events:
                    counts = {"events": erased.events, "files": erased.files}
                    counted[at] = self._note(one, counts)

        hashed = self.door.hashed
        self.people.erase(
            [_ids(one) for one in pending],
            lambda user: hashed(IdKind.USER, user)[:32],
            found,
            waiting,
        )
        return [self._note(one, {_LAKE_DONE: 1}) for one in counted]

    def _purge(self, one: Erasure) -> Erasure:
        ids = _ids(one)
        person = mentions_of(ids)
        for purge in self.purges:
            one = self._note(one, purge(person, remove=False))
            purge(person, remove=True)
        return one

    def _note(self, one: Erasure, counts: Mapping[str, int]) -> Erasure:
        """Write down what was found, unless more of it was found before."""
        more = {name: n for name, n in counts.items() if n > one.found.get(name, 0)}
        if not more:
            return one
        found = {**one.found, **more}
        self.erasures.found(one.id, found)
        return replace(one, found=found)

    def _seal(self, one: Erasure) -> Erasure:
        """Forget whom an erasure was of; what is left to do needs no names."""
        ids = _ids(one)
        certificate = write_certificate(one, self.now_us(), len(ids.shared))
        why = mentions_of(ids).without(one.why)
        self.erasures.seal(one.id, why, certificate)
        return replace(one, ids=None, why=why, certificate=certificate)

    def _finish(self, one: Erasure) -> Erasure:
        now = self.now_us()
        self.erasures.finish(one.id, now)
        return replace(one, done_us=now)


def _ids(one: Erasure) -> PersonIds:
    if one.ids is None:  # pragma: no cover - only those not done are asked for
        raise AssertionError
    return one.ids


def mentions_of(ids: PersonIds) -> Mentions:
    """Return what names a person, in whatever way a place writes it."""
    named = (person for person in ids.people if not any(one in person for one in ids.shared))
    return Mentions((*ids.own, *ids.also, *named))
