"""The first tables: who the inbox is, its items, and the calls that were refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "i0001"
down_revision = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "inbox_about",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("last_batch", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "inbox_items",
        sa.Column("position", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("key", sa.LargeBinary(16), nullable=False, unique=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("dialect", sa.String(16), nullable=False),
        sa.Column("received_us", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("batch", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "inbox_marked",
        "inbox_items",
        ["batch"],
        sqlite_where=sa.text("batch IS NOT NULL"),
        postgresql_where=sa.text("batch IS NOT NULL"),
    )
    op.create_table(
        "inbox_refused",
        sa.Column("id", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("received_us", sa.BigInteger, nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
