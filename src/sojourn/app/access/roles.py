"""Roles, and what each may do."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is in a workspace; each may do what those before it may."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    EDITOR = "editor"
    ADMIN = "admin"


class Action(StrEnum):
    """What can be done."""

    SEE_AGGREGATES = "see-aggregates"
    """Maps and counts: nothing about one person."""
    ASK = "ask"
    """Any question: its conditions may single out one person."""
    SEE_PEOPLE = "see-people"
    MERGE_PEOPLE = "merge-people"
    MANAGE_SEGMENTS = "manage-segments"
    SEE_DELIVERY = "see-delivery"
    """How events arrive: what waits, what was refused."""
    MANAGE_KEYS = "manage-keys"
    MANAGE_USERS = "manage-users"
    SEE_AUDIT = "see-audit"
    EXPORT_PEOPLE = "export-people"
    """Take away everything that is held of a person."""
    ERASE_PEOPLE = "erase-people"
    """Erase people, and see what was erased."""
    OWN_ACCOUNT = "own-account"
    """One's own session and tokens."""


_LEAST: Final = {
    Action.SEE_AGGREGATES: Role.VIEWER,
    Action.OWN_ACCOUNT: Role.VIEWER,
    Action.ASK: Role.ANALYST,
    Action.SEE_PEOPLE: Role.ANALYST,
    Action.MERGE_PEOPLE: Role.EDITOR,
    Action.MANAGE_SEGMENTS: Role.EDITOR,
    Action.SEE_DELIVERY: Role.EDITOR,
    Action.MANAGE_KEYS: Role.EDITOR,
    Action.MANAGE_USERS: Role.ADMIN,
    Action.SEE_AUDIT: Role.ADMIN,
    Action.EXPORT_PEOPLE: Role.ADMIN,
    Action.ERASE_PEOPLE: Role.ADMIN,
}
_ORDER: Final = tuple(Role)


def at_least(role: Role, least: Role) -> bool:
    """Return whether a role includes another.

    Examples
    --------
    >>> at_least(Role.EDITOR, Role.ANALYST), at_least(Role.VIEWER, Role.ANALYST)
    (True, False)
    """
    return _ORDER.index(role) >= _ORDER.index(least)


def smaller(role: Role) -> tuple[Role, ...]:
    """Return the roles that a role includes, itself left out."""
    return _ORDER[: _ORDER.index(role)]


def may(role: Role, action: Action) -> bool:
    """Return whether a role allows something."""
    return at_least(role, _LEAST[action])


def least_role(action: Action) -> Role:
    """Return the smallest role that allows something."""
    return _LEAST[action]
