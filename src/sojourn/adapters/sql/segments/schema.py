"""The tables that segments are followed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)
from typing_extensions import override

from sojourn.adapters.sql.chains import Chain
from sojourn.adapters.sql.schema import SerialId

if TYPE_CHECKING:
    from sqlalchemy import Dialect

metadata = MetaData()


class Words(TypeDecorator[str]):
    """An id as its bytes: PostgreSQL's texts cannot hold a NUL, and ids of people may."""

    impl = LargeBinary
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else value.encode()

    @override
    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else bytes(value).decode()


SEGMENTS = Chain(
    metadata=metadata, head="s0001", versions="segments_version", folder="segment_migrations"
)

position = Table(
    "segment_position",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)
"""One row: how far the segments have followed."""

people = Table(
    "segment_people",
    metadata,
    Column("person", Words, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("due_us", BigInteger),
)
"""What is kept of each person, and when time alone may next change something."""

Index(
    "segment_due",
    people.c.due_us,
    sqlite_where=text("due_us IS NOT NULL"),
    postgresql_where=text("due_us IS NOT NULL"),
)

links = Table(
    "segment_links",
    metadata,
    Column("anonymous_id", Words, primary_key=True),
    Column("user_id", Words, primary_key=True),
    Column("time_us", BigInteger, nullable=False),
    Column("ident", BigInteger, nullable=False),
)
"""The first two user ids of each anonymous id."""

changes = Table(
    "segment_changes",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("person", Words, nullable=False),
    Column("segment", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("entered", Boolean, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("by_time", Boolean, nullable=False),
    Column("waiting", Boolean, nullable=False),
)
"""Who entered and left what, when; ``waiting`` until it is in the inbox."""

Index("segment_changes_of", changes.c.person, changes.c.id)
Index(
    "segment_waiting",
    changes.c.id,
    sqlite_where=text("waiting"),
    postgresql_where=text("waiting"),
)
