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
