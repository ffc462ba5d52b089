"""The tables of access, in the state store."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from sojourn.adapters.sql.schema import SerialId, metadata

_ID, _DIGEST = 36, 64

users = Table(
    "users",
    metadata,
    Column("id", String(_ID), primary_key=True),
    Column("email", String(255), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password", String(255), nullable=False),
    Column("made_us", BigInteger, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(_DIGEST), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(_ID), primary_key=True),
    Column("digest", String(_DIGEST), nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger),
)

invitations = Table(
    "invitations",
    metadata,
    Column("digest", String(_DIGEST), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
)
"""Not used up yet: a used one is deleted."""

failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", String(_DIGEST), primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("last_us", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("at_us", BigInteger, nullable=False),
    Column("who", String(_ID), nullable=False),
    Column("action", String(32), nullable=False),
    Column("what", String(100), nullable=False),
)
"""Grows only; ids in it outlive what they name."""
