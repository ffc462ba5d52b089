"""What can go wrong with writing to disk."""

from __future__ import annotations

import errno

from sojourn.base.errors import InputError


class DiskFullError(InputError):
    """The disk of the workspace is full. Remedy: make room and repeat; nothing was lost."""

    code = "disk-full"

    def __init__(self, place: str) -> None:
        super().__init__(
            f"The disk is full: could not write to {place}.",
            remedy="What was imported so far is kept. Make room and repeat the command; "
            "it goes on where it stopped and doubles nothing.",
        )


class UnwritableError(InputError):
    """A part of the workspace cannot be written. Remedy: check its permissions and its disk."""

    code = "unwritable"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"Could not write to {place}: {reason}")


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
_FULL_WORDS = ("no space left", "disk is full", "disk full", "quota exceeded", "file too large")


def is_disk_full(error: BaseException) -> bool:
    """Return whether an error, or what caused it, says that the disk is full."""
    while True:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if any(words in str(error).lower() for words in _FULL_WORDS):
            return True
        cause = error.__cause__ or error.__context__
        if cause is None:
            return False
        error = cause


def as_write_error(place: str, error: Exception) -> InputError:
    """Return what to tell the user about an error met while writing."""
    if is_disk_full(error):
        return DiskFullError(place)
    return UnwritableError(place, str(error))
