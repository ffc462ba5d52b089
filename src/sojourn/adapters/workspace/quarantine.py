"""Taking a person out of the files of rows that were no events."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from sojourn.adapters.disk.errors import as_write_error
from sojourn.adapters.disk.sync import sync_folder, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sojourn.identity.mentions import Mentions

_ADDED: Final = "sojourn_line"
_HALF: Final = ".new"
_LARGEST_FIELD: Final = 2**31 - 1


class QuarantinePurge:
    """Removes the rows that name a person; a file with no rows left goes.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, person: Mentions, *, remove: bool) -> Mapping[str, int]:
        """Return how many rows name a person, and remove them if told so."""
        count = 0
        try:
            for path in sorted(self._folder.glob("*")) if self._folder.is_dir() else ():
                if path.suffix != _HALF:
                    count += _purge(path, person, remove=remove)
                elif remove:  # what a broken-off run was writing
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise as_write_error(str(self._folder), error) from error
        return {"quarantined": count}

    def texts(self) -> Iterator[str]:
        """Return every text in which somebody may be named."""
        for path in sorted(self._folder.glob("*")) if self._folder.is_dir() else ():
            yield from path.read_bytes().decode("utf-8", "surrogateescape").splitlines()


def _purge(path: Path, person: Mentions, *, remove: bool) -> int:
    content = path.read_bytes()
    text = content.decode("utf-8-sig", "surrogateescape")
    first, _, rest = text.partition("\n")
    table = first.startswith(_ADDED)
    kept, gone = _records(rest, first, person) if table else _lines(text, person)
    if not gone or not remove:
        return gone
    if not kept:
        path.unlink()
        sync_folder(path.parent)
    else:
        mark = "\ufeff" if content.startswith(b"\xef\xbb\xbf") else ""
        head = f"{first}\n" if table else ""
        write_whole(path, f"{mark}{head}{kept}".encode("utf-8", "surrogateescape"))
    return gone


def _lines(text: str, person: Mentions) -> tuple[str, int]:
    """Return the lines that name nobody of the kind, and how many do."""
    lines = text.splitlines(keepends=True)
    kept = [line for line in lines if not person.are_in_json(line)]
    return "".join(kept), len(lines) - len(kept)


def _records(text: str, header: str, person: Mentions) -> tuple[str, int]:
    """Return the records of a table that name nobody of the kind, and how many do."""
    delimiter = header[len(_ADDED) : len(_ADDED) + 1] or ","
    csv.field_size_limit(_LARGEST_FIELD)
    out = io.StringIO()
    write = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    gone = 0
    for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        if any(person.are_in(cell) for cell in record):
            gone += 1
        else:
            write.writerow(record)
    return out.getvalue(), gone
