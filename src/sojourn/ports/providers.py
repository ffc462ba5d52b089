"""What signing in at a provider of identities needs from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """The provider of a workspace, as ``[oidc]`` in its ``sojourn.toml`` says.

    Attributes
    ----------
    name : str
        What people call it; stands on the button.
    issuer, client_id : str
    secret_file : str
        Where the client's secret lies; empty where the environment has it, or there is none.
    scopes : tuple of str
        Asked for beside ``openid email``.
    verified_claim, groups_claim : str
        Which claims say that the e-mail address was verified, and what groups somebody is in.
    domains : tuple of str
        Whose e-mail addresses get an account of the default role; ``*`` is any.
    default_role : str
        Empty: nobody gets an account without an invitation or a group.
    roles : mapping of str to str
        Roles by group.
    """

    name: str
    issuer: str
    client_id: str
    secret_file: str = ""
    scopes: tuple[str, ...] = ()
    verified_claim: str = "email_verified"
    groups_claim: str = "groups"
    domains: tuple[str, ...] = ()
    default_role: str = ""
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What ties the provider's answer to the browser that asked; known to nobody else."""

    state: str
    nonce: str
    verifier: str
    """Of PKCE: whoever has caught the code on its way cannot use it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is, as a provider says."""

    issuer: str
    subject: str
    """Stays the same when the e-mail address changes."""
    email: str
    is_verified: bool
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in on its way: of its secret, which the browser keeps, only the digest is kept."""

    digest: str
    invitation: str
    """The digest of the invitation it came with; empty where there is none."""
    next: str
    """Which page it leads to, as it stands behind the address of the workspace's."""
    expires_us: int


class IdentityProvider(Protocol):
    """Where people sign in."""

    @property
    def name(self) -> str:
        """Return what people call it."""

    @property
    def issuer(self) -> str:
        """Return what it calls itself."""

    def address(self, proof: Proof, back: str) -> str:
        """Return where a browser is sent to sign in, and from there back.

        Raises
        ------
        ProviderUnreachableError
            If the provider does not say where that is.
        """

    def identify(self, code: str, proof: Proof, back: str) -> Identity:
        """Return who signed in, for the code that the browser brought back.

        Raises
        ------
        ProviderUnreachableError
            If the provider does not answer.
        ProviderAnswerError
            If what it says cannot be trusted.
        """


class Beginnings(Protocol):
    """Sign-ins on their way, and who is who at a provider."""

    def begin(self, begun: Begun, now_us: int) -> None:
        """Keep one, and forget those that have expired."""

    def take(self, digest: str) -> Begun | None:
        """Return one, this once."""

    def user_of(self, issuer: str, subject: str) -> str | None:
        """Return the id of the user whom somebody signed in as before."""

    def join(self, user_id: str, issuer: str, subject: str) -> bool:
        """Note as whom a user signs in at a provider; return whether it is so.

        False, and nothing is changed, where either belongs to another already.
        """
