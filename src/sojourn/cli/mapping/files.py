"""Documents and outputs as files."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

STDOUT = "-"


class FileTroubleError(InputError):
    """A file cannot be read or written. Remedy: check the path and the rights."""

    code = "file"


def read_text(path: Path) -> str:
    """Return a document's text, UTF-8 with or without BOM.

    Raises
    ------
    FileTroubleError
        If it cannot be read, or is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileTroubleError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise FileTroubleError(f"{path} is no text.", allowed="a UTF-8 file") from None


def write_output(content: str | bytes, path: Path | None, *, mode: int = 0o666) -> None:
    """Write to a file, or to standard output when none is named.

    Parameters
    ----------
    content : str or bytes
    path : Path or None
    mode : int
        Who may read and write a file, less the umask.

    Raises
    ------
    FileTroubleError
        If the file cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path is None or str(path) == STDOUT:
        if isinstance(content, str):
            click.echo(content, nl=not content.endswith("\n"))
        else:
            sys.stdout.buffer.write(data)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, data, mode)
    except (OSError, RuntimeError) as error:  # the latter where links lead to each other
        why = getattr(error, "strerror", None) or error
        raise FileTroubleError(f"{path} cannot be written: {why}.") from None


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a file whole: where that fails, the older one of the name is still there."""
    if path.exists() and not path.is_file():  # a device or a pipe
        path.write_bytes(data)
        return
    target = path.resolve()
    fresh = target.with_name(f".{target.name}.new")
    fresh.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        os.close(os.open(fresh, flags, mode))
        fresh.write_bytes(data)
        fresh.replace(target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
