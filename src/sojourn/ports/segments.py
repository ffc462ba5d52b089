"""What is kept of people for segments, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager


class KeptPerson(NamedTuple):
    """What is kept of one person."""

    person: str
    body: bytes
    """What is known, and the segments the person is in."""
    due_us: int | None
    """When time alone may next change something; None where it cannot."""


class Link(NamedTuple):
    """An anonymous id and a user id that were once seen together, and when first."""

    anonymous_id: str
    user_id: str
    time_us: int
    ident: int
    """The first eight bytes of the event's id, signed, of the same order."""


class Change(NamedTuple):
    """Somebody entered or left a segment."""

    person: str
    segment: str
    version: int
    entered: bool
    at_us: int
    by_time: bool
    """Whether time alone did it, rather than an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far the segments have followed.

    Attributes
    ----------
    rules : str
        Which segments, of which versions, with which stage model: as JSON.
    files : tuple of str
        The lake's files whose events are in.
    clock_us : int
        Every change by time up to here is made.
    sizes : tuple of int
        People in each segment.
    merged : tuple of (str, str)
        Who counted as whom.
    people : int
        Everybody who was worked out at once, the last time that was done.
    unfinished : str
        Everybody is being worked out: whether changes are told. Empty when that is done.
    """

    rules: str
    files: tuple[str, ...]
    clock_us: int
    sizes: tuple[int, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    people: int = 0
    unfinished: str = ""


class SegmentStep(Protocol):
    """One transaction: all of it is kept, or nothing."""

    def position(self) -> Position | None:
        """Return how far we have come; None before the first step."""

    def move_to(self, position: Position) -> None:
        """Note how far we have come."""

    def clear(self) -> None:
        """Forget all people, links and the position; changes stay."""

    def clear_links(self) -> None:
        """Forget all links."""

    def everyone(self) -> Iterator[str]:
        """Return everybody of whom something is kept."""

    def people(self, persons: Iterable[str]) -> Mapping[str, KeptPerson]:
        """Return what is kept of some people, those of whom nothing is left out."""

    def put(self, people: Sequence[KeptPerson]) -> None:
        """Keep what is known of people, in place of what was."""

    def add(self, people: Sequence[KeptPerson]) -> None:
        """Keep what is known of people of whom nothing is kept yet."""

    def drop(self, persons: Sequence[str]) -> None:
        """Forget people."""

    def due(self, until_us: int, most: int) -> Sequence[KeptPerson]:
        """Return people whom time may change up to an instant, the earliest first."""

    def links(self, anonymous_ids: Iterable[str]) -> Sequence[Link]:
        """Return what is known of anonymous ids: the first two user ids of each."""

    def put_links(self, anonymous_ids: Sequence[str], links: Sequence[Link]) -> None:
        """Keep links of anonymous ids, in place of all that there were of them."""

    def note(self, changes: Sequence[Change]) -> None:
        """Keep changes, to be sent."""


class SegmentStore(Protocol):
    """Where segments are followed; safe to delete, it is then worked out anew."""

    def step(self) -> AbstractContextManager[SegmentStep]:
        """Begin a transaction; those of several processes take turns."""

    def position(self) -> Position | None:
        """Return how far we have come."""

    def person(self, person: str) -> KeptPerson | None:
        """Return what is kept of one person."""

    def unsent(self, most: int) -> Sequence[tuple[int, Change]]:
        """Return changes that were not sent yet, with their numbers, the first ones."""

    def sent(self, last: int) -> None:
        """Note that the changes up to a number were sent."""

    def changes(self, person: str, most: int) -> Sequence[Change]:
        """Return a person's changes, newest first."""

    def expire(self, before_us: int) -> int:
        """Forget changes from before an instant that were sent; return how many."""

    def forget(self, persons: Sequence[str]) -> None:
        """Forget people altogether: what is known, their links by user id, their changes."""

    def close(self) -> None:
        """Let go of the storage."""
