"""Who counts as whom: merges of two known persons, each told by somebody and undone at will.

A merge says that one person is another. It is an arrow from the person that is gone to the one
that is kept; nobody is gone twice and no arrows make a circle, so each group of people has one
that is kept. Which one depends on the arrows alone, not on the order in which they were drawn.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from sojourn.base.errors import InputError, InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class SamePersonError(InputError):
    """A person was to be merged with itself. Remedy: name two."""

    code: ClassVar[str] = "same-person"

    def __init__(self, person: str) -> None:
        super().__init__(
            f"{person!r} cannot be merged with itself.", allowed="two different people"
        )


class AlreadyMergedError(InputError):
    """The person is part of another already. Remedy: undo that merge first."""

    code: ClassVar[str] = "already-merged"

    def __init__(self, person: str, into: str) -> None:
        super().__init__(
            f"{person!r} was merged into {into!r} already.",
            allowed="a person that no merge that stands has taken up",
            remedy=f"Undo that merge first (sojourn people unmerge), or merge {into!r}.",
        )


class MergeCircleError(InputError):
    """The person to be kept is part of the one that would be gone. Remedy: turn the merge round."""

    code: ClassVar[str] = "merge-circle"

    def __init__(self, gone: str, kept: str) -> None:
        super().__init__(
            f"{kept!r} counts as {gone!r} already, so {gone!r} cannot be merged into {kept!r}.",
            allowed="two people of whom neither is part of the other",
            remedy="Undo the merge that is there first (sojourn people unmerge).",
        )


class NotMergedError(InputError):
    """No merge that stands took the person up. Remedy: list the merges."""

    code: ClassVar[str] = "not-merged"

    def __init__(self, person: str) -> None:
        super().__init__(
            f"{person!r} is merged into nobody.",
            allowed="the person that is gone, as sojourn people merges shows it",
        )


class Arrow(NamedTuple):
    """One merge that stands, and when it was made."""

    made_us: int
    gone: str
    kept: str


@dataclass(frozen=True)
class Merged:
    """Who counts as whom, everything followed to its end.

    Attributes
    ----------
    kept : mapping of str to str
        Of each person that is gone the one that is kept, which is never gone itself.
    arrows : tuple of Arrow
        The merges that make it so, oldest first; empty where nobody knows when they were made.
    """

    kept: Mapping[str, str]
    arrows: tuple[Arrow, ...] = ()

    def person(self, person: str) -> str:
        """Return who a person counts as."""
        return self.kept.get(person, person)

    def parts(self, person: str) -> tuple[str, ...]:
        """Return who was merged into a person, in order of their ids."""
        return tuple(sorted(gone for gone, kept in self.kept.items() if kept == person))

    @cached_property
    def digest(self) -> str:
        """A text that is equal exactly where the same people count as the same; "" for none."""
        if not self.kept:
            return ""
        told = hashlib.sha256()
        for pair in sorted(self.kept.items()):
            for text in pair:
                data = text.encode()
                told.update(len(data).to_bytes(8, "big") + data)
        return told.hexdigest()


NOBODY_MERGED: Final = Merged({})


def merged_by(standing: Mapping[str, str], arrows: Iterable[Arrow] = ()) -> Merged:
    """Return who counts as whom by the merges that stand.

    Parameters
    ----------
    standing : mapping of str to str
        Person gone to person kept, in any order.
    arrows : iterable of Arrow
        The same, with when each was made.

    Examples
    --------
    >>> merged_by({"b": "c", "a": "b"}).kept
    {'b': 'c', 'a': 'c'}
    """
    return Merged({gone: end_of(gone, standing) for gone in standing}, tuple(sorted(arrows)))


def merged_of(arrows: Iterable[Arrow]) -> Merged:
    """Return who counts as whom by the merges that stand, and since when, given in any order."""
    every = tuple(arrows)
    return merged_by({arrow.gone: arrow.kept for arrow in every}, every)


def changed_people(before: Merged, now: Merged) -> tuple[str, ...]:
    """Return everybody who lost or won somebody between two states of the merges.

    Examples
    --------
    >>> changed_people(merged_by({"a": "b"}), merged_by({"a": "b", "c": "d"}))
    ('c', 'd')
    """
    moved = {gone for gone in {*before.kept, *now.kept} if before.person(gone) != now.person(gone)}
    return tuple(
        sorted({who for gone in moved for who in (gone, before.person(gone), now.person(gone))})
    )


def end_of(person: str, standing: Mapping[str, str]) -> str:
    """Return who a person counts as, following merges to the last.

    Raises
    ------
    InternalError
        If the merges make a circle, which :func:`check_merge` lets nobody draw.
    """
    kept = person
    for _ in range(len(standing) + 1):
        if kept not in standing:
            return kept
        kept = standing[kept]
    raise InternalError("merges of people make a circle")


def check_merge(gone: str, kept: str, standing: Mapping[str, str]) -> None:
    """Raise where a merge cannot be added to those that stand.

    A person to be kept that is gone already is none to refuse: who counts as it counts as
    whoever it counts as, and in another order of the same merges nobody would have asked.

    Raises
    ------
    SamePersonError, AlreadyMergedError, MergeCircleError
    """
    if gone == kept:
        raise SamePersonError(gone)
    if gone in standing:
        raise AlreadyMergedError(gone, standing[gone])
    if end_of(kept, standing) == gone:
        raise MergeCircleError(gone, kept)
