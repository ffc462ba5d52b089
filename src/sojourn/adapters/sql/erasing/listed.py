"""The list of erased people in the state store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import Row, bindparam, insert, select, update
from typing_extensions import override

from sojourn.adapters.sql.erasing.tables import erasures, suppressed
from sojourn.identity.erasing import read_ids, written_ids
from sojourn.ports.erasure import Erasure, Erasures, IdKind, Suppressed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from sojourn.adapters.sql.state import StateDatabase


class SqlErasures(Erasures):
    """Erasures in SQL; see :class:`sojourn.ports.erasure.Erasures`.

    Parameters
    ----------
    state : StateDatabase
    """

    def __init__(self, state: StateDatabase) -> None:
        self._state = state

    @override
    def add(self, erasure: Erasure, suppressed: Sequence[Suppressed]) -> None:
        row = {
            "id": erasure.id, "asked_us": erasure.asked_us, "who": erasure.who,
            "why": erasure.why, "found": json.dumps(dict(erasure.found)),
            "ids": "" if erasure.ids is None else json.dumps(written_ids(erasure.ids)),
            "done_us": erasure.done_us, "certificate": erasure.certificate,
        }  # fmt: skip
        with self._state.transaction() as connection:
            connection.execute(insert(erasures).values(row))
            for one in suppressed:
                _suppress(connection, one)

    @override
    def all(self) -> Sequence[Erasure]:
        with self._state.transaction(reading=True) as connection:
            rows = connection.execute(select(erasures).order_by(erasures.c.asked_us, erasures.c.id))
            return tuple(_erasure(row) for row in rows)

    @override
    def found(self, erasure_id: str, found: Mapping[str, int]) -> None:
        self._change(erasure_id, {"found": json.dumps(dict(found))})

    @override
    def seal(self, erasure_id: str, why: str, certificate: str) -> None:
        self._change(erasure_id, {"ids": "", "why": why, "certificate": certificate})

    @override
    def finish(self, erasure_id: str, at_us: int) -> None:
        self._change(erasure_id, {"done_us": at_us})

    def _change(self, erasure_id: str, values: Mapping[str, object]) -> None:
        with self._state.transaction() as connection:
            one = update(erasures).where(erasures.c.id == erasure_id)
            connection.execute(one.values(values))

    @override
    def suppressed(self) -> Sequence[Suppressed]:
        with self._state.transaction(reading=True) as connection:
            rows = connection.execute(select(suppressed).order_by(suppressed.c.digest))
            return tuple(
                Suppressed(
                    digest=row.digest, kind=IdKind(row.kind), erasure=row.erasure,
                    since_us=row.since_us, until_us=row.until_us, dropped=row.dropped,
                    lifted_us=row.lifted_us,
                )
                for row in rows
            )  # fmt: skip

    @override
    def dropped(self, counts: Mapping[str, int]) -> None:
        one = update(suppressed).where(suppressed.c.digest == bindparam("one"))
        more = one.values(dropped=suppressed.c.dropped + bindparam("more"))
        with self._state.transaction() as connection:
            connection.execute(more, [{"one": d, "more": n} for d, n in counts.items()])

    @override
    def lift(self, erasure_id: str, at_us: int) -> int:
        theirs = update(suppressed).where(
            suppressed.c.erasure == erasure_id, suppressed.c.lifted_us.is_(None)
        )
        with self._state.transaction() as connection:
            return int(connection.execute(theirs.values(lifted_us=at_us)).rowcount)


def _suppress(connection: Connection, one: Suppressed) -> None:
    """Keep an id; where it is kept already it belongs to the newer erasure."""
    row = {
        "kind": one.kind.value, "erasure": one.erasure, "since_us": one.since_us,
        "until_us": one.until_us, "lifted_us": one.lifted_us,
    }  # fmt: skip
    known = update(suppressed).where(suppressed.c.digest == one.digest).values(row)
    if not connection.execute(known).rowcount:
        new = row | {"digest": one.digest, "dropped": one.dropped}
        connection.execute(insert(suppressed).values(new))


def _erasure(row: Row[tuple[object, ...]]) -> Erasure:
    return Erasure(
        id=row.id, asked_us=row.asked_us, who=row.who, why=row.why,
        ids=read_ids(json.loads(row.ids)) if row.ids else None,
        found=json.loads(row.found), done_us=row.done_us, certificate=row.certificate,
    )  # fmt: skip
