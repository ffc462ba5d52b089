"""How events arrive: write keys, what waits, what was refused."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from sojourn.app.access.accounts import Caller
from sojourn.app.access.roles import Action
from sojourn.app.collecting.keys import make_write_key
from sojourn.base.timespan import to_datetime
from sojourn.server.web.guards import InWorkspace, allowed
from sojourn.server.web.models import DeliveryOut, KeyIn, KeyOut, NewKeyOut, RefusedOut

router = APIRouter(tags=["delivery"])
Managing = Annotated[Caller, Depends(allowed(Action.MANAGE_KEYS))]


@router.get("/keys")
def keys(served: InWorkspace, _: Managing) -> list[KeyOut]:
    """List the write keys, without their secrets."""
    return [
        KeyOut(name=key.name, made=key.made, revoked=key.revoked)
        for key in served.workspace.write_keys.all()
    ]


@router.post("/keys", status_code=201)
def make_key(body: KeyIn, served: InWorkspace, caller: Managing) -> NewKeyOut:
    """Make a write key; its secret is shown this once."""
    secret = make_write_key(served.workspace.write_keys, body.name)
    served.accounts.note(caller.user_id, "key-made", body.name)
    return NewKeyOut(name=body.name, secret=secret)


@router.delete("/keys/{key}", status_code=204)
def revoke_key(key: str, served: InWorkspace, caller: Managing) -> None:
    """Make a write key worthless."""
    served.workspace.write_keys.revoke(key)
    served.accounts.note(caller.user_id, "key-revoked", key[:100])


@router.get("/delivery")
def delivery(
    served: InWorkspace,
    _: Annotated[Caller, Depends(allowed(Action.SEE_DELIVERY))],
    most: Annotated[int, Query(ge=0, le=1000)] = 20,
) -> DeliveryOut:
    """Say what waits to be moved to the lake, and which calls were refused last."""
    inbox = served.workspace.inbox
    waiting = inbox.waiting()
    return DeliveryOut(
        waiting=waiting.items,
        oldest=None if waiting.oldest_us is None else to_datetime(waiting.oldest_us),
        lake_version=served.workspace.lake.version(),
        refused=[
            RefusedOut(
                source=call.source, received=to_datetime(call.received_us), code=call.code,
                reason=call.reason, body=call.body.decode("utf-8", "replace"),
            )
            for call in inbox.refused(most)
        ],
    )  # fmt: skip
