"""What a certificate may stand on beside its server: PostgreSQL, and a second collector on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from tests import postgres
from tests.serving import eventually

from benchmarks.certify_import import CertificateError

if TYPE_CHECKING:
    from collections.abc import Iterator

START_S = 60.0


@dataclass
class Beside:
    """A PostgreSQL server and a collector that no supervisor of ours starts again."""

    TARGETS: ClassVar = ("second collector", "PostgreSQL")

    database: postgres.Server
    folder: Path
    port: int = field(default_factory=postgres.free_port)
    collector: subprocess.Popen[bytes] | None = None

    def attend(self, workspace: Path) -> None:
        """Start the collector where it does not run, as the system's service manager would.

        It needs no more of the workspace than its settings: it may be on another machine.
        """
        if self.collector is not None and self.collector.poll() is None:
            return
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        settings = (workspace / "sojourn.toml").read_bytes()
        (elsewhere / "sojourn.toml").write_bytes(settings)
        with (self.folder / "second.log").open("ab") as log:
            self.collector = subprocess.Popen(
                [sys.executable, "-m", "sojourn", "serve", "-w", str(elsewhere),
                 "--only", "collector", "--collect-port", str(self.port)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self, target: str, workspace: Path) -> None:
        """Kill one of our targets and start it again."""
        if target == "PostgreSQL":
            self.database.stop(signal.SIGKILL)
            self.database.start()
            return
        self.stop(signal.SIGKILL)
        self.attend(workspace)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the collector."""
        if self.collector is None:
            return
        self.collector.send_signal(how)
        try:
            self.collector.wait(START_S)
        except subprocess.TimeoutExpired as error:
            raise CertificateError("the second collector does not end") from error
        self.collector = None


@contextmanager
def on_postgres(folder: Path) -> Iterator[Beside]:
    """PostgreSQL with its files in a folder, new or as an interrupted run left them."""
    if why := postgres.why_not():
        raise CertificateError(why)
    place = folder.absolute() / "postgres"
    server = postgres.Server(place)
    if (place / "data").exists():
        server.password = (place / "password").read_text("ascii")
        _after_an_interruption(place)
        server.start()
    else:
        place.mkdir(parents=True)
        server.make()
    beside = Beside(server, folder)
    os.environ["SOJOURN_DATABASE"], os.environ["PGPASSWORD"] = server.url, server.password
    try:
        yield beside
    finally:
        beside.stop(signal.SIGKILL)
        server.stop(signal.SIGINT)


def _after_an_interruption(place: Path) -> None:
    """End a server that the interrupted run left."""
    lock = place / "data" / "postmaster.pid"
    if not lock.exists():
        return
    pid = int(lock.read_text("ascii").split()[0])
    command = Path(f"/proc/{pid}/cmdline")
    if command.exists() and str(place).encode() in command.read_bytes():
        os.kill(pid, signal.SIGQUIT)
        if not eventually(lambda: not command.exists(), START_S):
            raise CertificateError(f"PostgreSQL of an earlier run still runs: {pid}")
    time.sleep(0.5)
