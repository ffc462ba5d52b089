"""Options that the commands of a running system share."""

from __future__ import annotations

import click

WORKSPACE = click.option(
    "-w", "--workspace", required=True, metavar="PATH", help="The workspace folder."
)
