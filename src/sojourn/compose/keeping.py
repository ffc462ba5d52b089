"""Backups, put together."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.adapters.workspace import folder
from sojourn.app.clock import now_us
from sojourn.app.settings import read_settings
from sojourn.compose import Progress, address_without_password, open_schema, parts_of
from sojourn.compose.erasures import find_list

if TYPE_CHECKING:
    from sojourn.adapters.sql.backends.postgres import PostgresSchema
    from sojourn.app.keeping.restoring import Restored, Unpacked
    from sojourn.ports.backup import Contents, Tables, Vault


def back_up(path: str | Path, target: str | Path, progress: Progress) -> Contents:
    """Return what of a workspace was saved; it may be in use meanwhile.

    Parameters
    ----------
    path : str or Path
        The workspace.
    target : str or Path
        The folder to be made.
    progress : callable of (str, int, int)
        Told what is being copied, how many bytes of it, and of how many.

    Raises
    ------
    InputError
        If there is no workspace, or something is at the target already.
    """
    layout, about = folder.read(Path(path))
    server = open_schema(layout, about, read_settings(os.environ), (layout.state, layout.inbox))
    saving = import_module("sojourn.app.keeping.saving").BackUp(
        workspace=about.id,
        tables=_tables(layout.root, server),
        files=import_module("sojourn.adapters.workspace.saving").FolderPart(layout),
        lake=import_module("sojourn.adapters.lake.saving").LakePart(layout.lake),
        vault=_vault(),
        now_us=now_us,
    )
    found: Contents = saving.run(str(target), progress)
    return found


def restore(
    backup: str | Path, target: str | Path, progress: Progress, erasures: str | Path | None = None
) -> Restored:
    """Return what was restored of a backup, into files unless ``SOJOURN_DATABASE`` is set.

    Parameters
    ----------
    backup, target : str or Path
    progress : callable of (str, int, int)
        Told what is being done, how many bytes of it, and of how many.
    erasures : str or Path, optional
        A list of erasures, or a later state of the workspace: see
        :func:`sojourn.compose.erasures.find_list`.

    Raises
    ------
    InputError
        If the backup is none or damaged, something is at the target or in the database already, or
        the list of erasures is none or of another workspace.
    """
    listed = None if erasures is None else find_list(erasures)
    settings = read_settings(os.environ)

    def unpacked(root: str) -> Unpacked:
        layout, about = folder.settle(Path(root), address_without_password(settings.database))
        tables = _tables(layout.root, open_schema(layout, about, settings, ()))
        parts = parts_of(layout, about, settings)
        found: Unpacked = restoring.Unpacked(tables, parts.inbox, parts.workspace().erasing)
        return found

    restoring = import_module("sojourn.app.keeping.restoring")
    found: Restored = restoring.Restore(vault=_vault(), open=unpacked).run(
        str(backup), str(target), progress, listed
    )
    return found


def check_backup(backup: str | Path, progress: Progress) -> Contents:
    """Return what a backup holds, every byte of it read.

    Raises
    ------
    InputError
        If it is none, or not as it was saved.
    """
    return _vault().check(str(backup), progress)


def _vault() -> Vault:
    vault: Vault = import_module("sojourn.adapters.backups.vault").FolderVault()
    return vault


def _tables(root: Path, server: PostgresSchema | None) -> Tables:
    sql = import_module("sojourn.adapters.sql.copying.saving")
    tables: Tables = sql.SqlTables(root, server)
    return tables
