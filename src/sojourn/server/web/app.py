"""The web process as an application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from sojourn.__about__ import __version__
from sojourn.base.errors import InputError
from sojourn.compose.pages import font
from sojourn.server.problems import Problem
from sojourn.server.web.documented import problems
from sojourn.server.web.failures import answer_failures
from sojourn.server.web.guards import InWorkspace, unknown_workspace
from sojourn.server.web.models import HealthOut
from sojourn.server.web.routes import (
    asking,
    delivery,
    install,
    merges,
    privacy,
    provider,
    questions,
    segments,
    session,
    users,
)
from sojourn.server.web.shield import Shield

if TYPE_CHECKING:
    from sojourn.server.web.served import Served, Site
    from sojourn.server.web.warming import Warming

STATIC: Final = Path(__file__).parent / "static"
API: Final = "/w/{workspace}/api/v1"
ROUTERS: Final = tuple(
    module.router
    for module in (
        session,
        provider,
        users,
        delivery,
        install,
        questions,
        asking,
        merges,
        privacy,
        segments,
    )
)
"""What stands under :data:`API`."""
PAGES: Final = (questions.pages, provider.pages)
"""What stands under the workspace itself."""


def create_app(site: Site, warming: Warming | None = None) -> Shield:
    """Return the application that answers about some workspaces.

    Parameters
    ----------
    site : Site
    warming : Warming, optional
        What compiles kernels beside it.
    """
    app = FastAPI(
        title="Sojourn",
        version=__version__,
        summary="What customers do, as a living journey map.",
        docs_url=None,  # its page would load scripts from another site
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.site = site
    answer_failures(app)
    for router in ROUTERS:
        app.include_router(router, prefix=API, responses=problems())
    for router in PAGES:
        app.include_router(router, prefix="/w/{workspace}", responses=problems())
    app.include_router(_plain(site, warming), responses=problems(413, 421, 429, 503))
    app.include_router(_font())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return Shield(app, site.hosts, https=site.https)


def _font() -> APIRouter:
    router = APIRouter()

    @router.get("/static/pretendard.ttf", include_in_schema=False)
    def pretendard() -> Response:
        headers = {"Cache-Control": "public, max-age=604800"}
        return Response(font(), media_type="font/ttf", headers=headers)

    return router


def _plain(site: Site, warming: Warming | None) -> APIRouter:
    """Return the addresses that need no account."""
    router = APIRouter(tags=["pages"])

    @router.get("/healthz")
    def healthz() -> HealthOut:
        """Say that the process runs."""
        return HealthOut(status="ok")

    @router.get("/readyz")
    def readyz() -> HealthOut:
        """Say whether accounts and lake can be read: partly, where those of some workspaces can."""
        faults = [_fault(served) for served in site]
        first = next(filter(None, faults), None)
        if first and all(faults):
            raise first
        busy = warming is not None and warming.busy.is_set()
        return HealthOut(status="partly" if first else "ok", warming=busy)

    @router.get("/readyz/{workspace}", responses=problems(404, 422))
    def ready(workspace: str) -> HealthOut:
        """Say whether accounts and lake of one workspace can be read."""
        found = site.served.get(workspace)
        if found is None:
            raise unknown_workspace()
        if fault := _fault(found):
            raise fault
        return HealthOut(status="ok")

    @router.get("/", include_in_schema=False)
    def first() -> RedirectResponse:
        if len(site.served) > 1:  # whose they are is for those to know who have an account there
            raise Problem(404, "unknown-workspace", "An address names its workspace: /w/NAME/.")
        return RedirectResponse(f"/w/{next(iter(site)).name}/")

    @router.get("/w/{workspace}/", include_in_schema=False)  # noqa: FAST003 - the dependency takes it
    def home(_: InWorkspace) -> FileResponse:
        return FileResponse(STATIC / "index.html")

    return router


def _fault(served: Served) -> InputError | None:
    """Return why a workspace cannot be read."""
    try:
        served.accounts.users.all()
        served.workspace.lake.version()
    except InputError as error:
        return error
    return None
