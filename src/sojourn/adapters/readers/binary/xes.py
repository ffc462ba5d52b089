"""Reading process logs in XES (IEEE 1849).

References
----------
IEEE Std 1849-2023, eXtensible Event Stream (XES).
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from typing_extensions import override

from sojourn.adapters.readers.base import BaseReader
from sojourn.adapters.readers.binary.xes_events import CASE, NAME, TIME, XesEvent, XesParser
from sojourn.adapters.readers.errors import EmptyInputError
from sojourn.adapters.readers.finish import Limits, finish
from sojourn.adapters.readers.objects.reader import mendable
from sojourn.adapters.readers.objects.rows import Keys, columns_by_keys, texts
from sojourn.adapters.readers.text.lines import Text
from sojourn.base.errors import UnknownNameError
from sojourn.events.calls.row import text_of
from sojourn.events.role_names import SPINE, Role
from sojourn.events.roles import given_choices
from sojourn.events.times import decide, look_at
from sojourn.ports.reader import EventBatch, Rejected, RoleChoice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sojourn.adapters.readers.packed import Source
    from sojourn.ports.reader import ReadOptions

_LARGEST_BATCH: Final = 65_536
_SAMPLE_EVENTS: Final = 1_000
_WHY: Final = {
    Role.PERSON: "the trace's concept:name",
    Role.TIME: "the event's time:timestamp",
    Role.EVENT: "the event's concept:name",
}


class XesReader(BaseReader):
    """One event an event: a trace is a person's journey."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        super().__init__(source, options)
        self._text = Text.of(source, options.encoding)
        sample = list(islice(self._events(), _SAMPLE_EVENTS))
        if not sample:
            raise EmptyInputError(f"{source.name} holds no events.", allowed="events in traces")
        self._keys, self._given = self._choose(sample)
        times = [text_of(event.values.get(self._keys.spine[Role.TIME])) for event in sample]
        self._plan = decide(look_at(texts(times)), options.now_us)

    def _choose(self, sample: Sequence[XesEvent]) -> tuple[Keys, frozenset[Role]]:
        """Return the attributes that make the event, and the roles the user gave."""
        known = sorted({key for event in sample for key in event.values})
        said = given_choices(self._options.roles, known)
        spine = {Role.PERSON: f"{CASE}{NAME}", Role.TIME: TIME, Role.EVENT: NAME}
        spine |= {role: column for role, column in said.items() if role in SPINE}
        for role in (Role.TIME, Role.EVENT):
            if spine[role] not in known and not (role is Role.EVENT and self._options.event_name):
                raise UnknownNameError("attribute", spine[role], known)
        named = {column: str(role) for role, column in said.items() if role not in SPINE}
        keys = Keys(spine=spine, named=named, event_name=self._options.event_name)
        return keys, frozenset(said)

    def _events(self) -> Iterator[XesEvent]:
        for events, _ in XesParser(self.name).events(self._text.blocks(), size=1):
            yield from events

    @override
    def _format(self) -> tuple[str, ...]:
        return ("XES",)

    @property
    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        both = {
            **self._keys.spine,
            **{Role(role): column for column, role in self._keys.named.items()},
        }
        return tuple(
            RoleChoice(
                role=role,
                column=column,
                why="as you said" if role in self._given else _WHY.get(role, ""),
            )
            for role, column in both.items()
            if column
        )

    @override
    def batches(self) -> Iterator[EventBatch]:
        size = min(self._options.batch_rows, _LARGEST_BATCH)
        first = 1
        for events, done in XesParser(self.name).events(self._text.blocks(), size=size):
            yield self._batch(events, first, done)
            first += len(events)

    def _batch(self, events: Sequence[XesEvent], first: int, done: int) -> EventBatch:
        positions = np.arange(first, first + len(events), dtype=np.int64)
        table, bad = finish(
            columns_by_keys([dict(event.values) for event in events], positions, self._keys),
            self._plan,
            self._options.timezone,
            Limits.of(self._options),
        )
        rejected = tuple(
            Rejected(
                line=events[fault.row].line,
                raw=events[fault.row].raw(),
                code=fault.code,
                reason=fault.reason,
            )
            for fault in bad
        )
        return EventBatch(events=table, rejected=rejected, rows=len(events), bytes_done=done)

    @override
    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        """Append rejected events as lines of JSON, as an XML file cannot be appended to."""
        with Path(path).open("a", encoding="utf-8", newline="") as file:
            file.writelines(mendable(row) + "\n" for row in rejected)
