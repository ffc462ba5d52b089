"""Signing in at a provider: sent there, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import anyio
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from sojourn.app.access.errors import NoProviderError, ProviderRefusalError
from sojourn.app.access.providing import BEGUN_US, Answer, Arrival, ProviderSignIn
from sojourn.base.errors import InputError
from sojourn.base.timespan import SECOND_US
from sojourn.server.problems import Problem
from sojourn.server.web.guards import InWorkspace, check_origin, path_of, site_of
from sojourn.server.web.models import ProviderStart, ProviderStartOut, WaysOut
from sojourn.server.web.routes.session import set_cookie
from sojourn.server.web.served import Served

if TYPE_CHECKING:
    from collections.abc import Callable

DoneT = TypeVar("DoneT")
router = APIRouter(tags=["session"])
pages = APIRouter(tags=["session"])
COOKIE: Final = "sojourn_sign_in"
_BACK: Final = "sign-in/back"
MOST_WAITING: Final = 16
"""People who wait until others have signed in; further ones are told to come again."""
Part = Annotated[str, Query(max_length=4096)]


@router.get("/sign-in")
def ways(served: InWorkspace) -> WaysOut:
    """Say in which ways people may sign in."""
    provider = served.workspace.provider()
    return WaysOut(provider=provider.provider.name if provider else None)


@router.post("/sign-in")
async def begin(
    body: ProviderStart, request: Request, response: Response, served: InWorkspace
) -> ProviderStartOut:
    """Begin to sign in at the provider; the browser then goes to the address that is answered."""
    check_origin(request)
    come_back = _address_back(request, served)
    secret, address = await _in_turn(
        served, lambda: _provider(served).begin(come_back, body.next, body.invitation)
    )
    response.set_cookie(
        COOKIE, secret, max_age=BEGUN_US // SECOND_US, path=_home(served) + _BACK,
        httponly=True, samesite="lax", secure=site_of(request).https,
    )  # fmt: skip
    return ProviderStartOut(address=address)


@pages.get(f"/{_BACK}", status_code=303, response_class=RedirectResponse)
async def back(
    request: Request, served: InWorkspace, state: Part = "", code: Part = "", iss: Part = ""
) -> RedirectResponse:
    """Take somebody in who comes back from the provider, and lead them to the page they wanted.

    What went wrong is told by the page: its code stands behind `#failed=` in the address.
    """
    secret, come_back = request.cookies.get(COOKIE, ""), _address_back(request, served)

    def finish() -> Arrival:
        provider = _provider(served)
        if not code:  # an error came in its place
            raise ProviderRefusalError
        return provider.finish(secret, Answer(state=state, code=code, issuer=iss), come_back)

    try:
        arrival = await _in_turn(served, finish)
    except InputError as failed:
        response = RedirectResponse(f"{_home(served)}#failed={failed.code}", 303)
    else:
        response = RedirectResponse(_home(served) + arrival.next, 303)
        set_cookie(request, response, served, arrival.secret)
    response.delete_cookie(COOKIE, path=_home(served) + _BACK)
    return response


async def _in_turn(served: Served, step: Callable[[], DoneT]) -> DoneT:
    """Return what a step gives that may ask the provider, apart from all other requests.

    Raises
    ------
    Problem
        503 when too many wait for it.
    """
    door = served.signing_in
    if door.statistics().tasks_waiting >= MOST_WAITING:
        raise Problem(
            503, "busy", f"{MOST_WAITING} others wait to sign in; try again.",
            headers={"Retry-After": "2"},
        )  # fmt: skip
    return await anyio.to_thread.run_sync(step, limiter=door)


def _provider(served: Served) -> ProviderSignIn:
    found = served.workspace.provider()
    if found is None:
        raise NoProviderError
    return found


def _home(served: Served) -> str:
    return f"{path_of(served)}/"


def _address_back(request: Request, served: Served) -> str:
    """Return where the provider sends browsers; the Host header was found to be one of ours."""
    scheme = "https" if site_of(request).https else "http"
    return f"{scheme}://{request.headers.get('host', '')}{_home(served)}{_BACK}"
