"""The process that moves accepted events to the lake, and people between segments."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.app.clock import now_us
from sojourn.app.workspace import name_of
from sojourn.base.errors import InputError
from sojourn.server.chores import Chores
from sojourn.server.figures import Counts, Figures, OfWorkspaces
from sojourn.server.follower import Follower
from sojourn.server.process import give_back, spare_collections, where

if TYPE_CHECKING:
    import threading

    from sojourn.app.handover import HandOver
    from sojourn.app.workspace import Workspace
    from sojourn.server.figures import Place

EVERY_S = 0.5
NICENESS = 5
"""Answers to clients go first: what waits in the inbox is safe."""
AFTER_ERROR_S = 5.0
UPKEEP_EVERY = 20
"""Moves between two looks at whether the lake needs upkeep."""
_log = logging.getLogger("sojourn.worker")


@dataclass(slots=True)
class Moved:
    """What happened since the start."""

    items: int = 0
    events: int = 0
    errors: int = 0

    def run(self, hand_over: HandOver, *, keep_up: bool) -> int:
        """Move once and return how many items."""
        handed = hand_over.run(_told_busy, keep_up=keep_up)
        self.items += handed.items
        self.events += handed.events
        if handed.items:
            _log.info("moved %d items, %d events new", handed.items, handed.events)
        if handed.items and keep_up:
            give_back()
        return handed.items


def run_worker(
    workspace: Workspace, stopping: threading.Event, figures_at: Place | None = None
) -> None:
    """Move events until told to stop, the last ones included.

    An error of disk or database is told and tried again: the events wait in the inbox.

    Parameters
    ----------
    workspace : Workspace
    stopping : Event
    figures_at : Place, optional
        Where Prometheus reads its figures; nowhere when left out.
    """
    _give_way()
    moved = Moved()
    if figures_at:
        _tell(moved, workspace, figures_at)
    hand_over = workspace.hand_over
    last = False
    moves = 0
    chores = Chores(workspace)
    follower = Follower(workspace)
    while True:
        pause = EVERY_S
        try:
            items = moved.run(hand_over, keep_up=moves % UPKEEP_EVERY == 0)
            moves += items > 0
            if items >= hand_over.most:
                pause = 0.0
            while last and moved.run(hand_over, keep_up=False):
                continue
        except InputError as error:
            _log.error("events stay in the inbox: %s", error.code)
            moved.errors += 1
            pause = AFTER_ERROR_S
        except Exception as error:  # noqa: BLE001 - the worker goes on, whatever it was
            _log.error("events stay in the inbox: %s", where(error))
            moved.errors += 1
            pause = AFTER_ERROR_S
        follower.look()
        if last:
            follower.end()
            workspace.inbox.close()
            return
        chores.look()
        last = stopping.wait(pause)


def _tell(moved: Moved, workspace: Workspace, place: Place) -> None:
    figures = Figures("worker")
    for name, what, now in (
        ("sojourn_moved_items", "Calls taken from the inbox.", lambda: {"": moved.items}),
        ("sojourn_moved_events", "Of them, events new to the lake.", lambda: {"": moved.events}),
        ("sojourn_move_errors", "Attempts that failed.", lambda: {"": moved.errors}),
    ):
        figures.add(Counts(name, what, "", now))
    figures.add(OfWorkspaces({name_of(workspace): workspace}, now_us, with_lake=True))
    figures.tell(place)


def _give_way() -> None:
    """Let the other processes go first where the system knows how."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    spare_collections()


def _told_busy(holder: str) -> None:
    _log.info("waiting for another writer%s", holder)
