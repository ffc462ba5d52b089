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
