"""What the use cases need to remember of people: who was merged with whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sojourn.identity.merging import Arrow


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who did something, when, and why."""

    who: str
    when: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeEntry:
    """One merge, and its undoing where it was undone.

    Attributes
    ----------
    id : int
        Larger than those of earlier merges.
    gone, kept : str
        The person that counts as another, and that other.
    made : Act
    undone : Act or None
    """

    id: int
    gone: str
    kept: str
    made: Act
    undone: Act | None


class Merges(Protocol):
    """Merges of two known persons; nothing is forgotten."""

    def add(self, gone: str, kept: str, *, who: str, why: str) -> MergeEntry:
        """Return a new merge.

        Raises
        ------
        SamePersonError, AlreadyMergedError, MergeCircleError
            If it cannot stand beside those that stand.
        """

    def undo(self, gone: str, *, who: str, why: str) -> MergeEntry:
        """Return the merge that took a person up, undone.

        Raises
        ------
        NotMergedError
            If none that stands did.
        """

    def all(self) -> Sequence[MergeEntry]:
        """Return every merge ever made, oldest first."""

    def standing(self) -> Mapping[str, str]:
        """Return person gone to person kept, of every merge that stands."""

    def arrows(self) -> Sequence[Arrow]:
        """Return every merge that stands, with when it was made."""
