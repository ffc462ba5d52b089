"""Who asks, and whether they may."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Request

from sojourn.app.access.accounts import Caller
from sojourn.app.access.roles import Action, least_role, may
from sojourn.server.problems import Problem
from sojourn.server.web.served import Served, Site

COOKIE: Final = "sojourn_session"
CSRF_HEADER: Final = "x-csrf-token"
CHECKS: Final[dict[Callable[..., Caller], Action]] = {}
"""What each dependency made by :func:`allowed` asks for."""
_SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS"))


def site_of(request: Request) -> Site:
    """Return what this process answers about."""
    site = request.app.state.site
    if not isinstance(site, Site):
        raise TypeError(type(site))
    return site


def served_of(workspace: str, request: Request) -> Served:
    """Return the workspace that an address names.

    Raises
    ------
    Problem
        404 when there is none.
    """
    found = site_of(request).served.get(workspace)
    if found is None:
        raise unknown_workspace()
    return found


def unknown_workspace() -> Problem:
    """Return the answer about a workspace that is none of ours."""
    return Problem(404, "unknown-workspace", "There is no such workspace on this server.")


def path_of(served: Served) -> str:
    """Return where everything of a workspace lies, as browsers write it."""
    return quote(f"/w/{served.name}")


InWorkspace = Annotated[Served, Depends(served_of)]


def caller_of(request: Request, served: Served) -> Caller:
    """Return who sent a request.

    Raises
    ------
    Problem
        401 when nobody is signed in; 403 when a change comes from another site's page.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        caller = served.accounts.by_token(token.strip())
        if caller is None:
            raise _unknown("The token is unknown or has expired.")
        return caller
    secret = request.cookies.get(COOKIE)
    caller = served.accounts.by_session(secret) if secret else None
    if caller is None:
        raise _unknown("Nobody is signed in.")
    if request.method not in _SAFE:
        _check_own_page(request, caller)
    return caller


def _unknown(what: str) -> Problem:
    return Problem(
        401, "not-signed-in", f"{what} Allowed: a session, or a token as a bearer's.",
        headers={"WWW-Authenticate": 'Bearer realm="sojourn"'},
    )  # fmt: skip


def _check_own_page(request: Request, caller: Caller) -> None:
    """Raise unless a change was sent by a page of ours: others cannot read the session's token."""
    given = request.headers.get(CSRF_HEADER, "")
    if not secrets.compare_digest(given.encode(), caller.csrf.encode()):
        raise Problem(
            403, "csrf", f"The header {CSRF_HEADER} is missing or wrong; allowed: the value that"
            " GET …/session returns as csrf.",
        )  # fmt: skip
    check_origin(request)


def check_origin(request: Request) -> None:
    """Raise for a request that a page of another origin sent.

    Raises
    ------
    Problem
        403, when the Origin header names another host than the Host header.
    """
    origin = request.headers.get("origin")
    if origin and origin.partition("://")[2].lower() != request.headers.get("host", "").lower():
        raise Problem(403, "other-origin", "The request was sent by a page of another site.")


def allowed(action: Action) -> Callable[[Request, Served], Caller]:
    """Return a dependency: the caller, who may do something.

    Raises
    ------
    Problem
        When it is asked: 401 when nobody is signed in, 403 when the role is too small.
    """

    def check(request: Request, served: InWorkspace) -> Caller:
        caller = caller_of(request, served)
        if not may(caller.role, action):
            raise Problem(
                403, "role", f"This needs the role {least_role(action)} or a larger one; yours is"
                f" {caller.role}.",
            )  # fmt: skip
        return caller

    CHECKS[check] = action
    return check
