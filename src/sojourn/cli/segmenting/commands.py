"""``sojourn segments``: who is inside a rule now, was on any date, and why."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.cli.options import Output
from sojourn.cli.serving.options import WORKSPACE

if TYPE_CHECKING:
    from sojourn.app.segmenting.documents import KeptSegment
    from sojourn.app.workspace import Workspace

_AT = click.option(
    "--at", metavar="DATE", help="The end of a day, or an instant [now: the newest event]."
)
_VERSION = click.option("--version", type=int, metavar="N", help="An earlier version.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_CSV = click.option("--csv", "as_csv", is_flag=True, help="Print the rows as CSV.")
_LANG = click.option("--lang", type=click.Choice(["en", "ko"]), default="en", show_default=True,
                     help="The language of titles and rules.")  # fmt: skip
_WHO = click.option("--who", default="command line", metavar="NAME",
                    help="Who changes it, for the history.")  # fmt: skip


@click.group("segments")
def command() -> None:
    """Keep segments: add, list, show, size, members, why.

    A segment is a rule over what people did (how often, how recently, in which order), what is
    known of them, and their stage. Membership can be asked for any instant.
    """


@command.command("add")
@click.argument("file", type=click.Path(path_type=Path), help="The segment, as YAML or JSON.")
@WORKSPACE
@click.option("--why", default="", metavar="TEXT", help="What changed, for the history.")
@_WHO
def add(file: Path, workspace: str, why: str, who: str) -> None:
    """Keep FILE as a segment, or as a new version of the one with its key."""
    from sojourn.app.segmenting.documents import doubts, keep_segment
    from sojourn.cli.mapping.files import read_text
    from sojourn.segments.document import read_segment

    opened = _open(workspace)
    segment = read_segment(read_text(file), str(file))
    kept = keep_segment(opened.documents, segment, who=who, why=why)
    for doubt in doubts(segment, opened.catalog):
        click.echo(f"· {doubt}", err=True)
    click.echo(f"Segment {segment.key!r} is kept as version {kept.version}.")


@command.command("list")
@WORKSPACE
@_AT
@_LANG
@_JSON
@_CSV
def list_(workspace: str, at: str | None, lang: str, as_json: bool, as_csv: bool) -> None:
    """List the segments, and how many people are in each."""
    from sojourn.app.segmenting.documents import countable, kept_segments

    opened = _open(workspace)
    kept, others = countable(opened.documents, kept_segments(opened.documents))
    for key, error in others.items():
        click.echo(f"· {key} cannot be counted: {error.problem}", err=True)
    if not (kept or others) and not (as_json or as_csv):
        click.echo(f"There are no segments yet. Keep one: sojourn segments add FILE -w {workspace}")
        return
    _show_sizes(opened, kept, at, Output(as_json=as_json, as_csv=as_csv), lang)


@command.command("show")
@click.argument("key", help="The segment's key.")
@WORKSPACE
@_VERSION
@_JSON
def show_one(key: str, workspace: str, version: int | None, as_json: bool) -> None:
    """Show a segment's document and its versions: when, by whom and why."""
    from sojourn.app.segmenting.documents import KIND, kept_segment

    documents = _open(workspace).documents
    kept = kept_segment(documents, key, version).document
    if as_json:
        rows = [
            {"version": each.version, "when": each.when.isoformat(), "who": each.who,
             "why": each.why}
            for each in documents.history(KIND, key)
        ]  # fmt: skip
        plain = {
            "question": "segments-show", "segment": key, "version": kept.version,
            "document": kept.body, "rows": rows,
        }  # fmt: skip
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    why = f": {kept.why}" if kept.why else ""
    when = f"{kept.when:%Y-%m-%d %H:%M} UTC"
    click.echo(f"# version {kept.version}, kept {when} by {kept.who}{why}\n{kept.body}", nl=False)


@command.command("size")
@click.argument("key", help="The segment's key.")
@WORKSPACE
@_VERSION
@_AT
@_LANG
@_JSON
@_CSV
def size(
    key: str, workspace: str, version: int | None, at: str | None, lang: str, as_json: bool,
    as_csv: bool,
) -> None:  # fmt: skip
    """Count the people in a segment."""
    from sojourn.app.segmenting.documents import kept_segment

    opened = _open(workspace)
    kept = (kept_segment(opened.documents, key, version),)
    _show_sizes(opened, kept, at, Output(as_json=as_json, as_csv=as_csv), lang)


@command.command("members")
@click.argument("key", help="The segment's key.")
@WORKSPACE
@_VERSION
@_AT
@click.option("--limit", default=100, show_default=True, help="People listed at most, by id.")
@_JSON
@_CSV
def members(
    key: str, workspace: str, version: int | None, at: str | None, limit: int, as_json: bool,
    as_csv: bool,
) -> None:  # fmt: skip
    """List the people in a segment, by id."""
    from sojourn.app.segmenting.documents import kept_segment, model_for
    from sojourn.cli.show import show
    from sojourn.segments.ask.members import Members

    opened = _open(workspace)
    segment = kept_segment(opened.documents, key, version).segment
    spec = Members(
        segment=segment,
        at_us=_instant(opened, at),
        model=model_for((segment,), opened.documents),
        limit=limit,
    )
    show(opened.ask(spec), Output(as_json=as_json, as_csv=as_csv))


@command.command("why")
@click.argument("key", help="The segment's key.")
@click.argument("person", help="A user id, or the anonymous id of somebody never identified.")
@WORKSPACE
@_VERSION
@_AT
@_LANG
@_JSON
@_CSV
def why(
    key: str, person: str, workspace: str, version: int | None, at: str | None, lang: str,
    as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """Explain why a person is in a segment or not: rule by rule, with the events that count."""
    from sojourn.app.segmenting.documents import kept_segment, model_for
    from sojourn.cli.segmenting.tables import draw_why
    from sojourn.cli.show import show
    from sojourn.segments.ask.why import Why

    opened = _open(workspace)
    segment = kept_segment(opened.documents, key, version).segment
    spec = Why(
        segment=segment,
        person=person,
        at_us=_instant(opened, at),
        model=model_for((segment,), opened.documents),
    )
    output = Output(as_json=as_json, as_csv=as_csv)
    show(opened.ask(spec), output, partial(draw_why, korean=lang == "ko"))


@command.command("retire")
@click.argument("key", help="The segment's key.")
@WORKSPACE
@_WHO
def retire(key: str, workspace: str, who: str) -> None:
    """No longer follow a segment as events arrive; it can still be asked about."""
    from sojourn.app.segmenting.documents import set_active

    kept = set_active(_open(workspace).documents, key, active=False, who=who)
    click.echo(f"Segment {key!r} is no longer followed, from version {kept.version} on.")


def _show_sizes(
    opened: Workspace,
    kept: tuple[KeptSegment, ...],
    at: str | None,
    output: Output,
    lang: str,
) -> None:
    from sojourn.app.segmenting.documents import model_for
    from sojourn.cli.segmenting.tables import draw_sizes
    from sojourn.cli.show import show
    from sojourn.segments.ask.members import Sizes

    segments = tuple(each.segment for each in kept)
    spec = Sizes(
        segments=segments,
        at_us=_instant(opened, at),
        model=model_for(segments, opened.documents),
    )
    show(opened.ask(spec), output, partial(draw_sizes, kept=kept, korean=lang == "ko"))


def _open(workspace: str) -> Workspace:
    from sojourn.cli.importing.progress import building
    from sojourn.compose import open_workspace

    return open_workspace(workspace, progress=building())


def _instant(opened: Workspace, at: str | None) -> int | None:
    from sojourn.app.segmenting.documents import asked_at

    return asked_at(at, opened.about.timezone)
