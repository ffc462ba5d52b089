"""What can be wrong with the state store."""

from __future__ import annotations

from sojourn.base.errors import InputError


class NewerStateError(InputError):
    """state.db was written by a newer version. Remedy: upgrade sojourn."""

    code = "newer-state"

    def __init__(self, place: str, found: str) -> None:
        super().__init__(
            f"{place} is at revision {found}, which this version of sojourn does not know.",
            remedy="Upgrade with: pip install --upgrade sojourn. Nothing was changed.",
        )


class StateUnusableError(InputError):
    """state.db cannot be read or written. Remedy: check disk and permissions, or restore it."""

    code = "state-unusable"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"{place} cannot be used: {reason}.",
            remedy="No event is lost: they are all in the lake. Check disk and permissions, restore"
            " the file from a backup, or move it away and go on; what is lost then are the stage"
            " models and other documents stored in it, and the list of what was imported.",
        )


class NameTakenError(InputError):
    """Something of this name is there already. Remedy: choose another name."""

    code = "name-taken"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is a {kind} {name!r} already.", remedy="Choose another name.")
