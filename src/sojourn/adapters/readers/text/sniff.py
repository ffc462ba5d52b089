"""How a delimited text is written, told from its first lines."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from sojourn.adapters.readers.errors import EmptyInputError, HeaderError
from sojourn.adapters.readers.text.encodings import readable
from sojourn.adapters.readers.text.records import Dialect
from sojourn.events.times import look_at
from sojourn.events.times.groups import groups, tidy
from sojourn.events.times.shapes import read_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DELIMITERS: Final = (",", "\t", ";", "|")
_SHOWN: Final = {"\t": "tab", " ": "blanks", ",": "comma", ";": "semicolon", "|": "bar"}
_NAMED: Final = {
    **{shown: delimiter for delimiter, shown in _SHOWN.items()},
    "\\t": "\t",
    "space": " ",
    "pipe": "|",
}
_SAMPLE_RECORDS: Final = 200
_SEP_LINE: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
ADDED: Final = ("sojourn_line", "sojourn_reason")
"""Columns that are added to rejected rows and ignored when they are read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The dialect of a table and its columns."""

    dialect: Dialect
    names: tuple[str, ...]
    """As in the header; an empty one has none, a repeated one is repeated."""
    header_records: int
    """Records before the first row: the header, a ``sep=`` line."""

    @property
    def shown(self) -> str:
        """Return the delimiter's name."""
        return _SHOWN.get(self.dialect.delimiter, repr(self.dialect.delimiter))


def sniff(head: str, *, delimiter: str | None, columns: Sequence[str], name: str) -> Layout:
    """Return the layout of a delimited text.

    Parameters
    ----------
    head : str
        The first lines, whole ones only unless the text is one line.
    delimiter : str, optional
        Given by the user: one character, or the word tab, blanks, comma, semicolon, bar.
    columns : sequence of str
        Column names for a text without a header.
    name : str
        The input's name, for messages.

    Raises
    ------
    EmptyInputError
        If there is not even a header.
    HeaderError
        If the first line is no header and no names were given, or the names do not fit.
    """
    separator = _SEP_LINE.match(head)
    body = head[separator.end() :] if separator else head
    if not body.strip():
        raise EmptyInputError(f"{name} is empty.", allowed="a header and at least one row")
    given = separator.group(1) if separator and not delimiter else delimiter
    chosen = _given(given) if given else _guess(body)
    dialect = Dialect(delimiter=chosen, quoted=chosen != " ")
    records = list(islice(split(body, dialect), _SAMPLE_RECORDS))
    before = 1 if separator else 0
    if columns:
        _check_width(columns, records, name)
        said = records[0] == list(columns)
        return Layout(dialect=dialect, names=tuple(columns), header_records=before + said)
    _check_header(records, name)
    names = tuple(cell.strip() for cell in records[0])
    if _has_spare_field(records):
        names = (*names, "")
    return Layout(dialect=dialect, names=names, header_records=before + 1)


def _given(delimiter: str) -> str:
    chosen = _NAMED.get(delimiter.casefold(), delimiter)
    if len(chosen) != 1 or not chosen.isascii() or chosen in '"\r\n' or chosen.isalnum():
        raise HeaderError(
            f"{delimiter!r} cannot separate columns.",
            allowed="one character such as , ; | or the word tab or blanks",
        )
    return chosen


def split(text: str, dialect: Dialect) -> Iterator[list[str]]:
    """Return the records of a short text as lists of cells, blank lines left out."""
    lines = io.StringIO(text, newline="")
    if dialect.blanks:
        yield from (line.split() for line in lines if line.strip())
        return
    csv.field_size_limit(1 << 30)
    reader = csv.reader(lines, delimiter=dialect.delimiter)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        if record:
            yield record


def _guess(body: str) -> str:
    """Return the delimiter that cuts most lines into the same number of fields, two or more."""
    best, best_score = ",", 0.0
    for delimiter in (*_DELIMITERS, " "):
        dialect = Dialect(delimiter=delimiter, quoted=delimiter != " ")
        widths = [len(record) for record in islice(split(body, dialect), _SAMPLE_RECORDS)]
        if not widths or widths[0] < 2:
            continue
        agreeing = sum(width == widths[0] for width in widths) / len(widths)
        score = agreeing * (1 if delimiter == " " else 10) + min(widths[0], 50) / 100
        if score > best_score and (agreeing > 0.5 or len(widths) < 4):
            best, best_score = delimiter, score
    return best


def _check_width(columns: Sequence[str], records: Sequence[Sequence[str]], name: str) -> None:
    width = len(records[0])
    if width != len(columns):
        raise HeaderError(
            f"{len(columns)} column names were given, and the first line of {name} has "
            f"{width} fields.",
            allowed=f"{width} names, one for each field",
        )


def _check_header(records: Sequence[Sequence[str]], name: str) -> None:
    header = [cell.strip() for cell in records[0]]
    named = [cell for cell in header if any(c.isalpha() for c in cell)]
    data = next((cell for cell in header if _is_data(cell)), None)
    if named and data is None:
        return
    shown = readable(", ".join(header[:6]))
    raise HeaderError(
        f"The first line of {name} reads {shown!r}, which are values and no column names.",
        allowed="a header line",
        remedy=f"Name its {len(header)} columns (--columns user_id,time,event); that line then "
        "counts as a row.",
    )


def _is_data(cell: str) -> bool:
    """Return whether a cell of the first line can only be a value: a time with its date."""
    if not any(c.isdigit() for c in cell) or len(cell) < 8:
        return False
    values = pa.array([cell])
    for group in groups(tidy(values)):
        shape = read_shape(group.shape)
        if shape is not None and not shape.clock_only:
            return look_at(values).unit is None
    return False


def _has_spare_field(records: Sequence[Sequence[str]]) -> bool:
    """Return whether every row ends with one more delimiter than the header."""
    rows = records[1:]
    width = len(records[0]) + 1
    return bool(rows) and all(len(row) == width and not row[-1] for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Column names made distinct."""

    names: tuple[str, ...]
    repeated: frozenset[str]
    """Names that stood more than once in the header."""


def distinct(names: Sequence[str]) -> Header:
    """Return column names with the second ``a`` as ``a (2)`` and the third, empty one ``column 3``.

    Examples
    --------
    >>> distinct(["a", "a", ""]).names
    ('a', 'a (2)', 'column 3')
    """
    seen: dict[str, int] = {}
    done: list[str] = []
    taken = set(names)
    for place, name in enumerate(names, 1):
        count = seen[name] = seen.get(name, 0) + 1
        new = name
        if not name:
            new = f"column {place}"
        elif count > 1:
            new = f"{name} ({count})"
        while new != name and new in taken:
            new += "'"
        taken.add(new)
        done.append(new)
    repeated = frozenset(name for name, count in seen.items() if count > 1 and name)
    return Header(names=tuple(done), repeated=repeated)
