"""A person's segments beside their timeline: which they are in, and when they entered and left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sojourn.app.segmenting.documents import KIND
from sojourn.app.segmenting.state import segments_of
from sojourn.base.timespan import to_datetime

if TYPE_CHECKING:
    from sojourn.app.workspace import Workspace
    from sojourn.base.json import JsonObject
    from sojourn.insight.answer import Answer
    from sojourn.ports.segments import Change

MOST: Final = 100
"""Changes shown at most, the newest."""


def with_segments(answer: Answer[object], workspace: Workspace) -> Answer[object]:
    """Return a person's timeline with what was followed of their segments.

    Parameters
    ----------
    answer : Answer
        Of the question ``person``.
    workspace : Workspace
    """
    extra = answer.extra or {}
    merged = extra.get("merged")
    people = [str(extra["person"]), *map(str, merged if isinstance(merged, list) else ())]
    return replace(answer, extra={**extra, "segments": _segments(workspace, people)})


def _segments(workspace: Workspace, people: list[str]) -> JsonObject:
    """Return keys and changes, newest first; nothing is opened where no segment is kept."""
    if not workspace.documents.newest(KIND):
        return {"inside": [], "changes": []}
    store = workspace.following.store
    changes = [one for person in people for one in store.changes(person, MOST)]
    changes.sort(key=lambda one: one.at_us, reverse=True)
    return {
        "inside": [*segments_of(store, people)],
        "changes": [_told(one) for one in changes[:MOST]],
    }


def _told(change: Change) -> JsonObject:
    return {
        "segment": change.segment,
        "version": change.version,
        "entered": change.entered,
        "at": to_datetime(change.at_us).isoformat(),
        "cause": "time" if change.by_time else "event",
    }
