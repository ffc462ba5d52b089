"""Working out an answer beside the server's other work: bounded in number and time, stoppable."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import anyio
import msgspec

from sojourn.server.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import Request

    from sojourn.api.result import Result
    from sojourn.app.workspace import Workspace
    from sojourn.insight.answer import Answer
    from sojourn.server.web.served import Served

MOST_AT_DOOR: Final = 16
"""Questions of one server that wait or are worked on; further ones are told to come again."""
MOST_S: Final = 120.0
_LOOK_EVERY_S: Final = 0.25


Work: TypeAlias = "Callable[[Workspace], Result[object] | Answer[object]]"
"""Asks a question."""


class StoppedError(Exception):
    """Nobody waits for the answer any more, or it took too long."""


@dataclass(slots=True)
class Watch:
    """Whether a question may go on."""

    ends: float
    gone: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise an error when the client went away or time is over."""
        if self.gone.is_set() or time.monotonic() > self.ends:
            raise StoppedError


@dataclass(slots=True)
class Asker:
    """Takes questions of all workspaces of a server.

    Attributes
    ----------
    most_s : float
        After so long a question is given up, in seconds.
    door : CapacityLimiter
    """

    most_s: float = MOST_S
    door: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(MOST_AT_DOOR))

    async def ask(self, request: Request, served: Served, work: Work) -> bytes:
        """Return an answer as JSON.

        Parameters
        ----------
        request : Request
            The work stops when whoever sent it goes away.
        served : Served
        work : callable of Workspace
            Asks.

        Raises
        ------
        Problem
            503 when too many ask, 400 when it takes too long.
        """
        if self.door.available_tokens < 1:
            raise Problem(
                503, "busy", f"{MOST_AT_DOOR} questions are being worked on; ask again.",
                headers={"Retry-After": "2"},
            )  # fmt: skip
        watch = Watch(time.monotonic() + self.most_s)
        looking = asyncio.create_task(_look(request, watch))
        try:
            return await anyio.to_thread.run_sync(
                _worked_out, served, watch, work, limiter=self.door
            )
        except StoppedError as error:
            raise Problem(
                400, "takes-too-long", f"The question took longer than {self.most_s:.0f} s and"
                " was given up; ask about a shorter range or fewer values.",
            ) from error  # fmt: skip
        finally:
            looking.cancel()


async def _look(request: Request, watch: Watch) -> None:
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        if await request.is_disconnected():
            watch.gone.set()
            return


def _worked_out(served: Served, watch: Watch, work: Work) -> bytes:
    while not served.turns.acquire(timeout=_LOOK_EVERY_S):
        watch.check()
    try:
        return msgspec.json.encode(work(served.workspace.watched(watch.check)).to_json())
    finally:
        served.turns.release()
