"""Starting the processes of a server."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.collecting.limits import read_limits
from sojourn.app.workspace import name_of
from sojourn.cli.serving.addresses import address_of, checked_url, listening_on
from sojourn.server.figures import Place
from sojourn.server.process import end_with_parent as watch_parent
from sojourn.server.process import log_to_stderr, on_stop
from sojourn.server.supervisor import Child, Supervisor

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from sojourn.app.workspace import Workspace
    from sojourn.cli.serving.addresses import Asked
    from sojourn.server.web.served import Site


@dataclass(frozen=True, slots=True)
class Started:
    """Where a server is reached."""

    pages: str
    collector: str


def run_part(
    part: str,
    workspaces: Sequence[Workspace],
    asked: Asked,
    handle: int | None,
    *,
    end_with_parent: bool,
) -> None:
    """Run one process of a server until it is told to end; a worker has one workspace."""
    log_to_stderr()
    if end_with_parent:
        watch_parent()
    port = asked.metrics_port
    figures_at = None if port is None else Place(asked.metrics_host, port)
    if part == "collector":
        from sojourn.server.collector.run import run_collector

        listening = listening_on(asked.host, asked.collect_port, handle)
        run_collector(workspaces, listening, figures_at)
    elif part == "web":
        from sojourn.server.web.run import run_web

        listening = listening_on(asked.host, asked.port, handle)
        run_web(_site(workspaces, asked, listening), listening, asked.proxies, figures_at)
    else:
        from sojourn.server.worker import run_worker

        stopping = threading.Event()
        on_stop(stopping.set)
        (workspace,) = workspaces
        run_worker(workspace, stopping, figures_at)


def supervise(
    workspaces: Sequence[Workspace], asked: Asked, greet: Callable[[Started], None]
) -> None:
    """Run every process of a server until told to end.

    Parameters
    ----------
    workspaces : sequence of Workspace
        Each with a name of its own.
    asked : Asked
    greet : callable of Started
        Told where it is reached, once it can be.
    """
    log_to_stderr()
    checked_url(asked.url), checked_url(asked.collect_url)
    read_limits(os.environ)  # a mistake is told here, and once
    asked.check_figures(len(workspaces))
    for workspace in workspaces:
        workspace.provider()  # likewise
    with (
        closing(listening_on(asked.host, asked.collect_port)) as collecting,
        closing(listening_on(asked.host, asked.port)) as pages,
    ):
        ports = [each.getsockname()[1] for each in (collecting, pages)]
        collector = asked.collect_url or address_of(asked.host, ports[0])
        greet(Started((asked.url or address_of(asked.host, ports[1])).rstrip("/"), collector))
        known = replace(asked, port=ports[1], collect_port=ports[0], collect_url=collector)
        supervisor = Supervisor(_children(workspaces, known, collecting, pages))
        on_stop(supervisor.stopping.set)
        supervisor.run()


def _site(workspaces: Sequence[Workspace], asked: Asked, listening: socket.socket) -> Site:
    from sojourn.server.web.served import Served, Site

    port = listening.getsockname()[1]
    names = {asked.host, "localhost", "127.0.0.1", "[::1]"}
    hosts = {f"{name}:{port}".lower() for name in names}
    found = checked_url(asked.url)
    if found:
        hosts.add(found[2].lower())
    served = [Served(name_of(each), each, each.accounts) for each in workspaces]
    return Site(
        served={each.name: each for each in served},
        hosts=frozenset(hosts),
        https=bool(found and found[1] == "https"),
        collector=asked.collect_url or address_of(asked.host, asked.collect_port),
    )


def _children(
    workspaces: Sequence[Workspace], asked: Asked, collecting: socket.socket, pages: socket.socket
) -> tuple[Child, ...]:
    """Return the processes: one collector and one web process, and a worker for each workspace.

    Collector and web share the parent's listening sockets, so that nobody is refused while one is
    replaced. Windows hands over no sockets this way: there they listen themselves. A worker moves
    one lake's events and works out one workspace's segments: in a process of its own none waits for
    another's, whatever it does or dies of.
    """

    def own(*those: Workspace) -> tuple[str, ...]:
        told = [part for each in those for part in ("-w", str(Path(each.path).resolve()))]
        return (sys.executable, "-m", "sojourn", "serve", *told, *asked.arguments(),
                "--end-with-parent", "--only")  # fmt: skip

    def child(name: str, option: str, listening: socket.socket) -> Child:
        port = (option, str(listening.getsockname()[1]), *asked.figures(name))
        command = (*own(*workspaces), name, *port)
        if os.name == "nt":
            listening.close()
            return Child(name=name, command=command)
        handle = listening.fileno()
        listening.set_inheritable(True)
        return Child(
            name=name, command=(*command, "--listen-handle", str(handle)), handles=(handle,)
        )

    def worker(number: int, workspace: Workspace) -> Child:
        several = len(workspaces) > 1
        return Child(
            name=f"worker of {name_of(workspace)}" if several else "worker",
            command=(*own(workspace), "worker", *asked.figures("worker", number)),
            ends_last=True,
        )

    return (
        child("collector", "--collect-port", collecting),
        child("web", "--port", pages),
        *(worker(number, workspace) for number, workspace in enumerate(workspaces)),
    )
