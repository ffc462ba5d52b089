"""Running the collector until it is told to stop."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import uvicorn

from sojourn.app.clock import now_us
from sojourn.app.collecting.limits import read_limits
from sojourn.app.collecting.webhooks import webhooks
from sojourn.app.workspace import name_of
from sojourn.base.errors import InputError
from sojourn.compose.pages import browser_scripts
from sojourn.server.collector.app import Collector
from sojourn.server.collector.hooks import Hooks
from sojourn.server.collector.scripts import Scripts
from sojourn.server.connections import BoundedConnection
from sojourn.server.figures import Counts, Figures, OfWorkspaces
from sojourn.server.process import spare_collections

if TYPE_CHECKING:
    import socket

    from sojourn.app.workspace import Workspace
    from sojourn.ports.scripts import Script
    from sojourn.server.asgi import Application
    from sojourn.server.figures import Place

BACKLOG = 2048
MOST_CONNECTIONS = 1000
DRAIN_S = 10
_log = logging.getLogger("sojourn.collector")


def run_collector(
    workspace: Workspace, listening: socket.socket, figures_at: Place | None = None
) -> None:
    """Accept events until the process is told to end; what was accepted is on disk by then.

    Parameters
    ----------
    workspace : Workspace
    listening : socket
        Bound already; whoever made it keeps connections waiting while this process is replaced.
    figures_at : Place, optional
        Where Prometheus reads its figures; nowhere when left out.
    """
    inbox = workspace.inbox
    inbox.waiting()  # made and migrated before the first client comes
    documents = workspace.documents
    collector = Collector(
        inbox=inbox,
        good_keys=workspace.write_keys.good,
        now_us=now_us,
        limits=read_limits(os.environ),
        scripts=Scripts(_scripts()),
        hooks=Hooks(
            known=lambda: {kept.webhook.name: kept.webhook for kept in webhooks(documents)},
            environment=os.environ,
        ),
    )
    config = uvicorn.Config(
        _told(collector, workspace, figures_at) if figures_at else collector,
        http=BoundedConnection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        backlog=BACKLOG,
        timeout_graceful_shutdown=DRAIN_S,
    )
    spare_collections()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        inbox.close()


def _told(collector: Collector, workspace: Workspace, place: Place) -> Application:
    """Return the collector with its figures told."""
    figures = Figures("collector")
    counters = collector.counters
    figures.add(
        Counts("sojourn_calls_accepted", "Calls that are on disk.", "",
               lambda: {"": counters.accepted})
    )  # fmt: skip
    figures.add(
        Counts("sojourn_calls_refused", "Calls that are no events, by reason.", "reason",
               lambda: dict(counters.refused))
    )  # fmt: skip
    figures.add(OfWorkspaces({name_of(workspace): workspace}, now_us, with_lake=False))
    figures.tell(place)
    return figures.timed(collector)


def _scripts() -> tuple[Script, ...]:
    """Return what sites' pages load; events are accepted without it too."""
    try:
        return browser_scripts()
    except InputError as error:
        _log.warning("sites cannot load the browser snippet: %s", error.code)
        return ()
