"""``sojourn events``: which events and properties there are."""

from __future__ import annotations

from functools import partial

import click

from sojourn.cli.options import Asked, question_options
from sojourn.cli.viewing.options import NODE_OPTIONS


@click.command("events")
@click.option("--properties", is_flag=True, help="Properties instead: kind, filled, values.")
@click.option("--rows", default=40, show_default=True, help="Events in the readable table.")
@NODE_OPTIONS[0]
@NODE_OPTIONS[1]
@question_options
def command(
    asked: Asked, properties: bool, rows: int, node: str | None, groups: tuple[str, ...]
) -> None:
    """Count events and people by event name.

    How often each event happened, to how many people, first and last. With --properties, which
    properties events have, how often they are filled, and their commonest values.
    """
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.viewing.names import draw_events, draw_properties
    from sojourn.insight.overview.events import Events
    from sojourn.insight.overview.properties import Properties
    from sojourn.insight.views.nodes import NodeRule

    workspace = asked.open()
    zone = workspace.about.timezone
    scope = asked.scope(zone)
    if properties:
        ask_and_show(asked, workspace, Properties(scope=scope), draw_properties)
        return
    spec = Events(scope=scope, nodes=NodeRule(property=node, groups=groups))
    ask_and_show(asked, workspace, spec, partial(draw_events, shown=rows, timezone=zone))
