"""``sojourn serve``: the workspace as a running system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sojourn.cli.serving.options import WORKSPACE

if TYPE_CHECKING:
    from sojourn.app.workspace import Workspace

FIRST_KEY = "default"
PARTS = ("collector", "worker")
_TRY = """
Try it:
  curl {place}/v1/track -u {key}: -H 'content-type: application/json' \\
    -d '{{"userId": "ann", "event": "Order Completed", "properties": {{"value": 12}}}}'
  sojourn person ann -w {path}
"""


@click.command("serve")
@WORKSPACE
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="Address to listen on.")  # fmt: skip
@click.option("--collect-port", default=8401, show_default=True, metavar="PORT",
              type=click.IntRange(0, 65535),
              help="Where events are accepted; 0 is any.")  # fmt: skip
@click.option("--only", type=click.Choice(PARTS),
              help="Run one process alone, for somebody else to supervise.")  # fmt: skip
@click.option("--listen-handle", type=int, hidden=True)
@click.option("--end-with-parent", is_flag=True, hidden=True)
def command(
    workspace: str,
    host: str,
    collect_port: int,
    only: str | None,
    listen_handle: int | None,
    end_with_parent: bool,
) -> None:
    """Accept events from client libraries, and move them where questions see them.

    Makes the workspace where there is none. Two processes run until Ctrl-C: the collector, which
    answers a client when its events are on disk, and the worker, which moves them to the lake.
    Every question, map and timeline sees an event within five seconds.
    """
    from sojourn.cli.serving.running import Listening, run_part, supervise
    from sojourn.compose import open_workspace

    opened = open_workspace(workspace, create=True)
    listening = Listening(host, collect_port, listen_handle)
    if only:
        run_part(only, opened, listening, end_with_parent=end_with_parent)
        return
    supervise(opened, listening, lambda port: _greet(opened, host, port))


def _greet(workspace: Workspace, host: str, port: int) -> None:
    """Say where everything is; the first time, with a key to begin with."""
    from sojourn.app.collecting.keys import make_write_key

    place = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    click.echo(f"Workspace  {workspace.path}")
    click.echo(f"Collector  {place}   accepts events; Ctrl-C ends it")
    if workspace.write_keys.all():
        click.echo(f"Write key  one of those made before: sojourn keys list -w {workspace.path}")
        return
    key = make_write_key(workspace.write_keys, FIRST_KEY)
    click.echo(f"Write key  {key}   shown this once; more with `sojourn keys add`")
    click.echo(_TRY.format(place=place, key=key, path=workspace.path))
