"""``sojourn import``: events from files into a workspace."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.cli.importing.options import Said, reading_options

if TYPE_CHECKING:
    from sojourn.app.import_report import ImportReport

SOME_FAILED, ALL_FAILED, INTERRUPTED = 1, 2, 130


@click.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE…",
    help="A path, a pattern, or - for standard input.",
)
@click.option(
    "-w", "--workspace", type=click.Path(path_type=Path), required=True,
    envvar="SOJOURN_WORKSPACE", help="The workspace folder; made when it does not exist.",
)  # fmt: skip
@reading_options
@click.option("--no-wait", is_flag=True, help="End at once when another import is running.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    files: tuple[str, ...], workspace: Path, said: Said, no_wait: bool, as_json: bool
) -> None:
    """Bring events from files into a workspace.

    FILE may be a path, a pattern ('logs/**/*.gz') or - for standard input. Format, encoding,
    delimiter and the columns' roles are found and shown; options overrule them. Every row read
    ends as accepted, duplicate or quarantined. Importing the same rows again adds nothing, so an
    interrupted import is completed by repeating it.

    Exit code: 0 when every file was read to its end, 1 when some were not, 2 when none was,
    130 when interrupted.
    """
    from sojourn.app.settings import parse_size
    from sojourn.cli.importing.inputs import sources_of
    from sojourn.cli.importing.progress import showing
    from sojourn.compose import open_workspace

    sources = sources_of(files)
    opened = open_workspace(
        workspace,
        create=True,
        timezone=said.zone,
        currency=said.currency_code(),
        memory_bytes=parse_size(said.memory) if said.memory else None,
    )
    options = said.read_options(opened.about.timezone, opened.about.currency)
    began = time.monotonic()
    try:
        with showing(sources) as listener:
            report = opened.import_files(sources, options, wait=not no_wait, listener=listener)
    except KeyboardInterrupt:
        click.echo(
            "\nInterrupted. Nothing is lost or doubled: repeat the command to complete it.",
            err=True,
        )
        sys.exit(INTERRUPTED)
    _show(report, workspace, time.monotonic() - began, as_json=as_json)
    if report.failed:
        sys.exit(ALL_FAILED if report.failed == len(report.files) else SOME_FAILED)


def _show(report: ImportReport, workspace: Path, seconds: float, *, as_json: bool) -> None:
    from sojourn.cli.importing.summary import print_summary

    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
        for file in report.files:
            if file.message:
                click.echo(f"{file.name}: {file.message}", err=True)
    else:
        print_summary(report, str(workspace), seconds)
