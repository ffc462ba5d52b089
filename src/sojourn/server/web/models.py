"""What goes over the wire: bodies of requests and answers, with examples."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from sojourn.app.access.roles import Role

Email = Annotated[str, Field(max_length=255, examples=["ann@example.com"])]
Password = Annotated[str, Field(max_length=512, examples=["correct horse battery staple"])]
Name = Annotated[str, Field(min_length=1, max_length=64, examples=["website"])]


class Strict(BaseModel):
    """A body of a request: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Strict):
    """Signing in."""

    email: Email
    password: Password


class SetUp(Strict):
    """Making an account with an invitation."""

    invitation: Annotated[str, Field(max_length=200, examples=["Qk9v…, the end of the link"])]
    email: Email
    password: Password


class WaysOut(BaseModel):
    """How people may sign in, beside e-mail address and password."""

    provider: str | None = Field(examples=["Google"])
    """The name of the provider; null where there is none."""


class ProviderStart(Strict):
    """Signing in at the provider."""

    next: Annotated[str, Field(max_length=500, examples=["#install"])] = ""
    """Which of the workspace's pages to lead to, as it stands behind their common address."""
    invitation: Annotated[str, Field(max_length=200, examples=["Qk9v…, the end of the link"])] = ""
    """With which an account is made, where there is none yet."""


class ProviderStartOut(BaseModel):
    """Where to sign in."""

    address: str = Field(examples=["https://accounts.google.com/o/oauth2/v2/auth?client_id=…"])


class SessionOut(BaseModel):
    """Who is signed in."""

    user: str = Field(examples=["5c0e6b1e-9a55-4f0c-8f0a-2f1f3d1c9d10"])
    email: str = Field(examples=["ann@example.com"])
    role: Role
    csrf: str = Field(examples=["Zk3vTq…"])
    """To be sent back in the header X-CSRF-Token with every change."""
    workspace: str = Field(examples=["shop"])
    collector: str = Field(examples=["http://127.0.0.1:8401"])


class TokenIn(Strict):
    """A new token."""

    name: Name
    role: Role = Role.VIEWER
    days: Annotated[int, Field(ge=1, le=3650)] | None = 365


class TokenOut(BaseModel):
    """A token, without its secret."""

    id: str = Field(examples=["5c0e6b1e-9a55-4f0c-8f0a-2f1f3d1c9d10"])
    name: str = Field(examples=["report"])
    role: Role
    made: datetime
    expires: datetime | None


class NewTokenOut(TokenOut):
    """A token with its secret, shown this once."""

    secret: str = Field(examples=["st_…"])


class ErasureIn(Strict):
    """A request to erase a person."""

    why: Annotated[str, Field(max_length=2000, examples=["asked by e-mail on 3 March"])] = ""


class ErasureOut(BaseModel):
    """An erasure; nothing in it says whose once it is done."""

    id: str = Field(examples=["0f6f4f4e-3d0e-4a3c-9a52-9b8f5f1d2c3b"])
    asked: datetime
    who: str = Field(examples=["ann@example.com"])
    why: str = Field(examples=["Asked for it by mail."])
    done: datetime | None
    certificate: dict[str, JsonValue] | None
    """What was removed from where, when the last old file went, what is kept and why."""


class LiftedOut(BaseModel):
    """How many ids are taken again."""

    ids: int = Field(examples=[2])


class UserOut(BaseModel):
    """Somebody who can sign in."""

    id: str = Field(examples=["5c0e6b1e-9a55-4f0c-8f0a-2f1f3d1c9d10"])
    email: str = Field(examples=["ann@example.com"])
    role: Role
    made: datetime


class RoleIn(Strict):
    """A role."""

    role: Role


class InvitationOut(BaseModel):
    """A link with which one account is made, within a day."""

    path: str = Field(examples=["/w/shop/#setup=…"])
    role: Role


class KeyIn(Strict):
    """A new write key."""

    name: Name


class KeyOut(BaseModel):
    """A write key, without its secret."""

    name: str = Field(examples=["website"])
    made: datetime
    revoked: datetime | None


class NewKeyOut(BaseModel):
    """A write key with its secret, shown this once."""

    name: str = Field(examples=["website"])
    secret: str = Field(examples=["wk_…"])


class RefusedOut(BaseModel):
    """A call that was no event."""

    source: str = Field(examples=["website"])
    received: datetime
    code: str = Field(examples=["no-person"])
    reason: str = Field(examples=["'null' stands for nobody"])
    body: str = Field(examples=['{"type": "track", "userId": "null"}'])
    """As sent, cut off where it is long."""


class DeliveryOut(BaseModel):
    """How events arrive."""

    waiting: int = Field(examples=[0])
    """Accepted, and not in the lake yet."""
    oldest: datetime | None
    lake_version: int = Field(examples=[12])
    refused: list[RefusedOut]


class SnippetOut(BaseModel):
    """Lines to copy."""

    name: str = Field(examples=["python"])
    title: str = Field(examples=["Python"])
    install: str = Field(examples=["pip install segment-analytics-python"])
    code: str = Field(examples=['client = Client("YOUR_WRITE_KEY", host="http://127.0.0.1:8401")'])


class InstallOut(BaseModel):
    """What to put where so that events arrive."""

    workspace: str = Field(examples=["shop"])
    collector: str = Field(examples=["http://127.0.0.1:8401"])
    placeholder: str = Field(examples=["YOUR_WRITE_KEY"])
    """Stands in the snippets where the write key is to be put."""
    snippets: list[SnippetOut]


class AuditOut(BaseModel):
    """Something that was done."""

    at: datetime
    who: str = Field(examples=["5c0e6b1e-9a55-4f0c-8f0a-2f1f3d1c9d10"])
    action: str = Field(examples=["sign-in"])
    what: str = Field(examples=["website"])


class AnswerOut(BaseModel):
    """An answer; further parts of it stand beside its rows."""

    model_config = ConfigDict(extra="allow")

    question: str = Field(examples=["funnel"])
    spec: dict[str, JsonValue]
    """What was asked, all defaults filled in."""
    as_of: datetime
    """The newest moment the data speak of."""
    definition: str = Field(examples=["People who did every step so far, in order, within 7 d …"])
    """What is counted, over whom, within what."""
    notes: list[str] = Field(examples=[["12 people entered too late to tell and are left out."]])
    rows: list[JsonValue] = Field(
        examples=[
            [
                {"step": "Viewed Home Page", "number": 1, "people": 310, "mature": 298,
                 "of_first": {"value": 1.0, "low": 0.99, "high": 1.0, "n": 298}},
                {"step": "Order Completed", "number": 2, "people": 61, "mature": 58,
                 "of_first": {"value": 0.195, "low": 0.154, "high": 0.243, "n": 298}},
            ]
        ]
    )  # fmt: skip


class HealthOut(BaseModel):
    """The process runs, and can do its work."""

    status: Literal["ok", "partly"] = Field(examples=["ok"])
    warming: bool = Field(default=False, examples=[False])
    """What questions need is still being compiled."""


class ProblemOut(BaseModel):
    """Why a request was not met (RFC 9457)."""

    type: str = Field(examples=["urn:sojourn:problem:role"])
    title: str = Field(examples=["Role"])
    status: int = Field(examples=[403])
    detail: str = Field(examples=["This needs the role analyst or a larger one; yours is viewer."])
    code: str = Field(examples=["role"])
    message: str = Field(examples=["This needs the role analyst or a larger one; yours is viewer."])
    """The detail once more, where some libraries look."""
    errors: list[dict[str, JsonValue]] = Field(
        default=[], examples=[[{"where": "body.email", "reason": "Field required"}]]
    )
    """One for each part of the request that is at fault."""


PersonId = Annotated[str, Field(min_length=1, max_length=500, examples=["u000017"])]
Why = Annotated[str, Field(min_length=1, max_length=2000, examples=["The same phone number."])]


class MergeIn(Strict):
    """Two known people that are one."""

    gone: PersonId
    """Counts as the other from now on."""
    kept: PersonId
    why: Why


class UnmergeIn(Strict):
    """A merge to be undone."""

    gone: PersonId
    why: Why


class ActOut(BaseModel):
    """Who did something, when, and why."""

    who: str = Field(examples=["ann@example.com"])
    when: datetime
    why: str = Field(examples=["The same phone number."])


class MergeOut(BaseModel):
    """One merge, and its undoing where it was undone."""

    id: int = Field(examples=[1])
    gone: str = Field(examples=["u000017"])
    kept: str = Field(examples=["u000042"])
    made: ActOut
    undone: ActOut | None


class SegmentIn(Strict):
    """A segment, or a new version of one."""

    document: dict[str, JsonValue] | Annotated[str, Field(max_length=65_536)] = Field(
        examples=[
            {"sojourn": "segment/1", "key": "buyers", "title": {"en": "Buyers", "ko": "구매 고객"},
             "who": {"events": ["Order Completed"], "within": "30d"}},
        ]
    )  # fmt: skip
    """As docs/segments.md has it: the object, or YAML as text. Its key names the segment."""
    why: Annotated[str, Field(max_length=2000, examples=["For the spring offer."])] = ""


class SegmentOut(BaseModel):
    """A segment in its newest version."""

    key: str = Field(examples=["buyers"])
    title: str = Field(examples=["Buyers"])
    title_ko: str | None = Field(examples=["구매 고객"])
    version: int = Field(examples=[2])
    active: bool = Field(examples=[True])
    """Whether it is followed as events arrive."""
    when: datetime
    who: str = Field(examples=["ann@example.com"])
    why: str = Field(examples=["For the spring offer."])


class KeptSegmentOut(SegmentOut):
    """A segment that was kept."""

    doubts: list[str] = Field(examples=[["There is no event 'Order Compleded' yet."]])
    """What it names and no event has: it may come, or be misspelled."""


class SegmentVersionOut(BaseModel):
    """One version of a segment."""

    version: int = Field(examples=[1])
    when: datetime
    who: str = Field(examples=["ann@example.com"])
    why: str = Field(examples=["For the spring offer."])


class WholeSegmentOut(SegmentOut):
    """A segment with its document and every version there was."""

    document: str = Field(examples=["sojourn: segment/1\nkey: buyers\n…"])
    """YAML."""
    versions: list[SegmentVersionOut]
