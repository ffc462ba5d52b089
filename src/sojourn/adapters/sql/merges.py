"""Merges of people in the state store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Row, Select, insert, select, update
from typing_extensions import override

from sojourn.adapters.sql.people_schema import merges
from sojourn.base.timespan import to_datetime
from sojourn.identity.merging import Arrow, NotMergedError, check_merge
from sojourn.ports.people import Act, MergeEntry, Merges

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from sojourn.adapters.sql.state import StateDatabase

_STANDING = merges.c.undone_us.is_(None)


class SqlMerges(Merges):
    """Who was merged with whom, in SQL; see :class:`sojourn.ports.people.Merges`."""

    def __init__(self, state: StateDatabase, now_us: Callable[[], int]) -> None:
        self._state = state
        self._now_us = now_us

    @override
    def add(self, gone: str, kept: str, *, who: str, why: str) -> MergeEntry:
        row = {"gone": gone, "kept": kept, "who": who, "made_us": self._now_us(), "why": why}
        with self._state.transaction() as connection:
            check_merge(gone, kept, _standing(connection))
            connection.execute(insert(merges).values(row))
            return _entry(connection.execute(_of(gone)).one())

    @override
    def undo(self, gone: str, *, who: str, why: str) -> MergeEntry:
        undone = {"undone_by": who, "undone_us": self._now_us(), "undone_why": why}
        with self._state.transaction() as connection:
            found = connection.execute(_of(gone)).one_or_none()
            if found is None:
                raise NotMergedError(gone)
            connection.execute(update(merges).where(merges.c.id == found.id).values(undone))
            again = select(merges).where(merges.c.id == found.id)
            return _entry(connection.execute(again).one())

    @override
    def all(self) -> Sequence[MergeEntry]:
        with self._state.transaction(reading=True) as connection:
            return tuple(map(_entry, connection.execute(select(merges).order_by(merges.c.id))))

    @override
    def standing(self) -> Mapping[str, str]:
        with self._state.transaction(reading=True) as connection:
            return _standing(connection)

    @override
    def arrows(self) -> Sequence[Arrow]:
        told = select(merges.c.made_us, merges.c.gone, merges.c.kept).where(_STANDING)
        with self._state.transaction(reading=True) as connection:
            return tuple(Arrow(*row) for row in connection.execute(told))


def _of(gone: str) -> Select[tuple[object, ...]]:
    return select(merges).where(merges.c.gone == gone, _STANDING)


def _standing(connection: Connection) -> dict[str, str]:
    found = connection.execute(select(merges.c.gone, merges.c.kept).where(_STANDING))
    return {row.gone: row.kept for row in found}


def _entry(row: Row[tuple[object, ...]]) -> MergeEntry:
    undone = None
    if row.undone_us is not None:
        undone = Act(who=row.undone_by, when=to_datetime(row.undone_us), why=row.undone_why)
    return MergeEntry(
        id=row.id, gone=row.gone, kept=row.kept, undone=undone,
        made=Act(who=row.who, when=to_datetime(row.made_us), why=row.why),
    )  # fmt: skip
