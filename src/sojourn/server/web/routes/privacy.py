"""What a person may ask for: all that is held of them, and to be erased, with certificates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse

from sojourn.app.access.accounts import Caller
from sojourn.app.access.roles import Action
from sojourn.app.privacy.certificate import erasure_json
from sojourn.app.privacy.exporting import EXPORTED, export_person
from sojourn.ports.erasure import Erasure
from sojourn.server.web.guards import InWorkspace, allowed
from sojourn.server.web.models import ErasureIn, ErasureOut, LiftedOut

router = APIRouter(tags=["privacy"])
Erasing = Annotated[Caller, Depends(allowed(Action.ERASE_PEOPLE))]
PersonId = Annotated[str, Path(max_length=500)]
_EXPORT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The document; its form is told in docs/privacy.md.",
        "content": {"application/json": {"example": {
            "format": "sojourn: person/1", "person": "ann", "user_ids": ["ann"],
            "events": [{"event": "Order Completed", "time": "2026-03-01T12:00:00+00:00"}],
        }}},
    }
}  # fmt: skip
ErasureId = Annotated[str, Path(max_length=36)]


@router.get("/people/{person:path}/export", responses=_EXPORT)
def export(
    person: PersonId,
    served: InWorkspace,
    caller: Annotated[Caller, Depends(allowed(Action.EXPORT_PEOPLE))],
) -> JSONResponse:
    """Give everything that is held of a person, as one JSON document."""
    with served.turns:
        made = export_person(served.workspace, person)
    served.accounts.note(caller.user_id, EXPORTED, made.mark)
    headers = {"content-disposition": 'attachment; filename="person.json"'}
    return JSONResponse(made.content, headers=headers)


@router.post("/people/{person:path}/erasure", status_code=202)
def erase(person: PersonId, body: ErasureIn, served: InWorkspace, caller: Erasing) -> ErasureOut:
    """Hide a person from every question at once; a daily batch removes every trace of them."""
    with served.turns:
        asked = served.workspace.erasing().ask(person, who=caller.user_id, why=body.why)
    served.accounts.note(caller.user_id, "person-erased", asked.id)
    return _out(asked)


@router.get("/erasures")
def erasures(served: InWorkspace, _: Erasing) -> list[ErasureOut]:
    """List the erasures, with the certificates of those that are done."""
    return [_out(one) for one in served.workspace.erasing().erasures.all()]


@router.get("/erasures/{erasure}")
def erasure(erasure: ErasureId, served: InWorkspace, _: Erasing) -> ErasureOut:
    """Show one erasure, with its certificate when it is done."""
    return _out(served.workspace.erasing().get(erasure))


@router.delete("/erasures/{erasure}/suppression")
def lift(erasure: ErasureId, served: InWorkspace, caller: Erasing) -> LiftedOut:
    """Take events of an erased person's ids again; what was erased stays erased."""
    ids = served.workspace.erasing().lift(erasure)
    served.accounts.note(caller.user_id, "erasure-lifted", erasure)
    return LiftedOut(ids=ids)


def _out(one: Erasure) -> ErasureOut:
    return ErasureOut.model_validate(erasure_json(one))
