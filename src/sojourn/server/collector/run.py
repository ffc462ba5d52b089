"""Running the collector until it is told to stop."""

from __future__ import annotations

import logging
import os
from collections import Counter
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
from sojourn.server.collector.tenants import Tenant, Tenants
from sojourn.server.connections import BoundedConnection
from sojourn.server.figures import Counts, Figures, OfWorkspaces
from sojourn.server.process import spare_collections

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from sojourn.app.workspace import Workspace
    from sojourn.events.webhooks.model import Webhook
    from sojourn.ports.scripts import Script
    from sojourn.server.asgi import Application
    from sojourn.server.figures import Place

BACKLOG = 2048
MOST_CONNECTIONS = 1000
DRAIN_S = 10
_log = logging.getLogger("sojourn.collector")


def run_collector(
    workspaces: Sequence[Workspace], listening: socket.socket, figures_at: Place | None = None
) -> None:
    """Accept events until the process is told to end; what was accepted is on disk by then.

    Parameters
    ----------
    workspaces : sequence of Workspace
        Each with a name of its own.
    listening : socket
        Bound already; whoever made it keeps connections waiting while this process is replaced.
    figures_at : Place, optional
        Where Prometheus reads its figures; nowhere when left out.
    """
    tenants = Tenants([_tenant(workspace) for workspace in workspaces], MOST_CONNECTIONS)
    collector = Collector(
        tenants=tenants,
        now_us=now_us,
        limits=read_limits(os.environ),
        scripts=Scripts(_scripts()),
    )
    config = uvicorn.Config(
        _told(collector, workspaces, figures_at) if figures_at else collector,
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
        for workspace in workspaces:
            workspace.inbox.close()


def _tenant(workspace: Workspace) -> Tenant:
    documents = workspace.documents

    def known() -> dict[str, Webhook]:
        return {kept.webhook.name: kept.webhook for kept in webhooks(documents)}

    return Tenant(
        name=name_of(workspace),
        inbox=workspace.inbox,
        good_keys=workspace.write_keys.good,
        hooks=Hooks(known=known, environment=os.environ),
    )


def _told(collector: Collector, workspaces: Sequence[Workspace], place: Place) -> Application:
    """Return the collector with its figures told."""
    figures = Figures("collector")
    tenants = collector.tenants.all
    figures.add(
        Counts("sojourn_calls_accepted", "Calls that are on disk.", "workspace",
               lambda: {tenant.name: tenant.accepted for tenant in tenants})
    )  # fmt: skip
    figures.add(
        Counts("sojourn_calls_refused", "Calls that are no events, by reason.", "reason",
               lambda: sum((tenant.refused for tenant in tenants), Counter()))
    )  # fmt: skip
    figures.add(
        Counts("sojourn_calls_put_off", "Calls beyond what a write key may send.", "source",
               lambda: sum((tenant.put_off for tenant in tenants), Counter()))
    )  # fmt: skip
    known = {name_of(workspace): workspace for workspace in workspaces}
    figures.add(OfWorkspaces(known, now_us, with_lake=False))
    figures.tell(place)
    return figures.timed(collector)


def _scripts() -> tuple[Script, ...]:
    """Return what sites' pages load; events are accepted without it too."""
    try:
        return browser_scripts()
    except InputError as error:
        _log.warning("sites cannot load the browser snippet: %s", error.code)
        return ()
