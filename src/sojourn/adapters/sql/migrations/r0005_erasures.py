"""Erased people, and the ids of which nothing is taken any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("asked_us", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(36), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("ids", sa.Text, nullable=False),
        sa.Column("found", sa.Text, nullable=False),
        sa.Column("done_us", sa.BigInteger),
        sa.Column("certificate", sa.Text, nullable=False),
    )
    op.create_table(
        "suppressed",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("erasure", sa.String(36), nullable=False),
        sa.Column("since_us", sa.BigInteger),
        sa.Column("until_us", sa.BigInteger),
        sa.Column("dropped", sa.BigInteger, nullable=False),
    )
