"""The tables of signing in at a provider, in the state store."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from sojourn.adapters.sql.access_schema import users
from sojourn.adapters.sql.schema import metadata

begun = Table(
    "provider_sign_ins",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("invitation", String(64), nullable=False),
    Column("next", String(500), nullable=False),
    Column("expires_us", BigInteger, nullable=False),
)
"""On their way; one that came back is deleted."""

identities = Table(
    "identities",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False, index=True),
)
"""Who is who at a provider."""
