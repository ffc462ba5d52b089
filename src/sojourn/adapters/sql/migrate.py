"""Bringing a state store to the newest revision with Alembic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from sojourn.adapters.sql.errors import NewerStateError

if TYPE_CHECKING:
    from sqlalchemy import Engine

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, place: str) -> None:
    """Bring a database to the newest revision, in one transaction.

    Parameters
    ----------
    engine : Engine
    place : str
        What the database is called in a message.

    Raises
    ------
    NewerStateError
        If it has a revision this version does not know.
    """
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with engine.begin() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        if found is not None and found not in known:
            raise NewerStateError(place, found)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
