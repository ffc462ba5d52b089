"""The process that moves accepted events to the lake."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError
from sojourn.server.process import spare_collections, where

if TYPE_CHECKING:
    import threading

    from sojourn.app.workspace import Workspace

EVERY_S = 0.5
NICENESS = 5
"""Answers to clients go first: what waits in the inbox is safe."""
AFTER_ERROR_S = 5.0
UPKEEP_EVERY = 20
"""Moves between two looks at whether the lake needs upkeep."""
_log = logging.getLogger("sojourn.worker")


def run_worker(workspace: Workspace, stopping: threading.Event) -> None:
    """Move events until told to stop, the last ones included.

    An error of disk or database is told and tried again: the events wait in the inbox.

    Parameters
    ----------
    workspace : Workspace
    stopping : Event
    """
    _give_way()
    hand_over = workspace.hand_over
    last = False
    moves = 0
    while True:
        pause = EVERY_S
        try:
            handed = hand_over.run(_told_busy, keep_up=moves % UPKEEP_EVERY == 0)
        except InputError as error:
            _log.error("events stay in the inbox: %s", error.code)
            pause = AFTER_ERROR_S
        except Exception as error:  # noqa: BLE001 - the worker goes on, whatever it was
            _log.error("events stay in the inbox: %s", where(error))
            pause = AFTER_ERROR_S
        else:
            if handed.items:
                moves += 1
                _log.info("moved %d items, %d events new", handed.items, handed.events)
        if last:
            workspace.inbox.close()
            return
        last = stopping.wait(pause)


def _give_way() -> None:
    """Let the other processes go first where the system knows how."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    spare_collections()


def _told_busy(holder: str) -> None:
    _log.info("waiting for another writer%s", holder)
