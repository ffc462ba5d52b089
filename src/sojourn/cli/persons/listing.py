"""``sojourn people erasures``: the list of erased people, out of a workspace and into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sojourn.base.timespan import to_datetime
from sojourn.cli.drawing.figures import count_people
from sojourn.cli.serving.options import WORKSPACE

if TYPE_CHECKING:
    from sojourn.app.privacy.reapplying import Reapplied


@click.command("erasures")
@click.option("--export", "target", metavar="FILE", help="Write the list to a file; - prints it.")
@click.option("--apply", "source", metavar="PATH",
              help="Erase again whoever of a list is in the workspace: a file, a later state of the"
                   " workspace, or a newer backup.")  # fmt: skip
@WORKSPACE
def erasures(target: str | None, source: str | None, workspace: str) -> None:
    """Take the list of erased people along, for backups that are older than it.

    The list has keyed hashes and times, no ids. Keep it where backups do not take it along, as new
    as the last erasure: a restored backup is brought up to date by it, with `sojourn restore
    --erasures` or --apply here.
    """
    from sojourn.compose.erasures import export_list, reapply_list

    if (target is None) == (source is None):
        raise click.UsageError("Say --export FILE, or --apply PATH.")
    if source is not None:
        say_reapplied(reapply_list(workspace, source), workspace)
    elif target is not None:
        with click.open_file(target, "w", encoding="utf-8", atomic=target != "-") as file:
            file.write(export_list(workspace))


def say_reapplied(done: Reapplied, workspace: str) -> None:
    """Print what became of a list."""
    made = to_datetime(done.list_made_us)
    click.echo(f"Erasures as of {made:%Y-%m-%d %H:%M:%S} UTC: {done.known:,} were known here,"
               f" {done.absent:,} are of people of whom there is nothing here.")  # fmt: skip
    click.echo(f"{count_people(done.found)} here again, hidden from now on.")
    if done.found:
        click.echo(
            "Everything of them goes with the next batch, which begins where `sojourn serve` runs"
            " when the first of the requests is a day old; or now with:"
            f" sojourn people erase --run -w {workspace}"
        )
    if done.lifted:
        click.echo(f"Events of {done.lifted:,} erased people are taken again, as they are there.")
    click.echo("Whoever was erased after the list was made has to be erased again.")


def reapplied_json(done: Reapplied | None) -> dict[str, object] | None:
    """Return what became of a list, as JSON; None where none was given."""
    if done is None:
        return None
    return {
        "as_of": to_datetime(done.list_made_us).isoformat(),
        "known": done.known, "hidden": done.found, "absent": done.absent, "lifted": done.lifted,
    }  # fmt: skip
