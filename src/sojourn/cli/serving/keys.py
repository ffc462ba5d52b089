"""``sojourn keys``: who may send events."""

from __future__ import annotations

import click

from sojourn.cli.serving.options import WORKSPACE


@click.group("keys")
def command() -> None:
    """Make, list and revoke write keys.

    A write key is what a client sends events with; it can do nothing else. Its name is the source
    of its events.
    """


@command.command("add")
@click.argument("name", help="What its events are called the source of.")
@WORKSPACE
def add(name: str, workspace: str) -> None:
    """Make a write key and print it, this once.

    Only a digest of it is kept.
    """
    from sojourn.app.collecting.keys import make_write_key
    from sojourn.compose import open_workspace

    click.echo(make_write_key(open_workspace(workspace).write_keys, name))


@command.command("list")
@WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(workspace: str, as_json: bool) -> None:
    """List the write keys, without their secrets."""
    import json

    from sojourn.compose import open_workspace

    keys = open_workspace(workspace).write_keys.all()
    if as_json:
        rows = [
            {
                "name": key.name,
                "made": key.made.isoformat(),
                "revoked": key.revoked.isoformat() if key.revoked else None,
            }
            for key in keys
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not keys:
        click.echo(f"There are no write keys. Make one: sojourn keys add website -w {workspace}")
    for key in keys:
        state = f"revoked {key.revoked:%Y-%m-%d %H:%M}" if key.revoked else "good"
        click.echo(f"{key.name:<24} made {key.made:%Y-%m-%d %H:%M} UTC   {state}")


@command.command("revoke")
@click.argument("name", help="What its events are called the source of.")
@WORKSPACE
def revoke(name: str, workspace: str) -> None:
    """Make a write key worthless; a running server refuses it within two seconds."""
    from sojourn.compose import open_workspace

    open_workspace(workspace).write_keys.revoke(name)
    click.echo(f"The write key {name!r} is revoked.")
