"""``sojourn backup``: a copy of a workspace that is in use."""

from __future__ import annotations

import click

from sojourn.cli.serving.options import WORKSPACE


@click.command("backup")
@click.argument("target", help="The folder to be made; must not exist.")
@WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(target: str, workspace: str, as_json: bool) -> None:
    """Copy a workspace to a folder while it is in use.

    Every event that was acknowledged before the command began is in the copy. Nothing stands still
    for it: a server, imports and questions go on. State and inbox are copied as they are at one
    instant, from PostgreSQL too, then the lake at its newest version; the index is left out, it is
    made again. The folder appears when all of it is on disk and was read again.

    A backup holds everything that the workspace knows of people, and its secret: keep it safe.
    """
    from sojourn.cli.importing.progress import on_one_line
    from sojourn.cli.keeping.summary import show
    from sojourn.compose.keeping import back_up

    contents = back_up(workspace, target, on_one_line("Backup"))
    show(f"{workspace} is saved in {target}", contents, as_json=as_json)
