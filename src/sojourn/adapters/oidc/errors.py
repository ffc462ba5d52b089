"""Why a provider does not sign somebody in."""

from __future__ import annotations

from sojourn.base.errors import InputError


class ProviderUnreachableError(InputError):
    """The sign-in provider cannot be asked. Remedy: try again; why it is so is in the log."""

    code = "provider-unreachable"

    def __init__(self) -> None:
        super().__init__("The sign-in provider cannot be asked.", remedy="Try again.")


class ProviderAnswerError(InputError):
    """What the sign-in provider says cannot be trusted. Remedy: sign in again; see the log."""

    code = "provider-answer"

    def __init__(self) -> None:
        super().__init__("What the sign-in provider says cannot be trusted.",
                         remedy="Sign in again.")  # fmt: skip
