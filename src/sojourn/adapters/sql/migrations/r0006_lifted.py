"""Of which ids events were allowed again, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go one revision forward."""
    op.add_column("suppressed", sa.Column("lifted_us", sa.BigInteger))
