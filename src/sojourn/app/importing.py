"""Importing files: every row read ends as accepted, duplicate or quarantined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sojourn.app.import_file import FileImport, Listener, Means, OpenReader, Source
from sojourn.app.import_report import ImportReport
from sojourn.base.errors import InputError
from sojourn.ports.workspace import Counts, ImportStatus, LedgerEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sojourn.app.privacy.suppression import Door
    from sojourn.ports.reader import ReadOptions
    from sojourn.ports.workspace import Ledger, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Brings inputs into a workspace."""

    store: Store
    ledger: Ledger
    open_reader: OpenReader
    now_us: Callable[[], int]
    door: Door
    """Events of erased people do not pass it."""
    batch_rows: int = 262_144
    """Rows taken at a time."""

    def run(
        self,
        sources: Sequence[Source],
        options: ReadOptions,
        *,
        wait: bool = True,
        listener: Listener | None = None,
    ) -> ImportReport:
        """Return what became of every row of some inputs.

        An input that cannot be read does not stop the others; what was read of it stays. When this
        returns, everything accepted is on disk. When it does not return, repeating it completes it.

        Parameters
        ----------
        sources : sequence of Source
        options : ReadOptions
            The same for all; secret and present time are filled in here.
        wait : bool
            Whether to wait when another process writes to the workspace.
        listener : Listener, optional

        Raises
        ------
        InputError
            If nothing can be written: the disk is full, another process writes and we do not wait.
        """
        told = listener or Listener()
        now_us = self.now_us()
        batch_rows = min(self.batch_rows, options.batch_rows)
        options = replace(options, secret=self.store.secret(), now_us=now_us, batch_rows=batch_rows)
        with self.store.writer(wait=wait, waiting=told.waiting) as writer:
            self.ledger.interrupt_running()
            means = Means(
                writer=writer, store=self.store, ledger=self.ledger,
                open_reader=self.open_reader, told=told, guard=self.door.guard(),
            )  # fmt: skip
            runs = [FileImport(means, source) for source in sources]
            try:
                ended = [run.run(options) for run in runs]
                writer.commit()
            except BaseException as error:
                self._give_up(runs, error)
                raise
            self.ledger.end([entry for _, entry in ended])
            self.door.note(means.guard)
        return ImportReport(files=tuple(report for report, _ in ended))

    def _give_up(self, runs: Sequence[FileImport], error: BaseException) -> None:
        failed = isinstance(error, InputError)
        status = ImportStatus.FAILED if failed else ImportStatus.INTERRUPTED
        ends = [
            LedgerEnd(id=run.entry, status=status, counts=Counts(), message=str(error))
            for run in runs
            if run.entry is not None
        ]
        try:
            self.ledger.end(ends)
        except InputError:  # the disk is full for the ledger too; the next import puts it right
            return
