"""What the events say: counts, a person's timeline, the map."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response

from sojourn.app.access.accounts import Caller
from sojourn.app.access.roles import Action
from sojourn.app.mapping import MapRequest, draft_map
from sojourn.app.segmenting.shown import with_segments
from sojourn.app.stage_models import applied_model
from sojourn.compose.pages import page_of
from sojourn.insight.overview.events import Events
from sojourn.insight.overview.person import Person
from sojourn.maps.document import JourneyMap
from sojourn.maps.formats.document import write_json
from sojourn.server.web.guards import InWorkspace, allowed
from sojourn.server.web.inline import policy_of
from sojourn.server.web.served import Served

router = APIRouter(tags=["questions"])
pages = APIRouter(tags=["pages"])
Seeing = Annotated[Caller, Depends(allowed(Action.SEE_AGGREGATES))]
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, with its definition, notes and how fresh it is.",
        "content": {"application/json": {"example": {
            "question": "events", "as_of": "2026-03-01T12:00:00+00:00", "definition": "How often …",
            "notes": [], "rows": [{"event": "Order Completed", "count": 12, "people": 9}],
        }}},
    }
}  # fmt: skip


@router.get("/events", responses=_ANSWER)
def events(served: InWorkspace, _: Seeing) -> JSONResponse:
    """Count events and people by event name."""
    with served.turns:
        return JSONResponse(served.workspace.ask(Events()).to_json())


@router.get("/people/{person:path}/events", responses=_ANSWER)
def timeline(
    served: InWorkspace,
    caller: Annotated[Caller, Depends(allowed(Action.SEE_PEOPLE))],
    person: Annotated[str, Path(max_length=500)],
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> JSONResponse:
    """Show one person's journey, event by event, newest last, and the segments they are in."""
    with served.turns:
        found = served.workspace.ask(Person(person=person, limit=limit))
        answer = with_segments(found, served.workspace)
    served.accounts.note(caller.user_id, "person-seen", "")
    return JSONResponse(answer.to_json())


@router.get("/map", responses={200: {"description": "The map as a document."}})
def map_document(served: InWorkspace, _: Seeing) -> Response:
    """Draft a journey map from the events."""
    return Response(write_json(_drafted(served)), media_type="application/json")


@pages.get("/map", response_class=HTMLResponse)
def map_page(
    served: InWorkspace,
    _: Seeing,
    lang: Literal["en", "ko"] = "en",
    theme: Literal["light", "dark"] = "light",
) -> HTMLResponse:
    """Draw the journey map as one page."""
    page = page_of(_drafted(served), lang=lang, theme=theme)
    return HTMLResponse(page, headers={"Content-Security-Policy": policy_of(page)})


def _drafted(served: Served) -> JourneyMap:
    with served.turns:
        model = applied_model(served.workspace.documents)
        request = MapRequest(title=served.name, sources=(served.name,), model=model)
        return draft_map(served.workspace, request).map
