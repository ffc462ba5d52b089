"""People of whom every value is unlike any other, in a workspace: to look for what is left of them."""

from __future__ import annotations

import csv
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.app.import_file import Source
from sojourn.compose import open_workspace
from sojourn.events.calls.intake import SEGMENT
from sojourn.insight.overview.events import Events
from sojourn.insight.overview.person import Person
from sojourn.ports.reader import ReadOptions

if TYPE_CHECKING:
    from pathlib import Path

    from sojourn.app.workspace import Workspace

NOW_US = 1_772_366_400_000_000
PEOPLE = 8
COLUMNS = ("user_id", "anonymous_id", "timestamp", "event", "email", "name", "note")


def word() -> str:
    return secrets.token_hex(10)


@dataclass
class Someone:
    """A person of whom every value is unlike any other."""

    user: str = field(default_factory=word)
    anonymous: str = field(default_factory=word)
    phone: str = field(default_factory=word)
    """A second device."""
    email: str = field(default_factory=lambda: f"{word()}@{word()}.example")
    name: str = field(default_factory=word)
    notes: list[str] = field(default_factory=lambda: [word() for _ in range(5)])
    event: str = field(default_factory=word)

    @property
    def values(self) -> list[str]:
        return [
            self.user,
            self.anonymous,
            self.phone,
            self.email,
            self.name,
            *self.notes,
            self.event,
        ]

    def rows(self) -> list[tuple[str, ...]]:
        return [
            ("", self.anonymous, "2025-01-01 10:00:00", "visit", "", "", self.notes[0]),
            (self.user, self.anonymous, "2025-02-01 10:00:00", "login", self.email, self.name, ""),
            (self.user, "", "2025-03-01 10:00:00", self.event, "", "", self.notes[1]),
            (self.user, "", "no time at all", "login", self.email, self.name, self.notes[2]),
        ]

    def calls(self) -> list[dict[str, object]]:
        return [
            {"type": "identify", "userId": self.user, "anonymousId": self.phone,
             "traits": {"email": self.email, "name": self.name}},
            {"type": "track", "userId": self.user, "event": "order",
             "properties": {"note": self.notes[3]}},
            {"type": "track", "anonymousId": self.phone, "event": "look"},
            {"type": "trick", "userId": self.user, "properties": {"note": self.notes[4]}},
        ]  # fmt: skip


def put(workspace: Workspace, *calls: dict[str, object]) -> None:
    request = Request(
        calls=[{"timestamp": "2026-02-01T00:00:00Z", **call} for call in calls],
        dialect=SEGMENT, source="web", sent=None, received_us=NOW_US,
    )  # fmt: skip
    taken = take_in(request, Limits(), word)
    workspace.inbox.put(taken.items, taken.refused)


def import_rows(workspace: Workspace, folder: Path, rows: list[tuple[str, ...]]) -> None:
    path = folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    workspace.import_files([Source(name="people.csv", content=str(path))], ReadOptions())


def filled(folder: Path, number: int = PEOPLE) -> tuple[Workspace, list[Someone]]:
    """A workspace with people from a file and from calls, some with an index in between."""
    people = [Someone() for _ in range(number)]
    workspace = open_workspace(folder / "ws", create=True)
    import_rows(workspace, folder, [row for one in people for row in one.rows()])
    workspace.ask(Events())
    for one in people:
        put(workspace, *one.calls())
    workspace.hand_over.run()
    workspace.documents.put("note", "plan", f"ask {people[0].email} of {people[0].user}", who="x")
    workspace.ask(Events())
    return workspace, people


def journeys(workspace: Workspace, people: list[Someone]) -> list[object]:
    return [workspace.ask(Person(person=one.user)).rows for one in people]


def counts(workspace: Workspace) -> dict[str, int]:
    return {row.event: row.count for row in workspace.ask(Events()).rows}
