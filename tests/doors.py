"""A request for each endpoint of a workspace, for tests and certificates of who may do what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sojourn.server.web.asking.questions import QUESTIONS

if TYPE_CHECKING:
    from sojourn.server.web.matrix import Door

BODIES = {
    "/tokens": {"name": "x", "role": "viewer", "days": 1},
    "/keys": {"name": "matrix"},
    "/invitations": {"role": "viewer"},
    "/users/{user}/role": {"role": "viewer"},
    "/segments": {
        "document": {
            "sojourn": "segment/1",
            "key": "matrix",
            "title": "Matrix",
            "who": {"events": "bought"},
        }
    },
    "/merges": {"gone": "ann", "kept": "zoe", "why": "the matrix"},
    "/merges/undone": {"gone": "nobody", "why": "the matrix"},
    "/people/{person}/erasure": {"why": "the matrix"},
}


def path_of(door: Door, workspace: str) -> str:
    """The address of an endpoint: about ann where it reads, about nobody where it changes much."""
    person = "nobody" if door.path.endswith("/erasure") else "ann"
    path = door.path.replace("{workspace}", workspace).replace("{person}", person)
    return re.sub(r"\{\w+\}", "nobody", path)


def body_of(door: Door) -> dict[str, object] | None:
    """A body that fits; None where the endpoint takes none."""
    asked = {f"/questions/{each.path}": each.example for each in QUESTIONS}
    return (BODIES | asked).get(door.route.path_format) if door.method in {"POST", "PUT"} else None
