"""Bringing a state store to the newest revision with Alembic."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from sojourn.adapters.sql.errors import NewerStateError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from sojourn.adapters.sql.chains import Chain

ENVIRONMENT = Path(__file__).parent
_ALEMBIC = threading.Lock()
"""Alembic keeps what it migrates in its modules: of two threads one would migrate the other's
database."""


def alembic_config(chain: Chain) -> Config:
    """Return where Alembic finds how it is run, and the revisions."""
    config = Config()
    for name, value in (
        ("script_location", str(ENVIRONMENT)),
        ("version_locations", str(ENVIRONMENT.parent / chain.folder)),
        ("path_separator", "newline"),  # paths may hold blanks and colons
        ("version_path_separator", "newline"),  # the same for Alembic before 1.16
    ):
        config.set_main_option(name, value.replace("%", "%%"))
    config.attributes["chain"] = chain
    return config


def migrate(engine: Engine, place: str, chain: Chain) -> None:
    """Bring a database to the newest revision, in one transaction.

    Parameters
    ----------
    engine : Engine
    place : str
        What the database is called in a message.
    chain : Chain
        Whose revisions.

    Raises
    ------
    NewerStateError
        If it has a revision this version does not know.
    """
    config = alembic_config(chain)
    # The database first: one that lets us wait must not keep other threads from theirs.
    with engine.begin() as connection, _ALEMBIC:
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        found = MigrationContext.configure(
            connection, opts={"version_table": chain.versions}
        ).get_current_revision()
        if found is not None and found not in known:
            raise NewerStateError(place, found)
        config.attributes["connection"] = connection
        command.upgrade(config, chain.head)
