"""From the inbox to the lake, each event exactly once.

A batch is marked in the inbox, committed to the lake under its number, then deleted from the inbox.
Killed between any two of these, the same batch is tried again under the same number, which the lake
takes once; and whatever comes twice under one id is left out when the ids are looked up.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa

from sojourn.app.event_ids import identify
from sojourn.base.errors import InternalError
from sojourn.events.identity_keys import ids_to_arrow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sojourn.app.privacy.suppression import Door, Guard
    from sojourn.ports.inbox import Batch, Inbox, Kept
    from sojourn.ports.workspace import EventWriter, Store

APP = "sojourn-inbox-"
"""With the inbox's own id: the app transaction of its batches."""


class ReadCalls(Protocol):
    """Reads calls as events."""

    def __call__(self, kept: Sequence[Kept]) -> tuple[pa.Table, list[tuple[Kept, str]]]:
        """Return the events, and the calls that are none with the reason."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What one hand-over did."""

    items: int
    events: int
    """Those that the lake did not have."""


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """Moves what waits in the inbox to the lake.

    Attributes
    ----------
    inbox : Inbox
    store : Store
    read : ReadCalls
    now_us : callable
        Reads the clock.
    door : Door
        Events of erased people do not pass it.
    most : int
        Items moved in one commit; while they are marked and deleted, the collector waits.
    """

    inbox: Inbox
    store: Store
    read: ReadCalls
    now_us: Callable[[], int]
    door: Door
    most: int = 5_000

    def run(
        self, waiting: Callable[[str], None] = lambda _: None, *, keep_up: bool = False
    ) -> Handed:
        """Move what waits when this begins; all of it is on disk when this returns.

        What comes meanwhile is left for the next time: where events never cease, this ends too.

        Parameters
        ----------
        waiting : callable of str
            Told whom we wait for, when another process writes to the lake.
        keep_up : bool
            Merge the lake's small files and shorten its log too, where that is due.
        """
        items = events = 0
        due = self.inbox.waiting().items
        if not due:
            return Handed(0, 0)
        with self.store.writer(wait=True, waiting=waiting) as writer:
            app = self._app(writer)
            guard = self.door.guard()
            while items < due and (batch := self.inbox.mark(self.most)):
                events += self._move(batch, app, writer, guard)
                items += len(batch.items)
            self.door.note(guard)
            if keep_up:
                writer.keep_up(self.now_us())
        return Handed(items, events)

    def _app(self, writer: EventWriter) -> str:
        """Return the app transaction of our batches.

        Where the lake has a batch that this inbox has yet to give, the inbox is an older copy of
        the one that gave it (a file or a database was restored). Its own next batch would be taken
        for that one and forgotten, so it gives its batches under a new id from now on; what the
        lake has of them already is known by the ids of the events.
        """
        app = APP + self.inbox.identity()
        if not writer.has((app, self.inbox.newest() + 1)):
            return app
        self.inbox.renew()
        return APP + self.inbox.identity()

    def _move(self, batch: Batch, app: str, writer: EventWriter, guard: Guard) -> int:
        moved = 0
        number = (app, batch.number)
        if not writer.has(number):
            events, bad = self.read(batch.items)
            self._set_apart(
                batch.number,
                [one for one in bad if guard.may_keep(one[0].item.body.decode("utf-8", "replace"))],
            )
            kept = guard.kept(events)
            if not kept.all():
                events = events.filter(pa.array(kept))
            moved = _add(events, batch, writer)
            writer.commit(number)
        self.inbox.forget(batch.number)
        return moved

    def _set_apart(self, number: int, bad: Sequence[tuple[Kept, str]]) -> None:
        """Keep calls that turned out to be no events where rows of files are kept."""
        if not bad:
            return
        path = Path(self.store.quarantine_path(number, "inbox.jsonl"))
        lines = [
            json.dumps({"sojourn_line": kept.position, "sojourn_reason": reason}
                       | json.loads(kept.item.body))
            for kept, reason in bad
        ]  # fmt: skip
        try:
            path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        except OSError as error:
            raise self.store.write_error(str(path), error) from error
        self.store.keep(str(path))


def _add(events: pa.Table, batch: Batch, writer: EventWriter) -> int:
    """Add the events that the lake does not have; return how many."""
    if not len(events):
        return 0
    seen = writer.fresh_counter()
    found = identify(events, seen)
    seen.clear()
    if not found.own.all():
        raise InternalError("a call without an id of its own came into the inbox")
    fresh = writer.admit(found.ids)
    places = np.array([kept.position for kept in batch.items], np.int64)
    at = np.searchsorted(places, np.asarray(events["position"]))
    received = np.array([kept.item.received_us for kept in batch.items], np.int64)[at]
    sources = np.array([kept.item.source for kept in batch.items], object)[at]
    columns = {
        "event_id": ids_to_arrow(found.ids),
        "received": pa.array(received).cast(pa.timestamp("us", tz="UTC")),
        "source": pa.array(sources.tolist(), pa.string()),
    }
    table = events.drop_columns(["own_id"])
    for name, column in columns.items():
        table = table.append_column(name, column)
    writer.add(table.filter(pa.array(fresh)))
    return int(fresh.sum())
