"""``sojourn stages``: the stage model, and what it says about people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from typing_extensions import override

from sojourn.cli.options import Asked, options_but, question_options
from sojourn.cli.show import show

if TYPE_CHECKING:
    from sojourn.app.workspace import Workspace
    from sojourn.base.json import JsonObject
    from sojourn.stages.model import StageModel

_WORKSPACE = click.option(
    "-w", "--workspace", type=click.Path(path_type=Path), required=True,
    envvar="SOJOURN_WORKSPACE", help="The workspace folder (or set SOJOURN_WORKSPACE).",
)  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_STAGES = click.option(
    "--stages", "file", type=click.Path(path_type=Path), metavar="FILE",
    help="The stage model [the applied one, or one suggested from the events].",
)  # fmt: skip


class _Subcommands(click.Group):
    """A group that names its subcommands where an option is given before one."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            names = ", ".join(self.list_commands(ctx))
            raise click.UsageError(
                f"Name a subcommand before {error.option_name}: {names}.", ctx
            ) from None


@click.group("stages", cls=_Subcommands, invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Work with the stage model: suggest, show, check, apply, measure.

    A stage model says in which stage of the relation a person is: ordered stages with entry rules
    over events and lapse rules. Without a stage model of your own the commands use the one that
    `suggest` proposes.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@command.command("suggest")
@_WORKSPACE
@click.option("--taxonomy", metavar="NAME",
              help="five, aarrr, lead or purchase [what suits the data].")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
              help="Write the stage model there.")  # fmt: skip
@_JSON
def suggest(workspace: Path, taxonomy: str | None, output: Path | None, as_json: bool) -> None:
    """Propose a stage model from the events that are there.

    Event names in English and Korean are read, then how events lie in people's lives. What could
    not be bound is said. Where the names tell too little, milestones in their usual order or the
    depth of visits make neutral stages. The YAML can be edited and applied.
    """
    from sojourn.app.mapping import suggest_stages
    from sojourn.cli.mapping.draw import write_output
    from sojourn.cli.mapping.model import say_suggestion
    from sojourn.insight.answer import to_json
    from sojourn.insight.question import Scope
    from sojourn.stages.document import write_model

    found = suggest_stages(_open(workspace), Scope(), taxonomy)
    text = write_model(found.model)
    if as_json:
        rows = [{**each, "bound": True} for each in _plain_rows(found.bound)]
        rows += [{**each, "bound": False} for each in _plain_rows(found.unbound)]
        plain = {
            "question": "stages-suggest",
            "basis": found.basis,
            "rows": rows,
            "left_over": to_json(found.left_over),
            "notes": to_json(found.notes),
            "document": text,
        }
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        say_suggestion(found)
    if output is not None:
        write_output(text, output)
    elif not as_json:
        click.echo(text, nl=False)


@command.command("show")
@_WORKSPACE
@_STAGES
@click.option("--version", type=int, metavar="N", help="An earlier one that was applied.")
@_JSON
def show_model(workspace: Path, file: Path | None, version: int | None, as_json: bool) -> None:
    """Show the stage model that holds: of FILE, applied, or suggested."""
    from sojourn.cli.mapping.model import kept_model
    from sojourn.stages.document import write_model

    if file is not None and version is not None:
        raise click.UsageError("--stages and --version name two stage models: leave one out.")
    opened = _open(workspace)
    model, origin = _model(opened, file) if version is None else kept_model(opened, version)
    text = write_model(model)
    if as_json:
        plain = {"question": "stages-show", "origin": origin, "document": text}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        click.echo(f"# {origin}\n{text}", nl=False)


@command.command("versions")
@_WORKSPACE
@_JSON
def versions(workspace: Path, as_json: bool) -> None:
    """List every stage model that was applied: when, by whom and why."""
    from sojourn.cli.mapping.model import versions_of
    from sojourn.cli.mapping.tables import draw_versions
    from sojourn.cli.show import make_console

    found = versions_of(_open(workspace))
    if as_json:
        plain = {"question": "stages-versions", "rows": found}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    elif not found:
        click.echo("No stage model was applied yet.")
    else:
        draw_versions(make_console(), found)


@command.command("check")
@click.argument("file", type=click.Path(path_type=Path), required=False,
                help="The stage model [applied, or suggested from the events].")  # fmt: skip
@_WORKSPACE
@_JSON
@click.pass_context
def check(context: click.Context, file: Path | None, workspace: Path, as_json: bool) -> None:
    """Hold a stage model against the data: unknown events, properties, stages nobody can enter.

    FILE, or else the applied model. Exit code 1 when a rule can never hold.
    """
    from sojourn.app.stage_models import complaints
    from sojourn.insight.answer import to_json

    opened = _open(workspace)
    model, _ = _model(opened, file)
    found = complaints(model, opened.catalog)
    if as_json:
        plain = {"question": "stages-check", "rows": to_json(found)}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        for each in found:
            click.echo(f"{'✗' if each.grave else '·'} {each.stage}: {each.problem}")
        if not found:
            click.echo("Every event and property of the stage model is in the data.")
    if any(each.grave for each in found):
        context.exit(1)


@command.command("apply")
@click.argument("file", type=click.Path(path_type=Path), help="The stage model, as YAML.")
@_WORKSPACE
@click.option("--why", default="", metavar="TEXT", help="What changed, for the history.")
@click.option("--who", default="", metavar="NAME", help="Who changes it, for the history.")
def apply(file: Path, workspace: Path, why: str, who: str) -> None:
    """Make FILE the workspace's stage model; earlier versions are kept."""
    from sojourn.app.segmenting.documents import apply_stages
    from sojourn.app.stage_models import complaints

    opened = _open(workspace)
    model, _ = _model(opened, file)
    for each in complaints(model, opened.catalog):
        click.echo(f"{'✗' if each.grave else '·'} {each.stage}: {each.problem}", err=True)
    kept = apply_stages(opened.documents, model, who=who or "command line", why=why)
    click.echo(f"Applied as version {kept.version}.")


@command.command("measure")
@click.option("--all-spells", is_flag=True, help="Sojourn over every spell, not the first only.")
@_STAGES
@question_options
def measure(asked: Asked, file: Path | None, all_spells: bool) -> None:
    """Measure people, moves, conversion and sojourn of every stage; say where leavers were seen."""
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.mapping.tables import draw_stages
    from sojourn.stages.ask.overview import Stages

    opened = asked.open()
    scope = asked.scope(opened.about.timezone)
    spec = Stages(model=_model(opened, file)[0], scope=scope, all_spells=all_spells)
    ask_and_show(asked, opened, spec, draw_stages)


@command.command("matrix")
@_STAGES
@question_options
def matrix(asked: Asked, file: Path | None) -> None:
    """Count moves between all states in the range, from row to column."""
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.mapping.tables import draw_matrix
    from sojourn.stages.ask.overview import Stages

    opened = asked.open()
    spec = Stages(model=_model(opened, file)[0], scope=asked.scope(opened.about.timezone))
    ask_and_show(asked, opened, spec, draw_matrix)


@command.command("on")
@click.argument("date", help="A day, to its end, or an instant.")
@_STAGES
@options_but("start", "end", "compare")
def on(asked: Asked, date: str, file: Path | None) -> None:
    """Count people by their state at the end of DATE (or at an instant)."""
    from dataclasses import replace

    from sojourn.cli.asking import ask_and_show
    from sojourn.stages.ask.on_date import StagesOn

    opened = asked.open()
    zone = opened.about.timezone
    end = replace(asked, end=date).scope(zone).range.end_us
    instant = (end or 0) - (1 if len(date) <= 10 else 0)
    spec = StagesOn(model=_model(opened, file)[0], instant_us=instant, scope=asked.scope(zone))
    ask_and_show(asked, opened, spec)


@command.command("person")
@click.argument("person", help="A user id, or the anonymous id of somebody never identified.")
@_STAGES
@options_but("people", "start", "end", "by", "compare")
def person(asked: Asked, person: str, file: Path | None) -> None:
    """List every move of one person between the states."""
    from sojourn.stages.ask.person import PersonStages

    opened = asked.open()
    scope = asked.scope(opened.about.timezone)
    spec = PersonStages(model=_model(opened, file)[0], person=person, scope=scope)
    show(opened.ask(spec), asked.output)


def _plain_rows(rows: tuple[object, ...]) -> list[JsonObject]:
    from sojourn.insight.answer import to_json

    return [row for row in map(to_json, rows) if isinstance(row, dict)]


def _open(workspace: Path) -> Workspace:
    from sojourn.cli.importing.progress import building
    from sojourn.compose import open_workspace

    return open_workspace(workspace, progress=building())


def _model(workspace: Workspace, file: Path | None) -> tuple[StageModel, str]:
    from sojourn.cli.mapping.model import model_of

    return model_of(workspace, file)
