"""Cutting delimited text between its records, and finding where each stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

_LF, _CR, _QUOTE = b"\n", b"\r", b'"'
_BREAK: Final = re.compile(rb"\r\n?|\n")
_ASCII: Final = {"\n": 10, "\r": 13, '"': 34}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How records are written."""

    delimiter: str
    """One character; a blank stands for runs of blanks."""
    quoted: bool = True

    @property
    def blanks(self) -> bool:
        """Return whether fields are separated by runs of blanks."""
        return self.delimiter == " "


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some whole records, as UTF-8."""

    data: bytes
    line: int
    """The line its first record starts on, from 1."""
    done: int
    """The count that came with its last block."""
    unclosed: bool = False
    """The one record it holds opens a quote that never closes: its first line only."""


def chunks(
    blocks: Iterable[tuple[bytes, int]], dialect: Dialect, *, target: int, limit: int
) -> Iterator[Chunk]:
    """Return the text cut between records.

    Parameters
    ----------
    blocks : iterable of (bytes, int)
        UTF-8 text cut anywhere.
    dialect : Dialect
    target : int
        Bytes a chunk has at least, if there are as many.
    limit : int
        Longest record in bytes; a quote that has not closed by then is taken for a stray one.
    """
    cutter = _Cutter(dialect, limit)
    wanted = target
    for block, done in blocks:
        cutter.add(block, done)
        while cutter.size >= wanted:
            found = cutter.cut(final=False)
            if found is None:
                wanted = cutter.size * 2
                break
            wanted = target
            yield found
    while cutter.size:
        found = cutter.cut(final=True)
        if found is not None:
            yield found


class _Cutter:
    """Text that waits to be cut; it always starts with a record."""

    def __init__(self, dialect: Dialect, limit: int) -> None:
        self._dialect = dialect
        self._limit = limit
        self._parts: list[bytes] = []
        self._done = 0
        self._line = 1
        self._skipping = False
        """Whether the rest of a line is left out, of which the beginning was too long."""
        self.size = 0

    def add(self, block: bytes, done: int) -> None:
        self._done = done
        if self._skipping:
            end = _first_line_end(block)
            self._skipping = end == 0
            self._line += 0 if self._skipping else 1
            block = block[end:] if end else b""
        self._parts.append(block)
        self.size += len(block)

    def cut(self, *, final: bool) -> Chunk | None:
        """Return all whole records, or the first line of one that has no end."""
        data = b"".join(self._parts)
        end = _last_end(data, self._dialect)
        if end == 0 and final:
            end = len(data) if self._ends_alone(data) else 0
        unclosed = end == 0 and (final or len(data) > self._limit)
        if unclosed:
            end = _first_line_end(data) or len(data)
            self._skipping = not final and _first_line_end(data) == 0
        self._parts = [data[end:]]
        self.size = len(data) - end
        if end == 0:
            return None
        chunk = Chunk(data=data[:end], line=self._line, done=self._done, unclosed=unclosed)
        self._line += _count_breaks(data, end)
        return chunk

    def _ends_alone(self, data: bytes) -> bool:
        """Return whether the last record just lacks its line break."""
        return _last_end(data.rstrip(_CR) + _LF, self._dialect) > 0


def _first_line_end(data: bytes) -> int:
    """Return where the first line ends; 0 when it has no end."""
    found = _BREAK.search(data)
    return found.end() if found else 0


def _last_end(data: bytes, dialect: Dialect) -> int:
    """Return where the last whole record ends; 0 when there is none."""
    if not dialect.quoted or _QUOTE not in data:
        after_cr = data.rfind(_CR, 0, max(0, len(data) - 1)) + 1
        if data[after_cr : after_cr + 1] == _LF:
            after_cr += 1
        return max(data.rfind(_LF) + 1, after_cr)
    ends = record_ends(data, dialect)
    return int(ends[-1]) if ends.shape[0] else 0


def line_breaks(data: bytes) -> NDArray[np.int64]:
    r"""Return the last byte of each line break: ``\n``, ``\r\n`` or ``\r`` alone."""
    raw = np.frombuffer(data, np.uint8)
    feeds = np.flatnonzero(raw == _ASCII["\n"])
    if data.count(_CR) == data.count(b"\r\n"):
        return feeds
    returns = np.flatnonzero(raw == _ASCII["\r"])
    returns = returns[returns + 1 < raw.shape[0]]  # one at the very end may be half of \r\n
    alone = returns[raw[returns + 1] != _ASCII["\n"]]
    return np.sort(np.concatenate((feeds, alone)))


def _count_breaks(data: bytes, end: int) -> int:
    if _CR in data and data.count(_CR) != data.count(b"\r\n"):
        return int(np.searchsorted(line_breaks(data), end))
    return data.count(_LF, 0, end)


def record_ends(data: bytes, dialect: Dialect) -> NDArray[np.int64]:
    """Return where each whole record of a text ends, its line break included.

    Parameters
    ----------
    data : bytes
        Text that starts with a record.
    dialect : Dialect

    Returns
    -------
    ndarray of shape (records,), int64
    """
    breaks = line_breaks(data)
    if not dialect.quoted or _QUOTE not in data:
        return breaks + 1
    quotes = np.flatnonzero(np.frombuffer(data, np.uint8) == _ASCII['"'])
    if _regular(data, quotes, dialect):
        outside = np.searchsorted(quotes, breaks) % 2 == 0
        ends: NDArray[np.int64] = breaks[outside] + 1
        return ends
    return _walk(data, dialect)


def _regular(data: bytes, quotes: NDArray[np.int64], dialect: Dialect) -> bool:
    """Return whether every other quote opens a field and the next closes it.

    A pair of quotes inside a field closes and opens it again, which does no harm.
    """
    raw = np.frombuffer(data, np.uint8)
    fence = np.zeros(256, np.bool_)
    fence[[_ASCII["\n"], _ASCII["\r"], _ASCII['"'], ord(dialect.delimiter)]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = raw[np.maximum(opening - 1, 0)]
    good_open = fence[before] | (opening == 0)
    last = raw.shape[0] - 1
    good_close = fence[raw[np.minimum(closing + 1, last)]] | (closing == last)
    # TRICKY: a quote before an opening one must be the one that closed, not a stray neighbour.
    return bool(good_open.all() and good_close.all())


@lru_cache(maxsize=8)
def _record_pattern(delimiter: str) -> re.Pattern[bytes]:
    d = re.escape(delimiter.encode())
    rest = rb"[^%b\r\n]*" % d
    # TRICKY: written so that it can match in one way only, and going back finds nothing new. Python
    # 3.11 has possessive quantifiers, which would say so, but up to 3.11.4 they match wrongly.
    field = rb'(?:"[^"]*(?:""[^"]*)*"(?!")%b|(?!")%b)' % (rest, rest)
    return re.compile(rb"%b(?:%b%b)*(?:\r\n|\n|\r(?=[\s\S]))" % (field, d, field))


def _walk(data: bytes, dialect: Dialect) -> NDArray[np.int64]:
    """Return the ends of records one by one, for text whose quotes are not where they belong."""
    pattern, ends, at = _record_pattern(dialect.delimiter), [], 0
    while found := pattern.match(data, at):
        at = found.end()
        ends.append(at)
    return np.array(ends, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the records of a chunk stand; blank lines are no records."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    lines: NDArray[np.int64]

    def raw(self, data: bytes, row: int) -> bytes:
        """Return one record without its line break."""
        return data[self.starts[row] : self.ends[row]].rstrip(b"\r\n")


def places(chunk: Chunk, dialect: Dialect) -> Places:
    """Return the places of a chunk's records."""
    data = chunk.data
    ends = record_ends(data, dialect)
    if ends.shape[0] == 0 or ends[-1] < len(data):
        ends = np.append(ends, len(data))
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1]))
    raw = np.frombuffer(data, np.uint8)
    skipped = (_ASCII["\n"], _ASCII["\r"], *(map(ord, " \t") if dialect.blanks else ()))
    lengths = ends - starts
    blank = np.isin(raw[starts], skipped)
    if dialect.blanks:
        blank &= np.array([not data[s:e].strip() for s, e in zip(starts, ends, strict=True)])
    else:
        blank &= lengths <= 2
    lines = chunk.line + np.searchsorted(line_breaks(data), starts)
    return Places(starts=starts[~blank], ends=ends[~blank], lines=lines[~blank])
