"""The tables of the state store."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from sojourn.adapters.sql.chains import Chain

metadata = MetaData()

STATE = Chain(metadata=metadata, head="0007", versions="alembic_version", folder="migrations")

SerialId = BigInteger().with_variant(Integer, "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Facts about the workspace itself, such as its format version."""

documents = Table(
    "documents",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", Text, nullable=False),
    Column("who", String(200), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
)
"""Every version of every document; nothing is overwritten."""

imports = Table(
    "imports",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("size", BigInteger),
    Column("options", String(64), nullable=False),
    Column("started_us", BigInteger, nullable=False),
    Column("finished_us", BigInteger),
    Column("status", String(16), nullable=False),
    Column("read", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("duplicate", BigInteger, nullable=False),
    Column("quarantined", BigInteger, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("message", Text, nullable=False),
    Column("quarantine", Text, nullable=False),
)
"""One row per file and import."""

write_keys = Table(
    "write_keys",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("made_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger),
)
"""Who may send events; of each key only its SHA-256 is kept."""
