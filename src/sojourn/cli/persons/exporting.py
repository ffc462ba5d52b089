"""``sojourn people export``: everything a workspace holds of one person."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sojourn.cli.serving.options import WORKSPACE


@click.command("export")
@click.argument("person", help="A user id, or the anonymous id of somebody never identified.")
@click.option("-o", "--output", default="-", metavar="FILE", show_default=True,
              help="Where to write it; - prints it.")  # fmt: skip
@WORKSPACE
def export(person: str, output: str, workspace: str) -> None:
    """Give everything that is held of a person, as one JSON document.

    Ids, events with every property, what is known of the person and since when, consent, sources,
    segments, refused calls and rows; nothing of anybody else. That it was done is noted in the
    audit log, without the person's name.
    """
    from sojourn.app.privacy.exporting import EXPORTED, export_person
    from sojourn.cli.importing.progress import building
    from sojourn.cli.mapping.files import write_output
    from sojourn.compose import open_workspace

    opened = open_workspace(workspace, progress=building())
    made = export_person(opened, person)
    opened.accounts.note("", EXPORTED, made.mark)
    text = json.dumps(made.content, ensure_ascii=False, indent=1)
    write_output(text + "\n", Path(output), mode=0o600)
