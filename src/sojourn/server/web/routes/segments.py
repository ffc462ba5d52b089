"""Segments: kept, listed, sized, their members, and why somebody is in one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from sojourn.app.access.accounts import Caller
from sojourn.app.access.roles import Action
from sojourn.app.segmenting.documents import (
    KIND,
    KeptSegment,
    asked_at,
    countable,
    doubts,
    keep_segment,
    kept_segment,
    kept_segments,
    model_for,
    set_active,
)
from sojourn.app.workspace import Workspace
from sojourn.insight.answer import Answer
from sojourn.segments.ask.members import Members, Sizes
from sojourn.segments.ask.why import Why
from sojourn.segments.document import read_segment
from sojourn.segments.model import KEY, Segment
from sojourn.server.web.asking.asker import Asker
from sojourn.server.web.guards import InWorkspace, allowed
from sojourn.server.web.models import (
    AnswerOut,
    KeptSegmentOut,
    SegmentIn,
    SegmentOut,
    SegmentVersionOut,
    WholeSegmentOut,
)
from sojourn.server.web.served import Served
from sojourn.stages.model import StageModel

router = APIRouter(tags=["segments"])
Asking = Annotated[Caller, Depends(allowed(Action.ASK))]
SeeingPeople = Annotated[Caller, Depends(allowed(Action.SEE_PEOPLE))]
Managing = Annotated[Caller, Depends(allowed(Action.MANAGE_SEGMENTS))]
Key = Annotated[str, Path(pattern=f"^{KEY.pattern}$", max_length=64, examples=["buyers"])]
Version = Annotated[int | None, Query(ge=1, le=1_000_000, description="An earlier version.")]
At = Annotated[
    str | None,
    Query(max_length=40, description="A day (its end) or an instant; the newest event's without."),
]
_asker = Asker()


@dataclass(frozen=True, slots=True)
class _Meant:
    """Which version of which segment, as of when."""

    segment: str
    version: int | None
    at: str | None

    def of(self, workspace: Workspace) -> tuple[tuple[Segment], StageModel | None, int | None]:
        """Return it as a question has it: the segment, the stages it means, the instant."""
        kept = (kept_segment(workspace.documents, self.segment, self.version).segment,)
        model = model_for(kept, workspace.documents)
        return kept, model, asked_at(self.at, workspace.about.timezone)


def _meant(segment: Key, version: Version = None, at: At = None) -> _Meant:
    return _Meant(segment, version, at)


@dataclass(frozen=True, slots=True)
class _Page:
    """Some people of a list by id."""

    limit: int
    after: str


def _page(
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    after: Annotated[str, Query(max_length=500, description="The last id before.")] = "",
) -> _Page:
    return _Page(limit, after)


@router.get("/segments")
def segments(served: InWorkspace, _: Asking) -> list[SegmentOut]:
    """List the segments, each in its newest version."""
    return [_shown(each) for each in kept_segments(served.workspace.documents)]


@router.get("/segment-sizes", response_model=AnswerOut)
async def sizes(request: Request, served: InWorkspace, _: Asking, at: At = None) -> Response:
    """Count the people in every segment, each in its newest version, in one pass over everybody."""

    def ask(workspace: Workspace) -> Answer[object]:
        kept, _ = countable(workspace.documents, kept_segments(workspace.documents))
        segments = tuple(each.segment for each in kept)
        model = model_for(segments, workspace.documents)
        at_us = asked_at(at, workspace.about.timezone)
        return workspace.ask(Sizes(segments=segments, at_us=at_us, model=model))

    return _answer(await _asker.ask(request, served, ask))


@router.post("/segments", status_code=201)
def keep(body: SegmentIn, served: InWorkspace, caller: Managing) -> KeptSegmentOut:
    """Keep a segment, or a new version of the one with its key; it is followed from then on."""
    given = body.document
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    workspace = served.workspace
    segment = read_segment(text, "the document")
    made = keep_segment(workspace.documents, segment, who=_name(served, caller), why=body.why)
    served.accounts.note(caller.user_id, "segment-kept", f"{segment.key} version {made.version}")
    with served.turns:
        found = doubts(segment, workspace.catalog)
    return KeptSegmentOut(**_shown(KeptSegment(segment, made)).model_dump(), doubts=list(found))


@router.get("/segments/{segment}")
def one(
    segment: Key, served: InWorkspace, _: Asking, version: Version = None
) -> WholeSegmentOut:  # fmt: skip
    """Show a segment with its document, and every version there was."""
    documents = served.workspace.documents
    kept = kept_segment(documents, segment, version)
    return WholeSegmentOut(
        **_shown(kept).model_dump(),
        document=kept.document.body,
        versions=[
            SegmentVersionOut(version=each.version, when=each.when, who=each.who, why=each.why)
            for each in documents.history(KIND, segment)
        ],
    )


@router.delete("/segments/{segment}")
def retire(segment: Key, served: InWorkspace, caller: Managing) -> SegmentOut:
    """Follow a segment no longer; its versions stay, and it can still be asked about."""
    documents = served.workspace.documents
    made = set_active(documents, segment, active=False, who=_name(served, caller))
    served.accounts.note(caller.user_id, "segment-retired", segment)
    return _shown(kept_segment(documents, segment, made.version))


@router.get("/segments/{segment}/size", response_model=AnswerOut)
async def size(
    meant: Annotated[_Meant, Depends(_meant)], request: Request, served: InWorkspace, _: Asking
) -> Response:
    """Count the people in a segment, now or as of when."""

    def ask(workspace: Workspace) -> Answer[object]:
        segments, model, at_us = meant.of(workspace)
        return workspace.ask(Sizes(segments=segments, at_us=at_us, model=model))

    return _answer(await _asker.ask(request, served, ask))


@router.get("/segments/{segment}/members", response_model=AnswerOut)
async def members(
    meant: Annotated[_Meant, Depends(_meant)],
    page: Annotated[_Page, Depends(_page)],
    request: Request,
    served: InWorkspace,
    caller: SeeingPeople,
) -> Response:
    """List the people in a segment by id, a page at a time, now or as of when."""

    def ask(workspace: Workspace) -> Answer[object]:
        (segment,), model, at_us = meant.of(workspace)
        spec = Members(
            segment=segment, at_us=at_us, model=model, limit=page.limit, after=page.after
        )
        return workspace.ask(spec)

    answer = _answer(await _asker.ask(request, served, ask))
    served.accounts.note(caller.user_id, "person-seen", "")
    return answer


@router.get("/segments/{segment}/people/{person:path}", response_model=AnswerOut)
async def why(
    meant: Annotated[_Meant, Depends(_meant)],
    person: Annotated[str, Path(max_length=500)],
    request: Request,
    served: InWorkspace,
    caller: SeeingPeople,
) -> Response:
    """Say why a person is in a segment or not: rule by rule, with the events that count."""

    def ask(workspace: Workspace) -> Answer[object]:
        (segment,), model, at_us = meant.of(workspace)
        return workspace.ask(Why(segment=segment, person=person, at_us=at_us, model=model))

    answer = _answer(await _asker.ask(request, served, ask))
    served.accounts.note(caller.user_id, "person-seen", "")
    return answer


def _answer(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def _name(served: Served, caller: Caller) -> str:
    user = served.accounts.users.get(caller.user_id)
    return user.email if user else caller.user_id


def _shown(kept: KeptSegment) -> SegmentOut:
    segment, document = kept.segment, kept.document
    return SegmentOut(
        key=segment.key, title=segment.title.en, title_ko=segment.title.ko,
        version=document.version, active=segment.active, when=document.when, who=document.who,
        why=document.why,
    )  # fmt: skip
