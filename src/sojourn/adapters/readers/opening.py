"""Opening an input: what it is, told from its bytes, and the reader for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from sojourn.adapters.readers.errors import EmptyInputError
from sojourn.adapters.readers.packed import Source
from sojourn.adapters.readers.text.delimited import DelimitedReader

if TYPE_CHECKING:
    from sojourn.ports.reader import EventReader, ReadOptions


def open_reader(
    source: str | BinaryIO, options: ReadOptions, name: str | None = None
) -> EventReader:
    """Return a reader of an input, its format, encoding and column roles found.

    Parameters
    ----------
    source : str or binary stream
        A path, or an open stream such as standard input.
    options : ReadOptions
        What the user said about it.
    name : str, optional
        What to call it in messages; the file's name by default.

    Raises
    ------
    InputError
        If it cannot be read, holds nothing, or does not say who did what when.
    """
    opened = Source(source, name=name, max_ratio=options.max_unpacked_ratio)
    if not opened.head(1):
        raise EmptyInputError(f"{opened.name} is empty.", allowed="a file with events")
    return DelimitedReader(opened, options)
