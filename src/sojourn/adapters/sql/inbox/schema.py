"""The tables of the inbox."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from sojourn.adapters.sql.chains import Chain
from sojourn.adapters.sql.schema import SerialId

metadata = MetaData()

INBOX = Chain(metadata=metadata, head="i0002", versions="inbox_version", folder="inbox_migrations")

about = Table(
    "inbox_about",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("last_batch", BigInteger, nullable=False),
)
"""One row: the inbox's own id, and the number of the newest batch."""

packs = Table(
    "inbox_packs",
    metadata,
    Column("position", SerialId, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False),
    Column("dialect", String(16), nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("sizes", Text, nullable=False),
    Column("bodies", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""Accepted calls that are not in the lake yet, packed (see :mod:`.packing`)."""

leaving = Table(
    "inbox_leaving",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("batch", BigInteger, nullable=False),
)
"""Which packs are on their way in a batch, one at a time; apart, so that marking writes no body."""

refused = Table(
    "inbox_refused",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("code", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""Calls that were no events; the oldest go when there are too many."""
