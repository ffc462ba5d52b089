"""Accounts in the state store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from typing_extensions import override

from sojourn.adapters.sql.access_schema import (
    audit,
    failures,
    invitations,
    sessions,
    tokens,
    users,
)
from sojourn.ports.access import (
    AccessLog,
    AuditEntry,
    Failures,
    Invitation,
    Secrets,
    Session,
    Token,
    User,
    Users,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Executable, Select, Table

    from sojourn.adapters.sql.state import StateDatabase


class _Tables:
    """What the three share: short transactions over the state store."""

    def __init__(self, state: StateDatabase) -> None:
        self._state = state

    def _one(self, query: Select[Any]) -> dict[str, Any] | None:
        with self._state.transaction(reading=True) as connection:
            row = connection.execute(query).mappings().one_or_none()
            return None if row is None else dict(row)

    def _all(self, query: Select[Any]) -> list[dict[str, Any]]:
        with self._state.transaction(reading=True) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _do(self, statement: Executable) -> None:
        with self._state.transaction() as connection:
            connection.execute(statement)


class SqlUsers(_Tables, Users):
    """Who can sign in; see :class:`sojourn.ports.access.Users`."""

    @override
    def all(self) -> Sequence[User]:
        return tuple(User(**row) for row in self._all(select(users).order_by(users.c.email)))

    @override
    def get(self, user_id: str) -> User | None:
        row = self._one(select(users).where(users.c.id == user_id))
        return None if row is None else User(**row)

    @override
    def by_email(self, email: str) -> User | None:
        row = self._one(select(users).where(users.c.email == email))
        return None if row is None else User(**row)

    @override
    def add(self, user: User, invitation: str) -> bool:
        taken = select(users.c.id).where(users.c.email == user.email)
        with self._state.transaction() as connection:
            if connection.execute(taken).first() is not None:
                return False
            used = connection.execute(delete(invitations).where(invitations.c.digest == invitation))
            if not used.rowcount:
                return False
            connection.execute(insert(users).values(_row(user, users)))
            return True

    @override
    def set_role(self, user_id: str, role: str, smaller: Sequence[str], needed: str) -> bool:
        good = (role, *smaller)
        with self._state.transaction() as connection:
            if role != needed and _is_last(connection, user_id, needed):
                return False
            connection.execute(update(users).where(users.c.id == user_id).values(role=role))
            connection.execute(
                update(tokens)
                .where(tokens.c.user_id == user_id, tokens.c.role.not_in(good))
                .values(role=role)
            )
            return True

    @override
    def set_password(self, user_id: str, password: str) -> None:
        with self._state.transaction() as connection:
            connection.execute(update(users).where(users.c.id == user_id).values(password=password))
            connection.execute(delete(sessions).where(sessions.c.user_id == user_id))

    @override
    def remove(self, user_id: str, needed: str) -> bool:
        with self._state.transaction() as connection:
            if _is_last(connection, user_id, needed):
                return False
            connection.execute(delete(users).where(users.c.id == user_id))
            return True


class SqlSecrets(_Tables, Secrets):
    """Digests of what lets somebody in; see :class:`sojourn.ports.access.Secrets`."""

    @override
    def add_session(self, session: Session) -> None:
        self._do(insert(sessions).values(_row(session, sessions)))

    @override
    def session(self, digest: str) -> Session | None:
        row = self._one(select(sessions).where(sessions.c.digest == digest))
        return None if row is None else Session(**row)

    @override
    def touch_session(self, digest: str, seen_us: int) -> None:
        self._do(update(sessions).where(sessions.c.digest == digest).values(seen_us=seen_us))

    @override
    def end_session(self, digest: str) -> None:
        self._do(delete(sessions).where(sessions.c.digest == digest))

    @override
    def add_token(self, token: Token) -> None:
        self._do(insert(tokens).values(_row(token, tokens)))

    @override
    def token(self, digest: str) -> Token | None:
        row = self._one(select(tokens).where(tokens.c.digest == digest))
        return None if row is None else Token(**row)

    @override
    def tokens(self, user_id: str) -> Sequence[Token]:
        mine = select(tokens).where(tokens.c.user_id == user_id).order_by(tokens.c.made_us)
        return tuple(Token(**row) for row in self._all(mine))

    @override
    def end_token(self, user_id: str, token_id: str) -> bool:
        with self._state.transaction() as connection:
            done = connection.execute(
                delete(tokens).where(tokens.c.id == token_id, tokens.c.user_id == user_id)
            )
            return bool(done.rowcount)

    @override
    def add_invitation(self, invitation: Invitation) -> None:
        with self._state.transaction() as connection:
            connection.execute(
                delete(invitations).where(invitations.c.expires_us < invitation.made_us)
            )
            connection.execute(insert(invitations).values(_row(invitation, invitations)))

    @override
    def add_first(self, invitation: Invitation) -> bool:
        with self._state.transaction() as connection:
            if connection.execute(select(users.c.id).limit(1)).first() is not None:
                return False
            connection.execute(delete(invitations))
            connection.execute(insert(invitations).values(_row(invitation, invitations)))
            return True

    @override
    def invitation(self, digest: str) -> Invitation | None:
        row = self._one(select(invitations).where(invitations.c.digest == digest))
        return None if row is None else Invitation(**row)


class SqlAccessLog(_Tables, AccessLog):
    """Failed attempts and what was done; see :class:`sojourn.ports.access.AccessLog`."""

    @override
    def failures(self, key: str) -> Failures | None:
        found = select(failures.c.count, failures.c.last_us).where(failures.c.key == key)
        row = self._one(found)
        return None if row is None else Failures(**row)

    @override
    def failed(self, key: str, at_us: int) -> None:
        again = update(failures).where(failures.c.key == key)
        with self._state.transaction() as connection:
            done = connection.execute(again.values(count=failures.c.count + 1, last_us=at_us))
            if not done.rowcount:
                connection.execute(insert(failures).values(key=key, count=1, last_us=at_us))

    @override
    def succeeded(self, key: str) -> None:
        self._do(delete(failures).where(failures.c.key == key))

    @override
    def note(self, entry: AuditEntry) -> None:
        self._do(insert(audit).values(_row(entry, audit)))

    @override
    def newest(self, most: int) -> Sequence[AuditEntry]:
        columns = (audit.c.at_us, audit.c.who, audit.c.action, audit.c.what)
        newest = select(*columns).order_by(audit.c.id.desc()).limit(most)
        return tuple(AuditEntry(**row) for row in self._all(newest))


def _is_last(connection: Connection, user_id: str, role: str) -> bool:
    """Return whether somebody alone has a role; true until the transaction ends."""
    found = connection.execute(select(users.c.id).where(users.c.role == role)).scalars().all()
    return found == [user_id]


def _row(value: object, table: Table) -> dict[str, object]:
    names = [column.name for column in table.columns]
    return {name: getattr(value, name) for name in names if hasattr(value, name)}
