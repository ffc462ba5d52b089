"""The tables of erasing people, in the state store."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, Text

from sojourn.adapters.sql.schema import metadata

erasures = Table(
    "erasures",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("asked_us", BigInteger, nullable=False),
    Column("who", String(36), nullable=False),
    Column("why", Text, nullable=False),
    Column("ids", Text, nullable=False),
    Column("found", Text, nullable=False),
    Column("done_us", BigInteger),
    Column("certificate", Text, nullable=False),
)
"""One row a person that is to be erased or was; ``ids`` is emptied when it is done."""

suppressed = Table(
    "suppressed",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("erasure", String(36), nullable=False),
    Column("since_us", BigInteger),
    Column("until_us", BigInteger),
    Column("dropped", BigInteger, nullable=False),
    Column("lifted_us", BigInteger),
)
"""Ids of which nothing is taken any more, each by a keyed hash; the key is not in the database."""
