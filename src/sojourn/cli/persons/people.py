"""``sojourn people``: merge two known persons, undo it, export one, erase one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sojourn.cli.persons.erasing import certificate, erase, erased, lift
from sojourn.cli.persons.exporting import export
from sojourn.cli.persons.listing import erasures
from sojourn.cli.serving.options import WORKSPACE

if TYPE_CHECKING:
    from sojourn.app.workspace import Workspace
    from sojourn.ports.people import MergeEntry

WHY = click.option("--why", required=True, help="The reason, kept with it.")
WHO = click.option("--who", default="", help="Who decided it, kept with it.")


@click.group("people")
def command() -> None:
    """Merge two people that are one, undo that, export and erase people.

    Two known people are never merged by themselves: somebody says so, for a reason, and it can be
    undone. How people are told apart: docs/identity.md. An erased person is hidden from every
    question at once, and gone from the workspace with a daily batch: docs/privacy.md.
    """


for _each in (export, erase, erased, erasures, certificate, lift):
    command.add_command(_each)


@command.command("merge")
@click.argument("gone", help="The person that counts as the other from now on.")
@click.argument("kept", help="The person whose id both go by.")
@WORKSPACE
@WHY
@WHO
def merge(gone: str, kept: str, workspace: str, why: str, who: str) -> None:
    """Let person GONE count as person KEPT.

    Every answer counts both as one at once, the first touch of either included.
    """
    from sojourn.app.people import merge_people
    from sojourn.identity.merging import merged_by

    opened = _opened(workspace)
    made = merge_people(opened, gone, kept, who=_who(who), why=why)
    end = merged_by(opened.merges.standing()).person(made.kept)
    as_well = "" if end == made.kept else f", as {made.kept} does already"
    click.echo(f"{made.gone} counts as {end} from now on{as_well}.")
    click.echo(f'Undo it with: sojourn people unmerge "{made.gone}" -w {workspace} --why …')


@command.command("unmerge")
@click.argument("person", help="The person that is gone, as the list of merges shows it.")
@WORKSPACE
@WHY
@WHO
def unmerge(person: str, workspace: str, why: str, who: str) -> None:
    """Undo the merge that took PERSON up; every answer is as it was."""
    from sojourn.app.people import unmerge_person

    undone = unmerge_person(_opened(workspace), person, who=_who(who), why=why)
    click.echo(f"{undone.gone} and {undone.kept} are two people again.")


@command.command("merges")
@WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def merges(workspace: str, as_json: bool) -> None:
    """List every merge ever made: who, when and why."""
    import json

    found = _opened(workspace).merges.all()
    if as_json:
        click.echo(json.dumps([_row(entry) for entry in found], ensure_ascii=False))
        return
    if not found:
        click.echo("Nobody was merged.")
    for entry in found:
        made, undone = entry.made, entry.undone
        click.echo(f"{entry.gone} → {entry.kept}{'   undone' if undone else ''}")
        click.echo(f"    merged {made.when:%Y-%m-%d %H:%M} UTC by {made.who}: {made.why}")
        if undone:
            click.echo(f"    undone {undone.when:%Y-%m-%d %H:%M} UTC by {undone.who}: {undone.why}")


def _opened(workspace: str) -> Workspace:
    from sojourn.cli.importing.progress import building
    from sojourn.compose import open_workspace

    return open_workspace(workspace, progress=building())


def _who(who: str) -> str:
    return who or "command line"


def _row(entry: MergeEntry) -> dict[str, object]:
    row: dict[str, object] = {"id": entry.id, "gone": entry.gone, "kept": entry.kept}
    for name, act in (("made", entry.made), ("undone", entry.undone)):
        row[name] = act and {"who": act.who, "when": act.when.isoformat(), "why": act.why}
    return row
