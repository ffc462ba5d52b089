"""Compiling what questions need before the first is asked.

On a fresh machine the first question waits for its kernels to be compiled; afterwards they are read
from disk. So a handful of made-up events is asked everything that pages ask, beside the server's
work, once it answers: in this process alone, the collector is another.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING, Final

from sojourn.api.journeys import Journeys
from sojourn.app.clock import now_us
from sojourn.app.import_file import Source
from sojourn.base.timespan import HOUR_US
from sojourn.compose import scratch_workspace
from sojourn.ports.reader import ReadOptions
from sojourn.server.process import where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PEOPLE, EVENTS = 6, ("Viewed", "Added", "Order Completed")
_LOOK_EVERY_S: Final = 0.1
_PREFIX: Final = "sojourn-warm-"
_STALE_US: Final = HOUR_US
"""So long no warming takes, however slow the machine is."""
_log = logging.getLogger("sojourn.web")


@dataclass(slots=True)
class Warming:
    """Whether kernels are still being compiled.

    Attributes
    ----------
    steps : callable
        Returns what to do, one thing after another.
    busy : Event
        Set while it goes on.
    stopping : Event
        Looked at between two steps.
    """

    steps: Callable[[], Iterator[object]]
    busy: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, is_ready: Callable[[], bool]) -> threading.Thread:
        """Begin in the background, as soon as the server is ready to answer."""
        self.busy.set()
        thread = threading.Thread(target=self._run, args=(is_ready,), name="warming", daemon=True)
        thread.start()
        return thread

    def _run(self, is_ready: Callable[[], bool]) -> None:
        try:
            while not is_ready() and not self.stopping.wait(_LOOK_EVERY_S):
                continue
            begun = time.monotonic()
            if all(not self.stopping.is_set() for _ in self.steps()):
                _log.info("warm after %.1f s", time.monotonic() - begun)
        except Exception as error:  # noqa: BLE001 - questions compile for themselves then
            _log.warning("not warm: %s", where(error))
        finally:
            self.busy.clear()


def questions_of_pages() -> Iterator[object]:
    """Ask what pages ask, of a workspace that is gone afterwards; yield after each."""
    remove_stale()
    folder = Path(mkdtemp(prefix=_PREFIX))
    workspace = scratch_workspace(folder / "workspace")
    journeys = Journeys(workspace, folder)
    file = folder / "events.csv"
    file.write_text(_made_up(), "utf-8")
    workspace.import_files((Source(name="events", content=str(file)),), ReadOptions())
    first, _, last = EVENTS
    yield journeys.events()
    yield journeys.person("u1")
    yield journeys.map()
    yield journeys.funnel(first, last)
    yield journeys.retention()
    yield journeys.sessions()
    yield journeys.paths()


def remove_stale() -> None:
    """Remove the folders of processes that were killed while they warmed up."""
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another's process may remove it at the same time
            if now_us() - folder.lstat().st_mtime_ns // 1_000 > _STALE_US:
                rmtree(folder, ignore_errors=True)


def _made_up() -> str:
    rows = [
        f"u{person},2026-01-{day + person:02d}T10:{minute:02d}:00Z,{event},{person}.5,EUR"
        for person in range(PEOPLE)
        for day in (1, 9, 17)
        for minute, event in enumerate(EVENTS[: 1 + (person + day) % len(EVENTS)])
    ]
    return "\n".join(("user_id,time,event,value,currency", *rows, ""))
