"""Versioned documents in the state store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Row, Select, func, insert, select
from typing_extensions import override

from sojourn.adapters.sql.schema import documents
from sojourn.base.timespan import to_datetime
from sojourn.ports.workspace import Document, Documents, NewVersion, OvertakenError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from sojourn.adapters.sql.state import StateDatabase


class SqlDocuments(Documents):
    """Documents in SQL; see :class:`sojourn.ports.workspace.Documents`."""

    def __init__(self, state: StateDatabase, now_us: Callable[[], int]) -> None:
        self._state = state
        self._now_us = now_us

    @override
    def get(self, kind: str, document_id: str, version: int | None = None) -> Document | None:
        with self._state.transaction(reading=True) as connection:
            return _get(connection, kind, document_id, version)

    @override
    def put(self, kind: str, document_id: str, body: str, *, who: str, why: str = "") -> Document:
        with self._state.transaction() as connection:
            present = _get(connection, kind, document_id, None)
            if present is not None and present.body == body:
                return present
            after = 0 if present is None else present.version
            new = NewVersion(kind=kind, id=document_id, body=body, after=after)
            return self._insert(connection, new, who, why)

    @override
    def put_all(self, new: Sequence[NewVersion], *, who: str, why: str = "") -> Sequence[Document]:
        with self._state.transaction() as connection:
            for each in new:
                present = _get(connection, each.kind, each.id, None)
                if (0 if present is None else present.version) != each.after:
                    raise OvertakenError(each.kind, each.id)
            return [self._insert(connection, each, who, why) for each in new]

    def _insert(self, connection: Connection, new: NewVersion, who: str, why: str) -> Document:
        row = {
            "kind": new.kind, "id": new.id, "version": new.after + 1, "body": new.body,
            "who": who, "at_us": self._now_us(), "why": why,
        }  # fmt: skip
        connection.execute(insert(documents).values(row))
        stored = _get(connection, new.kind, new.id, new.after + 1)
        if stored is None:  # pragma: no cover - just inserted in the same transaction
            raise AssertionError
        return stored

    @override
    def history(self, kind: str, document_id: str) -> Sequence[Document]:
        with self._state.transaction(reading=True) as connection:
            rows = connection.execute(_of(kind, document_id).order_by(documents.c.version))
            return tuple(_document(row) for row in rows)

    @override
    def newest(self, kind: str) -> Sequence[Document]:
        last = (
            select(documents.c.id, func.max(documents.c.version).label("version"))
            .where(documents.c.kind == kind)
            .group_by(documents.c.id)
            .subquery()
        )
        same = (documents.c.id == last.c.id) & (documents.c.version == last.c.version)
        with self._state.transaction(reading=True) as connection:
            rows = connection.execute(
                select(documents).join(last, same).where(documents.c.kind == kind)
                .order_by(documents.c.id)
            )  # fmt: skip
            return tuple(_document(row) for row in rows)


def _of(kind: str, document_id: str) -> Select[tuple[object, ...]]:
    return select(documents).where(documents.c.kind == kind, documents.c.id == document_id)


def _get(
    connection: Connection, kind: str, document_id: str, version: int | None
) -> Document | None:
    query = _of(kind, document_id).order_by(documents.c.version.desc()).limit(1)
    if version is not None:
        query = query.where(documents.c.version == version)
    row = connection.execute(query).one_or_none()
    return None if row is None else _document(row)


def _document(row: Row[tuple[object, ...]]) -> Document:
    return Document(
        kind=row.kind, id=row.id, version=row.version, body=row.body,
        who=row.who, when=to_datetime(row.at_us), why=row.why,
    )  # fmt: skip
