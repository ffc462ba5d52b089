"""Who may do what, as the endpoints themselves say it: the table of docs/access.md.

Run as a module it prints that page.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fastapi.routing import APIRoute

from sojourn.app.access.roles import Role, may
from sojourn.server.web.app import API, PAGES, ROUTERS
from sojourn.server.web.guards import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.app.access.roles import Action

_BEFORE: Final = """# Who may do what

Printed by `python -m sojourn.server.web.matrix` from the endpoints themselves; a test holds page
and program together, and another calls every endpoint as nobody, as each role, and with each role's
token of another workspace on the same server (`tests/unit/server/test_web.py`). The same on a
running server, with sessions, tokens and write keys: [certificate](certificates/access.md).

A session or a token belongs to one workspace and is nothing elsewhere: every endpoint below answers
401 to it on another workspace, and 404 where there is no such workspace. A token's role is never
larger than that of whoever made it. The roles: [serving.md](serving.md#pages-and-accounts); signing
in with Google, Microsoft Entra, Keycloak and others: [sign-in.md](sign-in.md).

"""
_AFTER: Final = """
Beside these, for everybody and without any data: `/healthz`, `/readyz`, `/readyz/WORKSPACE`,
`/openapi.json`, the page at `/w/WORKSPACE/` and its files under `/static/`. The collector asks for
a write key, which can do nothing but send events to its workspace.
"""


@dataclass(frozen=True, slots=True)
class Door:
    """One endpoint and what it asks for; nothing, where nobody need be signed in."""

    method: str
    path: str
    action: Action | None
    route: APIRoute


def doors() -> Iterator[Door]:
    """Return every endpoint of a workspace."""
    for prefix, routers in ((API, ROUTERS), ("/w/{workspace}", PAGES)):
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute):
                    for method in sorted(route.methods or ()):
                        yield Door(method, prefix + route.path_format, action_of(route), route)


def action_of(route: APIRoute) -> Action | None:
    """Return what an endpoint asks for."""
    asked = [CHECKS[each.call] for each in route.dependant.dependencies if each.call in CHECKS]
    return asked[0] if asked else None


def page() -> str:
    """Return the page as Markdown."""
    heads = ["endpoint", "asks for", "nobody", *Role]
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for door in sorted(doors(), key=lambda each: (each.path, each.method)):
        marks = ["yes" if door.action is None or may(role, door.action) else "–" for role in Role]
        nobody = "yes" if door.action is None else "–"
        path = door.path.replace("/w/{workspace}", "…")
        lines.append(
            f"| `{door.method} {path}` | {door.action or '–'} | {nobody} | {' | '.join(marks)} |"
        )
    return f"{_BEFORE}`…` stands for `/w/WORKSPACE`.\n\n" + "\n".join(lines) + "\n" + _AFTER


if __name__ == "__main__":
    sys.stdout.write(page())
