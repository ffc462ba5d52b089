"""A workspace from a backup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.ports.backup import Contents, Tables, Told, Vault
    from sojourn.ports.inbox import Inbox

INBOX_FILE = "inbox.db"
"""How the inbox is called in a backup, wherever it was kept."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A workspace whose files are there and whose tables are yet to be put in their place."""

    tables: Tables
    inbox: Inbox


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

    def run(self, backup: str, target: str, told: Told) -> Contents:
        """Return what was restored; the workspace is there whole, or not at all.

        Raises
        ------
        InputError
            If the backup is none or damaged, or there is something at the target already.
        """
        with self.vault.unpack(backup, target, told) as (folder, contents):
            found = self.open(folder)
            found.tables.load(folder)
            if contents.has(INBOX_FILE):
                # The original went on after the copy: its lake, part of which may be here, knows
                # batches by numbers that this inbox will give again.
                found.inbox.renew()
                found.inbox.close()
        return contents
