"""Keeping the processes of a server running: started, restarted, ended together."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOK_EVERY_S = 0.1
STEADY_S = 10.0
"""A process that ran for so long did not fail at its start."""
LONGEST_PAUSE_S = 30.0
END_S = 20.0
"""How long a process may take to end before it is killed."""
_log = logging.getLogger("sojourn.supervisor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One process: how it is called and started. It ends when its standard input closes."""

    name: str
    command: Sequence[str]
    handles: tuple[int, ...] = ()
    """File descriptors it inherits, such as a listening socket."""
    ends_last: bool = False
    """It is told to end when all that are not have ended, together with those that are."""


@dataclass(slots=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    next_start: float = 0.0
    failures: int = 0


@dataclass(slots=True)
class Supervisor:
    """Starts processes, and starts them again when they end by themselves."""

    children: Sequence[Child]
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Keep every process running until :attr:`stopping` is set, then end them."""
        running = [_Running(child) for child in self.children]
        try:
            while not self.stopping.is_set():
                for one in running:
                    _look_after(one)
                self.stopping.wait(LOOK_EVERY_S)
        finally:
            # Who accepts events ends before who moves them on.
            for ends_last in (False, True):
                _end([one for one in running if one.child.ends_last is ends_last])


def _look_after(one: _Running) -> None:
    now = time.monotonic()
    if one.process is not None and (status := one.process.poll()) is not None:
        steady = now - one.started >= STEADY_S
        one.failures = 0 if steady else one.failures + 1
        pause = 0.0 if one.failures < 2 else min(0.25 * 2**one.failures, LONGEST_PAUSE_S)
        _log.warning("%s ended with status %d; next start in %.1f s", one.child.name, status, pause)
        one.process = None
        one.next_start = now + pause
    if one.process is None and now >= one.next_start:
        one.process = subprocess.Popen(  # noqa: S603 - our own command line
            list(one.child.command),
            stdin=subprocess.PIPE,  # closes with this process: see process.end_with_parent
            pass_fds=one.child.handles,
            start_new_session=True,  # a Ctrl-C in the terminal is for us, who end them in order
        )
        one.started = now


def _end(some: Sequence[_Running]) -> None:
    """End some processes at the same time."""
    ending = [(one.child.name, one.process) for one in some if one.process is not None]
    for _, process in ending:
        # Not by a signal: it would end a process that is just starting before it could clear up.
        assert process.stdin is not None  # noqa: S101 - see Popen above
        process.stdin.close()
    ends = time.monotonic() + END_S
    for name, process in ending:
        try:
            process.wait(max(0.0, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            _log.error("%s did not end within %.0f s and was killed", name, END_S)
            process.kill()
            process.wait()
