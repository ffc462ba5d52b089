"""A workspace whose segments are followed while events arrive, under a clock of the test's own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.app.segmenting.documents import keep_segment
from sojourn.base.timespan import to_datetime
from sojourn.compose import open_workspace
from sojourn.events.calls.intake import SEGMENT
from sojourn.segments.ask.members import Members
from sojourn.segments.document import read_segment

START_US = 1_772_366_400_000_000  # 2026-03-01 12:00
HEAD = "sojourn: segment/1\nkey: {key}\nwho:\n  "


@dataclass
class Stream:
    """What a test does to a running workspace."""

    folder: object
    now: int = START_US
    numbers: object = field(default_factory=itertools.count)

    def __post_init__(self):
        self.workspace = open_workspace(self.folder, create=True)
        self.following = replace(self.workspace.following, now_us=lambda: self.now)
        self.hand_over = replace(self.workspace.hand_over, now_us=lambda: self.now)

    def keep(self, **rules):
        for key, rule in rules.items():
            keep_segment(
                self.workspace.documents, read_segment(HEAD.format(key=key) + rule), who="test"
            )

    def send(self, event, user=None, anonymous=None, at=None, **properties):
        """Accept one event; it is handed over at the next step."""
        call = {
            "type": "track", "event": event, "messageId": f"m{next(self.numbers)}",
            "timestamp": to_datetime(self.now if at is None else at).isoformat(),
            "properties": properties,
        }  # fmt: skip
        call |= {"userId": user} if user else {}
        call |= {"anonymousId": anonymous} if anonymous else {}
        request = Request(
            calls=[call], dialect=SEGMENT, source="web", sent=None, received_us=self.now
        )
        taken = take_in(request, Limits(), lambda: "made")
        assert not taken.faults
        self.workspace.inbox.put(taken.items)

    def refuse(self, *calls):
        """Take calls that are no events."""
        request = Request(
            calls=calls, dialect=SEGMENT, source="web", sent=None, received_us=self.now
        )
        taken = take_in(request, Limits(), lambda: "made")
        assert len(taken.refused) == len(calls)
        self.workspace.inbox.put((), taken.refused)

    def step(self, *, wait=0):
        self.now += wait
        self.hand_over.run()
        return self.following.run()

    def changes(self, person):
        """(segment, entered, at, by time), oldest first."""
        found = self.following.store.changes(person, 100)[::-1]
        return [(c.segment, c.entered, c.at_us, c.by_time) for c in found]

    def ours(self):
        """The events of segments in the lake, in order of time."""
        names = ["event_id", "user_id", "anonymous_id", "source", "time", "event", "properties"]
        rows = [row for batch in self.workspace.lake.scan(names) for row in batch.to_pylist()]
        return sorted((r for r in rows if r["source"] == "sojourn"), key=lambda row: row["time"])

    def in_bulk(self, key):
        """Who is inside now, worked out from everything in the lake."""
        from sojourn.app.segmenting.documents import kept_segment

        segment = kept_segment(self.workspace.documents, key).segment
        from sojourn.app.segmenting.documents import model_for

        model = model_for((segment,), self.workspace.documents)
        spec = Members(segment=segment, at_us=self.now, model=model)
        return [row.person for row in self.workspace.ask(spec).rows]

    def close(self):
        self.following.store.close()
        self.workspace.inbox.close()
