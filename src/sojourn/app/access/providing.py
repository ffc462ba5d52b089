"""Signing in at a provider of identities: who is let in, as whom, with which role."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

from sojourn.app.access.accounts import digest_of
from sojourn.app.access.errors import (
    AccountError,
    InvitationError,
    NextPageError,
    NotInvitedError,
    OtherIdentityError,
    ProviderSettingsError,
    SignInLostError,
    UnverifiedEmailError,
)
from sojourn.app.access.roles import Role
from sojourn.base.errors import InputError
from sojourn.base.timespan import MINUTE_US
from sojourn.ports.providers import Begun, Proof

if TYPE_CHECKING:
    from sojourn.app.access.accounts import Accounts
    from sojourn.ports.access import Session, User
    from sojourn.ports.providers import Beginnings, Identity, IdentityProvider, ProviderSettings

BEGUN_US: Final = 10 * MINUTE_US
"""How long somebody may take at the provider."""
_NEXT: Final = re.compile(r"([\w-][\w/-]{0,100})?(\?[\w=&-]{0,200})?(#[\w/=-]{0,150})?", re.ASCII)
_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Who gets an account without having been invited, and which role.

    Attributes
    ----------
    default_role : Role or None
        Of whoever has an e-mail address of one of the domains.
    domains : tuple of str
        ``*`` is any.
    roles : dict of str to Role
        Of whoever is in a group; at each sign-in the role becomes what the groups give.
    """

    default_role: Role | None = None
    domains: tuple[str, ...] = ()
    roles: dict[str, Role]

    def role_of(self, identity: Identity) -> Role | None:
        """Return the role that groups or domain give; the largest where several do."""
        given = [self.roles[group] for group in identity.groups if group in self.roles]
        if given:
            return max(given, key=list(Role).index)
        domain = identity.email.rpartition("@")[2].lower()
        return self.default_role if "*" in self.domains or domain in self.domains else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a browser brings back from the provider."""

    state: str
    code: str
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody who came back from the provider and is signed in."""

    secret: str
    session: Session
    next: str


@dataclass(frozen=True, kw_only=True)
class ProviderSignIn:
    """Use cases of signing in at a provider.

    Attributes
    ----------
    accounts : Accounts
    provider : IdentityProvider
    beginnings : Beginnings
    joining : Joining
    """

    accounts: Accounts
    provider: IdentityProvider
    beginnings: Beginnings
    joining: Joining

    def begin(self, back: str, next_page: str, invitation: str = "") -> tuple[str, str]:
        """Return a secret for the browser to keep, and where to send it.

        Parameters
        ----------
        back : str
            Where the provider sends the browser afterwards.
        next_page : str
            Where it leads to, see :func:`check_next`.
        invitation : str
            The secret of the link somebody came with; empty without one.

        Raises
        ------
        NextPageError
            If the next page is not one of ours.
        """
        check_next(next_page)
        secret, now = token_urlsafe(_BYTES), self.accounts.now_us()
        address = self.provider.address(proof_of(secret), back)
        begun = Begun(
            digest=digest_of(secret), invitation=digest_of(invitation) if invitation else "",
            next=next_page, expires_us=now + BEGUN_US,
        )  # fmt: skip
        self.beginnings.begin(begun, now)
        return secret, address

    def finish(self, secret: str, answer: Answer, back: str) -> Arrival:
        """Return the session of somebody who came back with a code.

        Parameters
        ----------
        secret : str
            What the browser kept.
        answer : Answer
            What the provider sent along.
        back : str
            As it was in the beginning.

        Raises
        ------
        SignInLostError
            If this browser did not begin it, or it took too long, or it came back before.
        UnverifiedEmailError
            If the provider does not say that the e-mail address is this person's.
        NotInvitedError
            If nobody invited them, and neither domain nor group gives an account.
        OtherIdentityError
            If somebody else signs in with this e-mail address.
        """
        # Whatever comes of it, it is used up: nothing can be tried twice.
        begun = self.beginnings.take(digest_of(secret))
        proof = proof_of(secret)
        if begun is None or begun.expires_us < self.accounts.now_us():
            raise SignInLostError
        # An answer may name its issuer (RFC 9207), so that none is taken for another's.
        if answer.state != proof.state or answer.issuer not in {"", self.provider.issuer}:
            raise SignInLostError
        try:
            user = self._user(self.provider.identify(answer.code, proof, back), begun.invitation)
        except InputError as error:
            self.accounts.note("", "sign-in-failed", f"provider: {error.code}")
            raise
        made, session = self.accounts.begin(user)
        return Arrival(secret=made, session=session, next=begun.next)

    def _user(self, identity: Identity, invitation: str) -> User:
        """Return whose account it is, made where need be, with the role the groups give."""
        email = identity.email.strip().lower()
        # Small letters may make of an address of somebody else's (KELVIN SIGN, K) one of ours.
        if not email or not identity.is_verified or email.isascii() != identity.email.isascii():
            raise UnverifiedEmailError
        if not email.isprintable():  # NUL, half a surrogate pair: no database takes them
            raise UnverifiedEmailError
        role = self.joining.role_of(identity)
        if role is None and self.joining.roles:
            raise NotInvitedError  # where groups give roles, who is in none has none
        known = self.beginnings.user_of(identity.issuer, identity.subject)
        user = self.accounts.users.get(known) if known else None
        if user is None:
            user = self.accounts.users.by_email(email) or self._made(email, role, invitation)
            if not self.beginnings.join(user.id, identity.issuer, identity.subject):
                raise OtherIdentityError
        return self._with_role(user, role) if role and self.joining.roles else user

    def _made(self, email: str, role: Role | None, invitation: str) -> User:
        if not invitation:
            if role is None:
                raise NotInvitedError
            invitation = digest_of(self.accounts.invite(role))
        try:
            # A password nobody knows: this account is signed in to at the provider only.
            return self.accounts.make(email, token_urlsafe(_BYTES), invitation)
        except (AccountError, InvitationError):
            # Of two tabs that come back at the same time, one makes the account for both.
            if (user := self.accounts.users.by_email(email)) is None:
                raise
            return user

    def _with_role(self, user: User, role: Role) -> User:
        if role == user.role:
            return user
        try:
            return self.accounts.give_role(user, role, by="")
        except AccountError:  # the last admin stays one: somebody has to be
            return user


def joining_of(settings: ProviderSettings) -> Joining:
    """Return who gets an account without having been invited.

    Raises
    ------
    ProviderSettingsError
        If a role is none, or if the default role would be anybody's without saying so.
    """
    if settings.default_role and not settings.domains:
        raise ProviderSettingsError(
            "[oidc] has default_role without domains.",
            allowed='domains = ["example.com"], or ["*"] for whoever the provider signs in',
        )
    if settings.domains and not settings.default_role:
        raise ProviderSettingsError("[oidc] has domains without default_role.")
    return Joining(
        default_role=_role(settings.default_role) if settings.default_role else None,
        domains=tuple(domain.lower() for domain in settings.domains),
        roles={group: _role(role) for group, role in settings.roles.items()},
    )


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise ProviderSettingsError(
            f"[oidc] names the role {name!r}.", allowed=", ".join(Role)
        ) from None


def proof_of(secret: str) -> Proof:
    """Return what ties a provider's answer to whoever has a secret; the secret stays unknown."""
    state, nonce, verifier = (
        hashlib.sha256(f"sojourn {part} {secret}".encode()).hexdigest()
        for part in ("state", "nonce", "verifier")
    )
    return Proof(state=state, nonce=nonce, verifier=verifier)


def check_next(page: str) -> None:
    """Raise for what is no page of a workspace, as it stands behind the address of its pages.

    Raises
    ------
    NextPageError
        If it leads elsewhere, or has signs that pages of ours never have.
    """
    if not _NEXT.fullmatch(page) or ".." in page:
        raise NextPageError(page[:100])
