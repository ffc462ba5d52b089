"""Who counts as whom: two people merged, told apart again, and every merge ever made."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from sojourn.app.access.accounts import Caller
from sojourn.app.access.roles import Action
from sojourn.app.people import merge_people, unmerge_person
from sojourn.ports.people import Act, MergeEntry
from sojourn.server.web.guards import InWorkspace, allowed
from sojourn.server.web.models import ActOut, MergeIn, MergeOut, UnmergeIn
from sojourn.server.web.served import Served

router = APIRouter(tags=["people"])
Merging = Annotated[Caller, Depends(allowed(Action.MERGE_PEOPLE))]


@router.get("/merges")
def merges(
    served: InWorkspace, caller: Annotated[Caller, Depends(allowed(Action.SEE_PEOPLE))]
) -> list[MergeOut]:
    """List every merge ever made, oldest first, with who, when and why."""
    served.accounts.note(caller.user_id, "merges-seen", "")
    return [_shown(entry) for entry in served.workspace.merges.all()]


@router.post("/merges", status_code=201)
def merge(body: MergeIn, served: InWorkspace, caller: Merging) -> MergeOut:
    """Let one known person count as another, in every answer from now on."""
    who = _name(served, caller)
    with served.turns:
        made = merge_people(served.workspace, body.gone, body.kept, who=who, why=body.why)
    served.accounts.note(caller.user_id, "people-merged", str(made.id))
    return _shown(made)


@router.post("/merges/undone")
def unmerge(body: UnmergeIn, served: InWorkspace, caller: Merging) -> MergeOut:
    """Undo the merge that took a person up: every answer is as it was without it."""
    who = _name(served, caller)
    undone = unmerge_person(served.workspace, body.gone, who=who, why=body.why)
    served.accounts.note(caller.user_id, "people-unmerged", str(undone.id))
    return _shown(undone)


def _name(served: Served, caller: Caller) -> str:
    user = served.accounts.users.get(caller.user_id)
    return user.email if user else caller.user_id


def _shown(entry: MergeEntry) -> MergeOut:
    return MergeOut(
        id=entry.id, gone=entry.gone, kept=entry.kept, made=_act(entry.made),
        undone=_act(entry.undone) if entry.undone else None,
    )  # fmt: skip


def _act(act: Act) -> ActOut:
    return ActOut(who=act.who, when=act.when, why=act.why)
