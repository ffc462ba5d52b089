"""The families of tables, each with revisions of its own.

The state store and the inbox are two files of a workspace, and two families in one database where
both are kept in PostgreSQL; so each numbers its revisions by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import MetaData


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A family of tables.

    Attributes
    ----------
    head : str
        The newest revision; a database at it is opened without loading Alembic.
    versions : str
        The table that says at which revision a database is.
    folder : str
        Where the revisions lie, beside this module.
    """

    metadata: MetaData
    head: str
    versions: str
    folder: str
