"""``sojourn graph``: which event directly follows which."""

from __future__ import annotations

from functools import partial

import click

from sojourn.cli.options import Asked, question_options
from sojourn.cli.viewing.options import Viewed, view_options


@click.command("graph")
@click.option("--no-times", is_flag=True, help="Leave out how long moves took (quicker).")
@click.option("--no-people", is_flag=True, help="Leave out how many people moved (quicker).")
@click.option("--loops", is_flag=True, help="Also who came back to an event, and how.")
@click.option("--rows", default=25, show_default=True, help="Moves in the readable table.")
@view_options
@question_options
def command(
    asked: Asked, viewed: Viewed, no_times: bool, no_people: bool, loops: bool, rows: int
) -> None:
    """Show which event directly follows which.

    How often one event came right after another in a person's journey, by how many people, and
    how long that took; where journeys begin and end. In --json the start and the end are null,
    and for every event what comes in equals what goes on and what ended.
    """
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.viewing.moves import draw_graph
    from sojourn.insight.process.graph import Graph

    workspace = asked.open()
    spec = Graph(
        scope=asked.scope(workspace.about.timezone),
        view=viewed.view(),
        people=not no_people,
        times=not no_times and workspace.catalog.timed,
        loops=loops,
    )
    ask_and_show(asked, workspace, spec, partial(draw_graph, shown=rows))
