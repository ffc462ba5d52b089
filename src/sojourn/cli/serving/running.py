"""Starting the processes of a server."""

from __future__ import annotations

import os
import socket
import sys
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError
from sojourn.server.collector.run import run_collector
from sojourn.server.process import end_with_parent as watch_parent
from sojourn.server.process import log_to_stderr, on_stop
from sojourn.server.supervisor import Child, Supervisor
from sojourn.server.worker import run_worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.app.workspace import Workspace


class AddressError(InputError):
    """The address cannot be listened on. Remedy: choose another --host or port."""

    code = "address"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the collector listens."""

    host: str
    port: int
    handle: int | None = None
    """A listening socket of the parent's, in place of the address."""

    def open(self) -> socket.socket:
        """Return the listening socket.

        Raises
        ------
        AddressError
            If the address cannot be listened on.
        """
        if self.handle is not None:
            return socket.socket(fileno=self.handle)
        try:
            family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
            return socket.create_server((self.host, self.port), family=family, backlog=2048)
        except (OSError, OverflowError) as error:
            raise AddressError(
                f"{self.host} port {self.port} cannot be listened on: {error}.",
                remedy="Choose another with --host and --collect-port.",
            ) from error


def run_part(
    part: str, workspace: Workspace, listening: Listening, *, end_with_parent: bool
) -> None:
    """Run one process of a server until it is told to end."""
    log_to_stderr()
    if end_with_parent:
        watch_parent()
    if part == "collector":
        run_collector(workspace, listening.open())
        return
    stopping = threading.Event()
    on_stop(stopping.set)
    run_worker(workspace, stopping)


def supervise(workspace: Workspace, listening: Listening, greet: Callable[[int], None]) -> None:
    """Run every process of a server until told to end.

    Parameters
    ----------
    workspace : Workspace
    listening : Listening
    greet : callable of int
        Told the port once it is listened on.
    """
    log_to_stderr()
    with closing(listening.open()) as collecting:
        port = collecting.getsockname()[1]
        greet(port)
        supervisor = Supervisor(_children(workspace, listening.host, port, collecting))
        on_stop(supervisor.stopping.set)
        supervisor.run()


def _children(
    workspace: Workspace, host: str, port: int, collecting: socket.socket
) -> tuple[Child, ...]:
    """Return the processes.

    They share the parent's listening socket, so that no client is refused while one is replaced.
    Windows hands over no sockets this way: there the collector listens itself.
    """
    place = str(Path(workspace.path).resolve())
    own = (sys.executable, "-m", "sojourn", "serve", "-w", place, "--end-with-parent", "--only")
    if os.name == "nt":
        collecting.close()
        address = ("--host", host, "--collect-port", str(port))
        collector = Child(name="collector", command=(*own, "collector", *address))
    else:
        handle = collecting.fileno()
        collecting.set_inheritable(True)
        collector = Child(
            name="collector",
            command=(*own, "collector", "--listen-handle", str(handle)),
            handles=(handle,),
        )
    return collector, Child(name="worker", command=(*own, "worker"))
