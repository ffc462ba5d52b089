"""The thread of the worker that follows segments: moving events never waits for it."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError
from sojourn.server.process import where

if TYPE_CHECKING:
    from sojourn.app.workspace import Workspace

EVERY_S = 0.5
"""Between two looks at what time alone changes."""
TELL_EVERY = 10
"""Parts of people between two lines about how far working everybody out has come."""
_log = logging.getLogger("sojourn.segments")


class Follower:
    """Makes the changes of segments that are due, until told to end.

    Parameters
    ----------
    workspace : Workspace
    """

    def __init__(self, workspace: Workspace) -> None:
        self._following = workspace.following
        self._following.working = _Progress()
        self._stopping = threading.Event()
        self._moved = threading.Event()
        self._thread = threading.Thread(target=self._run, name="segments", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Say that events were moved, or that time has passed: they are taken in at once."""
        self._moved.set()

    def end(self) -> None:
        """Take in what was moved, and end."""
        self._stopping.set()
        self._moved.set()
        self._thread.join()
        self._following.store.close()

    def _run(self) -> None:
        last = False
        while not last:
            self._moved.wait(EVERY_S)
            self._moved.clear()
            last = self._stopping.is_set()
            self._follow()

    def _follow(self) -> None:
        """Make the changes that are due; whatever goes wrong is told and tried again."""
        try:
            followed = self._following.run(self._stopping.is_set)
        except InputError as error:
            _log.error("segments are not followed: %s", error.code)
        except Exception as error:  # noqa: BLE001 - the worker goes on, whatever it was
            _log.error("segments are not followed: %s", where(error))
        else:
            if followed.changes or followed.anew:
                _log.info("segments: %d changes, %d people", followed.changes, followed.people)


@dataclass(slots=True)
class _Progress:
    """Tells how far working everybody out has come, now and then."""

    parts: int = 0

    def __call__(self, done: int, people: int) -> None:
        self.parts += 1
        if self.parts % TELL_EVERY == 0 or done == people:
            _log.info("segments: %d of %d people are worked out", done, people)
