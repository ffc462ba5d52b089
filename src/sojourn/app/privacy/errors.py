"""What can be wrong with erasing and exporting people."""

from __future__ import annotations

from sojourn.base.errors import InputError
from sojourn.identity.ownership import ANONYMOUS


class UnknownPersonError(InputError):
    """No event has that id. Remedy: give an id as it stands in the data."""

    code = "unknown-person"

    def __init__(self, person: str) -> None:
        super().__init__(
            f"No event has the id {person!r}.",
            allowed=f"a user id as it stands in the data, or {ANONYMOUS}ID of somebody never"
            " identified",
        )


class OwnedIdError(InputError):
    """An anonymous id belongs to people with user ids. Remedy: name one of them."""

    code = "owned-id"

    def __init__(self, anonymous: str, users: list[str]) -> None:
        super().__init__(
            f"The anonymous id {anonymous!r} was identified as {' and '.join(map(repr, users))}.",
            remedy="Name the person by the user id.",
        )


class ErasureListError(InputError):
    """The file is no list of erasures. Remedy: give one `sojourn people erasures --export` made."""

    code = "bad-erasure-list"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"{name} is no list of erasures: {why}.",
            allowed="a file that `sojourn people erasures --export` wrote, or a workspace",
        )


class OtherSecretError(InputError):
    """The list's hashes have another key. Remedy: give the list of the same workspace."""

    code = "other-secret"

    def __init__(self) -> None:
        super().__init__(
            "The list of erasures was made with another secret: nobody of it can be found here.",
            remedy="Give the list of the workspace that the backup is of.",
        )


class PeriodError(InputError):
    """The text is no period for which events can be kept. Remedy: give a number and a unit."""

    code = "bad-period"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} is no period for which events can be kept.",
            allowed="a number and days, weeks, months or years, up to 100 years: 25months, 90days",
        )


class NoPeriodError(InputError):
    """Events are kept for good, so none can expire. Remedy: set a period first."""

    code = "no-period"

    def __init__(self) -> None:
        super().__init__(
            "Events are kept for good here.",
            remedy="Set a period with: sojourn expiry set --events 25months",
        )
