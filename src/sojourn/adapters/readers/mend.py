"""Writing rejected rows so that they can be mended and read again."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.adapters.readers.text.sniff import ADDED, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.adapters.readers.text.records import Dialect
    from sojourn.ports.reader import Rejected


def append_delimited(
    rejected: Sequence[Rejected], path: str, names: Sequence[str], dialect: Dialect
) -> None:
    """Append rejected records to a CSV file: line and reason, then the record as it stood.

    The file is UTF-8 with a byte order mark, which spreadsheets need to show Korean.
    """
    delimiter = "," if dialect.blanks else dialect.delimiter
    again = tuple(names[:2]) == ADDED
    target = Path(path)
    fresh = not target.exists() or target.stat().st_size == 0
    with target.open("a", encoding="utf-8-sig" if fresh else "utf-8", newline="") as file:
        if fresh:
            file.write(delimited_line([*ADDED, *(names[2:] if again else names)], delimiter) + "\n")
        for row in rejected:
            record = row.raw
            if dialect.blanks or again:
                fields = next(split(record, dialect), [])
                record = delimited_line(fields[2:] if again else fields, delimiter)
            added = delimited_line([str(row.line), row.reason], delimiter)
            file.write(f"{added}{delimiter}{record}\n")


def delimited_line(fields: Sequence[str], delimiter: str) -> str:
    """Return fields as one record, quoted where need be."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(fields)
    return text.getvalue()
