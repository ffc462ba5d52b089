"""From what was asked to a map, and from a map to the format wanted."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError, UnknownNameError
from sojourn.cli.mapping.files import write_output

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sojourn.app.workspace import Workspace
    from sojourn.cli.importing.options import Said
    from sojourn.maps.document import JourneyMap, Label

TEXTS = ("html", "json", "yaml", "csv", "mermaid")
PICTURES = ("svg", "png", "pdf")
FORMATS = (*TEXTS, *PICTURES)
_SUFFIXES = {"": "html", ".htm": "html", ".html": "html", ".json": "json",
             ".yaml": "yaml", ".yml": "yaml",
             ".csv": "csv", ".mmd": "mermaid", ".mermaid": "mermaid", ".svg": "svg",
             ".png": "png", ".pdf": "pdf"}  # fmt: skip
_ENDINGS = {"mermaid": ".mmd"}


class NothingToDrawError(InputError):
    """Neither files nor a workspace are named, or both. Remedy: name one of the two."""

    code = "nothing-to-draw"


def format_of(wanted: str | None, output: Path | None) -> str:
    """Return the format asked for, else what the output's name says; of a name without ending HTML.

    Raises
    ------
    UnknownNameError
        If there is no such format, or no format has the ending.
    """
    if wanted is not None:
        if wanted not in FORMATS:
            raise UnknownNameError("format", wanted, FORMATS)
        return wanted
    suffix = output.suffix.lower() if output is not None else ""
    if suffix not in _SUFFIXES:
        raise UnknownNameError("ending of a map's file", suffix, tuple(filter(None, _SUFFIXES)))
    return _SUFFIXES[suffix]


def name_of(files: Sequence[str], workspace: Path | None) -> str:
    """Return a name for the map: of the first file without its endings, or of the folder."""
    if workspace is not None:
        return workspace.resolve().name or "workspace"
    first = Path(files[0]).name if files and files[0] != "-" else "events"
    return first.split(".")[0] or "events"


def output_of(output: Path | None, kind: str, name: str) -> Path | None:
    """Return where the map goes: as asked; texts to standard output; else a file in this folder."""
    if output is not None:
        return output
    if kind in ("json", "yaml", "csv", "mermaid"):
        return None
    return Path(f"{name}-map{_ENDINGS.get(kind, '.' + kind)}")


def rendered(
    journey_map: JourneyMap, kind: str, *, lang: str, theme: str, paper: str = "a3"
) -> str | bytes:
    """Return the map in a format."""
    if kind == "html":
        from sojourn.compose.pages import page_of

        return page_of(journey_map, lang=lang, theme=theme, paper=paper)
    if kind in PICTURES:
        from sojourn.compose.pages import picture_of

        return picture_of(journey_map, kind, lang=lang, theme=theme, paper=paper)
    from sojourn.maps.formats.document import write_json, write_yaml
    from sojourn.maps.formats.mermaid import write_mermaid
    from sojourn.maps.formats.table import write_csv

    if kind in ("json", "yaml"):
        return write_json(journey_map) if kind == "json" else write_yaml(journey_map)
    return write_csv(journey_map, lang) if kind == "csv" else write_mermaid(journey_map, lang)


@contextmanager
def opened(
    files: Sequence[str], workspace: Path | None, said: Said
) -> Iterator[tuple[Workspace, tuple[Label, ...]]]:
    """Open the workspace named, or one in a temporary folder that the files are imported into.

    Yields
    ------
    tuple of Workspace and Label
        The workspace, and what a reader must know about the import.

    Raises
    ------
    NothingToDrawError
        If neither files nor a workspace are named, or both.
    """
    from sojourn.cli.importing.progress import building
    from sojourn.compose import open_workspace

    if bool(files) == (workspace is not None):
        raise NothingToDrawError(
            "Name either files or a workspace.",
            allowed="sojourn map FILE… or sojourn map -w WORKSPACE",
        )
    if workspace is not None:
        found = open_workspace(workspace, progress=building())
        yield found, _quarantined(sum(e.counts.quarantined for e in found.ledger.entries()))
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="sojourn-", ignore_cleanup_errors=True) as folder:
        yield _imported(files, Path(folder) / "workspace", said)


def _imported(
    files: Sequence[str], folder: Path, said: Said
) -> tuple[Workspace, tuple[Label, ...]]:
    import click

    from sojourn.app.settings import parse_size
    from sojourn.cli.importing.inputs import sources_of
    from sojourn.cli.importing.progress import building, showing
    from sojourn.compose import open_workspace

    sources = sources_of(files)
    found = open_workspace(
        folder,
        create=True,
        timezone=said.zone,
        currency=said.currency_code(),
        memory_bytes=parse_size(said.memory) if said.memory else None,
        progress=building(),
    )
    options = said.read_options(found.about.timezone, found.about.currency)
    with showing(sources) as listener:
        report = found.import_files(sources, options, listener=listener)
    told = [f"{file.name}: {file.message}" for file in report.files if file.message]
    if told and not report.counts.read:
        raise NothingToDrawError("\n".join(told))
    for line in told:
        click.echo(line, err=True)
    for file in report.files:
        for problem in file.problems[:3]:
            click.echo(f"{file.name}, line {problem.line:,}: {problem.reason}", err=True)
    counts = report.counts
    if not counts.accepted:
        raise NothingToDrawError(
            f"Of {counts.read:,} rows none became an event.",
            remedy="See the reasons above, or try `sojourn import` to look at it closely.",
        )
    return found, _quarantined(counts.quarantined)


def _quarantined(rows: int) -> tuple[Label, ...]:
    from sojourn.maps.document import Label

    if not rows:
        return ()
    return (
        Label(
            en=f"{rows:,} rows could not be read as events and are left out.",
            ko=f"이벤트로 읽지 못한 {rows:,}행을 뺐어요.",
        ),
    )


__all__ = ["FORMATS", "NothingToDrawError", "format_of", "name_of", "opened", "output_of",
           "rendered", "write_output"]  # fmt: skip
