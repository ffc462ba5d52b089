"""Standard streams that are closed, or whose reader has gone."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

_STDOUT = 1


class ClosedOutputError(InputError):
    """Standard output is closed. Remedy: lead it somewhere, to a file or to the terminal."""

    code = "closed-output"

    def __init__(self) -> None:
        super().__init__(
            "Standard output is closed: what was asked for could not be printed.",
            remedy="Lead it somewhere, for instance > answer.txt",
        )


def open_closed_streams() -> None:
    """Lead standard streams that are closed (``2>&-``) nowhere.

    Else the next file opened takes the number, and messages meant for people land in it. Standard
    output is opened for reading only, so that whoever prints an answer to it learns of the loss.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDONLY if number == _STDOUT else os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))


def print_any_letter() -> None:
    """Let every name be printed: where a terminal's encoding lacks a letter, a ? stands for it.

    ASCII is what a system without a language says, not what its terminals show: UTF-8 then.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="replace")


@contextmanager
def printing() -> Iterator[None]:
    """Print what the block writes to standard output, to the last byte.

    A reader that ends early, as ``head`` does, has what it wanted: the block ends quietly.

    Raises
    ------
    ClosedOutputError
        If standard output was closed when we began.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if error.filename is not None or error.errno not in (errno.EPIPE, errno.EBADF):
            raise
        _forget_output()
        if error.errno == errno.EBADF:
            raise ClosedOutputError from None


def _forget_output() -> None:
    """Lead what is still to be written nowhere, or Python would complain when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    os.close(nowhere)
