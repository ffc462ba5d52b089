"""A lake in memory, and the plainest possible reading of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

import pyarrow as pa

from sojourn.events.schema import EVENT_SCHEMA
from sojourn.identity.ownership import LINK_SCHEMA
from sojourn.ports.lake import LakeFile


@dataclass(frozen=True)
class Event:
    time: int | None
    event: str
    user: str | None = None
    anonymous: str | None = None
    position: int = 0
    properties: dict | None = None
    key: str = ""

    @property
    def event_id(self) -> bytes:
        text = self.key or repr((self.time, self.event, self.user, self.anonymous, self.position))
        return hashlib.md5(text.encode(), usedforsecurity=False).digest()

    @property
    def ident(self) -> int:
        return int.from_bytes(self.event_id[:8], "big")

    @property
    def moment(self) -> int:
        return self.position if self.time is None else self.time


def text_of(properties: dict | None) -> str | None:
    if not properties:
        return None
    return json.dumps(properties, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def table_of(events: list[Event]) -> pa.Table:
    rows = [
        {
            "event_id": e.event_id, "anonymous_id": e.anonymous, "user_id": e.user,
            "time": e.time, "received": 0, "source": "test", "position": e.position,
            "event": e.event, "properties": text_of(e.properties),
            "month": "untimed" if e.time is None else "1970-01",
        }
        for e in events
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=EVENT_SCHEMA)


@dataclass
class MemoryLake:
    """Files are lists of events; ``batch_rows`` cuts them so that batches are many."""

    contents: dict[str, list[Event]] = field(default_factory=dict)
    number: int = -1
    batch_rows: int = 7
    scans: int = 0
    name: str = "part"
    merged: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, *events: Event) -> None:
        self.number += 1
        self.contents[f"{self.name}-{self.number}.parquet"] = list(events)

    def merge(self, *paths: str) -> None:
        """Put the rows of some files into one, as the lake's upkeep does."""
        self.number += 1
        new = f"{self.name}-{self.number}.parquet"
        self.contents[new] = [event for path in paths for event in self.contents.pop(path)]
        self.merged.append((new, list(paths)))

    def merges(self):
        return self.merged

    def kept_links(self):
        return LINK_SCHEMA.empty_table()

    def version(self) -> int:
        return self.number

    def newest(self):
        return list(self.contents)[-1:]

    def files(self):
        return [
            LakeFile(path=path, rows=len(events), month="1970-01")
            for path, events in self.contents.items()
        ]

    def scan(self, columns, files=None):
        self.scans += 1
        for file in self.files() if files is None else files:
            table = table_of(self.contents[file.path]).select(list(columns))
            yield from table.to_batches(max_chunksize=self.batch_rows)

    @property
    def events(self) -> list[Event]:
        return [event for events in self.contents.values() for event in events]
