"""``sojourn docs``: the documents of a workspace as files, and back."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.cli.serving.options import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sojourn.app.documents.filing import Filed

MOST_BYTES = 4 * 1024 * 1024
"""Of one file."""
_FOLDER = click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False),
    help="Of the files: stages.yaml, segments/KEY.yaml, webhooks/NAME.yaml.",
)  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_SIGNS = {"new": "+", "changed": "~", "left": "·"}


@click.group("docs")
def command() -> None:
    """Keep documents as files too: stage model, segments, webhooks; for review and for git.

    Export writes the newest version of each; apply keeps what files say as new versions. Nothing is
    overwritten in a workspace: every earlier version stays, with who, when and why.
    """


@command.command("export")
@_FOLDER
@WORKSPACE
@_JSON
def export_(folder: Path, workspace: str, as_json: bool) -> None:
    """Write the workspace's documents to FOLDER, one file each.

    A file that says the same in words of its own stays as it is, with its comments. Files that have
    no document (any more) stay too, and are named.
    """
    from sojourn.app.documents.filing import Change, export
    from sojourn.cli.mapping.files import write_output
    from sojourn.compose import open_workspace

    documents = open_workspace(workspace).documents
    filed = export(documents, _files(folder))
    for each in filed:
        if each.change in {Change.NEW, Change.CHANGED}:
            write_output(each.body, folder / each.path)
    _tell(filed, f"{{}} written to {folder}", "is in no document of the workspace", as_json)


@command.command("apply")
@_FOLDER
@WORKSPACE
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--who", default="command line", metavar="NAME", help="Who changes it.")
@click.option("--why", default="", metavar="TEXT", help="What changed, for the history.")
@_JSON
def apply_(
    folder: Path, workspace: str, dry_run: bool, who: str, why: str, as_json: bool
) -> None:  # fmt: skip
    """Keep what the files in FOLDER say, as new versions where it is something new.

    All files are checked before anything is kept: each alone, and segments with the stage model
    whose stages they name. Documents that have no file stay.
    """
    from sojourn.app.documents.filing import apply, plan
    from sojourn.cli.mapping.files import FileTroubleError
    from sojourn.compose import open_workspace

    files = _files(folder)
    if not files:
        raise FileTroubleError(
            f"{folder} has no documents.",
            allowed="a folder with stages.yaml, segments/KEY.yaml or webhooks/NAME.yaml",
        )
    documents = open_workspace(workspace).documents
    planned = plan(documents, files)
    if not dry_run:
        apply(documents, planned, who=who, why=why)
    _tell(planned, "{} would be kept" if dry_run else "{} kept", "has no file", as_json)


def _files(folder: Path) -> dict[str, str]:
    """Return the text of each file that lies where a document does, by path."""
    from sojourn.app.documents.kinds import SUFFIX, kind_of
    from sojourn.cli.mapping.files import FileTroubleError, read_text

    found: dict[str, str] = {}
    for file in sorted((*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*/*{SUFFIX}"))):
        path = file.relative_to(folder).as_posix()
        if not file.is_file() or file.name.startswith("."):
            continue
        if kind_of(path) is None:
            click.echo(f"? {path} is the place of no document: not read", err=True)
            continue
        if file.stat().st_size > MOST_BYTES:
            raise FileTroubleError(f"{file} is too large.", allowed=f"{MOST_BYTES:,} bytes")
        found[path] = read_text(file)
    return found


def _tell(filed: Sequence[Filed], done: str, alone: str, as_json: bool) -> None:
    counts = Counter(each.change.value for each in filed)
    if as_json:
        rows = [{"path": each.path, "kind": each.kind.kind, "id": each.id or None,
                 "change": each.change.value} for each in filed]  # fmt: skip
        click.echo(json.dumps({"documents": rows, "counts": counts}, ensure_ascii=False, indent=2))
        return
    for each in filed:
        if sign := _SIGNS.get(each.change.value):
            more = f"  {alone}: left as it is" if each.change.value == "left" else ""
            click.echo(f"{sign} {each.path}{more}")
    click.echo(_summary(counts, done))


def _summary(counts: Mapping[str, int], done: str) -> str:
    changed = counts.get("new", 0) + counts.get("changed", 0)
    said = done.format(f"{changed} document{'' if changed == 1 else 's'}")
    return f"{said}, {counts.get('same', 0)} as before."
