"""Many requests, one commit: each is answered when what it brought is on disk.

A synced commit costs the same for one event as for thousands. While one is under way, what arrives
gathers, and goes with the next.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.ports.inbox import Inbox, Item, Refused

MOST_ITEMS = 5_000
"""Items of one commit: so many take some tens of milliseconds."""
MOST_WAITING_BYTES = 64 * 1024 * 1024
"""What may wait for a commit, above which clients are asked to come back."""


class OverloadedError(InputError):
    """More arrives than the disk takes. Remedy: send again after a second."""

    code = "overloaded"

    def __init__(self, waiting: int) -> None:
        super().__init__(
            f"{waiting // 1_000_000} MB of events wait to be written.",
            remedy="Send them again after a second.",
        )


class ClosingError(InputError):
    """The collector is being stopped. Remedy: send again when it is back."""

    code = "closing"

    def __init__(self) -> None:
        super().__init__("The collector is being stopped.", remedy="Send again in a moment.")


@dataclass(frozen=True, slots=True)
class _Entry:
    items: Sequence[Item]
    refused: Sequence[Refused]
    size: int
    done: Future[None] = field(default_factory=Future)


class GroupCommit:
    """The one writer of an inbox within a process.

    Parameters
    ----------
    inbox : Inbox
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._entries: deque[_Entry] = deque()
        self._waiting_bytes = 0
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def submit(self, items: Sequence[Item], refused: Sequence[Refused]) -> Future[None]:
        """Return a future that is done when the items are on disk.

        It ends with the error of the commit where that failed; none of its items are kept then.
        Whoever gives it up takes nothing back: the items are kept all the same.

        Raises
        ------
        OverloadedError
            If too much waits already.
        ClosingError
            If :meth:`close` was called.
        """
        size = sum(len(item.body) for item in items) + sum(len(call.body) for call in refused)
        entry = _Entry(items, refused, size)
        with self._changed:
            if self._closing:
                raise ClosingError
            if self._waiting_bytes and self._waiting_bytes + size > MOST_WAITING_BYTES:
                raise OverloadedError(self._waiting_bytes)
            self._entries.append(entry)
            self._waiting_bytes += size
            self._changed.notify()
        return entry.done

    def close(self) -> None:
        """Commit what waits, then end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next():
            # TRICKY: a future given up meanwhile takes no result; from here on none can be.
            told = [entry.done for entry in group if entry.done.set_running_or_notify_cancel()]
            items = [item for entry in group for item in entry.items]
            refused = [call for entry in group for call in entry.refused]
            error: Exception | None = None
            try:
                self._inbox.put(items, refused)
            except Exception as raised:  # noqa: BLE001 - whoever waits is told, whatever it is
                error = raised
            with self._changed:
                self._waiting_bytes -= sum(entry.size for entry in group)
            for done in told:
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(error)

    def _next(self) -> list[_Entry]:
        """Return what goes into the next commit; nothing when all is done and we are closing."""
        with self._changed:
            while not self._entries and not self._closing:
                self._changed.wait()
            group: list[_Entry] = []
            count = 0
            while self._entries and (
                not group or count + len(self._entries[0].items) <= MOST_ITEMS
            ):
                group.append(self._entries.popleft())
                count += len(group[-1].items)
            return group
