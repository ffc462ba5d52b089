"""What the worker does beside moving events: what is due by the clock."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError
from sojourn.server.process import where

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.app.workspace import Workspace

EVERY_S = 60.0
_log = logging.getLogger("sojourn.worker")


class Chores:
    """Looks once a minute whether something is due, and does it.

    Parameters
    ----------
    workspace : Workspace
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._next = time.monotonic()
        self._sifted = 0
        """The newest refused call that was looked at."""

    def look(self) -> None:
        """Do what is due; a failure is told, and tried again a minute later."""
        if time.monotonic() < self._next:
            return
        self._try(self._erase, "people wait to be erased")
        self._try(self._expire, "events that are too old wait")
        self._next = time.monotonic() + EVERY_S

    def _try(self, chore: Callable[[], None], failed: str) -> None:
        try:
            chore()
        except InputError as error:
            _log.error("%s: %s", failed, error.code)
        except Exception as error:  # noqa: BLE001 - the worker goes on, whatever it was
            _log.error("%s: %s", failed, where(error))

    def _expire(self) -> None:
        expiring = self._workspace.expiring()
        if expiring.is_due():
            run = expiring.run()
            _log.info("%d events were too old", run.events)

    def _erase(self) -> None:
        erasing = self._workspace.erasing()
        if erasing.is_due():
            done = [one for one in erasing.run() if one.done_us is not None]
            _log.info("erased %d people", len(done))
        self._sifted = erasing.sift(self._sifted)
