"""Clients of a collector that note what they were told, and try again until they are told yes.

Each keeps a log of its own: ``sent first count`` before a batch is sent for the first time, then a
line for each answer: ``acknowledged``, ``refused`` (with Retry-After), ``unreachable`` (nobody
listened) or ``unknown`` (the connection broke, or no answer came in time). From the logs alone it
can be said what the lake must hold, and with them clients go on where earlier ones were stopped.
"""

from __future__ import annotations

import base64
import http.client
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

Range: TypeAlias = tuple[int, int]
"""The first id of a batch, and how many."""

MOST_CALLS = 50
ANSWER_S = 10.0
PAUSE_S = 0.1
"""Longest pause between two batches of a client."""
AGAIN = 0.05
"""Share of batches that were acknowledged before and are sent once more."""
AGAIN_S = 0.05
PEOPLE = 997


class UnexpectedAnswerError(Exception):
    """The collector said what it must not say to good calls."""


@dataclass
class Log:
    """What one client sent and was told."""

    sent: list[Range] = field(default_factory=list)
    acknowledged: list[Range] = field(default_factory=list)
    """A batch that was sent again stands here each time."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """Answers by kind."""

    @classmethod
    def read(cls, path: Path) -> Log:
        """Return what a log says; a last line that was cut off says nothing."""
        log = cls()
        text = path.read_text("ascii") if path.exists() else ""
        for line in text[: text.rfind("\n") + 1].splitlines():
            log.note(*_fields(line))
        return log

    def note(self, what: str, batch: Range) -> None:
        """Take in a line."""
        if what == "sent":
            self.sent.append(batch)
            return
        self.outcomes[what] += 1
        if what == "acknowledged":
            self.acknowledged.append(batch)

    def next_id(self) -> int:
        """Return the first id that was never sent."""
        return sum(self.sent[-1]) if self.sent else 0

    def open(self) -> list[Range]:
        """Return the batches nobody knows the fate of."""
        return sorted(set(self.sent) - set(self.acknowledged))


def _fields(line: str) -> tuple[str, Range]:
    what, first, count = line.split()
    return what, (int(first), int(count))


def message_id(client: int, number: int) -> str:
    """Return the id of a client's call."""
    return f"c{client}-{number}"


def person_of(number: int) -> str:
    """Return the user id a call carries: in the lake it must still be that."""
    return f"u{number % PEOPLE}"


class Client(threading.Thread):
    """Sends batches over one kept connection, each until it is acknowledged, until told to stop."""

    def __init__(self, number: int, port: int, key: str, path: Path, seed: int) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.log = Log.read(path)
        self.failure: str = ""
        self._number = number
        self._port = port
        self._headers = {
            "Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
            "Content-Type": "application/json",
        }
        self._file = path.open("a", encoding="ascii")
        self._rng = np.random.default_rng([seed, number, self.log.next_id()])
        self._stopping = threading.Event()
        self._connection: http.client.HTTPConnection | None = None

    def stop(self) -> None:
        """Tell it to end after its batch."""
        self._stopping.set()

    def run(self) -> None:
        """Send until told to stop."""
        try:
            for batch in self.log.open():
                self._deliver(batch)
            while not self._stopping.is_set():
                self._deliver(self._choose())
                self._stopping.wait(self._rng.uniform(0, PAUSE_S))
        except Exception as error:  # noqa: BLE001 - told by whoever judges
            self.failure = repr(error)
        finally:
            self._hang_up()
            self._file.close()

    def _choose(self) -> Range:
        if self.log.acknowledged and self._rng.random() < AGAIN:
            return self.log.acknowledged[int(self._rng.integers(len(self.log.acknowledged)))]
        batch = (self.log.next_id(), int(self._rng.integers(1, MOST_CALLS + 1)))
        self._note("sent", batch)
        return batch

    def _note(self, what: str, batch: Range) -> None:
        self._file.write(f"{what} {batch[0]} {batch[1]}\n")
        self._file.flush()
        self.log.note(what, batch)

    def _deliver(self, batch: Range) -> None:
        first, count = batch
        calls = [
            {"type": "track", "event": "Order Completed", "userId": person_of(number),
             "messageId": message_id(self._number, number), "properties": {"number": number}}
            for number in range(first, first + count)
        ]  # fmt: skip
        body = json.dumps({"batch": calls}).encode()
        while True:
            outcome = self._send(body, count)
            self._note(outcome, batch)
            if outcome == "acknowledged":
                return
            self._hang_up()
            threading.Event().wait(AGAIN_S)

    def _send(self, body: bytes, count: int) -> str:
        """Send once and return what became of it."""
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(
                    "127.0.0.1", self._port, timeout=ANSWER_S
                )
            self._connection.request("POST", "/v1/batch", body, self._headers)
            answer = self._connection.getresponse()
            said = answer.read()
        except ConnectionRefusedError:
            return "unreachable"
        except (OSError, http.client.HTTPException):
            return "unknown"
        if answer.status == 200:
            if json.loads(said)["accepted"] != count:
                raise UnexpectedAnswerError(said.decode())
            return "acknowledged"
        if answer.status in {429, 503}:
            return "refused"
        raise UnexpectedAnswerError(f"{answer.status} {said.decode()}")

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
