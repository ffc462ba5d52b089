"""Texts whose records are lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.adapters.readers.text.encodings import detect, to_utf8
from sojourn.adapters.readers.text.records import Dialect, chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.adapters.readers.packed import Source
    from sojourn.ports.reader import ReadOptions

HEAD_BYTES: Final = 1 << 20
"""What decides roles and types: always the same head, whatever the batches."""
_DECLARED: Final = re.compile(rb"""\s*<\?xml[^>]*encoding=["']([\w-]+)["']""")
_CHUNK_BYTES: Final = 8 << 20
_LINES: Final = Dialect(delimiter=",", quoted=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Some lines of a text."""

    text: pa.StringArray
    """Without line breaks."""
    numbers: NDArray[np.int64]
    """Their numbers in the text, from 1."""
    done: int
    """Packed bytes read so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A source known to be text."""

    source: Source
    encoding: str | None
    skip: int
    head: str
    """The first whole lines; all of it when it is short or one line."""
    start: str
    """The head with the beginning of the line that is cut off."""

    @classmethod
    def of(cls, source: Source, given: str | None) -> Text:
        """Return a source with its encoding found.

        Raises
        ------
        UnknownEncodingError
            If the encoding cannot be told or does not exist.
        """
        head = source.head(HEAD_BYTES)
        given = given or declared_encoding(head)
        encoding, skip = detect(head, given)
        text = b"".join(block for block, _ in to_utf8([(head, 0)], encoding, skip)).decode()
        end = max(text.rfind("\n"), text.rfind("\r")) + 1
        whole = text[:end] if end and len(head) == HEAD_BYTES else text
        return cls(source=source, encoding=encoding, skip=skip, head=whole, start=text)

    def blocks(self) -> Iterator[tuple[bytes, int]]:
        """Return the text as UTF-8, with the packed bytes read so far."""
        return to_utf8(self.source.blocks(), self.encoding, self.skip)

    def lines(self, options: ReadOptions) -> Iterator[Lines]:
        """Return the lines, in bounded portions."""
        mean = max(1, len(self.head) // max(1, self.head.count("\n")))
        target = min(_CHUNK_BYTES, mean * options.batch_rows)
        limit = options.max_field_bytes
        for chunk in chunks(self.blocks(), _LINES, target=target, limit=limit):
            text = split_lines(chunk.data)
            numbers = chunk.line + np.arange(len(text), dtype=np.int64)
            yield Lines(text=text, numbers=numbers, done=chunk.done)


def declared_encoding(head: bytes) -> str | None:
    """Return the encoding that an XML declaration names, or None."""
    found = _DECLARED.match(head[:200])
    name = found.group(1).decode() if found else None
    # TRICKY: UTF-16 is told from the bytes, which also say in which order they stand.
    return None if name is None or name.lower().startswith("utf-16") else name


def split_lines(data: bytes) -> pa.StringArray:
    """Return the lines of a text, without their line breaks."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    body = data.removesuffix(b"\n")
    whole = pa.array([body], pa.binary())
    return pc.list_flatten(pc.split_pattern(whole, pattern=b"\n")).cast(pa.string())
