"""A real PostgreSQL server of the tests' own, started as an unprivileged account."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER, DATABASE = "owner", "tests"
START_S = 60.0
ACCOUNTS = ("postgres", "nobody")


def find_program(name: str) -> str | None:
    """Where a program of PostgreSQL's server lies: in PATH, or where Debian puts it."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(map(str, places)))


def why_not() -> str:
    """Why there can be no server here; empty when there can."""
    import importlib.util

    missing = [name for name in ("initdb", "postgres") if find_program(name) is None]
    if importlib.util.find_spec("pg8000") is None:
        missing.append("pg8000")
    return f"no PostgreSQL: {', '.join(missing)} not found" if missing else ""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def unprivileged() -> dict[str, object]:
    """How a process is started so that it is not root's: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    account = next(pwd.getpwnam(name) for name in ACCOUNTS if _is_account(name))
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _is_account(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@dataclass
class Server:
    """A cluster of its own on a port of its own, where a password is asked for."""

    folder: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_hex(8))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{DATABASE}"

    def url_with_password(self, user: str = OWNER) -> str:
        return f"postgresql://{user}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    def make(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password)
        account = unprivileged()
        if account:
            for path in (self.folder, secret):
                os.chown(path, account["user"], account["group"])
        subprocess.run(
            [find_program("initdb"), "-D", self.folder / "data", "-U", OWNER, "--auth=scram-sha-256",
             f"--pwfile={secret}", "-E", "UTF8", "--locale=C"],
            check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **account,
        )  # fmt: skip
        self.start()
        self.run(f"CREATE DATABASE {DATABASE}", database="postgres")

    def start(self) -> None:
        """Start it and wait until it answers; one that was killed may leave its memory a while."""
        ends = time.monotonic() + START_S
        while time.monotonic() < ends:
            if self.process is None or self.process.poll() is not None:
                self.process = self._started()
            if self.is_ready():
                return
            time.sleep(0.05)
        raise AssertionError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")

    def _started(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [find_program("postgres"), "-D", self.folder / "data", "-p", str(self.port),
                 "-c", "listen_addresses=127.0.0.1", "-k", self.folder, "-c", "max_connections=50"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, **unprivileged(),
            )  # fmt: skip

    def is_ready(self) -> bool:
        import pg8000.exceptions

        try:
            self.run("SELECT 1", database="postgres")
        except (pg8000.exceptions.DatabaseError, pg8000.exceptions.InterfaceError, OSError):
            return False
        return True

    def run(self, statement: str, database: str = DATABASE):
        """The rows of one statement, as the owner."""
        import pg8000.native

        connection = pg8000.native.Connection(
            OWNER, host="127.0.0.1", port=self.port, database=database, password=self.password,
            ssl_context=False, timeout=30,
        )  # fmt: skip
        try:
            return connection.run(statement)
        finally:
            connection.close()

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it: SIGQUIT is PostgreSQL's "immediate", without clearing up; SIGINT its "fast"."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None


@contextmanager
def running() -> Iterator[Server]:
    """A new server; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-postgres-"))  # pytest's are root's alone
    server = Server(folder)
    try:
        server.make()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
