"""Signing in and out, inviting, roles, and tokens."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

from sojourn.app.access.errors import AccountError, InvitationError, LastAdminError, SignInError
from sojourn.app.access.lockout import Lockout
from sojourn.app.access.roles import Role, at_least, smaller
from sojourn.base.errors import UnknownNameError
from sojourn.base.timespan import DAY_US, HOUR_US
from sojourn.ports.access import AuditEntry, Invitation, Session, Token, User

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.ports.access import AccessLog, PasswordHasher, Secrets, Users

INVITATION_US: Final = DAY_US
IDLE_US: Final = 12 * HOUR_US
LONGEST_US: Final = 14 * DAY_US
_TOUCH_US: Final = HOUR_US // 12
_BYTES: Final = 32
_PASSWORD_CHARACTERS: Final = (12, 512)
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a user, in a browser or through a token."""

    user_id: str
    role: Role
    csrf: str = ""
    """What a browser must send along with a change; empty for tokens."""


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Use cases of access.

    Attributes
    ----------
    users : Users
    secrets : Secrets
    log : AccessLog
    hasher : PasswordHasher
    now_us : callable
        Reads the clock.
    """

    users: Users
    secrets: Secrets
    log: AccessLog
    hasher: PasswordHasher
    now_us: Callable[[], int]

    @property
    def lockout(self) -> Lockout:
        """Who has to wait."""
        return Lockout(self.log)

    def invite(self, role: Role, by: str = "") -> str:
        """Return the secret of a link with which one account is made, within a day."""
        secret, invitation = _invitation(role, self.now_us())
        self.secrets.add_invitation(invitation)
        self.note(by, "invite", role)
        return secret

    def accept(self, secret: str, email: str, password: str) -> User:
        """Return the account made with an invitation, which is used up.

        Raises
        ------
        InvitationError
            If it is unknown, used or expired.
        AccountError
            If address or password cannot be used.
        """
        check_password(password)
        return self.make(email, password, digest_of(secret))

    def make(self, email: str, password: str, invitation: str) -> User:
        """Return the account made with the invitation of a digest; see :meth:`accept`."""
        found = self.secrets.invitation(invitation)
        if found is None or found.expires_us < self.now_us():
            raise InvitationError
        address = _checked_email(email)
        self._check_free(address)
        user = User(
            id=str(uuid.uuid4()), email=address, role=found.role,
            password=self.hasher.hash(password), made_us=self.now_us(),
        )  # fmt: skip
        if not self.users.add(user, invitation):  # somebody else came first
            self._check_free(address)
            raise InvitationError
        self.note(user.id, "account-made", user.id)
        return user

    def sign_in(self, email: str, password: str, place: str) -> tuple[str, Session]:
        """Return a new session and its secret.

        Parameters
        ----------
        email, password : str
        place : str
            The network address of who tries.

        Raises
        ------
        LockedOutError
            If too many attempts failed before.
        SignInError
            If they do not belong together; it takes as long for addresses that nobody has.
        """
        address = email.strip().lower()[:255]
        keys = (f"account:{address}", f"place:{place}")
        self.lockout.check(keys, self.now_us())
        user = self.users.by_email(address)
        hashed = user.password if user else self._nobodys_hash()
        good = self.hasher.verify(hashed, password[: _PASSWORD_CHARACTERS[1]])
        if user is None or not good:
            self.lockout.failed(keys, self.now_us())
            self.note("", "sign-in-failed", user.id if user else "")
            raise SignInError
        self.lockout.succeeded(keys)
        if self.hasher.is_outdated(user.password):
            self.users.set_password(user.id, self.hasher.hash(password))
        return self.begin(user)

    def begin(self, user: User) -> tuple[str, Session]:
        """Return a new session of a user and its secret."""
        secret, now = token_urlsafe(_BYTES), self.now_us()
        session = Session(
            digest=digest_of(secret), user_id=user.id, csrf=token_urlsafe(_BYTES),
            made_us=now, seen_us=now,
        )  # fmt: skip
        self.secrets.add_session(session)
        self.note(user.id, "sign-in", user.id)
        return secret, session

    def by_session(self, secret: str) -> Caller | None:
        """Return whose session a secret is; None when it is unknown or has expired."""
        session = self.secrets.session(digest_of(secret))
        if session is None:
            return None
        now = self.now_us()
        if now > min(session.seen_us + IDLE_US, session.made_us + LONGEST_US):
            self.secrets.end_session(session.digest)
            return None
        user = self.users.get(session.user_id)
        if user is None:
            return None
        if now - session.seen_us > _TOUCH_US:
            self.secrets.touch_session(session.digest, now)
        return Caller(user.id, Role(user.role), session.csrf)

    def by_token(self, secret: str) -> Caller | None:
        """Return for whom a token acts; None when it is unknown or has expired."""
        token = self.secrets.token(digest_of(secret))
        if token is None or (token.expires_us is not None and token.expires_us < self.now_us()):
            return None
        user = self.users.get(token.user_id)
        if user is None:
            return None
        role = Role(token.role)
        return Caller(user.id, role if at_least(Role(user.role), role) else Role(user.role))

    def sign_out(self, secret: str) -> None:
        """End a session."""
        self.secrets.end_session(digest_of(secret))

    def make_token(
        self, caller: Caller, name: str, role: Role, days: int | None
    ) -> tuple[str, Token]:
        """Return a new token and its secret, shown this once.

        Raises
        ------
        AccountError
            If the role is larger than the caller's.
        """
        if not at_least(caller.role, role):
            raise AccountError(
                f"A token of role {role} needs a larger role than {caller.role}.",
                allowed=f"{caller.role} or smaller",
            )
        secret, now = f"st_{token_urlsafe(_BYTES)}", self.now_us()
        token = Token(
            id=str(uuid.uuid4()), digest=digest_of(secret), user_id=caller.user_id, name=name,
            role=role, made_us=now, expires_us=None if days is None else now + days * DAY_US,
        )  # fmt: skip
        self.secrets.add_token(token)
        self.note(caller.user_id, "token-made", token.id)
        return secret, token

    def end_token(self, caller: Caller, token_id: str) -> None:
        """End one of the caller's tokens."""
        if not self.secrets.end_token(caller.user_id, token_id):
            raise UnknownNameError("token", token_id, ())
        self.note(caller.user_id, "token-ended", token_id)

    def set_role(self, caller: Caller, user_id: str, role: Role) -> User:
        """Change somebody's role.

        Raises
        ------
        LastAdminError
            If nobody would be left who may manage users.
        """
        return self.give_role(self._user(user_id), role, by=caller.user_id)

    def give_role(self, user: User, role: Role, *, by: str) -> User:
        """Change a user's role; ``by`` is the id of who does it. See :meth:`set_role`."""
        if not self.users.set_role(user.id, role, smaller(role), Role.ADMIN):
            raise LastAdminError
        changed = self._user(user.id)  # somebody may have removed them meanwhile
        self.note(by, f"role-{role}", user.id)
        return changed

    def remove(self, caller: Caller, user_id: str) -> None:
        """Remove somebody's account; see :meth:`set_role` for what is refused."""
        user = self._user(user_id)
        if not self.users.remove(user.id, Role.ADMIN):
            raise LastAdminError
        self.note(caller.user_id, "account-removed", user.id)

    def note(self, who: str, action: str, what: str) -> None:
        """Write down what was done."""
        self.log.note(AuditEntry(at_us=self.now_us(), who=who, action=action, what=what))

    def _check_free(self, address: str) -> None:
        if self.users.by_email(address):
            raise AccountError("There is an account of this address already.")

    def _user(self, user_id: str) -> User:
        user = self.users.get(user_id)
        if user is None:
            raise UnknownNameError("user", user_id, ())
        return user

    def _nobodys_hash(self) -> str:
        """Return a hash to check passwords of unknown addresses against: it takes as long."""
        return self.hasher.hash(token_urlsafe(_BYTES))


def set_up(accounts: Accounts) -> str | None:
    """Return the secret of the link that makes the first account, an admin's.

    Earlier ones are worth nothing any more; None where there is an account.
    """
    secret, invitation = _invitation(Role.ADMIN, accounts.now_us())
    if not accounts.secrets.add_first(invitation):
        return None
    accounts.note("", "invite", Role.ADMIN)
    return secret


def _invitation(role: Role, now_us: int) -> tuple[str, Invitation]:
    secret = token_urlsafe(_BYTES)
    return secret, Invitation(
        digest=digest_of(secret), role=role, made_us=now_us, expires_us=now_us + INVITATION_US
    )


def digest_of(secret: str) -> str:
    """Return what is kept of a secret that was drawn at random: its SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def check_password(password: str) -> None:
    """Raise for a password that is too short to be safe or too long to be one.

    Raises
    ------
    AccountError
        If it has not 12 to 512 characters.
    """
    least, most = _PASSWORD_CHARACTERS
    if not least <= len(password) <= most:
        raise AccountError(
            f"The password has {len(password)} characters.", allowed=f"{least} to {most}"
        )


def _checked_email(email: str) -> str:
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise AccountError("This is no e-mail address.", allowed="name@example.com")
    return address
