"""A workspace from a backup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.app.privacy.reapplying import check_key, reapply

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.app.privacy.erasing import Erasing
    from sojourn.app.privacy.listing import ErasureList
    from sojourn.app.privacy.reapplying import Reapplied
    from sojourn.ports.backup import Contents, Tables, Told, Vault
    from sojourn.ports.inbox import Inbox

INBOX_FILE = "inbox.db"
"""How the inbox is called in a backup, wherever it was kept."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A workspace whose files are there and whose tables are yet to be put in their place."""

    tables: Tables
    inbox: Inbox
    erasing: Callable[[], Erasing]
    """Returns what erases people, once the tables are there."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a backup held, and who of it is hidden because they were erased since."""

    contents: Contents
    reapplied: Reapplied | None
    """None where no list of erasures was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Makes workspaces from backups.

    Attributes
    ----------
    vault : Vault
    open : callable of str
        Returns the workspace in a folder that was just unpacked.
    """

    vault: Vault
    open: Callable[[str], Unpacked]

    def run(self, backup: str, target: str, told: Told, erasures: ErasureList | None) -> Restored:
        """Return what was restored; the workspace is there whole, or not at all.

        Parameters
        ----------
        backup, target : str
        told : callable
        erasures : ErasureList or None
            Newer than the backup: whoever is in it is hidden before the workspace appears.

        Raises
        ------
        InputError
            If the backup is none or damaged, there is something at the target already, or the list
            is of another workspace.
        """
        with self.vault.unpack(backup, target, told) as (folder, contents):
            found = self.open(folder)
            if erasures is not None:
                check_key(erasures, found.erasing())  # nothing is in a database yet
            found.tables.load(folder)
            if contents.has(INBOX_FILE):
                # The original went on after the copy: its lake, part of which may be here, knows
                # batches by numbers that this inbox will give again.
                found.inbox.renew()
            reapplied = None if erasures is None else reapply(erasures, found.erasing())
            found.inbox.close()
        return Restored(contents, reapplied)
