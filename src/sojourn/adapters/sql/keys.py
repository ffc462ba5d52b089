"""Write keys in the state store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from typing_extensions import override

from sojourn.adapters.sql.errors import NameTakenError
from sojourn.adapters.sql.schema import write_keys
from sojourn.base.errors import UnknownNameError
from sojourn.base.timespan import to_datetime
from sojourn.ports.workspace import WriteKey, WriteKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sojourn.adapters.sql.state import StateDatabase


class SqlWriteKeys(WriteKeys):
    """Who may send events, in SQL; see :class:`sojourn.ports.workspace.WriteKeys`."""

    def __init__(self, state: StateDatabase, now_us: Callable[[], int]) -> None:
        self._state = state
        self._now_us = now_us

    @override
    def add(self, name: str, digest: str) -> None:
        row = {"name": name, "digest": digest, "made_us": self._now_us()}
        with self._state.transaction() as connection:
            taken = select(write_keys.c.name).where(write_keys.c.name == name)
            if connection.execute(taken).first():
                raise NameTakenError("write key", name)
            connection.execute(insert(write_keys).values(row))

    @override
    def revoke(self, name: str) -> None:
        with self._state.transaction() as connection:
            done = connection.execute(
                update(write_keys)
                .where(write_keys.c.name == name, write_keys.c.revoked_us.is_(None))
                .values(revoked_us=self._now_us())
            )
        if not done.rowcount:
            good = [key.name for key in self.all() if key.revoked is None]
            raise UnknownNameError("write key", name, good)

    @override
    def all(self) -> Sequence[WriteKey]:
        columns = (write_keys.c.name, write_keys.c.made_us, write_keys.c.revoked_us)
        with self._state.transaction(reading=True) as connection:
            found = connection.execute(select(*columns).order_by(write_keys.c.name)).all()
        return tuple(
            WriteKey(
                name=name, made=to_datetime(made),
                revoked=None if revoked is None else to_datetime(revoked),
            )
            for name, made, revoked in found
        )  # fmt: skip

    @override
    def good(self) -> Mapping[str, str]:
        kept = select(write_keys.c.digest, write_keys.c.name).where(
            write_keys.c.revoked_us.is_(None)
        )
        with self._state.transaction(reading=True) as connection:
            return {row.digest: row.name for row in connection.execute(kept)}
