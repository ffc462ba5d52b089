"""``sojourn map``: a journey map from files or a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.cli.mapping.options import input_options

if TYPE_CHECKING:
    from sojourn.cli.importing.options import Said
    from sojourn.maps.document import JourneyMap


@click.command("map")
@click.argument(
    "files", nargs=-1, metavar="[FILE]…", help="Events to draw; left out: a workspace's."
)
@click.option(
    "-w", "--workspace", type=click.Path(path_type=Path),
    help="The workspace folder, in place of files.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT",
    help="Where the map goes; its ending says the format. - for standard output.",
)  # fmt: skip
@click.option(
    "--format", "kind", metavar="FORMAT",
    help="html, json, yaml, csv, mermaid, svg, png, pdf [as OUT ends, else html].",
)  # fmt: skip
@click.option(
    "--lang", type=click.Choice(["en", "ko"]), default="en", show_default=True,
    help="The language the map opens in.",
)  # fmt: skip
@click.option(
    "--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True,
    help="The colours the map opens in.",
)  # fmt: skip
@click.option(
    "--paper", type=click.Choice(["a3", "a4", "a0"]), default="a3", show_default=True,
    help="What it is printed on: a4 is split by stage, a0 has type twice as large.",
)  # fmt: skip
@click.option("--title", metavar="TEXT", default="", help="The map's title [the file's name].")
@click.option(
    "--stages", "stages_file", type=click.Path(path_type=Path), metavar="FILE",
    help="The stage model [the applied one, or one suggested from the events].",
)  # fmt: skip
@click.option(
    "--taxonomy", metavar="NAME",
    help="Suggest stages of this taxonomy: five, aarrr, lead, purchase.",
)  # fmt: skip
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), metavar="FILE",
    help="A drawn map (YAML or JSON) to hold lived journeys against.",
)  # fmt: skip
@click.option("--where", metavar="CONDITION", help="Look only at events that meet this.")
@click.option("--people", metavar="CONDITION", help="Look only at people like this (at entry).")
@click.option("--from", "start", metavar="DATE", help="First day (or instant) of the range.")
@click.option("--to", "end", metavar="DATE", help="Last day of the range, included.")
@input_options
def command(
    files: tuple[str, ...],
    workspace: Path | None,
    output: Path | None,
    kind: str | None,
    lang: str,
    theme: str,
    paper: str,
    title: str,
    stages_file: Path | None,
    taxonomy: str | None,
    plan_file: Path | None,
    where: str | None,
    people: str | None,
    start: str | None,
    end: str | None,
    said: Said,
) -> None:
    """Draw a journey map from files or a workspace.

    Stages as columns with people, conversion and sojourn; the steps found in the events; what
    people did, where they came from, where they stopped and what that costs; and what data cannot
    know as open questions. The HTML file opens in any browser and needs no network.

    With FILE the events are imported into a temporary workspace; every option of `sojourn import`
    holds (its --format is --input-format here). Without a range all data are drawn, of data longer
    than two years the last 365 days. Where FILE is a map as YAML or JSON, perhaps with its open
    questions answered by hand, it is drawn as it stands.
    """
    from sojourn.cli.mapping.draw import (
        format_of,
        name_of,
        opened,
        output_of,
        rendered,
        write_output,
    )
    from sojourn.cli.mapping.request import Wanted, draft, saved_map

    kind = format_of(kind, output)
    wanted = Wanted(
        title=title or name_of(files, workspace), stages_file=stages_file, taxonomy=taxonomy,
        plan_file=plan_file, where=where, people=people, start=start, end=end,
    )  # fmt: skip
    target = output_of(output, kind, name_of(files, workspace))
    suggested, drawn = False, None if workspace is not None else saved_map(files)
    if drawn is None:
        with opened(files, workspace, said) as (found, notes):
            drafted = draft(found, wanted, notes, files)
        suggested, drawn = drafted.suggestion is not None, drafted.map
    write_output(rendered(drawn, kind, lang=lang, theme=theme, paper=paper), target)
    if target is not None and str(target) != "-":
        _say(drawn, target, suggested=suggested)


def _say(drawn: JourneyMap, target: Path, *, suggested: bool) -> None:
    """Tell in a few lines what was drawn, and what the reader should look at."""
    from sojourn.base.counted import counted
    from sojourn.maps.completeness import completeness

    data, known = drawn.data, completeness(drawn)
    unbound = [stage.title.en for stage in drawn.stages if not stage.observed]
    lines = [
        (
            f"{target}: {counted(len(drawn.stages), 'stage')}, {counted(len(drawn.steps), 'step')}"
            f" from {counted(data.events, 'event')} of {counted(data.people, 'person', 'people')}."
        ),
        (
            f"{100 * known.known:.0f} % of the cells are known;"
            f" {known.open_questions} questions are open."
        ),
    ]
    if unbound:
        lines.append(f"No event leads into: {', '.join(unbound)}.")
    if suggested:
        lines.append(
            "The stages are suggested: see them with `sojourn stages suggest -w WORKSPACE`."
        )
    lines += [f"· {note.en}" for note in data.notes]
    for line in lines:
        click.echo(line, err=True)
