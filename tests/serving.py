"""A real server in processes of its own, for tests and benchmarks."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_S = 60.0


@dataclass
class Served:
    """``sojourn serve`` on a port of its own."""

    workspace: Path
    port: int = 0
    pages_port: int = 0
    setup: str = ""
    key: str = ""
    arguments: tuple[str, ...] = ()
    """Further ones of the command."""
    others: tuple[Path, ...] = ()
    """Further workspaces."""
    keys: dict[str, str] = field(default_factory=dict)
    """The first write key of each workspace by name."""
    setups: dict[str, str] = field(default_factory=dict)
    """What makes the first account of each, while there is none."""
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.workspace.with_name(f"{self.workspace.name}.log")

    @property
    def pages(self) -> str:
        return f"http://127.0.0.1:{self.pages_port}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [sys.executable, "-m", "sojourn", "serve", "-w", str(self.workspace),
                *(part for other in self.others for part in ("-w", str(other))),
                "--collect-port", str(self.port), "--port", str(self.pages_port),
                *self.arguments]  # fmt: skip

    def start(self) -> None:
        """Start it and wait until the collector answers; the port of an earlier start is kept."""
        said = self.workspace.with_name(f"{self.workspace.name}.said")
        with said.open("wb") as out, self.log.open("ab") as err:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        ends = time.monotonic() + START_S
        while time.monotonic() < ends:
            text = said.read_text("utf-8")
            address = re.search(r"^Collector +http://127\.0\.0\.1:(\d+)", text, re.MULTILINE)
            pages = re.search(r"^Pages +http://127\.0\.0\.1:(\d+)", text, re.MULTILINE)
            told = len(re.findall(r"^(?:Write key|Away) ", text, re.MULTILINE))
            if address and pages and told > len(self.others) and text.endswith("\n"):
                self.port, self.pages_port = int(address[1]), int(pages[1])
                link = re.search(r"#setup=([\w-]+)", text)
                self.setup = link[1] if link else ""
                made = re.search(r"wk_[\w-]+", text)
                self.key = made[0] if made else self.key
                self._note(text)
                if self.is_ready():
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"the server did not start:\n{self.log.read_text('utf-8')}")

    def _note(self, text: str) -> None:
        """Keep what is told of each workspace."""
        parts = re.split(r"^Workspace +", text, flags=re.MULTILINE)[1:]
        for folder, part in zip((self.workspace, *self.others), parts, strict=True):
            for pattern, kept in ((r"wk_[\w-]+", self.keys), (r"(?<=#setup=)[\w-]+", self.setups)):
                if found := re.search(pattern, part):
                    kept[folder.name] = found[0]

    def is_ready(self) -> bool:
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """The process ids of collector, web and worker, by name; of several, "worker NAME"."""
        assert self.process is not None
        listed = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
        found = {}
        for line in listed.splitlines():
            pid, _, args = line.strip().partition(" ")
            part = re.search(r"--only (\w+)", args)
            if part:
                name = part[1]
                if self.others and name == "worker":
                    name += " " + re.search(r"-w (\S+)", args)[1].rpartition("/")[2]
                found[name] = int(pid)
        return found

    def stop(self) -> int:
        """End it as Ctrl-C does; return its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(60)
        self.process = None
        return status

    def kill(self) -> None:
        """Kill every process of it at once."""
        if self.process is None:
            return
        pids = [self.process.pid, *self.children().values()]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(30)
        self.process = None


@contextmanager
def served(workspace: Path, *arguments: str, others: tuple[Path, ...] = ()) -> Iterator[Served]:
    """A server on new or existing workspaces; killed at the end if it still runs."""
    server = Served(workspace, arguments=arguments, others=others)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def eventually(check, within: float = 10.0, every: float = 0.1):
    """What ``check`` returns once that is true; its last answer when time is over."""
    ends = time.monotonic() + within
    while True:
        found = check()
        if found or time.monotonic() > ends:
            return found
        time.sleep(every)
