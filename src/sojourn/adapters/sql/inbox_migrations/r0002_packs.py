"""Calls that come together lie in one row; that an id is there once is the lake's business."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "i0002"
down_revision = "i0001"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_MOVE = """
INSERT INTO inbox_packs (position, source, dialect, received_us, calls, sizes, bodies)
SELECT position, source, dialect, received_us, 1, CAST(length(body) AS VARCHAR), body
FROM inbox_items
"""
_MARK = """
INSERT INTO inbox_leaving (position, batch)
SELECT position, batch FROM inbox_items WHERE batch IS NOT NULL
"""
_FORGET = "DELETE FROM sqlite_sequence WHERE name = 'inbox_packs'"
_COUNT_ON = """
INSERT INTO sqlite_sequence (name, seq)
SELECT 'inbox_packs', seq FROM sqlite_sequence WHERE name = 'inbox_items'
"""
_COUNT_ON_POSTGRES = """
SELECT setval(pg_get_serial_sequence('inbox_packs', 'position'), last_value, is_called)
FROM inbox_items_position_seq
"""


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "inbox_packs",
        sa.Column("position", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("dialect", sa.String(16), nullable=False),
        sa.Column("received_us", sa.BigInteger, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("sizes", sa.Text, nullable=False),
        sa.Column("bodies", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "inbox_leaving",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("batch", sa.BigInteger, nullable=False),
    )
    op.execute(_MOVE)
    op.execute(_MARK)
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (_FORGET, _COUNT_ON) if on_sqlite else (_COUNT_ON_POSTGRES,):
        op.execute(statement)  # places that were given are not given again
    op.drop_table("inbox_items")
