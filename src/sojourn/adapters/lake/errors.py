"""What can go wrong with the lake."""

from __future__ import annotations

from sojourn.base.errors import InputError, InternalError

_CALLS = "\n   0:"


class LakeDamagedError(InputError):
    """The lake cannot be read. Remedy: restore the named file from a backup."""

    code = "lake-damaged"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            # Delta Lake's messages go on with the calls that led there.
            f"The lake at {place} cannot be read: {reason.partition(_CALLS)[0]}",
            remedy="Restore the file from a backup, or import the sources into a new workspace.",
        )


class FencedOutError(InternalError):
    """Another writer took over while this one was paused. Remedy: repeat the command."""

    code = "fenced-out"
