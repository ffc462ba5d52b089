"""Copying a workspace that is in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sojourn.ports.backup import Contents, Part, Told, Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class BackUp:
    """Makes backups of one workspace.

    Attributes
    ----------
    workspace : str
        Its id.
    tables : Part
        State and inbox.
    files : Part
        Whatever else lies in the folder and is not derived.
    lake : Part
    vault : Vault
    now_us : callable
        Reads the clock.
    """

    workspace: str
    tables: Part
    files: Part
    lake: Part
    vault: Vault
    now_us: Callable[[], int]

    def run(self, target: str, told: Told) -> Contents:
        """Return what was saved; it is on disk, and nothing stood still for it.

        Everything that was acknowledged before this was called is in the backup.

        Raises
        ------
        InputError
            If the target exists or cannot be written.
        """
        made_us = self.now_us()
        with self.vault.begin(target) as filling:
            # TRICKY: the inbox before the lake. An event that is handed over meanwhile is in both
            # copies then, and drops out by its id; the other way round it would be in neither.
            facts = [fact for part in self._in_order() for fact in part.save(filling.folder, told)]
            return filling.seal(self.workspace, made_us, facts, told)

    def _in_order(self) -> Sequence[Part]:
        return (self.tables, self.files, self.lake)
