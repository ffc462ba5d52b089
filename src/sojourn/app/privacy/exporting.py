"""Everything a workspace holds of one person, as JSON, and nothing of anybody else.

Events come from the lake with every property, not from the index; on a device that somebody else
used too only what is the person's own is in it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sojourn.app.privacy.erasing import mentions_of
from sojourn.app.privacy.who import with_emails
from sojourn.app.segmenting.documents import KIND
from sojourn.app.segmenting.state import segments_of
from sojourn.base.timespan import to_datetime
from sojourn.insight.overview.person import Person
from sojourn.ports.erasure import IdKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import pyarrow as pa

    from sojourn.app.privacy.erasing import Erasing
    from sojourn.app.workspace import Workspace
    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.identity.erasing import Held, Moment, PersonIds

FORMAT: Final = "sojourn: person/1"
EXPORTED: Final = "person-exported"
"""What the audit log calls it."""
MARK_DIGITS: Final = 16
_ALL: Final = 1_000_000
_NOT_INCLUDED: Final = (
    "documents (stage models, maps, segments) that name the person in passing",
    "reasons that were noted with merges and erasures: they may name others",
    "accounts of those who work with this workspace",
    "backups, and answers and exports that people saved",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What a workspace holds of a person.

    Attributes
    ----------
    content : JsonObject
    mark : str
        What the audit log says in place of the person: the beginning of a keyed hash.
    """

    content: JsonObject
    mark: str


def export_person(workspace: Workspace, person: str) -> Export:
    """Return everything a workspace holds of a person.

    Parameters
    ----------
    workspace : Workspace
    person : str
        As questions name people.

    Raises
    ------
    UnknownPersonError, OwnedIdError, NoPersonError
        If the id names nobody, a device of people with user ids, or somebody who is to be erased.
    """
    erasing = workspace.erasing()
    erasing.hand_over(lambda _: None)
    links = erasing.people.links()
    ids = with_emails(erasing.who_is(person, links), erasing.people, links)
    known = workspace.ask(Person(person=ids.person, limit=1)).extra or {}
    content: dict[str, JsonValue] = {
        "format": FORMAT,
        "exported": _iso(to_datetime(erasing.now_us())),
        "workspace": workspace.about.id,
        "person": ids.person,
        "user_ids": ids.users,
        "anonymous_ids": [_device(held) for held in ids.anonymous],
        "merges": _merges(workspace, ids),
        "traits": known.get("traits", []),
        "consents": known.get("consents", []),
        "sources": known.get("sources", {}),
        "segments": _segments(workspace, ids),
        "events": list(_events(erasing, ids, links)),
        "refused_calls": list(_refused(workspace, ids)),
        "rows_set_apart": list(_set_apart(erasing, ids)),
        "not_included": _NOT_INCLUDED,
    }
    mark = erasing.door.hashed(IdKind.USER, ids.person)[:MARK_DIGITS]
    return Export(content=content, mark=mark)


def _device(held: Held) -> JsonObject:
    """Return an anonymous id, with when it was the person's where somebody else had it too."""
    return {"id": held.anonymous_id, "since": _at(held.since), "until": _at(held.until)}


def _at(moment: Moment | None) -> str | None:
    return None if moment is None else _iso(to_datetime(moment[0]))


def _merges(workspace: Workspace, ids: PersonIds) -> list[JsonObject]:
    """Return the merges that stand: of one that was undone the other is another person."""
    return [
        {"gone": one.gone, "kept": one.kept, "at": _iso(one.made.when)}
        for one in workspace.merges.all()
        if one.undone is None and one.gone in ids.people
    ]


def _segments(workspace: Workspace, ids: PersonIds) -> JsonObject:
    if not workspace.documents.newest(KIND):
        return {"inside": [], "changes": []}
    store = workspace.following.store
    changes = [one for person in ids.people for one in store.changes(person, _ALL)]
    changes.sort(key=lambda one: one.at_us)
    told = [
        {"segment": one.segment, "entered": one.entered, "at": _iso(to_datetime(one.at_us))}
        for one in changes
    ]
    return {"inside": segments_of(store, ids.people), "changes": told}


def _events(erasing: Erasing, ids: PersonIds, links: pa.Table) -> Iterator[JsonObject]:
    rows = [row for some in erasing.people.events([ids], links) for row in some.to_pylist()]
    rows.sort(
        key=lambda row: (row["time"] is not None, row["time"], row["position"], row["event_id"])
    )
    for row in rows:
        yield {
            "event": row["event"],
            "time": _iso(row["time"]),
            "properties": json.loads(row["properties"] or "{}"),
            "user_id": row["user_id"],
            "anonymous_id": row["anonymous_id"],
            "source": row["source"],
            "received": _iso(row["received"]),
            "event_id": row["event_id"].hex(),
        }


def _refused(workspace: Workspace, ids: PersonIds) -> Iterator[JsonObject]:
    person = mentions_of(ids)
    for one in reversed(workspace.inbox.refused(_ALL)):
        text = one.body.decode("utf-8", "replace")
        if person.are_in_json(text):
            yield {
                "received": _iso(to_datetime(one.received_us)), "source": one.source,
                "reason": one.code, "call": text,
            }  # fmt: skip


def _set_apart(erasing: Erasing, ids: PersonIds) -> Iterator[str]:
    person = mentions_of(ids)
    return (text for text in erasing.set_apart() if person.are_in_json(text))


def _iso(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()
