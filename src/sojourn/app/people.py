"""Merging two known persons, and telling them apart again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.errors import InputError
from sojourn.events.ids import is_placeholder
from sojourn.identity.merging import NotMergedError, check_merge
from sojourn.identity.ownership import ANONYMOUS, ids_meant
from sojourn.insight.overview.person import Person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.app.workspace import Workspace
    from sojourn.ports.people import MergeEntry


class NoReasonError(InputError):
    """Nobody said why. Remedy: say it, for whoever reads it in a year."""

    code = "no-reason"

    def __init__(self, what: str) -> None:
        super().__init__(f"It is not said why {what}.", allowed="a sentence")


class PlaceholderPersonError(InputError):
    """The id stands for nobody. Remedy: give the id of a person."""

    code = "placeholder-person"

    def __init__(self, person: str) -> None:
        super().__init__(
            f"{person!r} stands for nobody: it is what systems write where they know no one.",
            allowed="the id of a person",
        )


def merge_people(workspace: Workspace, gone: str, kept: str, *, who: str, why: str) -> MergeEntry:
    """Return the merge by which one known person counts as another from now on.

    What both did is the kept one's, earlier touches included; every question sees it at once.

    Parameters
    ----------
    workspace : Workspace
    gone, kept : str
        As in the data; of somebody never identified with or without ``anon:`` before it.
    who, why : str

    Raises
    ------
    NoPersonError, PlaceholderPersonError
        If one of them is nobody.
    SamePersonError, AlreadyMergedError, MergeCircleError
        If the merge cannot stand.
    NoReasonError
        If why is empty.
    """
    _check_reason(why, "they are merged")
    standing = workspace.merges.standing()
    one, other = (_known(workspace, person, standing) for person in (gone, kept))
    check_merge(one, other, standing)
    return workspace.merges.add(one, other, who=who, why=why.strip())


def unmerge_person(workspace: Workspace, person: str, *, who: str, why: str) -> MergeEntry:
    """Return the merge that took a person up, undone: everything is as it was without it.

    Raises
    ------
    NotMergedError
        If no merge that stands took the person up.
    NoReasonError
        If why is empty.
    """
    _check_reason(why, "the merge is undone")
    gone = _merged(person, workspace.merges.standing())
    if gone is None:
        raise NotMergedError(person)
    return workspace.merges.undo(gone, who=who, why=why.strip())


def _known(workspace: Workspace, person: str, standing: Mapping[str, str]) -> str:
    """Return a person's own id, also of one that was merged into another."""
    if is_placeholder(person.removeprefix(ANONYMOUS)):
        raise PlaceholderPersonError(person)
    gone = _merged(person, standing)
    if gone is not None:
        return gone
    found = workspace.ask(Person(person=person, limit=1)).extra or {}
    return str(found["person"])


def _merged(person: str, standing: Mapping[str, str]) -> str | None:
    return next((each for each in ids_meant(person) if each in standing), None)


def _check_reason(why: str, what: str) -> None:
    if not why.strip():
        raise NoReasonError(what)
