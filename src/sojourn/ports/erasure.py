"""Who is to be erased, what was erased, and whom nothing is taken of any more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    import pyarrow as pa

    from sojourn.identity.erasing import PersonIds


class IdKind(StrEnum):
    """What an id is."""

    USER = "user"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One person that is to be erased, or was.

    Attributes
    ----------
    id : str
    asked_us : int
    who : str
        Id of the account that asked; empty where it was the command line.
    why : str
    ids : PersonIds or None
        None once the person is erased: nobody knows any more who it was.
    found : mapping of str to int
        What was found so far, by name; carried on when a run is broken off.
    done_us : int or None
    certificate : str
        As JSON; empty until it is done.
    """

    id: str
    asked_us: int
    who: str
    why: str
    ids: PersonIds | None
    found: Mapping[str, int]
    done_us: int | None = None
    certificate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """An id of which nothing is taken any more, by its keyed hash."""

    digest: str
    kind: IdKind
    erasure: str
    since_us: int | None = None
    until_us: int | None = None
    """Only events without a user id between these instants, where a device is shared."""
    dropped: int = 0
    """Events that came all the same and were not taken."""
    lifted_us: int | None = None
    """When events of the id were allowed again; it stays known whose old data were to go."""


class Erasures(Protocol):
    """The list of erased people. Changes are on disk when they return."""

    def add(self, erasure: Erasure, suppressed: Sequence[Suppressed]) -> None:
        """Begin an erasure and take nothing of these ids from now on, in one transaction."""

    def all(self) -> Sequence[Erasure]:
        """Return every erasure, oldest first."""

    def found(self, erasure_id: str, found: Mapping[str, int]) -> None:
        """Keep what was found so far."""

    def seal(self, erasure_id: str, why: str, certificate: str) -> None:
        """Forget the ids of an erasure, and keep its certificate."""

    def finish(self, erasure_id: str, at_us: int) -> None:
        """Say that an erasure is done."""

    def suppressed(self) -> Sequence[Suppressed]:
        """Return the ids of which nothing is taken, and those of which it is again."""

    def dropped(self, counts: Mapping[str, int]) -> None:
        """Add to how many events were not taken, by digest."""

    def lift(self, erasure_id: str, at_us: int) -> int:
        """Take events of an erased person's ids again; return of how many ids."""


class Hiding(Protocol):
    """Who is hidden from questions, found without opening the state store."""

    def set(self, ids: Sequence[PersonIds]) -> None:
        """Hide these people and nobody else; on disk when this returns."""

    def get(self) -> Sequence[PersonIds]:
        """Return who is hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What a lake's file was rewritten without.

    Attributes
    ----------
    events, files : int
        Events removed, and files that were rewritten for it.
    """

    events: int = 0
    files: int = 0


class LakePeople(Protocol):
    """People in the lake: finding their events, and taking them out."""

    def links(self) -> pa.Table:
        """Return the earliest link of each pair of ids, kept ones included."""

    def has_user(self, user_id: str) -> bool:
        """Return whether any event has a user id."""

    def has_anonymous(self, anonymous_id: str) -> bool:
        """Return whether any event has an anonymous id."""

    def ids(self, wanted: Callable[[IdKind, str], bool]) -> Mapping[IdKind, Collection[str]]:
        """Return the ids in the lake that are wanted, each kind's."""

    def events(self, ids: Sequence[PersonIds], links: pa.Table) -> Iterator[pa.Table]:
        """Return the events of some people, file by file."""

    def erase(
        self,
        ids: Sequence[PersonIds],
        marker: Callable[[str], str],
        found: Callable[[Sequence[Erased]], None],
        waiting: Callable[[str], None],
    ) -> None:
        """Commit the lake without these people's events; whose the others are stays.

        Parameters
        ----------
        ids : sequence of PersonIds
        marker : callable of str
            Returns what stands for a user id that is gone.
        found : callable of sequence of Erased
            Told what is about to go of each, before it goes; not where nothing is there.
        waiting : callable of str
            Told whom we wait for, when another process writes.
        """

    def expire(
        self,
        before_us: int,
        marker: Callable[[str], str],
        found: Callable[[Erased], None],
        waiting: Callable[[str], None],
    ) -> None:
        """Commit the lake without events from before an instant; whose the others are stays.

        Of the last event by which somebody refuses a consent there stay name and times, what was
        refused, and by whom.

        Parameters
        ----------
        before_us : int
            Microseconds since 1970; events without a time are as old as their arrival.
        marker, found, waiting : callable
            As for :meth:`erase`; ``found`` is told of all together.
        """

    def forget(self, waiting: Callable[[str], None]) -> int:
        """Remove old data files and old entries of the log; return how many files."""
