"""What can be wrong with the state store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence


class NewerStateError(InputError):
    """The state store was written by a newer version. Remedy: upgrade sojourn."""

    code = "newer-state"

    def __init__(self, place: str, found: str) -> None:
        super().__init__(
            f"{place} is at revision {found}, which this version of sojourn does not know.",
            remedy="Upgrade with: pip install --upgrade sojourn. Nothing was changed.",
        )


_FILE = (
    "No event is lost: they are all in the lake. Check disk and permissions, restore"
    " the file from a backup, or move it away and go on; what is lost then are the stage"
    " models and other documents stored in it, and the list of what was imported."
)


class StateUnusableError(InputError):
    """The database cannot be read or written. Remedy: the message says what to check."""

    code = "state-unusable"

    def __init__(self, place: str, reason: str, *, remedy: str = _FILE) -> None:
        super().__init__(f"{place} cannot be used: {reason}.", remedy=remedy)


class StateLeftBehindError(InputError):
    """A new database was named beside an old one. Remedy: move the old files away, or go back."""

    code = "state-left-behind"

    def __init__(self, place: str, files: Sequence[str]) -> None:
        super().__init__(
            f"{place} knows nothing of this workspace, which keeps its state in"
            f" {' and '.join(files)}.",
            remedy="Take `database` out to go on with them. To begin anew there, let"
            " `sojourn serve` move what waits first, then move the files out of the folder.",
        )


class StateTakenError(InputError):
    """The database holds this workspace already. Remedy: restore elsewhere, or move it away."""

    code = "state-taken"

    def __init__(self, place: str) -> None:
        super().__init__(
            f"{place} holds this workspace already; nothing was changed.",
            remedy="Leave SOJOURN_DATABASE out to restore into files, name another database, or"
            " move the schema away (ALTER SCHEMA … RENAME TO …).",
        )


class NameTakenError(InputError):
    """Something of this name is there already. Remedy: choose another name."""

    code = "name-taken"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is a {kind} {name!r} already.", remedy="Choose another name.")
