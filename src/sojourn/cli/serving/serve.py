"""``sojourn serve``: the workspace as a running system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sojourn.base.errors import InputError
from sojourn.cli.serving.options import WORKSPACES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.app.workspace import Workspace
    from sojourn.cli.serving.running import Started

FIRST_KEY = "default"
PARTS = ("collector", "web", "worker")
_TRY = """
Try it:
  curl {place}/v1/track -u {key}: -H 'content-type: application/json' \\
    -d '{{"userId": "ann", "event": "Order Completed", "properties": {{"value": 12}}}}'
  sojourn person ann -w {path}
"""


@click.command("serve")
@WORKSPACES
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="Address to listen on.")  # fmt: skip
@click.option("--port", default=8400, show_default=True, metavar="PORT",
              type=click.IntRange(0, 65535), help="Where pages are; 0 is any.")  # fmt: skip
@click.option("--collect-port", default=8401, show_default=True, metavar="PORT",
              type=click.IntRange(0, 65535),
              help="Where events are accepted; 0 is any.")  # fmt: skip
@click.option(
    "--url",
    metavar="URL",
    help="Where people reach the pages, through a proxy: https://sojourn.example.com.",
)
@click.option(
    "--collect-url", metavar="URL", help="Where clients reach the collector, through a proxy."
)
@click.option(
    "--proxy",
    multiple=True,
    metavar="ADDRESS",
    help="A proxy whose X-Forwarded headers are believed; nobody else's are.",
)
@click.option("--metrics-port", metavar="PORT", type=click.IntRange(1, 65533),
              help="Where Prometheus reads the collector's figures; the web process's are at the"
              " next port, the workers' at those after. Nowhere when left out.")  # fmt: skip
@click.option("--metrics-host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="Address to listen on for it; whoever reaches it needs no account.")  # fmt: skip
@click.option("--only", type=click.Choice(PARTS),
              help="Run one process alone, for somebody else to supervise.")  # fmt: skip
@click.option("--listen-handle", type=int, hidden=True)
@click.option("--end-with-parent", is_flag=True, hidden=True)
def command(
    workspace: tuple[str, ...],
    host: str,
    port: int,
    collect_port: int,
    url: str | None,
    collect_url: str | None,
    proxy: tuple[str, ...],
    metrics_port: int | None,
    metrics_host: str,
    only: str | None,
    listen_handle: int | None,
    end_with_parent: bool,
) -> None:
    """Accept events from client libraries, and show what they say.

    Makes the workspace where there is none. Three processes run until Ctrl-C: the collector, which
    answers a client when its events are on disk; the worker, which moves them to the lake; and the
    web process with pages and API. Every question, map and timeline sees an event within five
    seconds.

    Of several workspaces each has its own address, accounts, write keys and worker: a call goes to
    the one whose write key it carries.
    """
    from sojourn.cli.serving.addresses import Asked
    from sojourn.cli.serving.opening import open_all
    from sojourn.cli.serving.running import run_part, supervise

    if only == "worker" and len(workspace) > 1:
        raise click.UsageError("A worker has one workspace: run one for each.")
    opened = open_all(workspace)
    asked = Asked(host=host, port=port, collect_port=collect_port, url=url or "",
                  collect_url=collect_url or "", proxies=proxy,
                  metrics_host=metrics_host, metrics_port=metrics_port)  # fmt: skip
    if only:
        run_part(only, opened, asked, listen_handle, end_with_parent=end_with_parent)
        return
    supervise(opened, asked, lambda started: _greet(opened, started))


def _greet(workspaces: Sequence[Workspace], started: Started) -> None:
    """Say where everything is; the first time, with an account and a key to begin with."""
    from sojourn.app.workspace import name_of

    if len(workspaces) == 1:
        click.echo(f"Workspace  {workspaces[0].path}")
        click.echo(f"Pages      {started.pages}/   Ctrl-C ends everything")
        _greet_one(workspaces[0], started, f"Collector  {started.collector}   accepts events")
        return
    click.echo(f"Pages      {started.pages}/w/NAME/   Ctrl-C ends everything")
    click.echo(f"Collector  {started.collector}   accepts events; the write key says whose")
    for workspace in workspaces:
        click.echo(f"\nWorkspace  {name_of(workspace)}   {workspace.path}")
        try:
            _greet_one(workspace, started, f"Pages      {started.pages}/w/{name_of(workspace)}/")
        except InputError as error:  # the others are served all the same
            click.echo(f"Away       {error.message}")
            click.echo("           it is served as soon as it can be read")


def _greet_one(workspace: Workspace, started: Started, where: str) -> None:
    from sojourn.app.access.accounts import set_up
    from sojourn.app.collecting.keys import make_write_key
    from sojourn.app.workspace import name_of

    if secret := set_up(workspace.accounts):
        click.echo(f"Set-up     {started.pages}/w/{name_of(workspace)}/#setup={secret}")
        click.echo(
            "           makes the first account; works once, within a day, in place of earlier ones"
        )
    click.echo(where)
    if workspace.write_keys.all():
        click.echo(
            "Write key  one of those made before; another:"
            f" sojourn keys add NAME -w {workspace.path}"
        )
        return
    key = make_write_key(workspace.write_keys, FIRST_KEY)
    click.echo(f"Write key  {key}   shown this once; more with `sojourn keys add`")
    click.echo(_TRY.format(place=started.collector, key=key, path=workspace.path))
