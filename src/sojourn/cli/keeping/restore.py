"""``sojourn restore``: a workspace from a backup."""

from __future__ import annotations

import click


@click.command("restore")
@click.argument("backup", help="A folder that `sojourn backup` made.")
@click.option("-w", "--workspace", metavar="PATH", envvar="SOJOURN_WORKSPACE",
              help="The folder to be made; must not exist, or be empty.")  # fmt: skip
@click.option("--erasures", metavar="PATH",
              help="Who was erased since: a list from `sojourn people erasures --export`, the"
                   " workspace itself where it is still there, or a newer backup.")  # fmt: skip
@click.option("--check", is_flag=True, help="Only read every byte of the backup.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    backup: str, workspace: str | None, erasures: str | None, check: bool, as_json: bool
) -> None:
    """Make a workspace from a backup.

    Each file is compared with its checksum while it is copied; the workspace is there whole or not
    at all. State and inbox become files in the folder, or go to the database that SOJOURN_DATABASE
    names, whatever they were kept in before. What waits in the inbox comes to the lake as soon as
    `sojourn serve` runs, each event once.

    Whoever was erased after the backup was made is in it again. With --erasures they are hidden
    before the workspace appears, and gone with the next batch.
    """
    from sojourn.cli.importing.progress import on_one_line
    from sojourn.cli.keeping.summary import show
    from sojourn.cli.persons.listing import reapplied_json, say_reapplied
    from sojourn.compose.keeping import check_backup, restore

    if check:
        contents = check_backup(backup, on_one_line("Backup"))
        show(f"{backup} is whole", contents, as_json=as_json)
        return
    if workspace is None:
        raise click.UsageError("Name the workspace to be made: -w PATH (or --check).")
    done = restore(backup, workspace, on_one_line("Restore"), erasures)
    show(f"{backup} is restored to {workspace}", done.contents, as_json=as_json,
         more={"erasures": reapplied_json(done.reapplied)})  # fmt: skip
    if done.reapplied is None:
        click.echo(
            "No list of erasures was given: whoever was erased after the backup was made is in the"
            " workspace again. Erase them now from the newest list there is:"
            f" sojourn people erasures --apply LIST -w {workspace}",
            err=True,
        )
    elif not as_json:
        say_reapplied(done.reapplied, workspace)
