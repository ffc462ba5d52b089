"""Sign-ins at a provider in the state store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, or_, select
from typing_extensions import override

from sojourn.adapters.sql.providing.tables import begun as table
from sojourn.adapters.sql.providing.tables import identities
from sojourn.ports.providers import Beginnings, Begun

if TYPE_CHECKING:
    from sojourn.adapters.sql.state import StateDatabase


class SqlBeginnings(Beginnings):
    """See :class:`sojourn.ports.providers.Beginnings`."""

    def __init__(self, state: StateDatabase) -> None:
        self._state = state

    @override
    def begin(self, begun: Begun, now_us: int) -> None:
        with self._state.transaction() as connection:
            connection.execute(delete(table).where(table.c.expires_us < now_us))
            connection.execute(
                insert(table).values(
                    digest=begun.digest, invitation=begun.invitation, next=begun.next,
                    expires_us=begun.expires_us,
                )
            )  # fmt: skip

    @override
    def take(self, digest: str) -> Begun | None:
        this = table.c.digest == digest
        with self._state.transaction() as connection:
            row = connection.execute(select(table).where(this)).mappings().one_or_none()
            taken = connection.execute(delete(table).where(this))
            return Begun(**dict(row)) if row is not None and taken.rowcount else None

    @override
    def user_of(self, issuer: str, subject: str) -> str | None:
        this = (identities.c.issuer == issuer, identities.c.subject == subject)
        with self._state.transaction(reading=True) as connection:
            return connection.execute(
                select(identities.c.user_id).where(*this)
            ).scalar_one_or_none()

    @override
    def join(self, user_id: str, issuer: str, subject: str) -> bool:
        wanted = (user_id, subject)
        either = or_(identities.c.user_id == user_id, identities.c.subject == subject)
        known = select(identities.c.user_id, identities.c.subject).where(
            identities.c.issuer == issuer, either
        )
        with self._state.transaction() as connection:
            found = {tuple(row) for row in connection.execute(known)}
            if not found:
                connection.execute(
                    insert(identities).values(user_id=user_id, issuer=issuer, subject=subject)
                )
            return found <= {wanted}
