"""Signing in and out, the first account, one's own tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request, Response

from sojourn.app.access.accounts import IDLE_US, Caller
from sojourn.app.access.roles import Action, Role
from sojourn.base.timespan import SECOND_US, to_datetime
from sojourn.server.problems import Problem
from sojourn.server.web.guards import COOKIE, InWorkspace, allowed, check_origin, path_of, site_of
from sojourn.server.web.models import (
    NewTokenOut,
    SessionOut,
    SetUp,
    SignIn,
    TokenIn,
    TokenOut,
)

if TYPE_CHECKING:
    from sojourn.ports.access import Token
    from sojourn.server.web.served import Served

router = APIRouter(tags=["session"])
Own = Annotated[Caller, Depends(allowed(Action.OWN_ACCOUNT))]


@router.post("/session")
def sign_in(body: SignIn, request: Request, response: Response, served: InWorkspace) -> SessionOut:
    """Sign in with e-mail address and password; the session comes as a cookie."""
    check_origin(request)
    place = request.client.host if request.client else ""
    secret, session = served.accounts.sign_in(body.email, body.password, place)
    set_cookie(request, response, served, secret)
    return _session(request, served, session.user_id, session.csrf)


@router.get("/session")
def who(request: Request, served: InWorkspace, caller: Own) -> SessionOut:
    """Say who is signed in, and what a change must carry; a token's role is its own."""
    said = _session(request, served, caller.user_id, caller.csrf)
    return said.model_copy(update={"role": caller.role})


@router.delete("/session", status_code=204)
def sign_out(request: Request, response: Response, served: InWorkspace, caller: Own) -> None:
    """Sign out."""
    served.accounts.sign_out(request.cookies.get(COOKIE, ""))
    served.accounts.note(caller.user_id, "sign-out", caller.user_id)
    response.delete_cookie(COOKIE, path=path_of(served))


@router.post("/setup", status_code=201)
def set_up(body: SetUp, request: Request, response: Response, served: InWorkspace) -> SessionOut:
    """Make an account with an invitation, and sign in."""
    check_origin(request)
    served.accounts.accept(body.invitation, body.email, body.password)
    return sign_in(SignIn(email=body.email, password=body.password), request, response, served)


@router.get("/tokens")
def tokens(served: InWorkspace, caller: Own) -> list[TokenOut]:
    """List one's own tokens."""
    return [_shown(token) for token in served.accounts.secrets.tokens(caller.user_id)]


@router.post("/tokens", status_code=201)
def make_token(body: TokenIn, served: InWorkspace, caller: Own) -> NewTokenOut:
    """Make a token for a program, with a role no larger than one's own."""
    secret, token = served.accounts.make_token(caller, body.name, body.role, body.days)
    return NewTokenOut(**_shown(token).model_dump(), secret=secret)


@router.delete("/tokens/{token}", status_code=204)
def end_token(token: str, served: InWorkspace, caller: Own) -> None:
    """Make one of one's own tokens worthless."""
    served.accounts.end_token(caller, token)


def _session(request: Request, served: Served, user_id: str, csrf: str) -> SessionOut:
    user = served.accounts.users.get(user_id)
    if user is None:
        raise Problem(401, "not-signed-in", "The account was removed.")
    return SessionOut(
        user=user.id, email=user.email, role=Role(user.role), csrf=csrf, workspace=served.name,
        collector=site_of(request).collector,
    )  # fmt: skip


def set_cookie(request: Request, response: Response, served: Served, secret: str) -> None:
    """Let a browser keep a session's secret, where no script can read it."""
    response.set_cookie(
        COOKIE, secret, max_age=IDLE_US // SECOND_US, path=path_of(served),
        httponly=True, samesite="lax", secure=site_of(request).https,
    )  # fmt: skip


def _shown(token: Token) -> TokenOut:
    return TokenOut(
        id=token.id, name=token.name, role=Role(token.role), made=to_datetime(token.made_us),
        expires=None if token.expires_us is None else to_datetime(token.expires_us),
    )  # fmt: skip
