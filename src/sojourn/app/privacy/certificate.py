"""The document that says what became of a person's data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from sojourn.base.timespan import to_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.base.json import JsonObject
    from sojourn.ports.erasure import Erasure

PLACES: Final = {
    "events": "events in the lake",
    "files": "files of the lake rewritten without them",
    "old-files": "old files of the lake removed",
    "index": "versions of the journey index replaced",
    "quarantined": "rows set apart by imports",
    "refused": "refused calls",
    "waiting": "calls that waited in the inbox",
    "documents": "versions of documents that named the person, now without",
    "merges": "merges with another id, undone ones included",
    "entries": "other entries of the state store removed",
    "notes": "entries of the audit log, the import list and other notes, now without",
}
"""What is counted, in the order it is told."""
_KEPT: Final = {
    "keyed hashes of the ids": "so that nothing is taken of them again; the key lies apart, in"
    " the file secret of the workspace, and the ids cannot be read from them",
    "this certificate and an entry of the audit log": "to show that the request was met; they"
    " name no person",
}
_ELSEWHERE: Final = (
    "backups made before",
    "files that the events were imported from, and answers and exports that people saved",
    "a PostgreSQL server's own log and backups, where the state is kept in one",
)


def write_certificate(erasure: Erasure, done_us: int, shared: int) -> str:
    """Return the certificate of an erasure, as JSON.

    Parameters
    ----------
    erasure : Erasure
        With everything that was found.
    done_us : int
        When the last old file went.
    shared : int
        Anonymous ids that somebody else has too.
    """
    kept = [{"what": what, "why": why} for what, why in _KEPT.items()]
    if shared:
        kept.append(
            {
                "what": f"{shared} anonymous ids of devices that somebody else used too",
                "why": "they stand in that person's events",
            }
        )
    said: JsonObject = {
        "erasure": erasure.id,
        "asked": to_datetime(erasure.asked_us).isoformat(),
        "done": to_datetime(done_us).isoformat(),
        "last_old_file": to_datetime(done_us).isoformat(),
        "removed": {name: erasure.found.get(name, 0) for name in PLACES},
        "kept": kept,
        "not_reached": _ELSEWHERE,
    }
    return json.dumps(said, ensure_ascii=False)


def erasure_json(one: Erasure) -> JsonObject:
    """Return an erasure as JSON, with its certificate when it is done; never whose it is."""
    return {
        "id": one.id,
        "asked": to_datetime(one.asked_us).isoformat(),
        "who": one.who,
        "why": one.why,
        "done": None if one.done_us is None else to_datetime(one.done_us).isoformat(),
        "certificate": json.loads(one.certificate) if one.certificate else None,
    }


def readable(certificate: str) -> str:
    """Return a certificate as text for people."""
    said = json.loads(certificate)
    removed: Mapping[str, int] = said["removed"]
    lines = [
        f"Certificate of erasure {said['erasure']}",
        f"  asked {said['asked']}, done {said['done']}",
        f"  The last old file went {said['last_old_file']}.",
        "  Removed:",
        *(f"    {removed.get(name, 0):>8,}  {text}" for name, text in PLACES.items()),
        "  Kept:",
        *(f"    {one['what']}: {one['why']}." for one in said["kept"]),
        "  Not reached, for you to see to:",
        *(f"    {text}." for text in said["not_reached"]),
    ]
    return "\n".join(lines)
