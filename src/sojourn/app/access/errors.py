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
