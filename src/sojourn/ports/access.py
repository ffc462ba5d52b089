"""What signing in needs from outside: where accounts are kept, and how passwords are hashed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who can sign in."""

    id: str
    email: str
    """In small letters."""
    role: str
    password: str
    """As the hasher wrote it."""
    made_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A user's sign-in in one browser; of its secret only the digest is kept."""

    digest: str
    user_id: str
    csrf: str
    made_us: int
    seen_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A program's access on behalf of a user, with a role no larger than the user's."""

    id: str
    digest: str
    user_id: str
    name: str
    role: str
    made_us: int
    expires_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link with which one account is made, once."""

    digest: str
    role: str
    made_us: int
    expires_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Something that was done to accounts, keys or data."""

    at_us: int
    who: str
    """Id of a user; empty where nobody had signed in."""
    action: str
    what: str
    """Id or name of what it was done to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Failed attempts under one name or from one place."""

    count: int
    last_us: int


class Users(Protocol):
    """Who can sign in."""

    def all(self) -> Sequence[User]:
        """Return every user, by e-mail address."""

    def get(self, user_id: str) -> User | None:
        """Return a user."""

    def by_email(self, email: str) -> User | None:
        """Return the user of an address."""

    def add(self, user: User, invitation: str) -> bool:
        """Add a user and use up an invitation, given by its digest.

        Returns
        -------
        bool
            False, and nothing is changed, where the invitation is used already or the address has
            an account.
        """

    def set_role(self, user_id: str, role: str, smaller: Sequence[str], needed: str) -> bool:
        """Change a user's role; tokens whose role is not it or one of the smaller ones get it.

        Returns
        -------
        bool
            False, and nothing is changed, where nobody would be left who has the role ``needed``.
        """

    def set_password(self, user_id: str, password: str) -> None:
        """Change a password and end every session of the user."""

    def remove(self, user_id: str, needed: str) -> bool:
        """Remove a user with sessions and tokens.

        Returns
        -------
        bool
            False, and nothing is changed, where nobody would be left who has the role ``needed``.
        """


class Secrets(Protocol):
    """What users and programs show to be let in; kept as digests."""

    def add_session(self, session: Session) -> None:
        """Keep a session."""

    def session(self, digest: str) -> Session | None:
        """Return a session."""

    def touch_session(self, digest: str, seen_us: int) -> None:
        """Note when a session was last used."""

    def end_session(self, digest: str) -> None:
        """Forget a session."""

    def add_token(self, token: Token) -> None:
        """Keep a token."""

    def token(self, digest: str) -> Token | None:
        """Return a token."""

    def tokens(self, user_id: str) -> Sequence[Token]:
        """Return a user's tokens, oldest first."""

    def end_token(self, user_id: str, token_id: str) -> bool:
        """Forget a user's token; return whether there was one."""

    def add_invitation(self, invitation: Invitation) -> None:
        """Keep an invitation, and forget those that have expired."""

    def add_first(self, invitation: Invitation) -> bool:
        """Keep an invitation in the place of every other, for the first account.

        Returns
        -------
        bool
            False, and nothing is changed, where there is an account already.
        """

    def invitation(self, digest: str) -> Invitation | None:
        """Return an invitation that is not used up."""


class AccessLog(Protocol):
    """Failed attempts, and what was done."""

    def failures(self, key: str) -> Failures | None:
        """Return the failed attempts under a key since the last success."""

    def failed(self, key: str, at_us: int) -> None:
        """Count a failed attempt."""

    def succeeded(self, key: str) -> None:
        """Forget failed attempts."""

    def note(self, entry: AuditEntry) -> None:
        """Write down what was done."""

    def newest(self, most: int) -> Sequence[AuditEntry]:
        """Return what was done last, newest first."""


class PasswordHasher(Protocol):
    """Turns passwords into what may be kept."""

    def hash(self, password: str) -> str:
        """Return a salted hash."""

    def verify(self, hashed: str, password: str) -> bool:
        """Return whether a password is the one that was hashed."""

    def is_outdated(self, hashed: str) -> bool:
        """Return whether it had better be hashed anew, at the next sign-in."""
