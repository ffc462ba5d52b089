"""Why access is not given."""

from __future__ import annotations

from sojourn.base.errors import InputError


class SignInError(InputError):
    """E-mail address and password do not belong together. Remedy: type them again."""

    code = "sign-in"

    def __init__(self) -> None:
        super().__init__("E-mail address and password do not belong together.")


class LockedOutError(InputError):
    """Too many attempts failed. Remedy: wait as long as it says."""

    code = "locked-out"

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__("Too many attempts failed.", remedy=f"Try again in {wait_s} seconds.")


class InvitationError(InputError):
    """The link is unknown, used or expired. Remedy: ask for a new one."""

    code = "invitation"

    def __init__(self) -> None:
        super().__init__(
            "This link is unknown, was used, or has expired.",
            remedy="Ask an admin for a new one; for the first account start `sojourn serve` again.",
        )


class AccountError(InputError):
    """An account cannot be made or changed like this. Remedy: the message names what is allowed."""

    code = "account"


class LastAdminError(AccountError):
    """Nobody would be left who may manage users. Remedy: make somebody else an admin first."""

    code = "last-admin"

    def __init__(self) -> None:
        super().__init__("This is the last admin.", remedy="Make somebody else an admin first.")


class NoProviderError(InputError):
    """The workspace has no sign-in provider. Remedy: sign in with a password, or set [oidc]."""

    code = "no-provider"

    def __init__(self) -> None:
        super().__init__("This workspace has no sign-in provider.")


class SignInLostError(InputError):
    """A sign-in was not begun in this browser, took too long or was used. Remedy: begin again."""

    code = "sign-in-lost"

    def __init__(self) -> None:
        super().__init__("This sign-in was not begun here, took too long, or was used before.",
                         remedy="Begin again.")  # fmt: skip


class UnverifiedEmailError(InputError):
    """The provider does not vouch for the e-mail address. Remedy: verify it there."""

    code = "unverified-email"

    def __init__(self) -> None:
        super().__init__("The provider does not say that the e-mail address is verified.",
                         remedy="Verify it there, and sign in again.")  # fmt: skip


class NotInvitedError(InputError):
    """Somebody without an account or a group signs in. Remedy: ask an admin for an invitation."""

    code = "not-invited"

    def __init__(self) -> None:
        super().__init__("There is no account for this sign-in.",
                         remedy="Ask an admin for an invitation.")  # fmt: skip


class OtherIdentityError(InputError):
    """Another person of the provider has the account. Remedy: ask an admin to remove it."""

    code = "other-identity"

    def __init__(self) -> None:
        super().__init__("The account of this e-mail address is another person's there.",
                         remedy="Ask an admin to remove it, and to invite you.")  # fmt: skip


class NextPageError(InputError):
    """A sign-in is to lead to a page that is not ours. Remedy: name one of the workspace's."""

    code = "next-page"

    def __init__(self, given: str) -> None:
        super().__init__(f"{given!r} is no page of this workspace.", allowed="such as #install")


class ProviderRefusalError(InputError):
    """The provider did not sign somebody in. Remedy: sign in again, and agree there."""

    code = "provider-refused"

    def __init__(self) -> None:
        super().__init__("The provider did not sign you in.", remedy="Sign in again.")


class ProviderSettingsError(InputError):
    """[oidc] in sojourn.toml cannot be used. Remedy: mend the line it names."""

    code = "provider-settings"
