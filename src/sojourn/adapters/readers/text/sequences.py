"""Reading sequence files: one journey a line, in order, without times."""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from typing_extensions import override

from sojourn.adapters.readers.base import BaseReader
from sojourn.adapters.readers.errors import EmptyInputError
from sojourn.adapters.readers.finish import Columns, Limits, finish, shortened
from sojourn.adapters.readers.text.encodings import readable
from sojourn.adapters.readers.text.lines import HEAD_BYTES, Text
from sojourn.events.times import TimePlan
from sojourn.ports.reader import EventBatch, Rejected, RoleChoice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.adapters.readers.packed import Source
    from sojourn.adapters.readers.text.lines import Lines
    from sojourn.ports.reader import ReadOptions

COMMENT: Final = "%"
_ARROW: Final = re.compile(r"\s*(?:->|=>|→|>)\s*")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SAMPLE_LINES: Final = 200
_EVENTS_A_BATCH: Final = 1 << 20


def looks_like_sequences(head: str) -> bool:
    """Return whether a text is sequences: ``%`` comments, arrows, or numbers below their names.

    A file of plain words separated by blanks looks like a table of one row a line, and is read as
    sequences only when the user says so.
    """
    lines = [line.strip() for line in head.splitlines()[:_SAMPLE_LINES]]
    rows = [line for line in lines if line and not line.startswith(COMMENT)]
    commented = any(line.startswith(COMMENT) for line in lines)
    if commented:
        return bool(rows) and not any("," in row or "\t" in row for row in rows[:20])
    if not rows or any(";" in row or "\t" in row for row in rows):
        return False
    arrows = sum(" > " in row or " -> " in row for row in rows)
    return arrows > 0.5 * len(rows) or _are_numbered(rows)


def _are_numbered(rows: list[str]) -> bool:
    """Return whether names stand on the first line, and numbers of them, ever so many, below."""
    names, *others = (row.split() for row in rows)
    if len({len(words) for words in (names, *others)}) < 2 or any(map(_NUMBER.fullmatch, names)):
        return False
    return all(
        _NUMBER.fullmatch(word) and 1 <= int(word) <= len(names)
        for words in others
        for word in words
    )


class SequenceReader(BaseReader):
    """Journeys as lines of words; with a line of names, numbers stand for the names.

    A person is a line: the id is made of a fingerprint of the content's first mebibyte and the
    line's number among the journeys, so that renaming or packing the file changes nothing.
    """

    def __init__(self, source: Source, options: ReadOptions) -> None:
        super().__init__(source, options)
        self._text = Text.of(source, options.encoding)
        self._arrows = bool(re.search(r"\S ?(?:->|=>|→|>) ?\S", self._text.start[:65_536]))
        self._names, self._names_line = self._find_names()
        content = source.head(HEAD_BYTES)
        self._mark = blake2b(content, digest_size=6).hexdigest()
        if not any(_is_row(line) for line in self._text.start.splitlines()):
            raise EmptyInputError(f"{source.name} holds no journeys.", allowed="one a line")

    def _find_names(self) -> tuple[tuple[str, ...], int]:
        """Return the names that numbers stand for and their line; none where words are words."""
        lines = enumerate(self._text.start.splitlines(), 1)
        rows = [(number, line.split()) for number, line in lines if _is_row(line)]
        if len(rows) < 2 or self._arrows:
            return (), 0
        (line, names), *others = rows
        numbered = all(
            _NUMBER.fullmatch(word) for _, words in others[:_SAMPLE_LINES] for word in words
        )
        named = not any(_NUMBER.fullmatch(name) for name in names)
        return (tuple(names), line) if numbered and named else ((), 0)

    @override
    def _format(self) -> tuple[str, ...]:
        return ("sequences, no times",)

    @property
    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        why = f"numbers name those of line {self._names_line}" if self._names else "the words"
        return (
            RoleChoice(role="person", column="line", why="one journey a line"),
            RoleChoice(role="event", column="word", why=f"{why}, in the order of the line"),
        )

    @override
    def batches(self) -> Iterator[EventBatch]:
        position, person = 1, 1
        for lines in self._text.lines(self._options):
            part = _Journeys(self, lines)
            for start, stop in part.cuts():
                batch = part.batch(start, stop, position, person)
                position += batch.rows
                yield batch
            person += part.count

    @property
    def mark(self) -> str:
        """The fingerprint that ids of persons begin with."""
        return self._mark

    @property
    def names(self) -> tuple[str, ...]:
        """What numbers stand for; empty where words are words."""
        return self._names

    @property
    def names_line(self) -> int:
        """The line of the names; 0 when there is none."""
        return self._names_line

    def words(self, rows: pa.StringArray) -> pa.ListArray:
        """Return the words of each line."""
        if not self._arrows:
            return pc.ascii_split_whitespace(pc.ascii_trim_whitespace(rows))
        arrow = pc.replace_substring_regex(rows, pattern=_ARROW.pattern, replacement="\x1f")
        return pc.split_pattern(pc.utf8_trim_whitespace(arrow), pattern="\x1f")

    @override
    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        target = Path(path)
        fresh = not target.exists() or target.stat().st_size == 0
        with target.open("a", encoding="utf-8", newline="") as file:
            if fresh and self._names:
                file.write(" ".join(self._names) + "\n")
            for row in rejected:
                file.write(f"{COMMENT} sojourn line {row.line}: {row.reason}\n{row.raw}\n")


def _is_row(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(COMMENT)


class _Journeys:
    """The journeys of some lines."""

    def __init__(self, reader: SequenceReader, lines: Lines) -> None:
        self._lines = lines
        self._reader = reader
        skip = pc.match_substring_regex(lines.text, rf"^\s*({COMMENT}|$)")
        keep = ~skip.to_numpy(zero_copy_only=False) & (lines.numbers != reader.names_line)
        rows = np.flatnonzero(keep)
        self._numbers = lines.numbers[rows]
        self._raw = lines.text.take(pa.array(rows))
        words = reader.words(self._raw)
        self._offsets = words.offsets.to_numpy().astype(np.int64)
        self._names = _named(words.flatten(), reader.names)
        self._bad = self._faulty()
        self.count = int(rows.shape[0])

    def _faulty(self) -> NDArray[np.int64]:
        """Return the journeys with a word that names nothing."""
        unknown = np.flatnonzero(self._names.is_null().to_numpy(zero_copy_only=False))
        found = np.searchsorted(self._offsets, unknown, side="right") - 1
        return np.unique(found)

    def cuts(self) -> Iterator[tuple[int, int]]:
        """Return ranges of journeys with about as many events each."""
        start = 0
        while start < self.count:
            wanted = self._offsets[start] + _EVENTS_A_BATCH
            stop = int(np.searchsorted(self._offsets, wanted, side="right")) - 1
            stop = min(max(stop, start + 1), self.count)
            yield start, stop
            start = stop

    def batch(self, start: int, stop: int, position: int, person: int) -> EventBatch:
        """Return some journeys; a row is an event, or a journey that cannot be read."""
        bad = self._bad[(self._bad >= start) & (self._bad < stop)]
        lengths = np.diff(self._offsets[start : stop + 1])
        owner = np.repeat(np.arange(start, stop), lengths)
        good = ~np.isin(owner, bad)
        first = int(self._offsets[start])
        names = self._names.slice(first, owner.shape[0])
        ids = pc.binary_join_element_wise(
            f"{self._reader.mark}-",
            pa.array(person + np.arange(start, stop)).cast(pa.string()),
            "",
        )
        events, _ = finish(
            Columns(
                positions=position + np.arange(int(good.sum()), dtype=np.int64),
                user_id=ids.take(pa.array(owner[good] - start)),
                untimed=True,
                event=names.filter(pa.array(good)) if bad.shape[0] else names,
            ),
            TimePlan(),
            "UTC",
            _NO_LIMITS,
        )
        rejected = tuple(self._rejected(int(row)) for row in bad)
        return EventBatch(
            events=events,
            rejected=rejected,
            rows=events.num_rows + len(rejected),
            bytes_done=self._lines.done,
        )

    def _rejected(self, row: int) -> Rejected:
        begin, end = self._offsets[row], self._offsets[row + 1]
        raw = readable(self._raw[row].as_py())
        words = self._reader.words(self._raw.slice(row, 1)).flatten().to_pylist()
        names = self._names.slice(begin, end - begin).to_pylist()
        wrong = next(word for word, name in zip(words, names, strict=True) if name is None)
        count = len(self._reader.names)
        allowed = f"a number from 1 to {count}" if count else "words"
        reason = f"{shortened(readable(wrong))!r} names no event; allowed: {allowed}"
        return Rejected(line=int(self._numbers[row]), raw=raw, code="bad-word", reason=reason)


_NO_LIMITS: Final = Limits(earliest_us=0, latest_us=0, allowed_us=None)


def _named(words: pa.StringArray, names: tuple[str, ...]) -> pa.StringArray:
    """Return the events that words name, null where a number names nothing."""
    coded = pc.dictionary_encode(words)
    found = [_name(word, names) for word in coded.dictionary.to_pylist()]
    return pa.array(found, pa.string()).take(coded.indices)


def _name(word: str, names: tuple[str, ...]) -> str | None:
    if not names:
        return word or None
    if not _NUMBER.fullmatch(word) or not 1 <= int(word) <= len(names):
        return None
    return names[int(word) - 1]
