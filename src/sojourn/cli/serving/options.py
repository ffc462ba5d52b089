"""Options that the commands of a running system share."""

from __future__ import annotations

import click

WORKSPACE = click.option(
    "-w",
    "--workspace",
    required=True,
    metavar="PATH",
    envvar="SOJOURN_WORKSPACE",
    help="The workspace folder (or set SOJOURN_WORKSPACE).",
)
# A path's type splits an environment variable as PATH is split, not at its blanks.
WORKSPACES = click.option(
    "-w",
    "--workspace",
    required=True,
    multiple=True,
    type=click.Path(),
    metavar="PATH",
    envvar="SOJOURN_WORKSPACE",
    help="A workspace folder; give it again for each further one (or set SOJOURN_WORKSPACE, its"
    " paths apart as in PATH).",
)
