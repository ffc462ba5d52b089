"""What a backup holds, as lines or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from sojourn.base.counted import counted
from sojourn.base.timespan import to_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.ports.backup import Contents


def show(
    title: str, contents: Contents, *, as_json: bool, more: Mapping[str, object] | None = None
) -> None:
    """Print what was saved, restored or checked; in JSON with something more."""
    made = to_datetime(contents.made_us)
    if as_json:
        facts = {fact.name: fact.value for fact in contents.facts}
        said = {"workspace": contents.workspace, "made": made.isoformat(), "facts": facts,
                "files": len(contents.files), "bytes": contents.size, **(more or {})}  # fmt: skip
        click.echo(json.dumps(said, indent=2))
        return
    click.echo(title)
    click.echo(f"  as of {made:%Y-%m-%d %H:%M:%S} UTC, {counted(len(contents.files), 'file')},"
               f" {contents.size / 1e6:,.1f} MB, each checked")  # fmt: skip
    for fact in contents.facts:
        click.echo(f"  {fact.name}: {fact.value:,}")
