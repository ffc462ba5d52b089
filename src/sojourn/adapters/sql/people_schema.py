"""The tables of people, in the state store."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text, text

from sojourn.adapters.sql.schema import SerialId, metadata

merges = Table(
    "merges",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("gone", Text, nullable=False),
    Column("kept", Text, nullable=False),
    Column("who", String(320), nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
    Column("undone_by", String(320)),
    Column("undone_us", BigInteger),
    Column("undone_why", Text),
)
"""Every merge of two known persons; an undone one stays, with who undid it."""

_STANDS = text("undone_us IS NULL")
Index(
    "one_merge_takes_up_a_person", merges.c.gone, unique=True,
    sqlite_where=_STANDS, postgresql_where=_STANDS,
)  # fmt: skip
