"""Every question, one endpoint each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request, Response

from sojourn.app.access.accounts import Caller
from sojourn.app.access.roles import Action
from sojourn.server.web.asking.asker import Asker
from sojourn.server.web.asking.questions import QUESTIONS, Question
from sojourn.server.web.guards import InWorkspace, allowed
from sojourn.server.web.models import AnswerOut
from sojourn.server.web.served import Served

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pydantic import BaseModel

router = APIRouter(tags=["questions"])


def _endpoint(question: Question, asker: Asker) -> Callable[..., Awaitable[Response]]:
    async def ask(body: BaseModel, request: Request, served: Served, caller: Caller) -> Response:
        answer = await asker.ask(request, served, lambda workspace: question.ask(workspace, body))
        if question.action is Action.SEE_PEOPLE or _lists_people(body):
            served.accounts.note(caller.user_id, "person-seen", "")
        return Response(answer, media_type="application/json")

    # FastAPI reads these when the route is made; the body differs from question to question.
    ask.__annotations__.update(
        body=question.body, request=Request, served=InWorkspace,
        caller=Annotated[Caller, Depends(allowed(question.action))],
    )  # fmt: skip
    return ask


def _lists_people(body: BaseModel) -> bool:
    return bool(getattr(body, "people_at", 0) or getattr(body, "lost_at", 0))


def _add_all(asker: Asker) -> None:
    for question in QUESTIONS:
        router.post(
            f"/questions/{question.path}",
            name=question.path,
            description=question.body.__doc__,
            response_model=AnswerOut,
        )(_endpoint(question, asker))


_add_all(Asker())
