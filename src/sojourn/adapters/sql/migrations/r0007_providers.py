"""Signing in at a provider: on their way, and who is who."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "provider_sign_ins",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("invitation", sa.String(64), nullable=False),
        sa.Column("next", sa.String(500), nullable=False),
        sa.Column("expires_us", sa.BigInteger, nullable=False),
    )
    owner = sa.ForeignKey("users.id", ondelete="CASCADE")
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(255), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        sa.Column("user_id", sa.String(36), owner, nullable=False),
    )
    op.create_index("ix_identities_user_id", "identities", ["user_id"])
