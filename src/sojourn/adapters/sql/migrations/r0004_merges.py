"""Merges of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "merges",
        sa.Column("id", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("gone", sa.Text, nullable=False),
        sa.Column("kept", sa.Text, nullable=False),
        sa.Column("who", sa.String(320), nullable=False),
        sa.Column("made_us", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("undone_by", sa.String(320)),
        sa.Column("undone_us", sa.BigInteger),
        sa.Column("undone_why", sa.Text),
    )
    stands = sa.text("undone_us IS NULL")
    op.create_index(
        "one_merge_takes_up_a_person", "merges", ["gone"], unique=True,
        sqlite_where=stands, postgresql_where=stands,
    )  # fmt: skip
