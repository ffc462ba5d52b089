"""The import ledger in the state store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Row, insert, select, update
from typing_extensions import override

from sojourn.adapters.sql.schema import imports
from sojourn.base.timespan import to_datetime
from sojourn.ports.workspace import Counts, ImportStatus, Ledger, LedgerEnd, LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sojourn.adapters.sql.state import StateDatabase


class SqlLedger(Ledger):
    """What was imported, in SQL; see :class:`sojourn.ports.workspace.Ledger`."""

    def __init__(self, state: StateDatabase, now_us: Callable[[], int]) -> None:
        self._state = state
        self._now_us = now_us

    @override
    def interrupt_running(self) -> None:
        running, ended = ImportStatus.RUNNING.value, ImportStatus.INTERRUPTED.value
        with self._state.transaction() as connection:
            connection.execute(
                update(imports).where(imports.c.status == running).values(status=ended)
            )

    @override
    def begin(self, name: str, *, size: int | None, options: str) -> int:
        row = {
            "name": name, "size": size, "options": options, "started_us": self._now_us(),
            "status": ImportStatus.RUNNING.value, "read": 0, "accepted": 0, "duplicate": 0,
            "quarantined": 0, "fingerprint": "", "message": "", "quarantine": "",
        }  # fmt: skip
        with self._state.transaction() as connection:
            result = connection.execute(insert(imports).values(row).returning(imports.c.id))
            return int(result.scalar_one())

    @override
    def end(self, entries: Sequence[LedgerEnd]) -> None:
        now_us = self._now_us()
        with self._state.transaction() as connection:
            for entry in entries:
                values = _ended(entry, now_us)
                connection.execute(update(imports).where(imports.c.id == entry.id).values(values))

    @override
    def entries(self) -> Sequence[LedgerEntry]:
        with self._state.transaction(reading=True) as connection:
            rows = connection.execute(select(imports).order_by(imports.c.id))
            return tuple(_entry(row) for row in rows)


def _ended(entry: LedgerEnd, now_us: int) -> dict[str, int | str]:
    counts = entry.counts
    return {
        "finished_us": now_us, "status": entry.status.value,
        "read": counts.read, "accepted": counts.accepted,
        "duplicate": counts.duplicate, "quarantined": counts.quarantined,
        "fingerprint": entry.fingerprint, "message": entry.message,
        "quarantine": entry.quarantine,
    }  # fmt: skip


def _entry(row: Row[tuple[object, ...]]) -> LedgerEntry:
    return LedgerEntry(
        id=row.id, name=row.name, size=row.size, options=row.options,
        started=to_datetime(row.started_us),
        finished=None if row.finished_us is None else to_datetime(row.finished_us),
        status=ImportStatus(row.status),
        counts=Counts(read=row.read, accepted=row.accepted, duplicate=row.duplicate,
                      quarantined=row.quarantined),
        fingerprint=row.fingerprint, message=row.message, quarantine=row.quarantine,
    )  # fmt: skip
