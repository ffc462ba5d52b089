"""Starting the processes of a server."""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.collecting.limits import read_limits
from sojourn.app.workspace import name_of
from sojourn.base.errors import InputError
from sojourn.server.figures import PARTS, Place
from sojourn.server.process import end_with_parent as watch_parent
from sojourn.server.process import log_to_stderr, on_stop
from sojourn.server.supervisor import Child, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.app.workspace import Workspace
    from sojourn.server.web.served import Site

_URL = re.compile(r"(https?)://([^/?#@\s]+)/?")


class AddressError(InputError):
    """The address cannot be listened on or is none. Remedy: choose another."""

    code = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says."""

    host: str
    port: int
    collect_port: int
    url: str = ""
    collect_url: str = ""
    proxies: tuple[str, ...] = ()
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None

    def arguments(self) -> tuple[str, ...]:
        """Return the same as arguments of the command, the ports left out."""
        said: list[str] = ["--host", self.host]
        for name, value in (("--url", self.url), ("--collect-url", self.collect_url)):
            said += [name, value] if value else []
        for proxy in self.proxies:
            said += ["--proxy", proxy]
        return tuple(said)

    def figures(self, part: str) -> tuple[str, ...]:
        """Return the arguments that say where a process tells its figures."""
        if self.metrics_port is None:
            return ()
        port = self.metrics_port + PARTS.index(part)
        return ("--metrics-host", self.metrics_host, "--metrics-port", str(port))


@dataclass(frozen=True, slots=True)
class Started:
    """Where a server is reached."""

    name: str
    pages: str
    collector: str


def run_part(
    part: str, workspace: Workspace, asked: Asked, handle: int | None, *, end_with_parent: bool
) -> None:
    """Run one process of a server until it is told to end."""
    log_to_stderr()
    if end_with_parent:
        watch_parent()
    port = asked.metrics_port
    figures_at = None if port is None else Place(asked.metrics_host, port)
    if part == "collector":
        from sojourn.server.collector.run import run_collector

        listening = _listening(asked.host, asked.collect_port, handle)
        run_collector((workspace,), listening, figures_at)
    elif part == "web":
        from sojourn.server.web.run import run_web

        listening = _listening(asked.host, asked.port, handle)
        run_web(_site(workspace, asked, listening), listening, asked.proxies, figures_at)
    else:
        from sojourn.server.worker import run_worker

        stopping = threading.Event()
        on_stop(stopping.set)
        run_worker(workspace, stopping, figures_at)


def supervise(workspace: Workspace, asked: Asked, greet: Callable[[Started], None]) -> None:
    """Run every process of a server until told to end.

    Parameters
    ----------
    workspace : Workspace
    asked : Asked
    greet : callable of Started
        Told where it is reached, once it can be.
    """
    log_to_stderr()
    _checked_url(asked.url), _checked_url(asked.collect_url)
    read_limits(os.environ)  # a mistake is told here, and once
    with (
        closing(_listening(asked.host, asked.collect_port)) as collecting,
        closing(_listening(asked.host, asked.port)) as pages,
    ):
        ports = [each.getsockname()[1] for each in (collecting, pages)]
        collector = asked.collect_url or _address(asked.host, ports[0])
        greet(Started(name_of(workspace), asked.url or _address(asked.host, ports[1]), collector))
        known = replace(asked, port=ports[1], collect_port=ports[0], collect_url=collector)
        supervisor = Supervisor(_children(workspace, known, collecting, pages))
        on_stop(supervisor.stopping.set)
        supervisor.run()


def _site(workspace: Workspace, asked: Asked, listening: socket.socket) -> Site:
    from sojourn.server.web.served import Served, Site

    port = listening.getsockname()[1]
    names = {asked.host, "localhost", "127.0.0.1", "[::1]"}
    hosts = {f"{name}:{port}".lower() for name in names}
    found = _checked_url(asked.url)
    if found:
        hosts.add(found[2].lower())
    name = name_of(workspace)
    return Site(
        served={name: Served(name, workspace, workspace.accounts)},
        hosts=frozenset(hosts),
        https=bool(found and found[1] == "https"),
        collector=asked.collect_url or _address(asked.host, asked.collect_port),
    )


def _children(
    workspace: Workspace, asked: Asked, collecting: socket.socket, pages: socket.socket
) -> tuple[Child, ...]:
    """Return the processes.

    They share the parent's listening sockets, so that nobody is refused while one is replaced.
    Windows hands over no sockets this way: there they listen themselves.
    """
    place = str(Path(workspace.path).resolve())
    own = (sys.executable, "-m", "sojourn", "serve", "-w", place, *asked.arguments(),
           "--end-with-parent", "--only")  # fmt: skip

    def child(name: str, option: str, listening: socket.socket) -> Child:
        port = (option, str(listening.getsockname()[1]), *asked.figures(name))
        if os.name == "nt":
            listening.close()
            return Child(name=name, command=(*own, name, *port))
        handle = listening.fileno()
        listening.set_inheritable(True)
        command = (*own, name, *port, "--listen-handle", str(handle))
        return Child(name=name, command=command, handles=(handle,))

    return (
        child("collector", "--collect-port", collecting),
        child("web", "--port", pages),
        Child(name="worker", command=(*own, "worker", *asked.figures("worker"))),
    )


def _listening(host: str, port: int, handle: int | None = None) -> socket.socket:
    """Return the listening socket: the parent's where there is one.

    Raises
    ------
    AddressError
        If the address cannot be listened on.
    """
    if handle is not None:
        return socket.socket(fileno=handle)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise AddressError(
            f"{host} port {port} cannot be listened on: {error}.",
            remedy="Choose another with --host, --port and --collect-port.",
        ) from error


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _checked_url(url: str) -> re.Match[str] | None:
    if not url:
        return None
    found = _URL.fullmatch(url)
    if not found:
        raise AddressError(f"{url!r} is no address.", allowed="such as https://sojourn.example.com")
    return found
