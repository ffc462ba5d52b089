"""Running the web process until it is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

from sojourn.server.connections import BoundedConnection
from sojourn.server.web.app import create_app

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from sojourn.server.web.served import Site

DRAIN_S = 10


def run_web(site: Site, listening: socket.socket, proxies: Sequence[str] = ()) -> None:
    """Answer people until the process is told to end.

    Parameters
    ----------
    site : Site
    listening : socket
        Bound already.
    proxies : sequence of str
        Addresses whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed; nobody else's.
    """
    config = uvicorn.Config(
        create_app(site),
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
    uvicorn.Server(config).run(sockets=[listening])
