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


_REASONS = {
    errno.EROFS: "the disk may only be read",
    errno.EACCES: "you have no right to write there",
    errno.EPERM: "the system does not allow it",
    errno.EISDIR: "a folder stands where a file should be",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EEXIST: "a file stands where a folder should be",
    errno.EIO: "the disk does not answer as it should",
}


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
    return UnwritableError(place, _in_words(error))


def may_not_write(error: OSError) -> bool:
    """Return whether an error says that a place cannot be written, whatever the disk holds."""
    kinds = (PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)
    return isinstance(error, kinds) or error.errno == errno.EROFS


def _in_words(error: Exception) -> str:
    """Return the reason as a sentence, without the number that the system gives it."""
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    reason = _REASONS.get(error.errno) or (error.strerror or str(error)).lower()
    return f"{reason}."
