"""Who can sign in, and what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query

from sojourn.app.access.accounts import Caller
from sojourn.app.access.roles import Action, Role
from sojourn.base.timespan import to_datetime
from sojourn.server.web.guards import InWorkspace, allowed
from sojourn.server.web.models import AuditOut, InvitationOut, RoleIn, UserOut

if TYPE_CHECKING:
    from sojourn.ports.access import User

router = APIRouter(tags=["users"])
Managing = Annotated[Caller, Depends(allowed(Action.MANAGE_USERS))]


@router.get("/users")
def users(served: InWorkspace, _: Managing) -> list[UserOut]:
    """List everybody who can sign in."""
    return [_shown(user) for user in served.accounts.users.all()]


@router.post("/invitations", status_code=201)
def invite(body: RoleIn, served: InWorkspace, caller: Managing) -> InvitationOut:
    """Make a link with which one account of a role is made, once and within a day."""
    secret = served.accounts.invite(body.role, caller.user_id)
    return InvitationOut(path=f"/w/{served.name}/#setup={secret}", role=body.role)


@router.put("/users/{user}/role")
def set_role(user: str, body: RoleIn, served: InWorkspace, caller: Managing) -> UserOut:
    """Change somebody's role."""
    return _shown(served.accounts.set_role(caller, user, body.role))


@router.delete("/users/{user}", status_code=204)
def remove(user: str, served: InWorkspace, caller: Managing) -> None:
    """Remove somebody's account, with sessions and tokens."""
    served.accounts.remove(caller, user)


@router.get("/audit")
def audit(
    served: InWorkspace,
    _: Annotated[Caller, Depends(allowed(Action.SEE_AUDIT))],
    most: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[AuditOut]:
    """List what was done to accounts and keys, newest first."""
    return [
        AuditOut(at=to_datetime(each.at_us), who=each.who, action=each.action, what=each.what)
        for each in served.accounts.log.newest(most)
    ]


def _shown(user: User) -> UserOut:
    return UserOut(
        id=user.id, email=user.email, role=Role(user.role), made=to_datetime(user.made_us)
    )
