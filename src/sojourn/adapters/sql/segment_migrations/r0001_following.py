"""The first tables: position, people, links, changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "s0001"
down_revision = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "segment_position",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "segment_people",
        sa.Column("person", sa.LargeBinary, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("due_us", sa.BigInteger),
    )
    _index("segment_due", "segment_people", "due_us", "due_us IS NOT NULL")
    op.create_table(
        "segment_links",
        sa.Column("anonymous_id", sa.LargeBinary, primary_key=True),
        sa.Column("user_id", sa.LargeBinary, primary_key=True),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("ident", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "segment_changes",
        sa.Column("id", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("person", sa.LargeBinary, nullable=False),
        sa.Column("segment", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("entered", sa.Boolean, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("by_time", sa.Boolean, nullable=False),
        sa.Column("waiting", sa.Boolean, nullable=False),
    )
    op.create_index("segment_changes_of", "segment_changes", ["person", "id"])
    _index("segment_waiting", "segment_changes", "id", "waiting")


def _index(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], sqlite_where=condition, postgresql_where=condition)
