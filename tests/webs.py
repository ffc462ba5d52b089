"""The web process over two small workspaces, within the test's own process."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.testclient import TestClient

from sojourn.app.access.accounts import Caller
from sojourn.app.access.roles import Role
from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.compose import open_workspace
from sojourn.events.calls.intake import SEGMENT
from sojourn.server.web.app import create_app
from sojourn.server.web.served import Served, Site
from sojourn.server.web.shield import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1:8400"
PASSWORD = "correct horse battery"
NOW_US = 1_772_366_400_000_000


class Quick:
    """Hashing that takes no time."""

    def hash(self, password: str) -> str:
        return f"h:{password}"

    def verify(self, hashed: str, password: str) -> bool:
        return hashed == f"h:{password}"

    def is_outdated(self, _hashed: str) -> bool:
        return False


def workspace_of(path):
    workspace = open_workspace(path, create=True)
    calls = [
        {
            "type": "track",
            "event": name,
            "userId": "ann",
            "messageId": name,
            "timestamp": at,
            "properties": {"plan": "pro"},
        }
        for name, at in (("seen", "2026-02-01T00:00:00Z"), ("bought", "2026-02-01T01:00:00Z"))
    ]
    request = Request(calls=calls, dialect=SEGMENT, source="web", sent=None, received_us=NOW_US)
    workspace.inbox.put(take_in(request, Limits(), lambda: "made").items)
    workspace.hand_over.run()
    return workspace


@dataclass
class Web:
    app: object
    site: Site

    def client(self, **headers: str) -> TestClient:
        client = TestClient(self.app, base_url=f"http://{HOST}", raise_server_exceptions=False)
        client.headers.update(headers)
        return client

    def token(self, name: str, role: Role) -> str:
        accounts = self.site.served[name].accounts
        email = f"{role}@example.com"
        if not accounts.users.by_email(email):
            accounts.accept(accounts.invite(role), email, PASSWORD)
        user = accounts.users.by_email(email)
        return accounts.make_token(Caller(user.id, role), "test", role, None)[0]


@contextmanager
def web_over(root: Path) -> Iterator[Web]:
    """Two workspaces, ``shop`` and ``other``, each with an account of every role."""
    served = {}
    for name in ("shop", "other"):
        workspace = workspace_of(root / name)
        accounts = workspace.accounts
        object.__setattr__(accounts, "hasher", Quick())
        served[name] = Served(name, workspace, accounts)
    site = Site(served=served, hosts=frozenset({HOST}), collector="http://127.0.0.1:8401")
    app = create_app(site)
    app.pace = Pace(most=10_000_000)
    found = Web(app, site)
    for name in served:
        for role in Role:
            found.token(name, role)
    yield found
    for each in site:
        each.workspace.inbox.close()
