"""``sojourn sessions``: sessions, their length and depth."""

from __future__ import annotations

import click

from sojourn.cli.options import Asked, question_options
from sojourn.cli.viewing.options import NODE_OPTIONS, SESSION_GAP


@click.command("sessions")
@SESSION_GAP
@click.option("--at-midnight", is_flag=True, help="A new day begins a new session, too.")
@click.option("--on-campaign", is_flag=True, help="Another campaign begins a new session, too.")
@click.option("--every", type=click.Choice(["day", "week", "month"]), help="A row for each.")
@NODE_OPTIONS[0]
@NODE_OPTIONS[1]
@question_options
def command(
    asked: Asked,
    session_gap: str,
    at_midnight: bool,
    on_campaign: bool,
    every: str | None,
    node: str | None,
    groups: tuple[str, ...],
) -> None:
    """Count sessions, and show how long and deep they are, where they begin and end.

    A range or a condition on people chooses sessions by their first event. A bounce is a session
    of one event.
    """
    from sojourn.base.calendar import Unit
    from sojourn.base.timespan import parse_duration
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.viewing.visits import draw_sessions
    from sojourn.insight.overview.sessions import Sessions
    from sojourn.insight.views.nodes import NodeRule

    workspace = asked.open()
    spec = Sessions(
        scope=asked.scope(workspace.about.timezone),
        session_gap_us=parse_duration(session_gap),
        at_midnight=at_midnight,
        on_campaign=on_campaign,
        nodes=NodeRule(property=node, groups=groups),
        interval=Unit(every) if every else None,
    )
    ask_and_show(asked, workspace, spec, draw_sessions)
