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
    from sojourn.app.workspace import Workspace

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
@click.option("--overwrite", is_flag=True, help="Also files that say something else.")
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
@_JSON
def export_(folder: Path, workspace: str, overwrite: bool, dry_run: bool, as_json: bool) -> None:
    """Write the workspace's documents to FOLDER, one file each.

    A file that says the same in words of its own stays as it is, with its comments. Files that have
    no document (any more) stay too, and are named. Where files say something else, nothing is
    written without --overwrite.
    """
    from sojourn.app.documents.filing import Change, export
    from sojourn.cli.mapping.files import FileTroubleError, write_output
    from sojourn.compose import open_workspace

    documents = open_workspace(workspace).documents
    filed = export(documents, _files(folder))
    others = [each.path for each in filed if each.change is Change.CHANGED]
    if others and not (overwrite or dry_run):
        raise FileTroubleError(
            f"In {folder}, files say something else than the workspace: {', '.join(others)}.",
            remedy="Look at it with --dry-run, then add --overwrite, or apply the files instead.",
        )
    for each in filed:
        if each.change in {Change.NEW, Change.CHANGED} and not dry_run:
            write_output(each.body, folder / each.path)
    done = "would be written" if dry_run else "written"
    _tell(filed, f"{{}} {done} to {folder}", "is in no document of the workspace", as_json)


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
    opened = open_workspace(workspace)
    planned = plan(opened.documents, files)
    if not dry_run:
        apply(opened.documents, planned, who=who, why=why)
    _doubt(opened, planned)
    _tell(planned, "{} would be kept" if dry_run else "{} kept", "has no file", as_json)


def _doubt(opened: Workspace, planned: Sequence[Filed]) -> None:
    """Name what segments that change ask for and the data do not have."""
    from sojourn.app.documents.filing import Change
    from sojourn.app.documents.kinds import SEGMENTS
    from sojourn.app.segmenting.documents import doubts
    from sojourn.segments.document import read_segment

    for each in planned:
        if each.kind is SEGMENTS and each.change in {Change.NEW, Change.CHANGED}:
            for doubt in doubts(read_segment(each.body, each.path), opened.catalog):
                click.echo(f"· {each.path}: {doubt}", err=True)


def _files(folder: Path) -> dict[str, str]:
    """Return the text of each file that lies where a document does, by path."""
    from sojourn.app.documents.kinds import kind_of
    from sojourn.cli.mapping.files import FileTroubleError, read_text

    found: dict[str, str] = {}
    for file in _listed(folder):
        path = file.relative_to(folder).as_posix()
        kind = kind_of(path)
        if kind is None:
            click.echo(f"? {path} is the place of no document: not read", err=True)
        elif file.is_symlink() or not file.is_file():
            raise FileTroubleError(f"{file} is no plain file.", allowed="a file, or nothing there")
        elif file.stat().st_size > MOST_BYTES:
            raise FileTroubleError(f"{file} is too large.", allowed=f"{MOST_BYTES:,} bytes")
        else:
            found[path] = read_text(file)
    return found


def _listed(folder: Path) -> list[Path]:
    """Return what looks like a document's file in a folder and those in it, by path."""
    from sojourn.cli.mapping.files import FileTroubleError

    found: list[Path] = []
    try:
        for each in sorted(folder.iterdir()) if folder.exists() else ():
            if each.name.startswith("."):
                continue
            inner = sorted(each.iterdir()) if each.is_dir() and not each.suffix else [each]
            found += [file for file in inner if file.suffix in {".yaml", ".yml"}]
    except OSError as error:
        raise FileTroubleError(f"{folder} cannot be listed: {error.strerror}.") from None
    return [file for file in found if not file.name.startswith(".")]


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
