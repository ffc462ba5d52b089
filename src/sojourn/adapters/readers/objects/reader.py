"""Reading JSON: lines of objects, or a list of them."""

from __future__ import annotations

import codecs
import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from typing_extensions import override

from sojourn.adapters.readers.base import BaseReader
from sojourn.adapters.readers.errors import BrokenInputError, EmptyInputError
from sojourn.adapters.readers.finish import Limits, finish, shortened
from sojourn.adapters.readers.objects.objects import Found, Stream, is_by_lines, read_line
from sojourn.adapters.readers.objects.portions import (
    LINE,
    RAW,
    REASON,
    Portion,
    line_portions,
    own_object,
    portion_of,
    rejected_at,
)
from sojourn.adapters.readers.objects.presets import choose_preset
from sojourn.adapters.readers.text.lines import Text
from sojourn.events.times import decide, look_at
from sojourn.ports.reader import READ_SCHEMA, EventBatch, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.adapters.readers.objects.rows import Preset
    from sojourn.adapters.readers.packed import Source
    from sojourn.base.json import JsonValue
    from sojourn.ports.reader import ReadOptions, RoleChoice

SAMPLE_OBJECTS: Final = 1000
_LARGEST_BATCH: Final = 65_536


class JsonReader(BaseReader):
    """One object an event."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        super().__init__(source, options)
        self._text = Text.of(source, options.encoding)
        self._by_lines = is_by_lines(self._text.head)
        found = list(islice(self._head(), SAMPLE_OBJECTS))
        objects = [own_object(one.value) for one in found if isinstance(one.value, dict)]
        if not found:
            raise EmptyInputError(f"{source.name} holds no events.", allowed="objects of JSON")
        if not objects:
            what = found[0].error or f"it starts with {shortened(found[0].raw, 60)}"
            raise BrokenInputError(
                f"{source.name} holds no objects of JSON: {what}.",
                allowed="one object a line, or a list of objects",
            )
        self._preset: Preset = choose_preset(objects, options, source.name)
        sample = self._preset.columns(objects, np.arange(len(objects)))
        self._plan = decide(look_at(sample.time), options.now_us)

    def _head(self) -> Iterator[Found]:
        """Return the values of the head, a line that is cut off left out."""
        if self._by_lines:
            lines = enumerate(self._text.head.split("\n"), 1)
            yield from (read_line(line, number) for number, line in lines if line.strip())
            return
        yield from self._stream()

    def _stream(self) -> Iterator[Found]:
        decoder = codecs.getincrementaldecoder("utf-8")()
        blocks = (decoder.decode(block) for block, _ in self._text.blocks())
        yield from Stream(self.name, self._options.max_field_bytes).values(blocks)

    @override
    def _format(self) -> tuple[str, ...]:
        shape = "JSON lines" if self._by_lines else "JSON"
        return (f"{shape} ({self._preset.name})",) if self._preset.name else (shape,)

    @property
    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        return self._preset.roles()

    @override
    def batches(self) -> Iterator[EventBatch]:
        position = 1
        for portion in self._portions():
            yield self._batch(portion, position)
            position += portion.count

    def _portions(self) -> Iterator[Portion]:
        size = min(self._options.batch_rows, _LARGEST_BATCH)
        longest = self._options.max_field_bytes
        if self._by_lines:
            for lines in self._text.lines(self._options):
                yield from line_portions(lines, size, longest)
            return
        values = self._stream()
        while found := list(islice(values, size)):
            yield portion_of(found, self.total_bytes or 0, longest)

    def _batch(self, portion: Portion, position: int) -> EventBatch:
        events, rejected = READ_SCHEMA.empty_table(), list(portion.rejected)
        if portion.objects:
            events, bad = finish(
                self._preset.columns(
                    portion.objects, position + portion.places, self._options.currency
                ),
                self._plan,
                self._options.timezone,
                Limits.of(self._options),
            )
            for fault in bad:
                place = int(portion.places[fault.row])
                rejected.append(rejected_at(portion, place, fault.code, fault.reason))
        return EventBatch(
            events=events,
            rejected=tuple(sorted(rejected, key=lambda r: r.line)),
            rows=portion.count,
            bytes_done=portion.done,
        )

    @override
    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        with Path(path).open("a", encoding="utf-8", newline="") as file:
            file.writelines(mendable(row) + "\n" for row in rejected)


def mendable(row: Rejected) -> str:
    """Return a rejected object with line and reason before its own keys, on one line.

    What is no object stands as a text under ``sojourn_raw``; mended there, it is read as JSON.
    """
    value = read_line(row.raw, 1).value
    added: dict[str, JsonValue] = {LINE: row.line, REASON: row.reason}
    own = value if isinstance(value, dict) else {RAW: row.raw}
    kept = {key: inner for key, inner in own.items() if key not in {LINE, REASON}}
    text = json.dumps({**added, **kept}, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps({**added, **kept})
    return text
