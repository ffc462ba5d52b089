"""The inbox: events accepted from clients that are not in the lake yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Item(NamedTuple):
    """One accepted call; a tuple, since tens of thousands a second are made."""

    source: str
    """Name of the write key it came with."""
    dialect: str
    """How it is written; a name in :data:`sojourn.events.calls.intake.DIALECTS`."""
    received_us: int
    body: bytes
    """The call as JSON, id and time filled in."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One call that was no event, kept for whoever has to mend its sender."""

    source: str
    received_us: int
    code: str
    reason: str
    body: bytes
    """The call as sent, cut off where it is long."""


class Kept(NamedTuple):
    """An item with its place in the inbox."""

    position: int
    """Counts up over all collectors of a workspace; never used twice."""
    item: Item


@dataclass(frozen=True, slots=True)
class Batch:
    """Items that go to the lake together, under a number that only grows."""

    number: int
    items: Sequence[Kept]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is not in the lake yet."""

    items: int
    oldest_us: int | None
    """When the oldest of them was received."""


class Inbox(Protocol):
    """A durable queue: what :meth:`put` took is on disk when it returns."""

    def identity(self) -> str:
        """Return the inbox's own id: batches are numbered within it."""

    def newest(self) -> int:
        """Return the number of the batch that was marked last; 0 before the first."""

    def renew(self) -> None:
        """Take another id, so that batches given before under the old one are not taken for ours.

        For an inbox that was restored from a copy: what the original gave after the copy was made
        has numbers that this one will give to other batches.
        """

    def put(self, items: Sequence[Item], refused: Sequence[Refused] = ()) -> None:
        """Take items in one synced transaction; what comes twice is here twice, in the lake once.

        Of nothing at all it finds out whether something could be taken: it writes all the same.
        """

    def mark(self, most: int) -> Batch | None:
        """Return some items under a batch number, for good; those of a batch begun before first.

        They are at most so many, or those that one request brought at once.
        """

    def forget(self, number: int) -> None:
        """Delete the items of a batch, which is in the lake."""

    def waiting(self) -> Waiting:
        """Return how much waits."""

    def refused(self, most: int) -> Sequence[Refused]:
        """Return the calls refused last, newest first."""

    def close(self) -> None:
        """Let go of the storage; a next call opens it again."""
