"""Running the web process until it is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

from sojourn.server.connections import BoundedConnection
from sojourn.server.figures import Figures
from sojourn.server.web.app import create_app
from sojourn.server.web.warming import Warming, questions_of_pages

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from sojourn.server.asgi import Application
    from sojourn.server.figures import Place
    from sojourn.server.web.served import Site

DRAIN_S = 10


def run_web(
    site: Site,
    listening: socket.socket,
    proxies: Sequence[str] = (),
    figures_at: Place | None = None,
) -> None:
    """Answer people until the process is told to end.

    Parameters
    ----------
    site : Site
    listening : socket
        Bound already.
    proxies : sequence of str
        Addresses whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed; nobody else's.
    figures_at : Place, optional
        Where Prometheus reads its figures; nowhere when left out.
    """
    warming = Warming(questions_of_pages)
    application: Application = create_app(site, warming)
    if figures_at:
        figures = Figures("web")
        figures.tell(figures_at)
        application = figures.timed(application)
    config = uvicorn.Config(
        application,
        http=BoundedConnection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=DRAIN_S,
    )
    server = uvicorn.Server(config)
    thread = warming.start(lambda: server.started)
    server.run(sockets=[listening])
    warming.stopping.set()
    thread.join(DRAIN_S)
